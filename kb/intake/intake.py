"""Bringing reviews in: what is there already, what is new, what is set aside, and the report of a run.

A run stores batch by batch, each in one transaction with its count, so that stopping it anywhere leaves a library that
works; bringing the same input in again finishes the job and changes nothing that is there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

from kb.errors import KbError
from kb.gems import matching
from kb.ingest import discover, pipeline
from kb.ingest.base import Input, Located, Options
from kb.intake import storing
from kb.intake.alongside import Alongside
from kb.intake.identity import Row
from kb.intake.sorting import DEFAULT_SOURCE as DEFAULT_SOURCE
from kb.intake.sorting import IntakeOptions as IntakeOptions
from kb.intake.sorting import Plan, sort_out
from kb.library import Library
from kb.models import Draft, SkippedRow
from kb.store import changes, runs
from kb.store.database import Database, stamp
from kb.tags import personal

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One of the first rows of a dry run, as it would be stored. `outcome` is added, updated or unchanged;
    `replaces` the review that it would change, `beside` one of another text whose file has its name; 0 for none."""

    outcome: str
    where: str
    source: str
    content_hash: str
    draft: Draft
    replaces: int = 0
    beside: int = 0

    @property
    def key(self) -> str:
        """What leads to the row again, however often the upload is looked through."""
        return hashlib.sha256(f"{self.source}\n{self.draft.external_id}".encode()).hexdigest()[:20]


