"""The curators' desk: the queue of nominated gems, what is due, retiring, merging, the health of the library."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import members
from kb.errors import Conflict, InvalidInput
from kb.gems import alike as gem_alike
from kb.gems import evidence, gems, health, library_health, merging
from kb.gems import life as gem_life
from kb.models import Gem, Role
from kb.web import paging
from kb.web.context import as_seen, can, flash_undo, library, member, unmasked
from kb.web.languages import gettext as _
from kb.web.languages import ngettext, of_error
from kb.web.numbers import whole

pages = Blueprint("desk", __name__)
_DUE = 25


@pages.get("/queue")
def queue() -> str:
    """One gem at a time: the one that `gem` names, else the one that has waited longest."""
    return _queue_page(request.args.get("gem", 0, type=whole))


def _queue_page(wanted: int, errors: dict[str, str] | None = None) -> str:
    waiting, total = gem_life.queue_ids(library())
    at = waiting.index(wanted) if wanted in waiting else 0
    gem = gems.get(library(), waiting[at], unmasked=True) if waiting else None
    return render_template(
        "gems/queue.html",
        gem=as_seen(gem) if gem else None,
        total=total,
        number=at + 1,
        before=waiting[at - 1] if at else None,
        after=waiting[at + 1] if at + 1 < len(waiting) else None,
        alike=_alike(gem, 3) if gem else [],
        errors=errors or {},
    )


def _alike(gem: Gem, limit: int = 5) -> list[Gem]:
    return [as_seen(one) for one in gem_alike.to_gem(library(), gem, limit=limit)]


def _next(id: int) -> str:
    """Where to go when this gem is dealt with: the one after it."""
    ids, _ = gem_life.queue_ids(library())
    later = ids[ids.index(id) + 1 :] if id in ids else []
    return url_for("desk.queue", gem=later[0] if later else None)


def _dealt_with(id: int, act: Callable[[], object], words: str, undo: str) -> ResponseReturnValue:
    """Do it, and go on to the next; from the gem's own page back to it."""
    onward = url_for("gems.show", id=id) if request.form.get("from") == "gem" else _next(id)
    try:
        act()
    except InvalidInput as error:
        return _queue_page(id, {error.field or "word": of_error(error)}), 400
    except Conflict as error:
        flash(of_error(error), "warning")
    else:
        flash_undo(words, undo)
    return redirect(onward, 303)


@pages.post("/gems/<int:id>/publish")
def publish(id: int) -> ResponseReturnValue:
    return _dealt_with(
        id, lambda: gem_life.publish(library(), id, member()), _("Gem published."), url_for("desk.withdraw", id=id)
    )


@pages.post("/gems/<int:id>/withdraw")
def withdraw(id: int) -> ResponseReturnValue:
    gem_life.withdraw(library(), id, member())
    flash(_("The gem waits in the queue again."), "done")
    return redirect(url_for("desk.queue", gem=id), 303)


@pages.post("/gems/<int:id>/send-back")
def send_back(id: int) -> ResponseReturnValue:
    word = request.form.get("word", "")
    undo = url_for("desk.nominate_again", id=id)
    return _dealt_with(
        id, lambda: gem_life.send_back(library(), id, word, member()), _("Sent back with your word."), undo
    )


@pages.post("/gems/<int:id>/decline")
def decline(id: int) -> ResponseReturnValue:
    word = request.form.get("word", "")
    undo = url_for("desk.nominate_again", id=id)
    return _dealt_with(id, lambda: gem_life.decline(library(), id, word, member()), _("Gem declined."), undo)


@pages.post("/gems/<int:id>/nominate")
def nominate_again(id: int) -> ResponseReturnValue:
    gem_life.nominate_again(library(), id, member())
    flash(_("The gem waits in the queue again."), "done")
    return redirect(url_for("desk.queue", gem=id) if can("publish_gems") else url_for("gems.show", id=id), 303)


