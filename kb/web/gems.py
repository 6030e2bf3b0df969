"""Gems: the list, one gem with all that is said of it, making one from a review, editing, bringing an earlier text back."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import copies, privacy, quoted, reviews
from kb.errors import Conflict, InvalidInput
from kb.finding import finding
from kb.finding.hits import FoundHit
from kb.gems import alike as gem_alike
from kb.gems import confirming, evidence, gems, health, merging
from kb.gems import life as gem_life
from kb.gems import talk as gem_talk
from kb.mine import bookmarks
from kb.models import Gem, GemDraft, GemStatus, Review
from kb.tags import suggesting
from kb.values.trails import StepKind
from kb.web import differences, origin, paging, to_trail, topic_names
from kb.web.answers import plain
from kb.web.context import can, flash_undo, library, member, public_url, served, unmasked, who
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole, whole_or_none

pages = Blueprint("gems", __name__)
_SIZE = 24
_MOST_RELATED = 5


@pages.get("/gems")
def index() -> str:
    asked = paging.asked(_SIZE)
    sees_all = unmasked() or can("nominate_gems")
    status = _status(request.args.get("status", "")) if sees_all else None
    found, total = gems.listed(
        library(),
        status=status or GemStatus.PUBLISHED,
        unmasked=unmasked(),
        best_first=request.args.get("sort") != "newest",
        limit=asked.size,
        offset=asked.offset,
    )
    return render_template(
        "gems/index.html",
        gems=found,
        total=total,
        status=status or GemStatus.PUBLISHED,
        newest=request.args.get("sort") == "newest",
        seen=evidence.seen(library(), found),
        counts=_counts() if sees_all else {},
        paging=asked,
        page_url=paging.page_url(),
    )


def _counts() -> dict[GemStatus, int]:
    return {status: gems.listed(library(), status=status, limit=1, unmasked=True)[1] for status in GemStatus}


def _status(word: str) -> GemStatus | None:
    return next((status for status in GemStatus if status == word), None)


def visible(id: int) -> Gem:
    """The gem as the signed-in member may see it; whoever nominates sees those that wait, too. Raises NotFound."""
    return gems.get(library(), id, unmasked=unmasked(), waiting=unmasked() or can("nominate_gems"))


@pages.get("/gems/<int:id>")
def show(id: int) -> ResponseReturnValue:
    gem = visible(id)
    if gem.id != id:  # it was merged: the old address leads on
        return redirect(url_for("gems.show", id=gem.id, was=id), 302)
    if gem.status is GemStatus.PUBLISHED and request.referrer != request.url:
        served().reads.add(gem.id)
    served().keeper.read(member().id, "gem", gem.id, library().now())
    return show_page(gem)


def show_page(gem: Gem, errors: dict[str, str] | None = None) -> str:
    """The page of a gem, as the signed-in member may see it; `errors` by the form's field."""
    seen_by_all = unmasked()
    talk = gem_talk.of(library(), gems.get(library(), gem.id, unmasked=True), member(), unmasked=seen_by_all)
    sightings, sighted = (
        confirming.proposed(library(), gem.id, unmasked=seen_by_all)
        if can("nominate_gems") and gem.status is GemStatus.PUBLISHED
        else ([], 0)
    )
    changes = gems.past(library(), gem.id) if seen_by_all else []
    return render_template(
        "gems/show.html",
        gem=gem,
        health=health.of(gem, library().today()),
        seen=evidence.seen(library(), [gem])[gem.id],
        talk=talk,
        sightings=sightings,
        sighted=sighted,
        replacement=gems.replacement(library(), gem, unmasked=seen_by_all),
        reasons=gem_life.REASONS,
        merged=merging.into(library(), gem.id, unmasked=seen_by_all) if can("publish_gems") else [],
        may_edit=gems.may_edit(gem, member()),
        may_verify=can("publish_gems") or gem.owner_id == member().id,
        own_nomination=gem.nominated_by == member().id,
        changes=[(change, differences.of(change.fields)) for change in changes],
        errors=errors or {},
        way=origin.of_page("gem", gem.id, gem.tags),
        kept=bookmarks.of(library(), member(), "gem", gem.id),
        trail_offers=to_trail.offers(StepKind.GEM, gem.id) if gem.status is GemStatus.PUBLISHED else None,
        related=_related(gem, seen_by_all),
    )


def _related(gem: Gem, seen_by_all: bool) -> list[FoundHit]:
    """What is like it, but for the reviews in which it was seen: they stand above."""
    seen_in = {("review", passage.review_id) for passage in gem.evidence if passage.review_id}
    return finding.similar(library(), "gem", gem.id, unmasked=seen_by_all, limit=_MOST_RELATED, but=seen_in)


@pages.get("/gems/<int:id>.md")
def as_markdown(id: int) -> Response:
    gem = visible(id)
    return plain(copies.gem_markdown(gem, public_url("gems.show", id=gem.id)), "markdown")


@pages.get("/gems/<int:id>.txt")
def as_text(id: int) -> Response:
    """What a customer may be told: the workaround alone."""
    return plain(copies.gem_text(visible(id)))


