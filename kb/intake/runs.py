"""Ingest runs: planned in the browser, begun in a process of their own, stopped, gone on with, forgotten."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.errors import Conflict, KbError, LibraryError
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.models import SkippedRow
from kb.store import database, planned_gems, runs, upkeep
from kb.store.database import Database, stamp
from kb.values.log import Run

# A run that wrote nothing for so long has lost its process: a batch takes well under a second.
_BROKEN_OFF_AFTER = timedelta(minutes=2)
_FORGOTTEN_AFTER = timedelta(days=7)


def get(library: Library, run_id: int) -> Run:
    """One run with its counts; one whose process is gone is shown as stopped. Raises NotFound."""
    return _seen(library, runs.get(library.db, run_id))


def listed(library: Library, limit: int = 50) -> list[Run]:
    """The runs, the last first."""
    return [_seen(library, run) for run in runs.listed(library.db, limit)]


def _seen(library: Library, run: Run) -> Run:
    if run.is_under_way and library.now() - runs.last_beat(library.db, run.id) > _BROKEN_OFF_AFTER:
        return replace(run, state="stopped", message="It broke off. Bring the same input in again to finish.")
    return run


def skipped(library: Library, run_id: int, limit: int = -1) -> list[tuple[int, SkippedRow, int | None]]:
    """What a run set aside: its number, the row, and the run that brought it in after mending, or that set it aside
    again (then the content is kept there alone); None while it is open."""
    return runs.skipped(library.db, run_id, limit=limit)


def open_count(library: Library, run_id: int) -> int:
    """How many rows that a run set aside nobody has brought in yet."""
    return runs.count_open(library.db, run_id)


def plan(library: Library, folder: Path, options: IntakeOptions, *, who: str, paths: Sequence[Path] = ()) -> int:
    """Note an upload that waits for somebody's word: a run of state "planned". Gives its number.

    `paths` are what to read of the folder, as a person would name it on the command line; all of it by default.
    """
    kept = {
        "paths": [str(path) for path in paths or (folder,)],
        "folder": str(folder),
        "format": options.format,
        "mapping": options.mapping,
        "tags": list(options.tags),
        "may_publish": options.may_publish,
        "replace": options.replace,
        "upload": True,
    }
    with library.transaction() as db:
        return runs.start(db, options.source, who, kept, library.now(), state="planned")


def options_of(library: Library, run_id: int) -> tuple[list[str], IntakeOptions]:
    """What a planned run brings in, and how."""
    kept = runs.options(library.db, run_id)
    source = runs.get(library.db, run_id).source
    return list(kept.get("paths", ())), IntakeOptions(
        source=source,
        format=kept.get("format", ""),
        mapping=kept.get("mapping"),
        tags=tuple(kept.get("tags", ())),
        may_publish=bool(kept.get("may_publish")),
        replace=bool(kept.get("replace")),
    )


def check_waits(db: Database, run_id: int) -> None:
    """Raises Conflict when a run does not wait for somebody's word any more, NotFound."""
    if runs.get(db, run_id).state != "planned":
        raise Conflict("This was started or dropped already.")


def begin(library: Library, run_id: int, *, replace: bool = False) -> None:
    """Carry a planned run out in a process of its own, so that it outlives the request and leaves the pages quick.

    `replace` is the word that its rows may take the place of the reviews that have their ids, whatever these say.
    Raises Conflict when it was begun already, LibraryError when no process can be started.
    """
    with library.transaction() as db:
        check_waits(db, run_id)
        now = library.now()
        # The clock runs from here: between the plan and somebody's word may lie a night.
        runs.note(db, run_id, now, state="starting", started_at=stamp(now))
        if replace:
            runs.keep_option(db, run_id, replace=True)
    command = [
        sys.executable,
        "-m",
        "kb",
        "--home",
        str(library.settings.home),
        "ingest",
        "--run",
        str(run_id),
    ]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command, no text of anybody's in it
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        _note_state(library, run_id, "failed", f"No process could be started: {error.strerror}.")
        raise LibraryError("The run could not be started: %(strerror)s. Try again.", strerror=error.strerror) from error
    threading.Thread(target=_see_off, args=(library.settings.database, process, run_id), daemon=True).start()