@pages.route("/gems/<int:id>/retire", methods=["GET", "POST"])
def retire(id: int) -> ResponseReturnValue:
    gem = gems.get(library(), id, unmasked=True)
    values = {name: request.values.get(name, "").strip() for name in ("reason", "word", "link", "replaced_by")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            gem_life.retire(
                library(), id, values["reason"], member(), word=values["word"], link=values["link"],
                replaced_by=(
                    gems.named(library(), values["replaced_by"], "replaced_by").id
                    if values["reason"] == "replaced"
                    else None
                ),
            )  # fmt: skip
        except InvalidInput as error:
            errors = {error.field: of_error(error)}
        else:
            flash_undo(_("Gem retired."), url_for("desk.bring_back", id=id))
            return redirect(url_for("gems.show", id=id), 303)
    page = render_template(
        "gems/retire.html",
        gem=as_seen(gem),
        values=values,
        errors=errors,
        reasons=gem_life.REASONS,
        alike=_alike(gem),
    )
    return page, 400 if errors else 200


@pages.post("/gems/<int:id>/bring-back")
def bring_back(id: int) -> ResponseReturnValue:
    gem_life.bring_back(library(), id, member())
    flash(_("The gem is published again."), "done")
    return redirect(url_for("gems.show", id=id), 303)


@pages.route("/gems/<int:id>/merge", methods=["GET", "POST"])
def merge(id: int) -> ResponseReturnValue:
    """Choose the gem to keep, look at both, then merge."""
    gem = gems.get(library(), id, unmasked=True)
    if gem.id != id:  # it was merged meanwhile; its page says into which
        return redirect(url_for("gems.show", id=id), 303)
    typed = request.values.get("into", "").strip()
    kept: Gem | None = None
    errors: dict[str, str] = {}
    try:
        kept = gems.named(library(), typed, "into") if typed or request.method == "POST" else None
        if kept is not None and request.form.get("sure") == "yes":
            merging.merge(library(), gem.id, kept.id, member())
            said = _("“%(title)s” is now part of “%(kept)s”.", title=as_seen(gem).title, kept=as_seen(kept).title)
            flash_undo(said, url_for("desk.part", id=gem.id))
            return redirect(_next(id) if request.form.get("from") == "queue" else url_for("gems.show", id=kept.id), 303)
    except InvalidInput as error:
        errors = {"into": of_error(error)}
    page = render_template(
        "gems/merge.html",
        gem=as_seen(gem),
        kept=as_seen(kept) if kept else None,
        typed=typed,
        errors=errors,
        alike=_alike(gem),
    )
    return page, 400 if errors else 200


@pages.post("/gems/<int:id>/part")
def part(id: int) -> ResponseReturnValue:
    """Undo a merge; `id` is the gem that went."""
    merging.undo(library(), id, member())
    flash(_("The two gems stand on their own again."), "done")
    return redirect(url_for("gems.show", id=id), 303)


@pages.get("/gems/due")
def due() -> str:
    asked = paging.asked(_DUE)
    mine = request.args.get("mine") == "yes" or not can("publish_gems")
    found, total = health.due(library(), limit=asked.size, offset=asked.offset, owner_id=member().id if mine else None)
    return render_template(
        "gems/due.html",
        gems=[as_seen(gem) for gem in found],
        total=total,
        mine=mine,
        reads=health.reads(library(), found),
        seen=evidence.seen(library(), found),
        owners=_owners() if can("publish_gems") else [],
        paging=asked,
        page_url=paging.page_url(),
    )


def _owners() -> list[tuple[int, str]]:
    return [(one.id, one.called) for one in members.listed(library()) if one.active and one.role >= Role.REVIEWER]


@pages.post("/gems/due/hand-over")
def hand_over() -> ResponseReturnValue:
    ids = request.form.getlist("gem", type=whole)[:_DUE]
    to = request.form.get("to", type=whole)
    if not ids:
        flash(_("Tick the gems that you want to hand over, then send."), "warning")
        return redirect(url_for("desk.due"), 303)
    told = health.hand_over(library(), ids, member(), to=to)
    if told < len(ids):
        flash(_("%(count)s of them have no owner. Choose somebody to hand them to.", count=len(ids) - told), "warning")
    if told:
        flash(
            ngettext(
                "%(num)d gem is handed over; the owner is told.",
                "%(num)d gems are handed over; the owner is told.",
                told,
            ),
            "done",
        )
    return redirect(url_for("desk.due"), 303)


@pages.get("/library-health")
def library_page() -> str:
    return render_template(
        "gems/health.html",
        found=library_health.of(library(), unmasked=unmasked()),
        days=library().settings.gem_days,
        waiting=gem_life.waiting(library()),
    )


@pages.get("/library-health.csv")
def library_csv() -> Response:
    text = library_health.as_csv(library_health.of(library(), unmasked=unmasked()))
    headers = {"Content-Disposition": "attachment; filename=library-health.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


@pages.post("/tags/<int:id>/gem-days")
def set_term(id: int) -> ResponseReturnValue:
    """For how many days the gems of a topic hold; empty for the library's own number."""
    text = request.form.get("days", "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidInput("A gem holds for 1 to 3650 days.", "days")
    health.set_term(library(), id, int(text) if text else None)
    flash(_("Saved. It counts from the next time that a gem of this topic is verified."), "done")
    return redirect(url_for("desk.library_page", _anchor="topics"), 303)
