"""A conversation as a text that people can paste and mend, and back.

    Maren Vogt (agent) [10:04]: What is being said,
      its further lines moved in by two blanks.
    Customer: ...

A line that is not moved in and begins with a name of up to three capitalised words, a role, or `Name (role)`, and a
colon, begins a new turn. So a pasted chat reads as turns, and what kb writes reads back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from kb.ingest.transcript import pasted
from kb.models import Turn

_ROLE_WORDS = {
    "customer": "customer", "client": "customer", "user": "customer", "kunde": "customer", "kundin": "customer",
    "cliente": "customer", "お客様": "customer",
    "agent": "agent", "support": "agent", "rep": "agent", "mitarbeiter": "agent", "agente": "agent", "担当": "agent",
    "bot": "bot", "assistant": "bot",
    "note": "note", "internal note": "note",
}  # fmt: skip
_HEAD = re.compile(
    r"(?:\[?(?P<before>\d{1,2}:\d{2}(?::\d{2})?)\]?\s+)?"
    r"(?P<speaker>[^:：()\[\]\n]{0,60}?)\s*"
    r"(?:\((?P<role>customer|agent|bot|note)\))?\s*"
    r"(?:\[(?P<at>[^\]\n]{1,60})\])?\s*"
    r"(?::(?=\s|$)|：)[ \t]?(?P<text>.*)"
)
_INDENT = "  "


def write(turns: Iterable[Turn]) -> str:
    """The text that a form shows for a conversation."""
    return "\n".join(_written(turn) for turn in turns)


def _written(turn: Turn) -> str:
    head = turn.speaker
    if turn.role and _ROLE_WORDS.get(turn.speaker.casefold()) != turn.role:
        head = f"{head} ({turn.role})".strip()
    if turn.at:
        head = f"{head} [{turn.at}]".strip()
    first, *rest = turn.text.split("\n")
    return "\n".join(
        [f"{head}: {first}" if first else f"{head}:", *(f"{_INDENT}{line}" if line else "" for line in rest)]
    )


def read(text: str) -> tuple[Turn, ...]:
    """The turns of a pasted or edited conversation. Words before the first name are a turn without a speaker."""
    turns: list[Turn] = []
    lines: list[str] = []
    head = Turn("")
    roles: dict[str, str] = {}

    def close() -> None:
        said = "\n".join(lines).strip("\n").rstrip()
        if said or head.speaker:
            turns.append(Turn(said, head.speaker, head.role, head.at))

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if turns_of_a_tool := _of_a_tool(text):
        return turns_of_a_tool
    for line in text.split("\n"):
        found = _HEAD.fullmatch(line) if line[:1].strip() else None
        if found and _is_head(found):
            close()
            speaker = found["speaker"].strip()
            role = found["role"] or _ROLE_WORDS.get(speaker.casefold(), "") or roles.get(speaker, "")
            roles[speaker] = role
            head = Turn("", speaker, role, found["at"] or found["before"] or "")
            lines = [found["text"]]
        else:
            lines.append(line.removeprefix(_INDENT))
    close()
    return tuple(turns)


def _of_a_tool(text: str) -> tuple[Turn, ...]:
    """The turns of what was pasted as a meeting tool wrote it (`WEBVTT …`, `Ann Lee   0:03` above her words)."""
    if "-->" not in text and any(
        line[:1].strip() and (head := _HEAD.fullmatch(line)) and _is_head(head) for line in text.split("\n")
    ):
        return ()
    return tuple(replace(turn, role=_ROLE_WORDS.get(turn.speaker.casefold(), "")) for turn in pasted(text))


def _is_head(found: re.Match[str]) -> bool:
    if found["role"] or found["at"]:
        return True
    speaker = found["speaker"].strip()
    if speaker.casefold() in _ROLE_WORDS:
        return True
    words = speaker.split()  # none at all: ": text" is a turn of nobody known
    return len(words) <= 3 and all(word[0].isalpha() and not word[0].islower() for word in words)
