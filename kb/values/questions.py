"""The words of open questions as plain values: no SQL, no HTTP, no engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.models import TagRef


class QuestionState(StrEnum):
    """Where a question is: open; answered; closed without an answer; joined to another; thrown away as rubbish."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    JOINED = "joined"
    RUBBISH = "rubbish"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as everybody may see it: it never says who asked without their name.

    `asked` counts the people, `key` is what makes two questions the same (kb/questions/wording.py). `closed_for` says why
    it was closed: stale, withdrawn, or a member's word; `was` is its state before it was thrown away. The answer is a
    text, a gem, a review, or several of them. `proposals` counts what may answer it and nobody has judged.
    """

    id: int
    text: str
    language: str
    key: str
    state: QuestionState
    asked: int
    created_at: datetime
    asked_at: datetime
    changed_at: datetime
    version: int = 1
    closed_at: datetime | None = None
    closed_for: str = ""
    answer: str = ""
    answered_by: str = ""
    answered_by_id: int | None = None
    gem_id: int | None = None
    review_id: int | None = None
    joined_into: int | None = None
    was: str = ""
    proposals: int = 0
    tags: tuple[TagRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """Words in which a question was also asked; `ask_id` names the ask, never the asker. `own` is the reader's own."""

    ask_id: int
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """A member's own part in a question: whether they asked it, and whether with their name."""

    asked: bool = False
    named: bool = False
