"""The words of trails and replays as plain values: no SQL, no HTTP.

A **trail** is a reading list in order. A **step** of it is a gem, a review, a topic, a replay of a review, or a few
words. A **replay** is a case that a member tried before reading how it went; it is theirs alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TrailState(StrEnum):
    """A draft and a template are the curators'; a published trail is everybody's."""

    DRAFT = "draft"
    PUBLISHED = "published"
    TEMPLATE = "template"


class StepKind(StrEnum):
    GEM = "gem"
    REVIEW = "review"
    TOPIC = "topic"
    REPLAY = "replay"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trail as it is kept. `words` is the curator's: the step itself, or a line before what it leads to."""

    id: int
    trail_id: int
    position: int
    kind: StepKind
    object_id: int | None = None
    words: str = ""
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    id: int
    title: str
    intro: str
    state: TrailState
    created_at: datetime
    updated_at: datetime
    version: int = 1
    language: str = ""
    owner_id: int | None = None
    owner: str = ""
    trashed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far one member is on a trail: where they left off, which steps are done (with the fingerprint of what they read
    and when), and whether they let curators see their numbers."""

    step_id: int | None = None
    shared: bool = False
    begun_at: datetime | None = None
    last_at: datetime | None = None
    assigned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """When a member was done with a step, and the fingerprint of what they read."""

    step_id: int
    at: datetime
    print: str


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a trail is assigned to: `kind` is member, team, or joiners (whoever joins from then on)."""

    id: int
    trail_id: int
    kind: str
    member_id: int | None
    team: str
    name: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member would have said in place of the agent's turn `turn` (0-based)."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A member's own try at a case. `print` is the fingerprint of the conversation that they had before them."""

    id: int
    member_id: int
    review_id: int | None
    step_id: int | None
    replies: tuple[Reply, ...]
    print: str
    at: datetime
    compared_at: datetime | None = None
    thrown_at: datetime | None = None


def fingerprint(*texts: str) -> str:
    """Names what was read, so that it can be told later whether it changed; the words cannot be read off it."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]
