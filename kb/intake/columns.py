"""What the columns of an upload mean: shown over its own first rows, chosen by a person, remembered for the next file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from typing import cast

from kb.errors import InvalidInput
from kb.ingest import columns, discover, pipeline
from kb.ingest.base import Input
from kb.ingest.columns import CRITERION, KEPT, LEFT_OUT, MEANINGS, REMARK, SEVERAL, Column, Seen
from kb.ingest.dates import Order
from kb.ingest.pipeline import FileKind
from kb.ingest.proposing import proposed
from kb.intake.carrying_out import retry, retry_apart
from kb.intake.intake import IntakeOptions, Report, parser_options
from kb.intake.runs import check_waits, options_of
from kb.library import Library
from kb.store import runs

_FILES = 20  # of an upload, and
_ROWS = 50  # of each, that are looked at
_TYPES = frozenset({"review", "gem", "tag"})  # what kb itself writes into a column `type`
_Piece = tuple[Input, str]  # with its format, "" where that is found out


@dataclass(frozen=True, slots=True)
class Chosen:
    """The first files of an upload as they are read; its columns, each with what it leads to (kb/ingest/columns.py); how its
    dates are read and what parts its topics, "" where nobody said; whether anything of this was chosen, or is only proposed
    by the names; how many further columns are too many to be shown; and the run that it was chosen for first."""

    files: Sequence[FileKind]
    columns: Sequence[tuple[Column, str]]
    dates: str = ""
    separator: str = ""
    is_chosen: bool = False
    is_proposed: bool = False
    others: int = 0
    remembered_from: int | None = None

    @property
    def are_columns(self) -> bool:
        """Whether some of it is a table; else they are keys of front matter or JSON."""
        return any(file.format == "csv" for file in self.files)


def of_run(library: Library, run_id: int) -> Chosen:
    """The columns of an upload that waits. Raises NotFound."""
    paths, options = options_of(library, run_id)
    chosen = _chosen(library, lambda: ((one, options.format) for one in _files(paths)), options)
    return replace(chosen, remembered_from=runs.options(library.db, run_id).get("mapping_of"))


def of_set_aside(library: Library, run_id: int) -> Chosen:
    """The columns of what a run set aside and nobody mended yet: of a whole table, or of single rows. Raises NotFound."""
    rows = [row for _, row, _ in runs.skipped(library.db, run_id, open_only=True, limit=_ROWS) if row.content]

    def pieces() -> Iterator[_Piece]:
        for row in rows:
            yield Input(row.source, None, len(row.content), BytesIO(row.content)), row.format

    chosen = _chosen(library, pieces, options_of(library, run_id)[1])
    return replace(chosen, files=list({kind.name: kind for kind in chosen.files}.values()))


def _chosen(library: Library, pieces: Callable[[], Iterable[_Piece]], options: IntakeOptions) -> Chosen:
    mapping = options.mapping or {}
    lists = cast("dict[str, str]", mapping.get("lists") or {})
    seen = _seen(library, pieces(), options)
    found = [(column, meaning) for column in seen.columns if (meaning := _meaning(column, mapping)) is not None]
    guessed = {} if mapping else proposed(found)
    shown = [(column, guessed.get(column.name, meaning)) for column, meaning in found]
    topics = [column for column, meaning in shown if meaning == "tags"]
    days = None if mapping else columns.dates_of(column for column, meaning in shown if meaning == "date")
    return Chosen(
        [kind for one, format_ in pieces() if (kind := pipeline.kind_of(one, format_)) is not None],
        shown,
        dates=str(mapping.get("dates") or days or ""),
        separator=lists.get("tags", "") if mapping else columns.separator_of(topics),
        is_chosen=bool(mapping),
        is_proposed=bool(guessed or days),
        others=seen.others,
    )


def _meaning(column: Column, mapping: Mapping[str, object]) -> str | None:
    if column.name == "type" and _TYPES.issuperset(column.examples):
        return None
    return columns.meaning_of(column.name, mapping)


def _seen(library: Library, pieces: Iterable[_Piece], options: IntakeOptions) -> Seen:
    seen = Seen()
    asked = replace(parser_options(library, replace(options, mapping=None)), seen=seen)
    for one, format_ in pieces:
        for _ in islice(pipeline.items([one], asked, format_ or None), _ROWS):
            pass
    return seen


def _files(paths: Sequence[str]) -> list[Input]:
    return [one for one in islice(discover.find(paths), _FILES) if isinstance(one, Input)]


def choose(
    library: Library, run_id: int, choices: Sequence[tuple[str, str]], *, dates: str = "", separator: str = ""
) -> None:
    """Let each column (name, what it leads to) of an upload that waits mean what somebody chose. Raises InvalidInput,
    NotFound, Conflict when the upload does not wait any more."""
    check_waits(library.db, run_id)
    _keep(library, run_id, _mapping(library, run_id, choices, dates, separator))


def bring_back(
    library: Library,
    run_id: int,
    choices: Sequence[tuple[str, str]],
    options: IntakeOptions,
    *,
    who: str,
    dates: str = "",
    separator: str = "",
) -> Report | int:
    """Bring in what a run set aside, its columns meaning what somebody chose. What is much comes in by a process of its own,
    the number of whose run this gives. Raises as `choose` does, but for Conflict; InvalidInput also when nothing is open."""
    mapping = _mapping(library, run_id, choices, dates, separator)
    options = replace(options, mapping=mapping or {})
    return retry_apart(library, run_id, options, who=who) or retry(library, run_id, options, who=who)


def _mapping(
    library: Library, run_id: int, choices: Sequence[tuple[str, str]], dates: str, separator: str
) -> dict[str, object] | None:
    _check(choices, dates)
    before = options_of(library, run_id)[1].mapping
    return columns.chosen(before, choices, dates=dates, separator=separator)


def _check(choices: Sequence[tuple[str, str]], dates: str) -> None:
    if dates not in ("", *Order):
        raise InvalidInput("Dates are read day first, month first, or as a spreadsheet's count of days.", "dates")
    for name, meaning in choices:
        if meaning not in (KEPT, LEFT_OUT, CRITERION, REMARK, *MEANINGS):
            raise InvalidInput("%(meaning)s is nothing that a column can mean.", meaning=repr(meaning[:40]))
        if meaning == REMARK and not columns.criterion_of(name, meaning, choices):
            raise InvalidInput("%(name)s comments on no criterion: none stands before it.", name=name)
        if meaning == KEPT != columns.meaning_of(name, None):
            raise InvalidInput("%(name)s is a name that kb knows: give it a meaning, or leave it out.", name=name)
    means = {meaning for _, meaning in choices}
    if "answer.criterion" in means and not means & {"id", "case_id"}:
        raise InvalidInput("Which rows are one review is told by its id: choose which column that is.")
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
        check_waits(db, run_id)
        runs.keep_option(db, run_id, mapping=mapping, mapping_of=of)


def remember(library: Library, run_id: int) -> None:
    """Read an upload that came without a mapping as the last one from its source, if that was about the same columns."""
    paths, options = options_of(library, run_id)
    known = runs.mappings(library.db, runs.get(library.db, run_id).source) if options.mapping is None else []
    if not known:
        return
    names = _seen(library, ((one, options.format) for one in _files(paths)), options).names
    for earlier, mapping in known:
        if columns.fits(mapping, names):
            _keep(library, run_id, mapping, of=earlier)
            return
