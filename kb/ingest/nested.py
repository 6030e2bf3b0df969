"""What a JSON document of another tool holds: conversations and reviews, however deep its objects put them.

A conversation is known by its rows (kb/ingest/turn_names.py) and not by whose export it is; rows of reviews by what their
keys are called. What somebody chose for the columns goes before both.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kb.ingest.column_names import is_known
from kb.ingest.keys import folded, key_of
from kb.ingest.mapping import Columns
from kb.ingest.told import IDS, in_order, told_by
from kb.ingest.turn_names import ROLES, are_turns, name_of, ours
from kb.ingest.untagged import untagged

ENVELOPES = (
    "reviews", "records", "items", "rows", "results", "data", "conversations", "tickets", "calls", "evaluations",
)  # fmt: skip
_PEOPLE = frozenset((
    "users", "people", "participants", "parties", "members", "speakers", "agents", "contacts", "customers", "authors",
))  # fmt: skip
_PERSON = (
    "requester", "customer", "primarycustomer", "contact", "client", "agent", "assignee", "responder", "owner",
    "submitter", "creator", "createdby", "author", "sender", "user",
)  # fmt: skip
_ROLE_OF = {"primarycustomer": "customer", "assignee": "agent", "responder": "agent"}
_BEGUN = ("descriptiontext", "description")  # of a ticket: what its requester wrote first
_ALIKE = 60  # characters by which what was said first is known again
_WHO = ("speakerid", "participantid", "userid", "id")
_MENTION = re.compile(r"<@(\w{1,40})(?:\|[^<>\n]{0,80})?>")
_DEEP = 5
_KNOWN = 2  # names that kb knows, at least, in rows that are reviews
_LOOKED_AT = 20

Row = Mapping[Any, Any]
People = Mapping[str, tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a mapping says of a document."""

    columns: Columns | None = None

    def finds_text(self, row: Row) -> bool:
        """Whether something in this object is the text, or the conversation."""
        if self.columns is None:
            return False
        targets = self.columns.targets
        return any(targets.get(folded(str(key))) in ("body", "turns") for key in self.columns.with_inner(row))

    def led(self) -> set[str]:
        """The keys of ours that something leads to."""
        return set(self.columns.targets.values()) if self.columns else set()

    def reaches(self, key: str) -> bool:
        """Whether something within the object of this name is spoken of."""
        return self.columns is not None and any(folded(path[0]) == folded(key) for path in self.columns.inner)


class _List(NamedTuple):
    """A list of objects, at the end of a path of keys."""

    path: tuple[str, ...]
    rows: Sequence[Row]


def unpacked(value: Any, choices: Choices) -> list[Any]:
    """The records that a value of a JSON document holds; `[value]` where it is one, or nothing better is known."""
    if not isinstance(value, Mapping) or _has_text(value):
        return [value]
    return _unpacked(value, choices, people_in(value), 0)


def _unpacked(value: Row, choices: Choices, people: People, depth: int) -> list[Any]:
    value = _unwrapped(value, choices)
    if depth > _DEEP:
        return [value]
    if _has_text(value) or choices.finds_text(value):
        return [conversation_of(value, choices, people) or value]
    lists = [one for one in _lists(value, 1) if not depth and one.path[0] in ENVELOPES and not are_turns(one.rows)]
    if (whole := conversation_of(value, choices, people)) and not any(is_record(row, choices) for row in _first(lists)):
        return [whole]
    return [
        _with_beside(one, _without(value, each.path)) if depth else one
        for each in lists or _reviews_in(value, choices)
        for row in each.rows
        for one in _unpacked(row, choices, people, depth + 1)
    ] or [value]


def _unwrapped(value: Row, choices: Choices) -> Row:
    """What stands in an object of a single key, as in `{"ticket": {...}}`, unless a mapping names it by that."""
    while len(value) == 1 and isinstance(inner := next(iter(value.values())), Mapping):
        if choices.reaches(str(next(iter(value)))):
            break
        value = inner
    return value


def _first(lists: Iterable[_List]) -> Iterator[Row]:
    return (row for one in lists for row in one.rows[:_LOOKED_AT])