@pages.route("/gems/<int:id>/edit", methods=["GET", "POST"])
def edit(id: int) -> ResponseReturnValue:
    whole_gem = gems.get(library(), id, unmasked=True)
    gems.check_may_edit(whole_gem, member())
    # Who does not see the names in it writes the text without them.
    gem = whole_gem if unmasked() else privacy.gem_for_reader(whole_gem)
    if request.method == "GET":
        values = {
            "title": gem.title,
            "body": gem.body,
            "tags": ", ".join(gems.tag_names(gem)),
            "version": str(gem.version),
        }
        return render_template("gems/edit.html", gem=gem, values=values, errors={}, preview="")
    values = typed("title", "body", "tags", "version")
    errors: dict[str, str] = {}
    if request.form.get("do") != "preview":
        draft = GemDraft(values["title"], values["body"], "", topic_names.typed(library(), values["tags"]))
        try:
            gems.edit(library(), id, draft, version=whole_or_none(values["version"]) or 0, member=member())
        except InvalidInput as error:
            errors = {error.field or "title": of_error(error)}
        except Conflict as error:
            # Saving once more is then a choice: their text is shown beside it.
            errors = {"conflict": of_error(error)}
            values["version"] = str(gem.version)
        else:
            flash(_("Gem saved."), "done")
            return redirect(url_for("gems.show", id=id), 303)
    status = 409 if "conflict" in errors else 400 if errors else 200
    return render_template("gems/edit.html", gem=gem, values=values, errors=errors, preview=values["body"]), status


@pages.get("/gems/<int:id>/history/<int:change>")
def compare(id: int, change: int) -> str:
    """An earlier text beside the one of today."""
    gem = gems.get(library(), id, unmasked=True)
    then = gems.before_change(library(), gem, change)
    now = {"title": gem.title, "body": gem.body, "tags": gems.tag_names(gem)}
    before = {"title": then.title, "body": then.body, "tags": list(then.tags or ())}
    fields = differences.of({name: (before[name], now[name]) for name in now if before[name] != now[name]})
    may_edit = gems.may_edit(gem, member())
    return render_template("gems/compare.html", gem=gem, change=change, fields=fields, may_edit=may_edit)


@pages.post("/gems/<int:id>/history/<int:change>/restore")
def restore(id: int, change: int) -> ResponseReturnValue:
    gems.restore(library(), id, change, member=member())
    flash_undo(_("The earlier text is back."), url_for("gems.restore", id=id, change=gems.past(library(), id)[0].id))
    return redirect(url_for("gems.show", id=id), 303)


@pages.route("/reviews/<int:id>/gems/new", methods=["GET", "POST"])
def new(id: int) -> ResponseReturnValue:
    review = reviews.get(library(), id, unmasked=unmasked())
    names = ("title", "body", "quote", "tags", "place", "nth")
    if request.method == "GET":
        values = {name: request.args.get(name, "") for name in names}
        values["title"] = values["title"] or proposed_title(values["quote"])
        values["quote"] = quoted.as_it_stands(evidence.whole(review), values["quote"])
        values["tags"] = values["tags"] or ", ".join(_proposed_tags(review))
        return _new_page(review, values)
    values = typed(*names)
    if request.form.get("do") == "preview":
        return _new_page(review, values, preview=values["body"])
    draft = GemDraft(values["title"], values["body"], values["quote"], topic_names.typed(library(), values["tags"]))
    alike = _alike(review, values)
    try:
        gems.check(draft)
        if any(gem.id not in request.form.getlist("looked_at", type=whole) for gem in alike):
            return _new_page(review, values, alike=alike, look=True), 200
        return _lift(review, draft, values)
    except InvalidInput as error:
        return _new_page(review, values, {error.field or "title": of_error(error)}, alike=alike), 400


def _lift(review: Review, draft: GemDraft, values: dict[str, str]) -> ResponseReturnValue:
    publish = can("publish_gems")
    gem = gems.lift(
        library(), review.id, draft, who=who(), publish=publish, member=member(),
        place=whole_or_none(values["place"]), nth=whole_or_none(values["nth"]),
    )  # fmt: skip
    flash(
        _("Gem published.") if publish else _("Gem nominated. A curator looks at it, then everybody sees it."), "done"
    )
    passage = next((p for p in gem.evidence if p.review_id == review.id and p.quote == values["quote"]), None)
    anchor = f"passage-{passage.id}" if passage else None
    return redirect(url_for("reviews.show", id=review.id, _anchor=anchor), 303)


def _new_page(
    review: Review,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
    *,
    alike: list[Gem] | None = None,
    look: bool = False,
    preview: str = "",
) -> str:
    found = _alike(review, values) if alike is None else alike
    return render_template(
        "gems/new.html", review=review, values=values, errors=errors or {}, alike=found, look=look, preview=preview
    )


def _alike(review: Review, values: dict[str, str]) -> list[Gem]:
    text = f"{values['title']} {values['quote']}".strip()
    return gem_alike.to_text(library(), text, review.language, unmasked=unmasked()) if text else []


def proposed_title(quote: str, longest: int = 90) -> str:
    """The first sentence of a passage, or as much of it as makes a title."""
    line = next((line for line in re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n", quote) if line.strip()), "")
    line = " ".join(line.split()).rstrip(".。 ")
    short = line if len(line) <= longest else line[:longest].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return short[:1].upper() + short[1:]


def _proposed_tags(review: Review) -> list[str]:
    return [tag.name for tag in review.tags] or [tag.name for tag in suggesting.for_review(library(), review)[:3]]


def typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}
