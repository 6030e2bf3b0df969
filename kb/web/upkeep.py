"""Keeping topics clean: merge, split, delete, undo, their history; rules, look-alikes, and reviews without a topic."""

from __future__ import annotations

import subprocess
import sys
import threading

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import reviews
from kb.errors import Conflict, InvalidInput, KbError, NotFound
from kb.gems import gems
from kb.models import Gem, GemStatus, Tag, TagRule
from kb.tags import auto_tagging, bulk, deeds, learning, look_alikes, suggesting, tags
from kb.tags import merging as tag_merging
from kb.tags import rules as tag_rules
from kb.web import differences, paging
from kb.web.context import as_seen, flash_undo, library, settings, unmasked, who
from kb.web.languages import gettext as _
from kb.web.languages import of_error, said
from kb.web.numbers import whole
from kb.web.tags import edit_page, edit_values

pages = Blueprint("upkeep", __name__)
_SIZE = 50
_MOST_TO_CHOOSE_FROM = 100


@pages.get("/tags/<int:id>/history")
def history(id: int) -> str:
    tag = tags.get(library(), id)
    done = [(deed, said(deeds.in_words(deed))) for deed in deeds.of_tag(library(), tag.id)]
    changes = [(change, differences.of(change.fields)) for change in tags.past(library(), tag.id)]
    return render_template("tags/history.html", tag=tag, changes=changes, deeds=done)


@pages.post("/tags/undo/<int:id>")
def undo(id: int) -> ResponseReturnValue:
    deed = deeds.get(library(), id)
    if deed.kind not in deeds.TAG_KINDS:
        raise NotFound("That is nothing that was done to a topic.")
    try:
        deeds.undo(library(), id, who())
    except Conflict as error:
        flash(of_error(error), "error")
        return redirect(url_for("upkeep.lately"), 303)
    flash(_("Undone: %(deed)s.", deed=said(deeds.in_words(deed))), "done")
    return redirect(url_for("upkeep.lately"), 303)


@pages.get("/tags/lately")
def lately() -> str:
    """What was done to topics last, each with its way back."""
    return render_template(
        "tags/lately.html", deeds=[(deed, said(deeds.in_words(deed))) for deed in deeds.latest(library(), limit=50)]
    )


@pages.route("/tags/<int:id>/merge", methods=["GET", "POST"])
def merge(id: int) -> ResponseReturnValue:
    """Two steps: first what would happen, then, once it is confirmed, the merge."""
    tag = tags.get(library(), id)
    if tag.id != id:  # it was merged meanwhile, by a second click or somebody else
        return redirect(url_for("tags.show", id=tag.id), 303)
    name = request.values.get("into", "").strip()
    try:
        into = tags.named(library(), name)
        if into.id == tag.id:
            raise InvalidInput("%(name)s is this topic itself. Name another one.", "into", name=repr(name))
    except (NotFound, InvalidInput) as error:
        return edit_page(tag, edit_values(tag) | {"into": name}, {"into": of_error(error)}), 400
    if request.form.get("sure") != "yes":
        retired = gems.listed(library(), tag_id=tag.id, status=GemStatus.RETIRED, limit=0, unmasked=True)[1]
        return render_template("tags/merge.html", tag=tag, into=into, retired=retired)
    tag_merging.merge(library(), id, into.id, who())
    _say_with_undo(_("%(name)s is now part of %(into)s.", name=tag.name, into=into.name), into.id)
    return redirect(url_for("tags.show", id=into.id), 303)


def _say_with_undo(words: str, tag_id: int) -> None:
    last = deeds.of_tag(library(), tag_id, limit=1)
    flash_undo(words, url_for("upkeep.undo", id=last[0].id)) if last else flash(words, "done")


