"""What the columns of an upload mean: shown over its own first rows, chosen by a person, remembered for the next file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import cast

from kb.errors import Conflict, InvalidInput
from kb.ingest import columns, discover, pipeline
from kb.ingest.base import Input
from kb.ingest.columns import CRITERION, KEPT, LEFT_OUT, MEANINGS, SEVERAL, Column
from kb.ingest.dates import Order
from kb.ingest.pipeline import FileKind
from kb.intake import IntakeOptions, parser_options
from kb.library import Library
from kb.runs import options_of
from kb.store import runs
from kb.store.database import Database

_FILES = 20  # of an upload, and
_ROWS = 50  # of each, that are looked at
_TYPES = frozenset({"review", "gem", "tag"})  # what kb itself writes into a column `type`


@dataclass(frozen=True, slots=True)
class Chosen:
    """The first files of an upload as they are read; its columns, each with what it leads to (kb/ingest/columns.py); how its
    dates are read and what parts its topics, "" where nobody said; whether anything of this was chosen, or is only proposed
    by the names; and the run that it was chosen for first."""

    files: Sequence[FileKind]
    columns: Sequence[tuple[Column, str]]
    dates: str = ""
    separator: str = ""
    is_chosen: bool = False
    is_proposed: bool = False
    remembered_from: int | None = None


def of_run(library: Library, run_id: int) -> Chosen:
    """The columns of an upload that waits. Raises NotFound."""
    paths, options = options_of(library, run_id)
    mapping = options.mapping or {}
    lists = cast("dict[str, str]", mapping.get("lists") or {})
    found = [
        (column, meaning)
        for column in _found(library, paths, options)
        if (meaning := columns.meaning_of(column.name, mapping)) is not None
    ]
    proposed = {} if mapping else columns.proposed(found)
    shown = [(column, proposed.get(column.name, meaning)) for column, meaning in found]
    topics = [column for column, meaning in shown if meaning == "tags"]
    return Chosen(
        [kind for one in _files(paths) if (kind := pipeline.kind_of(one, options.format)) is not None],
        shown,
        dates=str(mapping.get("dates") or ""),
        separator=lists.get("tags", "") if mapping else columns.separator_of(topics),
        is_chosen=bool(mapping),
        is_proposed=bool(proposed),
        remembered_from=runs.options(library.db, run_id).get("mapping_of"),
    )  # fmt: skip


def _found(library: Library, paths: Sequence[str], options: IntakeOptions) -> list[Column]:
    seen = columns.Seen()
    asked = replace(parser_options(library, replace(options, mapping=None)), seen=seen)
    for one in _files(paths):
        for _ in islice(pipeline.items([one], asked, options.format or None), _ROWS):
            pass
    return [column for column in seen.columns if column.name != "type" or not _TYPES.issuperset(column.examples)]


def _files(paths: Sequence[str]) -> list[Input]:
    return [one for one in islice(discover.find(paths), _FILES) if isinstance(one, Input)]


def choose(
    library: Library, run_id: int, choices: Sequence[tuple[str, str]], *, dates: str = "", separator: str = ""
) -> None:
    """Let each column (name, what it leads to) of an upload that waits mean what somebody chose. Raises InvalidInput,
    NotFound, Conflict when the upload does not wait any more."""
    _check_waits(library.db, run_id)
    _check(choices, dates)
    _, options = options_of(library, run_id)
    mapping = columns.chosen(options.mapping, choices, dates=dates, separator=separator)
    _keep(library, run_id, mapping)


def _check(choices: Sequence[tuple[str, str]], dates: str) -> None:
    if dates not in ("", *Order):
        raise InvalidInput("Dates are read day first or month first.", "dates")
    for name, meaning in choices:
        if meaning not in (KEPT, LEFT_OUT, CRITERION, *MEANINGS):
            raise InvalidInput("%(meaning)s is nothing that a column can mean.", meaning=repr(meaning[:40]))
        if meaning == KEPT != columns.meaning_of(name, None):
            raise InvalidInput("%(name)s is a name that kb knows: give it a meaning, or leave it out.", name=name)
    taken = Counter(meaning for _, meaning in choices if meaning in MEANINGS and meaning not in SEVERAL)
    for meaning, count in taken.items():
        if count > 1:
            names = ", ".join(name for name, other in choices if other == meaning)
            raise InvalidInput(
                "%(names)s cannot all be %(meaning)s: only one column can. Several may be the text, or topics.",
                names=names,
                meaning=meaning,
            )


def forget(library: Library, run_id: int) -> None:
    """Let the columns mean what their names say, and nothing else. Raises as `choose` does."""
    _keep(library, run_id, None)


def _keep(library: Library, run_id: int, mapping: dict[str, object] | None, *, of: int | None = None) -> None:
    with library.transaction() as db:
        _check_waits(db, run_id)
        runs.keep_option(db, run_id, mapping=mapping, mapping_of=of)


def _check_waits(db: Database, run_id: int) -> None:
    if runs.get(db, run_id).state != "planned":
        raise Conflict("This was started or dropped already.")


def remember(library: Library, run_id: int) -> None:
    """Read an upload that came without a mapping as the last one from its source, if that was about the same columns."""
    paths, options = options_of(library, run_id)
    known = runs.mappings(library.db, runs.get(library.db, run_id).source) if options.mapping is None else []
    if not known:
        return
    names = [column.name for column in _found(library, paths, options)]
    for earlier, mapping in known:
        if columns.fits(mapping, names):
            _keep(library, run_id, mapping, of=earlier)
            return
