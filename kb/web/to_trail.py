"""A gem or review put into a trail from its own page, with one click and a way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput, NotFound
from kb.trails import offering, steps, trails, walking
from kb.trails.offering import Offer
from kb.values.trails import StepKind
from kb.web.context import can, flash_undo, library, member
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("to_trail", __name__)
_PAGES = {"gem": "gems.show", "review": "reviews.show"}


def offers(kind: StepKind, id: int) -> list[Offer] | None:
    """For the page of a gem or review; None for who does not make trails."""
    return offering.offers(library(), kind, id) if can("edit_trails") else None


@pages.post("/trails/add/<kind>/<int:id>")
def add(kind: str, id: int) -> ResponseReturnValue:
    if kind not in _PAGES:
        raise NotFound("Only a gem or a review is put into a trail.")
    wanted = request.form.get("trail", "")
    try:
        if wanted == "new":
            made = offering.begin(library(), request.form.get("title", ""), StepKind(kind), id, member())
            said = _("“%(trail)s” begins with it: a draft.", trail=made.title)
            flash_undo(said, url_for("trail_desk.trash", id=made.id))
        else:
            number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
            trail = trails.get(library(), number, member())
            step = steps.add(library(), trail.id, StepKind(kind), member(), object_id=id)
            undo = url_for("to_trail.take_out", id=trail.id, step=step.id)
            flash_undo(_("Added to “%(trail)s”, as its last step.", trail=trail.title), undo)
    except (InvalidInput, Conflict) as error:
        flash(of_error(error), "warning")
    return redirect(url_for(_PAGES[kind], id=id, **_origin()), 303)


def _origin() -> dict[str, Any]:
    said = request.form.get("from", "")[:4000]
    return {"from": said} if said else {}


@pages.post("/trails/<int:id>/steps/<int:step>/take-out")
def take_out(id: int, step: int) -> ResponseReturnValue:
    """Undo `add`, and back to what was added."""
    steps.take_out(library(), id, step, member())
    flash_undo(_("Step taken out."), url_for("trail_desk.put_back", id=id, step=step))
    taken = walking.step_of(library(), step)
    place = {StepKind.GEM: "gems.show", StepKind.REVIEW: "reviews.show"}.get(taken.kind) if taken else None
    if taken is None or place is None:
        return redirect(url_for("trail_desk.edit", id=id), 303)
    return redirect(url_for(place, id=taken.object_id), 303)
