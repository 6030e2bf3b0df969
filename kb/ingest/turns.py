"""The conversation of a record, turn by turn, from whatever shape it comes in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kb.ingest import spoken
from kb.ingest.parts import Rest, is_json, items, known
from kb.ingest.text import block, line, plain, scalar
from kb.ingest.turn_names import ROLES, Habits, habits_of, ours, words_of
from kb.models import Turn

_TURN = frozenset(("text", "speaker", "role", "at"))
_SPEAKER = re.compile(r"\s*([^\s:：][^:：\n]{0,59}?)\s*[:：]\s+(?=\S)|\s*([^\s:：][^:：\n]{0,59}?)\s*：\s*(?=\S)")
_NOTHING = Turn("")


def turns(value: object, limit: int) -> tuple[tuple[Turn, ...], Rest]:
    """From a list of objects or of lines `Speaker: text`, or one text in which a line may begin a turn. Objects may have
    other tools' names for their parts."""
    if isinstance(value, str) and not is_json(value):
        return _conversation(value, limit), {}
    found: list[Turn] = []
    rest: Rest = {}
    rows = items(_inner(value), "turns")
    habits = habits_of(rows)
    for index, item in enumerate(rows):
        field, rest_of_it = f"turns[{index}]", Rest()
        if not isinstance(item, Mapping):
            turn = _spoken(scalar(item, field), limit)
        elif item.keys() <= _TURN:
            turn = _turn(item, limit)
        else:
            turn, rest_of_it = _other(item, field, limit, habits)
        if rest_of_it and not turn.text and not item.keys() <= _TURN:  # somebody was assigned, joined, left
            rest.setdefault("without words", []).append(plain(item, field, limit))
        elif rest_of_it or turn != _NOTHING:
            if rest_of_it:
                rest[str(len(found))] = rest_of_it
            found.append(turn)
    return tuple(found), rest


def _other(item: Mapping[Any, Any], field: str, limit: int, habits: Habits) -> tuple[Turn, Rest]:
    """A turn that says more than ours do, or says it under other names; what is not known of it beside it."""
    item, rest = known(ours(item, habits), _TURN, field, limit)
    return _turn(item, limit), rest


def _conversation(text: str, limit: int) -> tuple[Turn, ...]:
    """What a text says turn by turn. A line that names nobody goes on with what was said before it."""
    found: list[tuple[str, str, list[str]]] = []
    for line_ in text.splitlines():
        begun = _begun(line_)
        if begun or not found:
            begun = begun or spoken.Said("", "", line_)
            found.append((begun.speaker, begun.at, [begun.text]))
        else:
            found[-1][2].append(line_)
    return tuple(
        _said(speaker, at, "\n".join(lines), limit) for speaker, at, lines in found if any(map(str.strip, lines))
    )


def _begun(text: str) -> spoken.Said | None:
    """Who begins to speak with this line: `Ann: Hello`, also with a time."""
    if said := spoken.head(text):
        return said
    match = _SPEAKER.match(text)
    return spoken.Said(match[1] or match[2], "", text[match.end() :]) if match else None


def _said(speaker: str, at: str, text: str, limit: int) -> Turn:
    speaker = line(speaker, "turns.speaker", limit)
    return Turn(block(text, "turns.text", limit), speaker, ROLES.get(speaker.lower(), ""), line(at, "turns.at", limit))


def _inner(value: object) -> object:
    """The list in an object that is not a turn itself but holds the turns, as other tools page them."""
    if isinstance(value, Mapping) and not words_of(value):
        lists = [
            inner for inner in value.values() if isinstance(inner, list) and inner and isinstance(inner[0], Mapping)
        ]
        return lists[0] if len(lists) == 1 else value
    return value


def _turn(item: Mapping[str, Any], limit: int) -> Turn:
    get = item.get
    role = line(get("role"), "turns.role", limit)
    return Turn(
        block(get("text"), "turns.text", limit),
        line(get("speaker"), "turns.speaker", limit),
        ROLES.get(role.lower(), role),
        line(get("at"), "turns.at", limit),
    )


def _spoken(text: str, limit: int) -> Turn:
    begun = _begun(text) or spoken.Said("", "", text)
    return _said(begun.speaker, begun.at, begun.text, limit)
