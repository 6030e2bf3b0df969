"""Bulk work: choose reviews in a list or by a search, look at what would happen, do it, undo it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput, KbError, SearchIndexError
from kb.finding.finding import BROKEN
from kb.library import Library
from kb.tags import bulk, deeds
from kb.web import wording
from kb.web.asked import Asked
from kb.web.auth import local_path
from kb.web.context import library, served, unmasked, who
from kb.web.languages import gettext as _
from kb.web.languages import of_error, said
from kb.web.numbers import whole

pages = Blueprint("bulk", __name__)
log = logging.getLogger(__name__)
# So many are done while the page is being answered; more go on behind it, and the page says how far it is.
_AT_ONCE = 2000
_SHOWN = 20
_STALE = 60.0


@pages.get("/bulk")
def index() -> str:
    done = [(deed, said(deeds.in_words(deed))) for deed in bulk.latest(library())]
    return render_template("bulk/index.html", deeds=done)


@pages.post("/bulk")
def plan() -> ResponseReturnValue:
    """Keep what is asked for, to be looked at. Nothing is changed yet."""
    kind = request.form.get("work", "")
    value = request.form.get("value", "")
    try:
        planned = bulk.plan(library(), kind, value, _chosen(), who())
    except (InvalidInput, SearchIndexError) as error:
        flash(said(BROKEN) if isinstance(error, SearchIndexError) else of_error(error), "error")
        return redirect(_back() or url_for("reviews.index"), 303)
    return redirect(url_for("bulk.show", id=planned.deed.id, back=_back()), 303)


def _back() -> str | None:
    """The list in which the reviews were chosen, where one goes on."""
    wanted = request.values.get("back", "")
    return local_path(wanted) if wanted else None


def _chosen() -> list[int]:
    if request.form.get("all") != "yes":
        return request.form.getlist("ids", type=whole)[: bulk.MOST]
    asked = Asked.from_args(request.form)
    return bulk.by_search(library(), asked.question, asked.filters, unmasked=unmasked())


@pages.get("/bulk/<int:id>")
def show(id: int) -> str:
    planned = bulk.planned(library(), id)
    rows = bulk.first_rows(library(), planned.review_ids[:_SHOWN], unmasked=unmasked())
    return render_template(
        "bulk/show.html",
        plan=planned,
        deed=planned.deed,
        words=said(deeds.in_words(planned.deed)),
        rows=rows,
        progress=_how_far(id) if planned.deed.state != "undone" else None,
        back=_back(),
    )


@pages.post("/bulk/<int:id>/do")
def do(id: int) -> ResponseReturnValue:
    planned = bulk.planned(library(), id)
    return _run(id, planned.deed.total, bulk.carry_out)


@pages.post("/bulk/<int:id>/undo")
def undo(id: int) -> ResponseReturnValue:
    return _run(id, bulk.planned(library(), id).deed.total, _undo)


def _undo(opened: Library, id: int, by: str, progress: Callable[[int], None]) -> None:
    deeds.undo(opened, id, by, progress)


def _run(
    id: int, total: int, work: Callable[[Library, int, str, Callable[[int], None]], object]
) -> ResponseReturnValue:
    """Do it now, or behind the page when it is much. Only one at a time: the second finds the first's note."""
    if _how_far(id) is None:
        opened, follower = served().open()
        note = _Note(_note_of(id))

        def run(by: str = who()) -> None:
            try:
                work(opened, id, by, note.write)
            finally:
                note.end()
                follower.wake()

        note.write(0)
        if total > _AT_ONCE:
            threading.Thread(target=_quietly, args=(run,), name="kb-bulk").start()
        else:
            try:
                run()
            except Conflict as error:
                flash(of_error(error), "error")
    return redirect(url_for("bulk.show", id=id, back=_back()), 303)


def _quietly(run: Callable[[], None]) -> None:
    """Nobody waits for it: what went wrong shows in that nothing was changed, and in the log."""
    try:
        run()
    except KbError as error:
        log.warning("Bulk work was not done: %s", error)


def _note_of(id: int) -> Path:
    return served().settings.home / f"bulk-{id}.progress"


class _Note:
    """How many reviews are done, in a file that every serving process sees: the transaction itself shows only at its end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, done: int) -> None:
        self._path.write_text(str(done), "ascii")

    def end(self) -> None:
        self._path.unlink(missing_ok=True)


def _how_far(id: int) -> int | None:
    """How many reviews are done of work that is under way; None when none is. A note that nobody has written for a
    while is of a process that died: its work was never done."""
    note = _note_of(id)
    try:
        if time.time() - note.stat().st_mtime > _STALE:
            note.unlink(missing_ok=True)
            return None
        return int(note.read_text("ascii") or 0)
    except (OSError, ValueError):
        return None


@pages.get("/bulk/<int:id>/status")
def status(id: int) -> Response:
    """For the script on the page: `{"state", "done", "total", "words"}`; `state` is running while it is under way."""
    deed, done = deeds.get(library(), id), _how_far(id)
    words = _("%(done)s of %(total)s", done=wording.number(done or 0), total=wording.number(deed.total))
    return jsonify(state=deed.state if done is None else "running", done=done or 0, total=deed.total, words=words)