def is_record(row: Row, choices: Choices) -> bool:
    return _has_text(row) or choices.finds_text(row) or conversation_of(row, choices) is not None


def _has_text(row: Row) -> bool:
    """Whether it is a record as kb writes one."""
    texts = {key_of(key): value for key, value in row.items() if isinstance(key, str)}
    return isinstance(texts.get("body"), str) or bool(texts.get("turns"))


def _with_beside(row: Row, around: Row) -> Row:
    """A row with what the object says that it stands in; what both say, of that object, is marked so."""
    taken = {key_of(key) for key in row if isinstance(key, str)}
    return {
        **{key if key_of(str(key)) not in taken else f"{key} (around)": said for key, said in around.items()},
        **row,
    }


def _lists(value: Row, deepest: int) -> Iterator[_List]:
    """The lists of objects in an object and in the objects within it, those that stand higher first."""
    waiting: deque[tuple[tuple[str, ...], Row]] = deque([((), value)])
    while waiting:
        path, there = waiting.popleft()
        for key, inner in there.items():
            if isinstance(inner, Mapping) and len(path) + 1 < deepest:
                waiting.append(((*path, key), inner))
            elif isinstance(inner, list) and inner and all(isinstance(row, Mapping) for row in inner):
                yield _List((*path, key), inner)


def _reviews_in(value: Row, choices: Choices) -> list[_List]:
    """The list in an object whose rows are more of a review than the object is: they have a conversation or a text each,
    or more names that kb knows."""
    least = max(_known(value), _KNOWN - 1)
    found = [
        (any(is_record(row, choices) for row in _first([one])), _known(one.rows[0]), one)
        for one in _lists(value, _DEEP)
    ]
    found = [one for one in found if one[0] or one[1] > least]
    return [max(found, key=lambda one: one[:2])[2]] if found else []


def _known(row: Row) -> int:
    return sum(isinstance(key, str) and is_known(key) for key in row)


def conversation_of(record: Row, choices: Choices, people: People | None = None) -> dict[Any, Any] | None:
    """The record with `turns` in place of the list in it that plainly is a conversation, and with the id, day and kind that
    this tells, where it says none. None where there is no such list, or a conversation already."""
    if _has_text(record) or "turns" in choices.led():
        return None
    found = [one for one in _lists(record, _DEEP) if are_turns(one.rows) and not choices.finds_text(one.rows[0])]
    if not found:
        return None
    longest = max(found, key=lambda one: len(one.rows))
    people = {**(people or {}), **people_in(record)}
    rows = [_with_names(row, people) for row in in_order(longest.rows)]
    rest = _without(record, longest.path)
    return {**rest, **told_by(rest, rows, choices.led()), "turns": [*_opening(rest, rows, people), *rows]}


def _opening(record: Row, rows: Sequence[Row], people: People) -> list[Row]:
    """What somebody said first, where a tool keeps it apart from the answers."""
    said = {ours(row).get("text") for row in rows}
    for key, value in record.items():
        if isinstance(value, Mapping) and not str(key).lower().startswith(("last", "latest")):
            turn = ours(value)
            if turn.get("text") and turn.get("speaker") and turn["text"] not in said:
                return [{part: turn[part] for part in ("speaker", "role", "at", "text") if turn.get(part)}]
    customers = {name for name, role in people.values() if ROLES.get(str(role).lower()) == "customer"}
    texts = {folded(key): value for key, value in record.items() if isinstance(key, str) and isinstance(value, str)}
    begun = untagged(next((texts[name] for name in _BEGUN if texts.get(name)), ""))
    if len(customers) != 1 or not begun or any(_begins_alike(begun, str(one)) for one in said):
        return []
    return [{"speaker": customers.pop(), "role": "customer", "text": begun}]


def _begins_alike(first: str, second: str) -> bool:
    return " ".join(first.split())[:_ALIKE] == " ".join(untagged(second).split())[:_ALIKE]


def _without(record: Row, path: Sequence[str]) -> dict[Any, Any]:
    """An object without what stands at the end of the path, and without the objects that held nothing else."""
    first, *further = path
    rest = {key: value for key, value in record.items() if key != first}
    if further and (inner := _without(record[first], further)):
        rest[first] = inner
    return rest


