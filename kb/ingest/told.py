"""What a conversation tells of itself that the record around it does not say under our keys: its day, title and id, that it
was a call; and in which order it was said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, TypeVar

from kb.errors import InvalidInput
from kb.ingest.column_names import meanings_of
from kb.ingest.dates import moment
from kb.ingest.keys import folded, key_of
from kb.ingest.turn_names import habits_of, name_of, ours
from kb.ingest.untagged import untagged

Row = TypeVar("Row", bound=Mapping[Any, Any])

IDS = (
    "threadts", "threadid", "conversationid", "callid", "contactid",
    "ticketid", "chatid", "sessionid", "meetingid", "caseid", "metadataid",
)  # fmt: skip
"""What tools call the id of a conversation, folded; the first that is there is taken."""
_TITLES = ("title", "subject", "headline")
_A_CLOCK = 8  # characters in which a place in a recording is written, at most


def told_by(record: Mapping[Any, Any], rows: Sequence[Mapping[Any, Any]], led: Collection[str] = ()) -> dict[str, Any]:
    """The date, kind, title and id, as far as the record has none and no column leads to them (`led`)."""
    habits = habits_of(rows)
    begun = next((at for row in rows if (at := ours(row, habits).get("at"))), None)
    named = dict(_named_in(record))
    told: dict[str, Any] = {}
    if isinstance(begun, str) and len(begun) <= _A_CLOCK:
        told["kind"] = "call"
    elif _time(begun):
        told["date"] = begun
    told.setdefault(
        "date", next((said for name, said in named.items() if "date" in meanings_of(name) and _time(said)), None)
    )
    told["id"] = next((named[name] for name in IDS if name in named), None)
    title = next((said for name in _TITLES if isinstance(said := named.get(name), str) and said.strip()), "")
    told["title"] = untagged(title) or None
    has = {key_of(key) for key, value in record.items() if isinstance(key, str) and value not in (None, "")}.union(led)
    return {key: value for key, value in told.items() if value is not None and key not in has}


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Rows in the order in which they were said: those of which the newest plainly stands first, turned round."""
    habits = habits_of(rows)
    times = [at for row in rows if (at := _time(ours(row, habits).get("at")))]
    falling = len(times) > 1 and times[0] > times[-1] and all(one >= after for one, after in pairwise(times))
    return list(reversed(rows)) if falling else list(rows)


def _time(said: object) -> datetime | None:
    try:
        return moment(said, "date", UTC)
    except InvalidInput:
        return None


def _named_in(record: Mapping[Any, Any]) -> Iterator[tuple[str, str | int]]:
    """The ids in a record: `callId`, also within an object, where `{"ticket": {"id": 7}}` has a `ticketid`, too."""
    for key, value in record.items():
        if isinstance(value, Mapping) and not name_of(value, depth=1):  # somebody's id, title and day are their own
            for inner, one in value.items():
                if isinstance(one, str | int):
                    yield folded(f"{key}{inner}"), one
                    yield folded(str(inner)), one
    yield from ((folded(str(key)), value) for key, value in record.items() if isinstance(value, str | int))
