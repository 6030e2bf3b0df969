"""The columns of what comes in: what they are called and hold, what each leads to, and a mapping of other choices.

A column is also a key of JSON objects or of front matter. What it leads to is one of MEANINGS, or

    ""                   kept beside the review, under `extra`
    "-"                  left out on purpose
    "scorecard"          a criterion of its name; of a list of answers, the whole scorecard
    "scorecard.comment"  comments on the criterion that its name tells, else on the one before it

What stands in an object is a column of its own, `conversation.url`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.ingest import mapping as mappings
from kb.ingest.dates import Order, is_count_of_days
from kb.ingest.keys import REVIEW_KEYS, folded, key_of
from kb.ingest.mapping import Columns
from kb.ingest.parts import are_answers, may_be_found
from kb.ingest.remarks import commented_on
from kb.ingest.rows_of_one import PARTS
from kb.ingest.text import maybe_json, whole
from kb.ingest.turn_names import are_turns, called_in, ours

KEPT, LEFT_OUT, CRITERION, REMARK = "", "-", "scorecard", "scorecard.comment"
MEANINGS = (
    "title", "body", "turns", "tags", "date", "kind", "id", "case_id", "case_url", "customer", "product", "team", "channel",
    "language", "reviewer", "reviewee", "cycle", "score", "feedback.csat", "feedback.ces", "feedback.nps",
    "feedback.comment", "comments", "updated_at", *PARTS,
)  # fmt: skip
SEVERAL = ("body", "tags")  # what more than one column may lead to
# A whole scorecard, `extra`: kb's own, and no question. `type` is, of whoever else has a column of that name.
_OURS = frozenset(REVIEW_KEYS) - {*MEANINGS, "type"}
_MOST = 200  # columns that are shown
_MOST_NAMES = 10_000  # of the others: a table with more is refused
_EXAMPLES = 3
_ROWS = 50  # that tell whether rows are turns
_LONGEST = 60  # characters of an example
_DEEP = 4  # objects within objects
_OF_AN_OBJECT = re.compile(r"(?:[^\W\d]\w*\.)+(\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its first values, the different ones, cut short. `rates`: each may be a rating; `answers`: it
    is a list of criteria and ratings; `repeats`: a value comes again in another row, or cells below one are empty, as where
    they were merged. `turn` is the part of a turn that it is, where the rows plainly are turns."""

    name: str
    examples: tuple[str, ...] = ()
    rates: bool = False
    answers: bool = False
    repeats: bool = False
    turn: str = ""


# The last may have been cut off.
_NAMES_WITHOUT_BLANKS = re.compile(r"[^\W_A-Z]\S*( [^\W_A-Z]\S*)*…?")


class Seen:
    """Gathers the columns of the rows that it is called with (`kb.ingest.base.Options.seen`)."""

    def __init__(self) -> None:
        self._examples: dict[str, list[str]] = {}
        self._more: set[str] = set()
        self._unrated: set[str] = set()
        self._answers: set[str] = set()
        self._parted: set[str] = set()
        self._rows: list[Mapping[Any, Any]] = []
        self._values: dict[str, set[str]] = {}
        self._repeats: set[str] = set()

    def __call__(self, row: Mapping[Any, Any]) -> None:
        if len(self._rows) < _ROWS and any(row.values()):
            self._rows.append(row)
        self._parted |= {name for name, value in row.items() if isinstance(name, str) and isinstance(value, Mapping)}
        for name, value in _flat(row):
            if name not in self._examples and len(self._examples) >= _MOST:
                if len(self._more) < _MOST_NAMES:
                    self._more.add(name)
                continue
            known = self._examples.setdefault(name, [])
            text = _example(value)
            values = self._values.setdefault(name, set())
            if values and (not text or text in values):
                self._repeats.add(name)
            elif text:
                values.add(text)
            if text and not may_be_found(text):
                self._unrated.add(name)
            if are_answers(maybe_json(value) if isinstance(value, str) else value):
                self._answers.add(name)
            if len(known) < _EXAMPLES and text and text not in known:
                known.append(text)

    @property
    def columns(self) -> list[Column]:
        turns = called_in(self._rows) if are_turns(self._rows, alone=True) else {}
        return [
            Column(
                name,
                tuple(examples),
                rates=bool(examples) and name not in self._unrated,
                answers=name in self._answers,
                repeats=name in self._repeats,
                turn=turns.get(name, ""),
            )
            for name, examples in self._examples.items()
        ]

    @property
    def others(self) -> int:
        """How many are too many to be shown."""
        return len(self._more)

    @property
    def names(self) -> list[str]:
        """All names, also of those that are too many to be shown, and of objects of which only the parts are."""
        return [*self._examples, *sorted(self._more | self._parted)]