@dataclass(slots=True)
class Report:
    """What a run did, or a dry run would do. `skipped` holds the first of `skipped_count`; `others` counts the rows whose
    id, or whose file's name, a review of another text has. `still_aside` says, of a retry, how many of the old run's rows
    nobody has mended yet."""

    run_id: int | None = None
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped_count: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)
    first: list[PreviewRow] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # names of people that came as topics
    others: int = 0
    still_aside: int = 0
    cut_short: bool = False
    index_behind: bool = False

    @property
    def rows(self) -> int:
        return self.added + self.updated + self.unchanged + self.skipped_count


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is, for a bar: bytes read of all bytes, rows so far."""

    done_bytes: int
    total_bytes: int
    rows: int


class Stopped(KbError):
    """Somebody asked the run to stop. What was brought in stays; bringing it in again finishes the job."""


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C. `rows` are in, and stay."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows


_KEPT_IN_REPORT = 1000
_FIRST_ROWS = 20


def parser_options(library: Library, options: IntakeOptions) -> Options:
    return Options(zone=library.zone, mapping=options.mapping, max_field=library.settings.max_field_mb * 1024 * 1024)


def preview(
    library: Library,
    paths: Sequence[str],
    options: IntakeOptions,
    *,
    seconds: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    first_only: bool = False,
) -> Report:
    """What bringing this in would do; nothing is stored. With `seconds` it looks no longer, and says `cut_short`; with
    `first_only` no further than to the rows that it shows."""
    report = Report()
    until = time.monotonic() + seconds if seconds is not None else None
    items, total = parsed(library, discover.find(paths), options)
    seen = Progress(0, total, 0)
    for batch in _batches(items):
        plan = sort_out(library.db, batch, options)
        report.left_out |= _leave_out_people(library, library.db, plan)
        _count(report, plan)
        seen = Progress(batch[-1].offset, total, seen.rows + len(batch))
        if progress:
            progress(seen)
        if (until is not None and time.monotonic() > until) or (first_only and len(report.first) >= _FIRST_ROWS):
            report.cut_short = True
            break
    return report


def ingest(
    library: Library,
    paths: Sequence[str],
    options: IntakeOptions,
    *,
    who: str,
    progress: Callable[[Progress], None] | None = None,
    run_id: int | None = None,
    match: bool = True,
    stored: Callable[[], object] | None = None,
) -> Report:
    """Bring reviews in and index them. `run_id` names a planned run to carry out, else a new one is made. `match` says
    whether they are then tried with the gems; `stored` is called when all rows are in, before the run counts as done.

    What cannot be taken is set aside in the report. Raises LibraryError when the library cannot be written any more
    (a full disk): what was counted until then is kept. KeyboardInterrupt becomes Interrupted, the run noted as stopped.
    """
    if run_id is None:
        with library.transaction() as db:
            kept = {"paths": list(paths), "mapping": options.mapping, "tags": list(options.tags)}
            run_id = runs.start(db, options.source, who, kept, library.now())
    items, total = parsed(library, discover.find(paths), options)
    return carry_out(
        library, items, options, who=who, total=total, run_id=run_id, progress=progress, match=match, stored=stored
    )


def parsed(
    library: Library, inputs: Sequence[Input | SkippedRow], options: IntakeOptions
) -> tuple[Iterator[Located], int]:
    """What the inputs hold, and how many bytes they are in all."""
    total = sum(one.size for one in inputs if isinstance(one, Input))
    return pipeline.items(inputs, parser_options(library, options), options.format), total


def _batches(items: Iterable[Located]) -> Iterator[list[Located]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def carry_out(
    library: Library,
    items: Iterable[Located],
    options: IntakeOptions,
    *,
    who: str,
    total: int,
    run_id: int,
    progress: Callable[[Progress], None] | None = None,
    match: bool = True,
    stored: Callable[[], object] | None = None,
) -> Report:
    """Store what a pipeline gives as the run `run_id`; see `ingest`."""
    report = Report(run_id=run_id)
    indexing = Alongside(library)
    _note(library, run_id, state="running", total_bytes=total)
    state, message = "stopped", "Stopped before its end. Bring the same input in again to finish."
    with _interruptible(library, run_id):
        try:
            for batch in _batches(items):
                _store(library, batch, options, report, who)
                if progress:
                    progress(Progress(batch[-1].offset, total, report.rows))
                indexing.step()
                if runs.get(library.db, run_id).state == "stopping":
                    raise Stopped(message)
            if stored is not None:
                stored()
            state, message = "done", personal.sentence(library, report.left_out.values())
        except Stopped:
            pass
        except KbError as error:
            state, message = "failed", str(error)
            raise
        finally:
            report.index_behind = not indexing.finish()
            _note_end(library, run_id, state, message)
        if match:
            matching.catch_up(library)
    return report


@contextmanager
def _interruptible(library: Library, run_id: int) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as error:
        run = runs.get(library.db, run_id)
        raise Interrupted(run.added + run.updated + run.unchanged) from error


def _note(library: Library, run_id: int, **columns: object) -> None:
    with library.transaction() as db:
        runs.note(db, run_id, library.now(), **columns)


def _note_end(library: Library, run_id: int, state: str, message: str) -> None:
    try:
        _note(library, run_id, state=state, message=message, finished_at=stamp(library.now()))
    except KbError:
        # The disk is full or the library is gone: the reason is already on its way to the person, and a run without
        # an end is shown as broken off.
        return


def _leave_out_people(library: Library, db: Database, plan: Plan) -> dict[str, str]:
    """Take the names of people whose work is reviewed out of the topics that would be made; gives these, by key."""
    coming = [row.draft for row in plan.new] + [row.draft for _, row in plan.changed]
    out = personal.fresh_people(library, db, personal.names_of(coming, plan.gems, plan.tags), coming)
    if out:
        plan.new = [replace(row, draft=personal.draft_without(row.draft, out)) for row in plan.new]
        plan.changed = [
            (before, replace(row, draft=personal.draft_without(row.draft, out))) for before, row in plan.changed
        ]
        plan.gems = [personal.gem_without(gem, out) for gem in plan.gems]
        plan.tags = personal.topics_without(plan.tags, out)
    return out


def _count(report: Report, plan: Plan) -> None:
    report.added += len(plan.new)
    report.updated += len(plan.changed)
    report.unchanged += len(plan.same)
    report.skipped_count += len(plan.skipped)
    report.skipped.extend(plan.skipped[: _KEPT_IN_REPORT - len(report.skipped)])
    report.others += plan.others
    if len(report.first) < _FIRST_ROWS:
        shown = (
            [_shown("added", row) for row in plan.new]
            + [_shown("updated", row, before.id) for before, row in plan.changed]
            + [_shown("unchanged", row) for row in plan.same]
        )
        report.first.extend(shown[: _FIRST_ROWS - len(report.first)])


def _shown(outcome: str, row: Row, replaces: int = 0) -> PreviewRow:
    return PreviewRow(outcome, row.where, row.source, row.content_hash, row.draft, replaces, row.beside)


def _store(library: Library, batch: Sequence[Located], options: IntakeOptions, report: Report, who: str) -> None:
    """One batch in one transaction, with the run's count."""
    assert report.run_id is not None
    now = library.now()
    with library.transaction() as db:
        before = changes.latest(db)
        plan = sort_out(db, batch, options)
        report.left_out |= _leave_out_people(library, db, plan)
        storing.store(library, db, plan, options, run_id=report.run_id, who=who, now=now)
        changes.let_wait(db, before)
        runs.set_aside(db, report.run_id, plan.skipped)
        _count(report, plan)
        runs.note(
            db,
            report.run_id,
            now,
            added=report.added,
            updated=report.updated,
            unchanged=report.unchanged,
            skipped=report.skipped_count,
            done_bytes=batch[-1].offset,
        )
