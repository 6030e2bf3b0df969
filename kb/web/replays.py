"""Trying a case before reading how it went. All of it is the signed-in member's own: nobody else is let in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput, NotFound
from kb.trails import replays
from kb.trails.replays import Scene
from kb.values.trails import Replay
from kb.web import paging, trails
from kb.web.context import flash_undo, library, member, unmasked
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole

pages = Blueprint("replays", __name__)
_SIZE = 25


@pages.get("/replays")
def index() -> str:
    asked = paging.asked(_SIZE)
    rows, total = replays.mine(library(), member(), unmasked=unmasked(), limit=asked.size, offset=asked.offset)
    return render_template("replays/index.html", rows=rows, total=total, paging=asked, page_url=paging.page_url())


@pages.get("/reviews/<int:id>/replay")
def begin(id: int) -> str:
    """The case up to a point (`at`, counted from 1), to be answered; `step` says from which step of a trail one came."""
    found = replays.scene(library(), id, request.args.get("at", 1, type=whole), unmasked=unmasked())
    return _scene_page(found, None, step=_step())


def _step() -> int | None:
    number = request.values.get("step", 0, type=whole)
    return number if 0 < number < 2**63 else None


def _scene_page(found: Scene, replay: Replay | None, *, step: int | None = None, error: str = "") -> str:
    return render_template(
        "replays/open.html", scene=found, replay=replay, step=step, error=error, typed=request.form.get("answer", "")
    )


@pages.post("/reviews/<int:id>/replay")
def answer_first(id: int) -> ResponseReturnValue:
    number = request.form.get("at", 1, type=whole)
    try:
        replay = replays.begin(library(), id, number, request.form.get("answer", ""), member(), step_id=_step())
    except InvalidInput as error:
        found = replays.scene(library(), id, number, unmasked=unmasked())
        return _scene_page(found, None, step=_step(), error=of_error(error)), 400
    return _after(replay)


def _after(replay: Replay) -> ResponseReturnValue:
    if request.form.get("do") != "on" or _next(replay) is None:
        replays.compare(library(), replay.id, member())
    return redirect(url_for("replays.show", id=replay.id), 303)


@pages.get("/replays/<int:id>")
def show(id: int) -> str:
    """Where one is in a case; when there is nothing left to answer or one asked for it, all of it side by side."""
    replay = replays.get(library(), id, member())
    if replay.compared_at is None:
        found = _next(replay)
        if found is not None:
            return _scene_page(found, replay)
    compared = replays.comparison(library(), replay, unmasked=unmasked())
    return render_template(
        "replays/compared.html", replay=replay, compared=compared, back_to=trails.back_to(replay.step_id)
    )


def _next(replay: Replay) -> Scene | None:
    try:
        return replays.go_on(library(), replay, request.values.get("at", 0, type=whole), unmasked=unmasked())
    except NotFound:
        return None  # the review is not here any more; one's own words still are


@pages.post("/replays/<int:id>")
def answer(id: int) -> ResponseReturnValue:
    replay = replays.get(library(), id, member())
    if request.form.get("do") == "tell":
        return _after(replay)
    try:
        turn = request.form.get("turn", -1, type=whole)
        replay = replays.answer(library(), id, turn, request.form.get("answer", ""), member())
    except InvalidInput as error:
        found = _next(replay)
        return (_scene_page(found, replay, error=of_error(error)), 400) if found else _after(replay)
    except Conflict as error:
        flash(of_error(error), "warning")
        return redirect(url_for("replays.show", id=id), 303)
    return _after(replay)


@pages.post("/replays/<int:id>/throw-away")
def throw_away(id: int) -> ResponseReturnValue:
    replays.throw_away(library(), id, member())
    flash_undo(_("Replay thrown away."), url_for("replays.bring_back", id=id))
    return redirect(url_for("replays.index"), 303)


@pages.post("/replays/<int:id>/bring-back")
def bring_back(id: int) -> ResponseReturnValue:
    replays.bring_back(library(), id, member())
    flash(_("The replay is back."), "done")
    return redirect(url_for("replays.show", id=id), 303)