def _flat(row: Mapping[Any, Any], before: str = "", depth: int = _DEEP) -> Iterator[tuple[str, Any]]:
    """The columns of a row; of an object under a key that is none of ours, what stands in it, after itself where it is
    somebody or something with a name."""
    for name, value in row.items():
        if not isinstance(name, str) or (before and "." in name) or name != whole(name):
            continue  # of half an emoji no form can send the name back; it is kept as ever
        if (
            not (isinstance(value, Mapping) and value and depth)
            or "." in name
            or (not before and key_of(name) in REVIEW_KEYS)
        ):
            yield before + name, value
            continue
        if value.keys() & {"name", "email"}:
            yield before + name, value
        yield from _flat(value, f"{before}{name}.", depth - 1)


def _example(value: Any) -> str:
    if isinstance(value, Mapping):
        turn = ours(value)
        value = f"{turn.get('speaker') or '–'}: {turn['text']}" if turn.get("text") else ", ".join(map(str, value))
    elif isinstance(value, list | tuple):
        value = "; ".join(_example(item) for item in value[:_EXAMPLES])
    text = " ".join(whole(str(value)[: 4 * _LONGEST]).split()) if value is not None else ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def meaning_of(name: str, mapping: Mapping[str, object] | None) -> str | None:
    """What a column leads to; None for one that is kb's own business."""
    columns = Columns(mapping or {})
    word = folded(name)
    if word in columns.dropped:
        return LEFT_OUT
    if word in columns.answers:
        return REMARK if columns.answers[word][1] == "comment" else CRITERION
    if name.lower().startswith("scorecard."):
        return REMARK if name.lower().endswith(".comment") else CRITERION
    key = columns.key(name)
    if key in MEANINGS:
        return key
    return None if key in _OURS else KEPT


def dates_of(columns: Iterable[Column]) -> Order | None:
    """How these columns seem to write their dates, where they do it as a spreadsheet counts days."""
    examples = [example for column in columns for example in column.examples]
    return Order.SPREADSHEET if examples and all(map(is_count_of_days, examples)) else None


def separator_of(columns: Iterable[Column]) -> str:
    """What seems to part the names of topics in these columns: a bar or a comma where no semicolon stands, a blank where
    they are written without any of their own (`closed_by_merge vip`), as help desks do; "" for the usual."""
    examples = [example for column in columns for example in column.examples]
    said = "\n".join(examples)
    if found := next((mark for mark in ";|," if mark in said), ""):
        return found.replace(";", "")
    without_blanks = "_" in said and all(map(_NAMES_WITHOUT_BLANKS.fullmatch, examples))
    return " " if without_blanks and " " in said else ""


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
    columns, dropped, answers = _of_others(old, [name for name in _named_in(before or {}) if folded(name) not in asked])
    for name, meaning in choices:
        if meaning == meaning_of(name, None) and not meaning.startswith(CRITERION):
            continue
        if meaning == LEFT_OUT:
            dropped.append(name)
        elif meaning in (CRITERION, REMARK):
            part = "value" if meaning == CRITERION else "comment"
            called, before_part = old.answers.get(folded(name), ("", ""))
            criterion = called if before_part == part else criterion_of(name, meaning, choices)
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


def _of_others(old: Columns, names: Iterable[str]) -> tuple[dict[str, str], list[str], dict[str, dict[str, str]]]:
    """What a mapping says of these columns: where they lead, which are left out, and the criteria that they answer."""
    columns: dict[str, str] = {}
    dropped: list[str] = []
    answers: dict[str, dict[str, str]] = {}
    for name in names:
        word = folded(name)
        if word in old.targets:
            columns[name] = old.targets[word]
        elif word in old.dropped:
            dropped.append(name)
        else:
            criterion, part = old.answers[word]
            answers.setdefault(criterion, {})[part] = name
    return columns, dropped, answers


def criterion_of(name: str, meaning: str, choices: Sequence[tuple[str, str]]) -> str:
    """What the criterion of a column is called, or the one that it has comments on: by its name, else the one before it; ""
    where there is none."""
    if meaning == CRITERION:
        inner = _OF_AN_OBJECT.fullmatch(name)
        short = inner[1] if inner else name
        return short if sum(other == short or other.endswith(f".{short}") for other, _ in choices) < 2 else name
    criteria = {other: criterion_of(other, CRITERION, choices) for other, what in choices if what == CRITERION}
    if told := commented_on(name, criteria) or commented_on(name, criteria.values()):
        return criteria.get(told, told)
    names = [other for other, _ in choices]
    before = [criteria[other] for other in names[: names.index(name)] if other in criteria]
    return before[-1] if before else ""


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
