"""What a conversation tells of itself that the record around it does not say: its day, that it was a call, its id."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from kb.errors import InvalidInput
from kb.ingest.dates import moment
from kb.ingest.keys import folded, key_of
from kb.ingest.turn_names import habits_of, ours

IDS = (
    "threadts", "threadid", "conversationid", "callid", "contactid",
    "ticketid", "chatid", "sessionid", "meetingid", "caseid",
)  # fmt: skip
"""What tools call the id of a conversation, folded; the first that is there is taken."""
_A_CLOCK = 8  # characters in which a place in a recording is written, at most


def told_by(record: Mapping[Any, Any], rows: Sequence[Mapping[Any, Any]], led: Collection[str] = ()) -> dict[str, Any]:
    """The date, kind and id by the turns, as far as the record has none and no column leads to them (`led`)."""
    habits = habits_of(rows)
    begun = next((at for row in rows if (at := ours(row, habits).get("at"))), None)
    told: dict[str, Any] = {}
    if isinstance(begun, str) and len(begun) <= _A_CLOCK:
        told["kind"] = "call"
    elif isinstance(begun, str) and _is_a_time(begun):
        told["date"] = begun
    named = dict(_named_in(record))
    told["id"] = next((named[name] for name in IDS if name in named), None)
    has = {key_of(key) for key in record if isinstance(key, str)}.union(led)
    return {key: value for key, value in told.items() if value is not None and key not in has}


def _is_a_time(text: str) -> bool:
    try:
        return moment(text, "date", UTC) is not None
    except InvalidInput:
        return False


def _named_in(record: Mapping[Any, Any]) -> Iterator[tuple[str, str | int]]:
    """The ids in a record: `callId`, also within an object, where `{"ticket": {"id": 7}}` has a `ticketid`, too."""
    for key, value in record.items():
        if isinstance(value, Mapping):
            for inner, one in value.items():
                if isinstance(one, str | int):
                    yield folded(f"{key}{inner}"), one
                    yield folded(str(inner)), one
    yield from ((folded(str(key)), value) for key, value in record.items() if isinstance(value, str | int))