def _see_off(path: Path, process: subprocess.Popen[bytes], run_id: int) -> None:
    """Wait for a run's process, so that none stays in the system's table; one that died gets its run a sentence."""
    process.wait()
    try:
        db = database.connect(path)
    except LibraryError:
        return
    try:
        with database.transaction(db, path):
            if runs.get(db, run_id).is_under_way:
                now = datetime.now(UTC)
                message = "Its process ended before its time. Bring the same input in again to finish."
                runs.note(db, run_id, now, state="failed", message=message, finished_at=stamp(now))
    except KbError:
        return  # the pages show it as broken off, after a while
    finally:
        db.close()


def stop(library: Library, run_id: int) -> None:
    """Ask a run to stop after its present batch. What it brought in stays."""
    with library.transaction() as db:
        if runs.get(db, run_id).state in ("running", "starting"):
            runs.note(db, run_id, library.now(), state="stopping")


def discard(library: Library, run_id: int) -> None:
    """Drop a planned run and its files. Raises Conflict when it was started."""
    with library.transaction() as db:
        check_waits(db, run_id)
        runs.note(db, run_id, library.now(), state="dropped", finished_at=stamp(library.now()))
        planned_gems.drop_all(db, run_id)
    remove_upload(library, run_id)


def may_go_on(library: Library, run_id: int) -> bool:
    """Whether it is an upload that was stopped before its end or failed, and whose files are still there."""
    kept = runs.options(library.db, run_id)
    ended = get(library, run_id).state in ("stopped", "failed")
    return ended and bool(kept.get("upload")) and Path(kept["folder"]).is_dir()


def go_on(library: Library, run_id: int, *, who: str) -> int:
    """Let the files of an upload that did not come to its end wait for somebody's word again, as a run of its own, whose
    number this gives: what is in already is the same then. Raises NotFound; Conflict when the files are not kept."""
    with library.transaction() as db:
        if not may_go_on(library, run_id):
            raise Conflict("The files of this upload are not kept any more. Choose them again.")
        run, kept = get(library, run_id), runs.options(db, run_id)
        if runs.get(db, run_id).state != run.state:  # its process is gone, which nobody has written down
            now = library.now()
            runs.note(db, run_id, now, state=run.state, message=run.message, finished_at=stamp(now))
        runs.keep_option(db, run_id, upload=False)
        return runs.start(db, run.source, who, kept, library.now(), state="planned")


def drop_forgotten(library: Library) -> int:
    """Drop what was uploaded and has waited for its word, or was not brought in to its end, for a week: its files hold
    customers' data. Says how many."""
    limit = library.now() - _FORGOTTEN_AFTER
    forgotten = runs.planned_before(library.db, limit)
    for run_id in forgotten:
        with suppress(Conflict):  # somebody started or dropped it this moment
            discard(library, run_id)
    return len(forgotten) + _remove_left_over(library, limit)


def _remove_left_over(library: Library, limit: datetime) -> int:
    """Remove older files that no run waits for or is at."""
    uploads = library.settings.uploads
    needed = runs.folders_in_use(library.db, library.now() - _BROKEN_OFF_AFTER)
    old = [
        folder
        for folder in (uploads.iterdir() if uploads.is_dir() else ())
        if str(folder) not in needed and folder.stat().st_mtime < limit.timestamp()
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def forget_mended(library: Library) -> int:
    """Erase rows that were set aside and have been in the library, mended, for as long as the trash keeps things: they hold
    customers' data as it came. What nobody has mended stays. Says how many."""
    with library.transaction() as db:
        gone = runs.forget_settled(db, library.now() - timedelta(days=library.settings.trash_days))
    if gone:
        upkeep.overwrite_log(library.db)
    return gone


def _note_state(library: Library, run_id: int, state: str, message: str) -> None:
    with library.transaction() as db:
        runs.note(db, run_id, library.now(), state=state, message=message, finished_at=stamp(library.now()))


def remove_upload(library: Library, run_id: int) -> None:
    """Remove the files that a run was uploaded with."""
    kept = runs.options(library.db, run_id)
    if kept.get("upload"):
        folder = Path(kept["folder"])
        if folder.resolve().is_relative_to(library.settings.uploads.resolve()):
            shutil.rmtree(folder, ignore_errors=True)