@pages.route("/tags/<int:id>/split", methods=["GET", "POST"])
def split(id: int) -> ResponseReturnValue:
    """Choose which reviews and gems go to a new topic: those a search finds are chosen to begin with."""
    tag = tags.get(library(), id)
    name, errors = request.values.get("name", "").strip(), {}
    chosen = {kind: request.form.getlist(kind, type=whole) for kind in ("reviews", "gems")}
    if request.method == "POST":
        try:
            new = tag_merging.split(library(), id, name, chosen["reviews"], who(), chosen["gems"])
        except (InvalidInput, Conflict) as error:
            errors = {getattr(error, "field", "") or "name": of_error(error)}
        else:
            _say_with_undo(_("%(name)s is a topic of its own now.", name=new.name), new.id)
            return redirect(url_for("tags.show", id=new.id), 303)
    page = render_template("tags/split.html", tag=tag, name=name, errors=errors, chosen=chosen, **_to_split(tag))
    return page, 400 if errors else 200


def _to_split(tag: Tag) -> dict[str, object]:
    question = request.values.get("q", "").strip()[:2000]
    ids = None
    if question:
        ids = bulk.by_search(library(), question, {"tag": (tag.name,)}, unmasked=unmasked())
    rows, total = bulk.carrying(library(), tag.id, ids, limit=_MOST_TO_CHOOSE_FROM, unmasked=unmasked())
    shown: list[Gem] = []
    gem_total = 0
    for status in (None, GemStatus.RETIRED):
        room = _MOST_TO_CHOOSE_FROM - len(shown)
        found, in_all = gems.listed(library(), tag_id=tag.id, status=status, limit=room, unmasked=True)
        shown += [as_seen(gem) for gem in found]
        gem_total += in_all
    lifted = {"gems": shown, "gem_total": gem_total}
    return {"question": question, "rows": rows, "total": total} | lifted


@pages.route("/tags/<int:id>/delete", methods=["GET", "POST"])
def delete(id: int) -> ResponseReturnValue:
    outlook = tag_merging.outlook(library(), id)
    if request.method == "GET":
        return render_template("tags/delete.html", outlook=outlook, tag=outlook.tag)
    deed = tag_merging.delete(library(), id, who())
    flash_undo(_("%(name)s deleted.", name=outlook.tag.name), url_for("upkeep.undo", id=deed))
    return redirect(url_for("tags.index"), 303)


@pages.get("/tags/rules")
def rules() -> str:
    return _rules_page(_typed_rule(request.args.get("tag", "")), request.args.get("tag", ""))


def _typed_rule(name: str) -> TagRule:
    """The rule as the form has it; for the tag of that name, if there is one."""
    values = {field: request.values.get(field, "")[:1000] for field in ("kind", "pattern", "product", "team")}
    try:
        tag_id = tags.named(library(), name).id if name.strip() else 0
    except NotFound:
        tag_id = 0
    return TagRule(0, tag_id, name.strip(), **values)


def _rules_page(rule: TagRule, name: str, errors: dict[str, str] | None = None, trial: object = None) -> str:
    everything = tags.listed(library())
    return render_template(
        "tags/rules.html",
        rules=[(one, said(tag_rules.in_words(one)), taken, no) for one, taken, no in suggesting.shown_rules(library())],
        automatic=[tag for tag in everything if tag.automatic],
        rule=rule,
        name=name,
        errors=errors or {},
        trial=trial,
        kinds=[(kind, _(words)) for kind, words in tag_rules.KINDS.items()],
        products=reviews.choices(library(), "product", unmasked=True),
        teams=reviews.choices(library(), "team", unmasked=True),
        learned=_learned(everything),
        at_least=(learning.REVIEWS_AT_LEAST, learning.A_TAG_AT_LEAST),
    )


def _learned(everything: list[Tag]) -> dict[str, object]:
    """What was learned last, for the page."""
    model = learning.model(library())
    if model is None:
        return {}
    known = set(model.tag_ids)
    return {**model.about, "tags": [tag for tag in everything if tag.id in known]}


