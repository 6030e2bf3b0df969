"""Runs carried out: an upload that was planned, or what another run set aside, tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import chain, islice

from kb.errors import InvalidInput
from kb.gems import planned
from kb.ingest import discover, pipeline
from kb.ingest.base import Input, Located
from kb.intake import intake
from kb.intake.intake import IntakeOptions, Progress, Report
from kb.intake.mended import Mended
from kb.intake.runs import begin, get, options_of, remove_upload
from kb.library import Library
from kb.models import Draft, SkippedRow
from kb.store import runs

# Bytes of set-aside rows that are tried again while somebody waits for the page: about a second's.
_AT_ONCE = 1024 * 1024


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
        remove_upload(library, run_id)
    return report


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

    `mended` names files with the mended rows: the rows that these stand for (kb/intake/mended.py) are settled, the others
    stay set aside. `texts` gives mended texts by the skipped row's number: then only those are tried. Otherwise the open
    rows are tried as they are (with another mapping, or a kb that knows more), but for second rows with one id. A row that
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


def retry_apart(library: Library, run_id: int, options: IntakeOptions, *, who: str, source: str = "") -> int | None:
    """As `retry` of all open rows as they are, in a process of its own if they are more than 1 MB: the number of its run.
    None where they are less, which `retry` brings in soon enough. Raises as `retry` and `begin` do."""
    if runs.open_size(library.db, run_id) <= _AT_ONCE:
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