def people_in(value: Any) -> dict[str, tuple[str, Any]]:
    """Who takes part, by the id that rows call them by: names, and roles where they are said."""
    found: dict[str, tuple[str, Any]] = {}
    for path, rows in _lists(value, _DEEP):
        if folded(path[-1]) in _PEOPLE:
            for row in rows:
                found |= _person(row)
    for key, person in _single_people(value):
        for who, (name, role) in _person(person).items():
            found.setdefault(who, (name, role if str(role).lower() in ROLES else _ROLE_OF.get(key, ROLES.get(key))))
    return found


def _person(row: Row) -> dict[str, tuple[str, Any]]:
    """Somebody who stands as an object, by their ids."""
    names = {folded(key): one for key, one in row.items() if isinstance(key, str)}
    if not (name := name_of(row)):
        return {}
    ids = {str(names[key]) for key in _WHO if isinstance(names.get(key), str | int)}
    return dict.fromkeys(ids, (name, ours(row).get("role") or names.get("role")))


def _single_people(value: Row) -> Iterator[tuple[str, Row]]:
    """Who stands in a record by what they are to it: `{"requester": {"id": 5, "name": "Maya"}}`, or `requester_id` and
    `requester_name`."""
    names = {folded(key): one for key, one in value.items() if isinstance(key, str)}
    for key in _PERSON:
        if isinstance(person := names.get(key), Mapping):
            yield key, person
        if f"{key}id" in names and isinstance(names.get(f"{key}name"), str):
            yield key, {"id": names[f"{key}id"], "name": names[f"{key}name"]}


def _with_names(row: Row, people: People) -> Row:
    """A row that calls its speaker, or whom it mentions (`<@U1>`), by an id, with their names."""
    turn = ours(row)
    text, speaker = turn.get("text"), str(turn.get("speaker", ""))
    named: dict[str, Any] = {}
    if isinstance(text, str) and (mended := _MENTION.sub(lambda found: _mention(found, people), text)) != text:
        named["text"] = mended
    if speaker in people or (speaker and (people := _named_within(row, speaker))):
        name, role = people[speaker]
        named |= {"speaker": name, **({"role": role} if role else {})}
        if "speaker" in row:
            named["speaker id"] = speaker
    return {**row, **named} if named else row


def _named_within(row: Row, speaker: str) -> People:
    """Who the speaker is, where the row has id and name together: `"senders": [{"actorId": "A-7", "name": "Ann"}]`."""
    for value in row.values():
        for one in value if isinstance(value, list) else [value]:
            if (
                isinstance(one, Mapping)
                and speaker in one.values()
                and (name := name_of(one, depth=1)) != speaker
                and name
            ):
                return {speaker: (name, None)}
    return {}


def _mention(found: re.Match[str], people: People) -> str:
    return f"@{people[found[1]][0]}" if found[1] in people else found[0]


def in_threads(rows: Sequence[Row], name: str) -> list[tuple[dict[str, Any], list[Row]]]:
    """Rows that are turns, as the conversations that they say they belong to; those that say none are one, which is known
    by the `name` of the file."""
    names = [{folded(key): key for key in row if isinstance(key, str)} for row in rows]
    key = next((one for one in IDS if any(one in keys for keys in names)), "")
    people = {who: (name, None) for row in rows for who, name in _names_beside(row)}
    threads: dict[str, list[Row]] = {}
    for row, keys in zip(rows, names, strict=True):
        threads.setdefault(str(row.get(keys.get(key), "") or ""), []).append(_with_names(row, people))
    threads = {one: in_order(said) for one, said in threads.items()}
    part = f"{name} " if key.startswith("thread") and name else ""  # a thread goes on in the file of the next day
    return [
        ({"id": f"{part}{one}" if one else name, **told_by({}, said), "turns": said}, said)
        for one, said in threads.items()
    ]


def _names_beside(row: Row) -> Iterator[tuple[str, str]]:
    """The ids in a row that names who speaks in an object beside them."""
    speaker = ours(row).get("speaker")
    ids = [row[key] for key in row if folded(str(key)) in ("user", "userid", "authorid", "senderid")]
    yield from ((one, speaker) for one in ids if isinstance(one, str) and isinstance(speaker, str) and one != speaker)