@pages.post("/tags/rules")
def save_rule() -> ResponseReturnValue:
    """Try a rule on the newest reviews, or keep it."""
    name = request.form.get("tag", "")
    rule, trial = _typed_rule(name), None
    errors: dict[str, str] = {}
    try:
        if request.form.get("do") == "try":
            trial = tag_rules.try_out(library(), rule)
        else:
            tag = tags.named(library(), name)
            tag_rules.add(library(), tag.id, rule, who())
            flash(_("Rule for %(name)s kept.", name=tag.name), "done")
            return redirect(url_for("upkeep.rules"), 303)
    except InvalidInput as error:
        errors = {error.field or "pattern": of_error(error)}
    except NotFound as error:
        errors = {"tag": of_error(error)}
    return _rules_page(rule, name, errors, trial), 400 if errors else 200


@pages.post("/tags/rules/<int:id>/remove")
def remove_rule(id: int) -> ResponseReturnValue:
    rule = tag_rules.remove(library(), id, who())
    flash_undo(
        _("Rule for %(name)s taken out.", name=rule.tag_name),
        url_for(
            "upkeep.restore_rule",
            tag=rule.tag_name,
            kind=rule.kind,
            pattern=rule.pattern,
            product=rule.product,
            team=rule.team,
        ),
    )
    return redirect(url_for("upkeep.rules"), 303)


@pages.post("/tags/rules/restore")
def restore_rule() -> ResponseReturnValue:
    tag = tags.named(library(), request.values.get("tag", ""))
    tag_rules.add(library(), tag.id, _typed_rule(tag.name), who())
    flash(_("Rule for %(name)s is back.", name=tag.name), "done")
    return redirect(url_for("upkeep.rules"), 303)


@pages.post("/tags/automatic")
def automatic() -> ResponseReturnValue:
    """Let kb put a topic on new reviews by itself, or no longer."""
    try:
        tag, on = tags.named(library(), request.form.get("tag", "")), request.form.get("on") == "yes"
    except NotFound as error:
        flash(of_error(error), "error")
        return redirect(url_for("upkeep.rules"), 303)
    auto_tagging.set_automatic(library(), tag.id, who(), on=on)
    now_on = _("%(name)s is put on new reviews by itself from now on.", name=tag.name)
    flash(now_on if on else _("%(name)s is no longer put on by itself.", name=tag.name), "done")
    return redirect(url_for("upkeep.rules"), 303)


@pages.post("/tags/learn")
def learn() -> ResponseReturnValue:
    """Learn in a process of its own: it takes minutes in a large library, and pages go on meanwhile."""
    try:
        learning.need_sklearn()
        learning.need_enough(library())
    except KbError as error:
        flash(of_error(error), "error")
        return redirect(url_for("upkeep.rules"), 303)
    command = [sys.executable, "-m", "kb", "--home", str(settings().home), "tag", "learn"]
    quiet = subprocess.DEVNULL
    learning_now = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603
    # Somebody has to take note of its end, or it stays in the list of processes.
    threading.Thread(target=learning_now.wait, daemon=True).start()
    flash(_("Learning from what was tagged so far. It takes from seconds to some minutes."), "done")
    return redirect(url_for("upkeep.rules"), 303)


@pages.get("/tags/look-alikes")
def alike() -> str:
    return render_template("tags/look_alikes.html", pairs=look_alikes.found(library()))


@pages.post("/tags/look-alikes/keep-apart")
def keep_apart() -> ResponseReturnValue:
    first, second = (request.form.get(name, 0, type=whole) for name in ("tag", "into"))
    look_alikes.keep_apart(library(), first, second)
    flash(_("They are not proposed again."), "done")
    return redirect(url_for("upkeep.alike"), 303)


@pages.get("/tags/untagged")
def untagged() -> str:
    asked = paging.asked(_SIZE)
    rows, total = bulk.untagged(library(), limit=asked.size, offset=asked.offset, unmasked=unmasked())
    return render_template("tags/untagged.html", rows=rows, total=total, paging=asked, page_url=paging.page_url())
