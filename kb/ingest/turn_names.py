"""Who says what and when in a row of a conversation, as other tools write it; and whether rows plainly are one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import pairwise
from statistics import median_low
from typing import Any, NamedTuple

from kb.errors import InvalidInput
from kb.ingest.dates import moment
from kb.ingest.keys import folded
from kb.ingest.untagged import untagged

# What other tools call the parts of a turn, folded. The first that holds something is taken.
_THEIRS = {
    "text": "bodytext textbody body message content plainbody utterance snippet transcript sentences",
    "speaker": "userprofile speakername authorname sendername fromname displayname username author sender from user "
    "createdby name speakerlabel participantrole speakerid participantid authorid senderid userid",
    "at": "timestamp time createdat createddatetime created absolutetime starttime starttimestamp start beginoffsetmillis "
    "snippettime sentat ts date",
    "role": "participantrole sendertype authortype speakertype direction type",
}
_NAMES = {part: (part, *names.split()) for part, names in _THEIRS.items()}
_INWARD = ("incoming", "isinbound", "inbound")
_WORDS = ("text", "content", "body", "plain")
_CALLED = ("realname", "displayname", "name", "fullname", "nickname", "username", "email", "handle")
# What a row of reviews has, and what one of notes has that stand one below the other.
_RATES = frozenset(
    ("reviewer", "evaluator", "reviewee", "scorecard", "score", "rating", "ratings", "criterion", "question")
)
_TELLS = frozenset(("title", "subject", "customer", "company", "account", "product", "tags", "labels"))
_AN_EVENT = re.compile(r"(?:channel|group)_[a-z_]{1,30}")  # somebody joined, left, gave the channel a topic
_A_CLOCK = 10**9  # seconds since 1970; what is less is a place in a recording
_EPOCH = re.compile(r"\d{10,19}(?:\.\d{1,9})?")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}")
_LOOKED_AT = 50
_A_TURN = 120  # seconds between most turns, at most: where it would be more, the numbers are milliseconds
_DEEP = 3

ROLES = {"customer": "customer", "agent": "agent", "bot": "bot", "note": "note"} | {
    word: role
    for role, words in {
        "customer": "client user enduser end-user requester contact visitor caller inbound incoming kunde cliente",
        "agent": "support staff admin operator representative rep csm outbound outgoing mitarbeiter agente",
        "bot": "ai assistant chatbot automation",
        "note": "internal private internal_note internal-note",
    }.items()
    for word in words.split()
}


class Habits(NamedTuple):
    """How the rows of one conversation are meant, which no single row tells: whether places in a recording are counted in
    milliseconds, and whether a `user` is one of the helpdesk's, since others are customers."""

    milliseconds: bool = False
    users_are_staff: bool = False


_UNKNOWN = Habits()


def habits_of(rows: Sequence[Any]) -> Habits:
    named = [row for row in rows if isinstance(row, Mapping)]
    roles = {str(turn.get("role", "")).lower() for row in named if (turn := ours(row))}
    return Habits(_counts_milliseconds(named), bool(roles & {"customer", "client", "requester"}))


def ours(item: Mapping[Any, Any], habits: Habits = _UNKNOWN) -> dict[Any, Any]:
    """A turn under our names, what it says besides under its own."""
    names = {folded(key): key for key in item if isinstance(key, str)}
    found = dict(item)
    if isinstance(event := item.get("subtype"), str) and _AN_EVENT.fullmatch(event):
        return {key: value for key, value in found.items() if key != "text"} | {"what happened": item.get("text")}
    for part in ("text", "at"):
        key = _key(item, names, part)
        if key:
            found[part] = found.pop(key)
    if isinstance(said := found.get("text"), list | Mapping):
        found["text"] = words_of(said)
        found.setdefault("at", _first_at(said))
    if isinstance(text := found.get("text"), str) and (plain := untagged(text)) != text:
        found |= {"text": plain, "as it came": text}
    if (key := _key(item, names, "speaker")) and isinstance(who := item[key], Mapping):
        found["speaker"] = name_of(who)
        found.setdefault("role", who.get("type") or who.get("role"))
    elif key:
        found["speaker"] = found.pop(key)
    if role := _role(item, names, found.get("speaker")):
        found["role"] = role
    if habits.users_are_staff and str(found.get("role", "")).lower() == "user":
        found["role"] = "agent"
    found["at"] = _at(found.get("at"), habits.milliseconds)
    return {key: value for key, value in found.items() if value is not None or key in item}


def _key(item: Mapping[Any, Any], names: Mapping[str, str], part: str) -> str:
    """What a part of a turn is called in it; "" where it says none."""
    return next((names[name] for name in _NAMES[part] if name in names and _says(item[names[name]], part)), "")


def _says(value: Any, part: str) -> bool:
    if isinstance(value, Mapping):
        return bool(words_of(value) if part == "text" else name_of(value) if part == "speaker" else "")
    if isinstance(value, list):
        return part == "text" and bool(words_of(value))
    return value is not None and not isinstance(value, bool) and value != ""


