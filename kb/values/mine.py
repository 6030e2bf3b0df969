"""What is a member's own, as plain values: settings, bookmarks, what they read, when they were here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

THEMES = ("system", "light", "dark")
DENSITIES = ("roomy", "close")


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """How kb looks to a member, and what it keeps for them. Empty: as the browser (`language`) or the library (`zone`) has
    it. `known` is the consent to be named to others as somebody who knows a topic; `history` says whether kb keeps what
    they read."""

    language: str = ""
    zone: str = ""
    theme: str = "system"
    density: str = "roomy"
    history: bool = True
    known: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A gem or review that a member came back to or marked: `type` is gem or review. `title` is empty, and `there` false,
    when it is no longer here or no longer theirs to see."""

    type: str
    id: int
    at: datetime
    title: str = ""
    language: str = ""
    kind: str = ""
    note: str = ""
    there: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """When a member was last active, and when the visit before that one ended."""

    last: datetime
    before: datetime | None = None
