"""Ingest runs: planned in the browser, carried out in a process of their own, stopped, their set-aside rows retried."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import chain, islice
from pathlib import Path

from kb import intake
from kb.errors import Conflict, InvalidInput, KbError, LibraryError
from kb.gems import planned
from kb.ingest import discover, pipeline
from kb.ingest.base import Input, Located
from kb.intake import IntakeOptions, Progress, Report
from kb.library import Library
from kb.log_values import Run
from kb.mended import Mended
from kb.models import Draft, SkippedRow
from kb.store import database, planned_gems, runs, upkeep
from kb.store.database import stamp

# A run that wrote nothing for so long has lost its process: a batch takes well under a second.
_BROKEN_OFF_AFTER = timedelta(minutes=2)
_FORGOTTEN_AFTER = timedelta(days=7)
# Bytes of set-aside rows that are tried again while somebody waits for the page: about a second's.
_AT_ONCE = 1024 * 1024
_UNDER_WAY = ("starting", "running", "stopping")


def get(library: Library, run_id: int) -> Run:
    """One run with its counts; one whose process is gone is shown as stopped. Raises NotFound."""
    return _seen(library, runs.get(library.db, run_id))


def listed(library: Library, limit: int = 50) -> list[Run]:
    """The runs, the last first."""
    return [_seen(library, run) for run in runs.listed(library.db, limit)]


def _seen(library: Library, run: Run) -> Run:
    if run.state in _UNDER_WAY and library.now() - runs.last_beat(library.db, run.id) > _BROKEN_OFF_AFTER:
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


def begin(library: Library, run_id: int, *, replace: bool = False) -> None:
    """Carry a planned run out in a process of its own, so that it outlives the request and leaves the pages quick.

    `replace` is the word that its rows may take the place of the reviews that have their ids, whatever these say.
    Raises Conflict when it was begun already, LibraryError when no process can be started.
    """
    with library.transaction() as db:
        run = runs.get(db, run_id)
        if run.state != "planned":
            raise Conflict("This was started or dropped already.")
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
            if runs.get(db, run_id).state in _UNDER_WAY:
                now = datetime.now(UTC)
                message = "Its process ended before its time. Bring the same input in again to finish."
                runs.note(db, run_id, now, state="failed", message=message, finished_at=stamp(now))
    except KbError:
        return  # the pages show it as broken off, after a while
    finally:
        db.close()


def carry_out(library: Library, run_id: int, progress: Callable[[Progress], None] | None = None) -> Report:
    """Do a planned run here and now; its uploaded files are removed when all of it was looked at."""
    paths, options = options_of(library, run_id)
    who = runs.get(library.db, run_id).who
    if retried := runs.options(library.db, run_id).get("retry_of"):
        rows = _open_rows(library, retried)
        return _carry_out_retry(library, retried, run_id, rows, options, who=who, progress=progress)
    report = intake.ingest(
        library,
        paths,
        options,
        who=who,
        run_id=run_id,
        progress=progress,
        stored=lambda: planned.make(library, run_id),  # before the report is shown, which tells of them
    )
    if get(library, run_id).state == "done":
        _remove_upload(library, run_id)
    return report


def stop(library: Library, run_id: int) -> None:
    """Ask a run to stop after its present batch. What it brought in stays."""
    with library.transaction() as db:
        if runs.get(db, run_id).state in ("running", "starting"):
            runs.note(db, run_id, library.now(), state="stopping")


def discard(library: Library, run_id: int) -> None:
    """Drop a planned run and its files. Raises Conflict when it was started."""
    with library.transaction() as db:
        if runs.get(db, run_id).state != "planned":
            raise Conflict("This was started or dropped already.")
        runs.note(db, run_id, library.now(), state="dropped", finished_at=stamp(library.now()))
        planned_gems.drop_all(db, run_id)
    _remove_upload(library, run_id)


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


def _remove_upload(library: Library, run_id: int) -> None:
    kept = runs.options(library.db, run_id)
    if kept.get("upload"):
        folder = Path(kept["folder"])
        if folder.resolve().is_relative_to(library.settings.uploads.resolve()):
            shutil.rmtree(folder, ignore_errors=True)


def retry(
    library: Library,
    run_id: int,
    options: IntakeOptions,
    *,
    who: str,
    mended: Sequence[str] = (),
    texts: Mapping[int, bytes] | None = None,
    source: str = "",
) -> Report:
    """Bring the rows that a run set aside in again, as a run of its own.

    `mended` names files with the mended rows: the rows that these stand for (kb/mended.py) are settled, the others stay
    set aside. `texts` gives mended texts by the skipped row's number: then only those are tried. Otherwise the open rows
    are tried as they are (with another mapping, or a kb that knows more), but for second rows with one id. A row that
    fails again is set aside in the new run, and the old one is settled by it. `source` brings them in as from another
    source than the run's: then a second row with one id is somebody else's, and comes in. The run's mapping holds where
    `options` has none, its topics anyway. Raises NotFound; InvalidInput when nothing is open.
    """
    source = source or runs.get(library.db, run_id).source
    options = _as_begun(library, run_id, replace(options, source=source))
    open_rows = _open_rows(library, run_id, mended, texts)
    with library.transaction() as db:
        new_id = runs.start(db, source, who, _kept_of_retry(run_id, options), library.now())
    return _carry_out_retry(library, run_id, new_id, open_rows, options, who=who, mended=mended)


def retry_apart(
    library: Library, run_id: int, options: IntakeOptions, *, who: str, source: str = "", at_once: int = _AT_ONCE
) -> int | None:
    """As `retry` of all open rows as they are, in a process of its own if they are more than `at_once` bytes: the number of
    its run. None where they are few, which `retry` brings in soon enough. Raises as `retry` and `begin` do."""
    if runs.open_size(library.db, run_id) <= at_once:
        return None
    source = source or runs.get(library.db, run_id).source
    options = _as_begun(library, run_id, replace(options, source=source))
    with library.transaction() as db:
        new_id = runs.start(db, source, who, _kept_of_retry(run_id, options), library.now(), state="planned")
    begin(library, new_id)
    return new_id


def _kept_of_retry(run_id: int, options: IntakeOptions) -> dict[str, object]:
    return {
        "retry_of": run_id,
        "format": options.format,
        "mapping": options.mapping or None,
        "tags": list(options.tags),
        "may_publish": options.may_publish,
        "replace": options.replace,
    }


def _open_rows(
    library: Library, run_id: int, mended: Sequence[str] = (), texts: Mapping[int, bytes] | None = None
) -> list[tuple[int, SkippedRow]]:
    """What is to be tried again, with the mended texts. Raises InvalidInput where that is nothing."""
    open_rows = [(id, row) for id, row, _ in runs.skipped(library.db, run_id, open_only=True)]
    if texts is not None:
        open_rows = [(id, replace(row, content=texts[id])) for id, row in open_rows if id in texts]
    elif not mended:
        open_rows = [(id, row) for id, row in open_rows if row.content]
    if not open_rows:
        raise _nothing_open(library, run_id)
    return open_rows


def _carry_out_retry(
    library: Library,
    run_id: int,
    new_id: int,
    open_rows: Sequence[tuple[int, SkippedRow]],
    options: IntakeOptions,
    *,
    who: str,
    mended: Sequence[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    seconds: dict[bytes, str] = {}
    if options.source == runs.get(library.db, run_id).source:
        held = [row for _, row, _ in runs.skipped(library.db, run_id, open_only=True)]
        seconds = {row.content.strip(): row.reason for row in held if row.content and row.second}
    watched = Mended(open_rows, intake.parser_options(library, options)) if mended else None
    if watched:
        items, total = intake.parsed(library, discover.find(mended), options)
        items = watched.watch(items)
    else:
        items = _as_they_were(library, open_rows, options)
        total = sum(len(row.content) for _, row in open_rows)
    items = _seconds_left_aside(items, seconds)

    def settle(ids: Iterable[int]) -> None:
        with library.transaction() as db:
            runs.settle(db, ids, new_id)

    report = intake.carry_out(
        library, items, options, who=who, total=total, run_id=new_id, progress=progress,
        stored=None if watched else lambda: settle(id for id, _ in open_rows),
    )  # fmt: skip
    if watched and get(library, new_id).state == "done":
        settle(watched.settled(report))
    report.still_aside = runs.count_open(library.db, run_id)
    if planned.make(library, run_id):
        library.catch_up()
    return report


def _as_begun(library: Library, run_id: int, options: IntakeOptions) -> IntakeOptions:
    """What the run itself was told holds for its set-aside rows, too, unless they are told something else."""
    begun = options_of(library, run_id)[1]
    mapping = begun.mapping if options.mapping is None else options.mapping
    return replace(options, mapping=mapping, tags=tuple(dict.fromkeys((*begun.tags, *options.tags))))


def _nothing_open(library: Library, run_id: int) -> InvalidInput:
    newer = runs.again(library.db, run_id)
    if newer is not None:
        return InvalidInput(
            "What run %(run_id)s set aside and nobody mended was set aside again by run %(newer)s: go on there.",
            "run",
            run_id=run_id,
            newer=newer,
        )
    return InvalidInput(
        "Run %(run_id)s has no row that was set aside, not brought in yet, and kept (a file that could "
        "not be read is not). Name the mended files to bring in instead.",
        "run",
        run_id=run_id,
    )


def _seconds_left_aside(found: Iterable[Located], seconds: Mapping[bytes, str]) -> Iterator[Located]:
    """A second row with one id that nobody mended is set aside again: on its own it would take the first one's place."""
    for one in found:
        reason = seconds.get(one.raw.strip()) if isinstance(one.item, Draft) else None
        if reason is not None:
            row = SkippedRow(one.source, one.location, reason, one.raw, one.format, second=True)
            yield replace(one, item=row)
        else:
            yield one


def _as_they_were(
    library: Library, rows: Iterable[tuple[int, SkippedRow]], options: IntakeOptions
) -> Iterator[Located]:
    """The set-aside rows parsed again, each in the format of the file that it stood in."""
    for _, row in rows:
        entry = Input(row.source, None, len(row.content), BytesIO(row.content))
        found = pipeline.items([entry], intake.parser_options(library, options), options.format or row.format)
        yield from _at_its_place(found, row.location)


def _at_its_place(found: Iterator[Located], location: str) -> Iterator[Located]:
    """A single row is called by its place in the file that it came from, not by that in the piece that was kept."""
    several = list(islice(found, 2))
    if len(several) == 1 and location:
        item = several[0].item
        if isinstance(item, SkippedRow):
            item = replace(item, location=location)
        several = [replace(several[0], item=item, location=location)]
    yield from chain(several, found)
