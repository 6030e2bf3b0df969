"""The columns of what comes in: what they are called and hold, what each leads to, and a mapping of other choices.

A column is also a key of JSON objects or of front matter. What it leads to is one of MEANINGS, or

    ""           kept beside the review, under `extra`
    "-"          left out on purpose
    "scorecard"  a criterion of its name
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.ingest import mapping as mappings
from kb.ingest.dates import Order, is_count_of_days
from kb.ingest.keys import REVIEW_KEYS, folded
from kb.ingest.mapping import Columns
from kb.ingest.parts import is_verdict
from kb.ingest.turn_names import ours

KEPT, LEFT_OUT, CRITERION = "", "-", "scorecard"
MEANINGS = (
    "title", "body", "turns", "tags", "date", "kind", "id", "case_id", "case_url", "customer", "product", "team", "channel",
    "language", "reviewer", "reviewee", "cycle", "score", "feedback.csat", "feedback.ces", "feedback.nps",
    "feedback.comment", "comments", "updated_at",
)  # fmt: skip
SEVERAL = ("body", "tags")  # what more than one column may lead to
# A whole scorecard, `extra`: kb's own, and no question. `type` is, of whoever else has a column of that name.
_OURS = frozenset(REVIEW_KEYS) - {*MEANINGS, "type"}
_MOST = 200  # columns that are shown
_MOST_NAMES = 10_000  # of the others: a table with more is refused
_EXAMPLES = 3
_LONGEST = 60  # characters of an example
_RATINGS = frozenset("012345")


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its first values, the different ones, cut short, and whether every value looked at may be a rating."""

    name: str
    examples: tuple[str, ...] = ()
    rates: bool = False


class Seen:
    """Gathers the columns of the rows that it is called with (`kb.ingest.base.Options.seen`)."""

    def __init__(self) -> None:
        self._examples: dict[str, list[str]] = {}
        self._more: set[str] = set()
        self._unrated: set[str] = set()

    def __call__(self, row: Mapping[Any, Any]) -> None:
        for name, value in row.items():
            if not isinstance(name, str):
                continue
            if name not in self._examples and len(self._examples) >= _MOST:
                if len(self._more) < _MOST_NAMES:
                    self._more.add(name)
                continue
            known = self._examples.setdefault(name, [])
            text = _example(value)
            if text and not (text in _RATINGS or is_verdict(text)):
                self._unrated.add(name)
            if len(known) < _EXAMPLES and text and text not in known:
                known.append(text)

    @property
    def columns(self) -> list[Column]:
        return [
            Column(name, tuple(examples), bool(examples) and name not in self._unrated)
            for name, examples in self._examples.items()
        ]

    @property
    def names(self) -> list[str]:
        """All names, also of those that are too many to be shown."""
        return [*self._examples, *sorted(self._more)]


def _example(value: Any) -> str:
    if isinstance(value, Mapping):
        turn = ours(value)
        value = f"{turn.get('speaker') or '–'}: {turn['text']}" if turn.get("text") else ", ".join(map(str, value))
    elif isinstance(value, list | tuple):
        value = "; ".join(_example(item) for item in value[:_EXAMPLES])
    text = " ".join(str(value)[: 4 * _LONGEST].split()) if value is not None else ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def meaning_of(name: str, mapping: Mapping[str, object] | None) -> str | None:
    """What a column leads to; None for one that is kb's own business."""
    columns = Columns(mapping or {})
    word = folded(name)
    if word in columns.dropped:
        return LEFT_OUT
    if word in columns.answers or name.lower().startswith("scorecard."):
        return CRITERION
    key = columns.key(name)
    if key in MEANINGS:
        return key
    return None if key in _OURS else KEPT


def dates_of(columns: Iterable[Column]) -> Order | None:
    """How these columns seem to write their dates, where they do it as a spreadsheet counts days."""
    examples = [example for column in columns for example in column.examples]
    return Order.SPREADSHEET if examples and all(map(is_count_of_days, examples)) else None


def separator_of(columns: Iterable[Column]) -> str:
    """What seems to part the names of topics in these columns: a bar or a comma where no semicolon stands, else the
    usual."""
    said = "\n".join(example for column in columns for example in column.examples)
    return next((mark for mark in ";|," if mark in said), "").replace(";", "")


def chosen(
    before: Mapping[str, object] | None, choices: Sequence[tuple[str, str]], *, dates: str = "", separator: str = ""
) -> dict[str, object] | None:
    """The mapping that gives each column (name, meaning) the meaning chosen for it; None when none is needed. What
    `before` says besides (of other columns; words for words, defaults, comments of criteria) stays.

    `dates` is day-first, month-first or "" (found out), `separator` what parts the names of topics ("" for the usual). What
    can be chosen kb/intake/columns.py sees to.
    """
    old = Columns(before or {})
    asked = {folded(name) for name, _ in choices}
    columns: dict[str, str] = {}
    dropped: list[str] = []
    answers: dict[str, dict[str, str]] = {}
    for name in _named_in(before or {}):
        word = folded(name)
        if word in asked:
            continue
        if word in old.targets:
            columns[name] = old.targets[word]
        elif word in old.dropped:
            dropped.append(name)
        else:
            criterion, part = old.answers[word]
            answers.setdefault(criterion, {})[part] = name
    for name, meaning in choices:
        if meaning == meaning_of(name, None) != CRITERION:
            continue
        if meaning == LEFT_OUT:
            dropped.append(name)
        elif meaning == CRITERION:
            criterion, part = old.answers.get(folded(name), (name, "value"))
            if not name.lower().startswith("scorecard."):
                answers.setdefault(criterion, {})[part] = name
        elif meaning != KEPT:
            columns[name] = meaning
    lists = {key: mark for key, mark in old.separators.items() if key != "tags"}
    lists |= {"tags": separator} if separator else {}
    sections: dict[str, object] = {
        **{name: section for name, section in (before or {}).items() if name in ("defaults", "values")},
        "columns": columns,
        "scorecard": {name: parts["value"] if parts.keys() == {"value"} else parts for name, parts in answers.items()},
        "lists": lists,
        "dates": dates,
        "drop": dropped,
    }
    return mappings.check({name: section for name, section in sections.items() if section}) or None


def _named_in(mapping: Mapping[str, Any]) -> Iterator[str]:
    """The columns that a mapping is about, as it writes them."""
    yield from map(str, mapping.get("columns") or ())
    yield from map(str, mapping.get("drop") or ())
    for column in (mapping.get("scorecard") or {}).values():
        yield from [column] if isinstance(column, str) else map(str, column.values())


def fits(mapping: Mapping[str, object], names: Iterable[str]) -> bool:
    """Whether a mapping that was made for another file is about columns that this one has, all of them."""
    about = {folded(name) for name in _named_in(mapping)}
    return bool(about) and about <= {folded(name) for name in names}