def _role(item: Mapping[Any, Any], names: Mapping[str, str], speaker: Any) -> str:
    """customer, agent, bot or note, where the row says it in one of the ways that tools have; else ""."""
    if item.get("part_type") == "note" or item.get("public") is False or item.get("private") is True:
        return "note"
    if "role" in names:
        return ""
    said = [item[names[name]] for name in _NAMES["role"] if name in names] + [speaker]
    role = next((ROLES[word.lower()] for word in said if isinstance(word, str) and word.lower() in ROLES), "")
    inward = [item[names[name]] for name in _INWARD if name in names and isinstance(item[names[name]], bool)]
    return role or (("customer" if inward[0] else "agent") if inward else "")


def words_of(value: Any, depth: int = _DEEP) -> str:
    """What is said in a text that stands in an object, or in pieces: sentences, or bits of marked-up text."""
    if isinstance(value, str) or depth == 0:
        return value if isinstance(value, str) else ""
    if isinstance(value, Mapping):
        return next((said for key in _WORDS if (said := words_of(value.get(key), depth - 1))), "")
    if isinstance(value, list):
        return ("" if any(isinstance(one, str) for one in value) else " ").join(
            words_of(one, depth - 1) for one in value
        )
    return ""


def _first_at(said: Any) -> Any:
    """When the first of several sentences begins."""
    first = said[0] if isinstance(said, list) and said else None
    if not isinstance(first, Mapping):
        return None
    names = {folded(key): key for key in first if isinstance(key, str)}
    key = _key(first, names, "at")
    return first[key] if key else None


def name_of(who: Mapping[Any, Any], depth: int = _DEEP) -> str:
    """What a person who stands as an object is called."""
    names = {folded(key): value for key, value in who.items() if isinstance(key, str)}
    for first, last in (("first", "last"), ("firstname", "lastname")):
        if both := " ".join(str(names[part]) for part in (first, last) if names.get(part)):
            return both
    for key in _CALLED:
        if isinstance(names.get(key), str) and names[key].strip():
            return str(names[key])
    inner = [value for value in who.values() if isinstance(value, Mapping)] if depth > 1 else []
    return next((name for value in inner if (name := name_of(value, depth - 1))), "")


def _at(at: Any, milliseconds: bool) -> Any:
    """A count of seconds since 1970 as a time, one from a recording's start as `7:40`; anything else as it is."""
    text = str(at) if isinstance(at, int | float | str) and not isinstance(at, bool) else ""
    if _EPOCH.fullmatch(text):
        try:
            found = moment(text, "turns.at", UTC)
        except InvalidInput:
            return at
        return found.isoformat(timespec="seconds").replace("+00:00", "Z") if found else at
    if isinstance(at, int | float) and text and 0 <= at < _A_CLOCK:
        seconds = int(at / 1000 if milliseconds else at)
        hours, minutes = divmod(seconds // 60, 60)
        return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
    return at


def _counts_milliseconds(rows: Sequence[Mapping[Any, Any]]) -> bool:
    """Whether the places in a recording at which turns begin are counted so: seconds would be too many between two."""
    places = [place for row in rows if isinstance(place := _raw_at(row), int | float) and 0 <= place < _A_CLOCK]
    if len(places) < 2 or not all(isinstance(place, int) for place in places):
        return False
    return median_low(later - earlier for earlier, later in pairwise(sorted(places))) > _A_TURN


def _raw_at(row: Mapping[Any, Any]) -> Any:
    names = {folded(key): key for key in row if isinstance(key, str)}
    if key := _key(row, names, "at"):
        return row[key]
    said = _key(row, names, "text")
    return _first_at(row[said]) if said else None


def called_in(rows: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
    """What the parts of a turn are called in these rows: {"Message": "text", "Sent at": "at"}."""
    found: dict[str, str] = {}
    for row in rows:
        names = {folded(key): key for key in row if isinstance(key, str)}
        for part in _NAMES:
            key = _key(row, names, part)
            if key and part not in found.values():
                found.setdefault(key, part)
    return found


def are_turns(rows: Sequence[Any], alone: bool = False) -> bool:
    """Whether rows plainly are what people say one after the other: most have words, and these name who says them and
    when, or name the same few again and again. Rows that stand `alone`, in no object that is a conversation, must say the
    time of day and nothing that a review or note has."""
    sample = rows[:_LOOKED_AT]
    if not sample or not all(isinstance(row, Mapping) for row in sample):
        return False
    named = [{folded(key) for key in row if isinstance(key, str)} for row in sample]
    unlike = _RATES | _TELLS if alone else _RATES
    if sum(bool(names & unlike) for names in named) * 2 > len(sample):
        return False
    turns = [turn for row in sample if (turn := ours(row)).get("text")]
    if 2 * len(turns) <= len(sample) or any(not isinstance(turn["text"], str) for turn in turns):
        return False
    speakers = [str(turn.get("speaker") or turn.get("role") or "") for turn in turns]
    if 5 * sum(map(bool, speakers)) < 4 * len(turns):
        return False
    timed = sum(bool(_TIME_OF_DAY.search(str(turn.get("at") or ""))) for turn in turns)
    if alone or 5 * timed >= 4 * len(turns):
        return 5 * timed >= 4 * len(turns)
    return max(Counter(speakers).values()) > 1
