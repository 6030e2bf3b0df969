"""Trails for who walks them: the list, one trail, step by step, done or not, on paper and as Markdown."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import NotFound
from kb.gems import gems
from kb.models import GemStatus
from kb.trails import exporting, reading_time, trails, walking
from kb.trails.outline import Row
from kb.trails.walking import Walk
from kb.values.trails import StepKind, TrailState
from kb.web import differences, paging
from kb.web.context import can, library, member, public_url, unmasked
from kb.web.languages import gettext as _

pages = Blueprint("trails", __name__)
_SIZE = 12
_MOST_GEMS = 5
_SHELVES: dict[str, TrailState | None] = {
    "all": TrailState.PUBLISHED, "drafts": TrailState.DRAFT, "templates": TrailState.TEMPLATE, "trash": None,
}  # fmt: skip


@pages.app_template_filter("reading_minutes")
def reading_minutes(seconds: float) -> int:
    return reading_time.minutes(seconds)


@pages.get("/trails")
def index() -> str:
    """`which` is mine, assigned or all; for curators also drafts, templates or trash. Else one's own."""
    asked = paging.asked(_SIZE)
    own = walking.own(library(), member())
    which = request.args.get("which", "")
    if which not in ("mine", "assigned", *(_SHELVES if can("edit_trails") else ("all",))):
        which = "mine" if own else "all"
    if which in _SHELVES:
        found, total = trails.listed(library(), _SHELVES[which], limit=asked.size, offset=asked.offset)
        walks = walking.walks(library(), found, member(), unmasked=unmasked())
    else:
        chosen = walking.mine(library(), member(), unmasked=unmasked(), assigned=which == "assigned")
        total, walks = len(chosen), chosen[asked.offset : asked.offset + asked.size]
    counts = trails.counts(library())
    shelves = {
        "mine": len(own),
        "assigned": sum(own.values()),
        "all": counts["published"],
    }
    if can("edit_trails"):
        shelves |= {"drafts": counts["draft"], "templates": counts["template"], "trash": counts["trash"]}
    return render_template(
        "trails/index.html", walks=walks, total=total, which=which, shelves=shelves, paging=asked,
        page_url=paging.page_url(),
    )  # fmt: skip


def _walk(id: int) -> Walk:
    return walking.walk(library(), id, member(), unmasked=unmasked())


@pages.get("/trails/<int:id>")
def show(id: int) -> str:
    return render_template("trails/show.html", walk=_walk(id))


@pages.get("/trails/<int:id>/steps/<int:step>")
def step(id: int, step: int) -> ResponseReturnValue:
    """One step with all that it leads to; where one was is kept, so that one comes back to it."""
    walk = _walk(id)
    place = walk.at(step)
    if place is None:
        flash(_("That step is not in the trail any more. Here is what is."), "warning")
        return redirect(url_for("trails.show", id=id), 303)
    walking.come_to(library(), walk, step, member())
    row = walk.rows[place]
    (whole,) = exporting.wholes(library(), (row,), unmasked=unmasked())
    changed = _changed(walk, row)
    return render_template(
        "trails/step.html",
        walk=walk,
        row=row,
        number=place + 1,
        whole=whole,
        before=walk.rows[place - 1] if place else None,
        after=walk.rows[place + 1] if place + 1 < walk.count else None,
        changed=changed,
        gems=_gems_of(row),
    )


def _changed(walk: Walk, row: Row) -> list[differences.Difference] | None:
    """What is different since one read it; None when nothing is."""
    if not walk.has_changed(row) or row.kind is StepKind.REPLAY:
        return [] if walk.has_changed(row) else None
    found = walking.differences(library(), row, walk.done[row.id].at, unmasked=unmasked())
    return differences.of(found)


def _gems_of(row: Row) -> list[Any]:
    if row.kind is not StepKind.TOPIC:
        return []
    return gems.listed(
        library(), status=GemStatus.PUBLISHED, tag_id=row.object_id, unmasked=unmasked(), best_first=True,
        limit=_MOST_GEMS,
    )[0]  # fmt: skip


@pages.post("/trails/<int:id>/steps/<int:step>")
def done(id: int, step: int) -> ResponseReturnValue:
    walk = _walk(id)
    wanted = request.form.get("done") != "no"
    walking.set_done(library(), walk, step, member(), done=wanted)
    place = walk.at(step) or 0
    if not wanted:
        return redirect(url_for("trails.step", id=id, step=step), 303)
    if place + 1 < walk.count:
        return redirect(url_for("trails.step", id=id, step=walk.rows[place + 1].id), 303)
    left = [row for row in walk.rows if not walk.is_done(row) and row.id != step]
    if not left:
        flash(_("That was the last step. The trail is done."), "done")
    return redirect(url_for("trails.show", id=id), 303)


@pages.post("/trails/<int:id>/share")
def share(id: int) -> ResponseReturnValue:
    agreed = request.form.get("shared") == "yes"
    walking.share(library(), id, member(), shared=agreed)
    flash(
        _("Curators see from now on how many steps you have done.") if agreed else _("Nobody sees how far you are."),
        "done",
    )
    return redirect(url_for("trails.show", id=id), 303)


@pages.post("/trails/<int:id>/forget")
def forget(id: int) -> ResponseReturnValue:
    walking.forget(library(), id, member())
    flash(_("You begin this trail anew. What you had done is forgotten."), "done")
    return redirect(url_for("trails.show", id=id), 303)


@pages.get("/trails/<int:id>/print")
def on_paper(id: int) -> str:
    walk = _walk(id)
    wholes = exporting.wholes(library(), walk.rows, unmasked=unmasked())
    return render_template("trails/print.html", walk=walk, wholes=wholes)


@pages.get("/trails/<int:id>/export.md")
def export(id: int) -> Response:
    walk = _walk(id)
    text = exporting.markdown(library(), walk, unmasked=unmasked(), address=public_url("home.index").rstrip("/"))
    name = re.sub(r"[^a-z0-9]+", "-", walk.trail.title.lower()).strip("-")[:60] or f"trail-{id}"
    headers = {"Content-Disposition": f"attachment; filename={name}.md"}
    return Response(text, mimetype="text/markdown", headers=headers)


def back_to(step_id: int | None) -> str:
    """Where somebody goes on who came to a replay from a step of a trail; "" when that trail is not theirs to see."""
    found = walking.step_of(library(), step_id) if step_id else None
    if found is None:
        return ""
    try:
        trails.get(library(), found.trail_id, member())
    except NotFound:
        return ""
    return url_for("trails.step", id=found.trail_id, step=found.id)
