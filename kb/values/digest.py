"""The words of the weekly edition as plain values: no SQL, no SMTP, no HTTP."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from kb.languages import Said
from kb.weeks import Week

_TWO_LINES = 150


class EditionState(StrEnum):
    """Where an edition is: a draft, released to go out, out; or with nothing in it; or not released in time."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    EMPTY = "empty"
    HELD = "held"


class Section(StrEnum):
    GEM = "gem"
    QUESTION = "question"
    RETIRED = "retired"


class Channel(StrEnum):
    """How a delivery goes. A notice is a mail to a curator about the edition."""

    MAIL = "mail"
    NOTICE = "notice"
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"


class DeliveryState(StrEnum):
    """A delivery waits, is claimed by one sender, and then is sent, refused for good, or left out for a reason. One
    whose sender died in between is uncertain until a curator settles it."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"
    SETTLED = "settled"


class Cadence(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NONE = "none"


class Scope(StrEnum):
    """Which gems a member gets: all, those of followed topics, or those only in weeks when there is a new one."""

    ALL = "all"
    FOLLOWED = "followed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to a gem in a span of time; the choice weighs it and is explained by it.

    `seen` counts reviews, `reads` readings, `worked` and `failed` votes, `contradicted` contradicting passages.
    In a library's first edition, `earlier` counts the reviews that an older gem, brought in this week, was ever seen in.
    """

    new: bool = False
    seen: int = 0
    worked: int = 0
    failed: int = 0
    reads: int = 0
    contradicted: int = 0
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an edition. `mark` is the fingerprint of the gem's words when it was chosen."""

    id: int
    section: Section
    object_id: int
    position: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    score: float = 0.0
    mark: str = ""
    dropped: bool = False
    credit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One weekly digest. `since` to `until` is the span that it tells of, `send_at` the hour set for it to go out,
    `released_at` when it may go at the earliest, once approved. `version` counts a curator's edits."""

    id: int
    week: Week
    state: EditionState
    since: datetime
    until: datetime
    drafted_at: datetime
    send_at: datetime
    opening: str = ""
    released_at: datetime | None = None
    approved_by: str = ""
    queued_at: datetime | None = None
    sent_at: datetime | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""
    version: int = 1
    items: tuple[Item, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.state in (EditionState.DRAFT, EditionState.EMPTY, EditionState.HELD)


@dataclass(frozen=True, slots=True)
class Story:
    """A gem as the edition tells it. `says` is plain text of about two lines."""

    id: int
    title: str
    says: str
    url: str
    reason: str
    language: str = ""
    credit: str = ""
    new: bool = False
    tags: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """An open question that several people asked."""

    id: int
    text: str
    url: str
    reason: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of the reader's own that was answered. `says` is plain text of about two lines."""

    id: int
    text: str
    says: str
    url: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A gem that is no longer needed, and why."""

    id: int
    title: str
    url: str
    reason: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """An edition as it is read: the one source of mail, web, feed and webhooks.

    `opening_html` is sanitised; everything else is plain text. `left_out` says in sentences, for curators, what was
    chosen and is not shown any more. `answers` stand in the mail of one reader alone, and never decide whether it goes:
    that is seen in the list of deliveries, and who asked may be nobody else's business.
    """

    week: Week
    name: str
    label: str
    url: str
    stories: tuple[Story, ...] = ()
    questions: tuple[Asked, ...] = ()
    gone: tuple[Gone, ...] = ()
    answers: tuple[Answered, ...] = ()
    numbers: str = ""
    opening_html: str = ""
    opening_text: str = ""
    left_out: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stories or self.questions or self.gone)

    @property
    def greeting(self) -> str:
        """What it begins with in plain text: a curator's words, else a line that says what is to come."""
        if self.opening_text or not self.stories:
            return self.opening_text
        return Said("What the team found out, to read in a minute and a half.")

    @property
    def subject(self) -> str:
        """Says what is inside: the first title, and how much more there is."""
        titles = [s.title for s in self.stories] + [q.text for q in self.questions] + [g.title for g in self.gone]
        first = shorten(titles[0], 80) if titles else self.name
        gems = len(self.stories) - 1
        if gems > 0:
            return Said.several(
                "%(first)s – and %(num)s more gem", "%(first)s – and %(num)s more gems", gems, first=first
            )
        if not self.stories and self.questions:
            return Said("Who knows? %(first)s", first=first)
        if not self.stories and self.gone:
            return Said("No longer needed: %(first)s", first=first)
        return first


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a member chose to get, with the account it belongs to. `zone` is empty for the library's own hour."""

    member_id: int
    email: str
    name: str
    cadence: Cadence
    scope: Scope
    zone: str = ""
    named: bool = False
    notices: bool = True
    feed_number: int = 0
    refused_at: datetime | None = None
    refused_reason: str = ""
    active: bool = True
    role: int = 1
    followed: frozenset[int] = frozenset()
    muted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of an edition to one target: a member, or a webhook (named by a fingerprint of its address)."""

    id: int
    edition_id: int
    channel: Channel
    target: str
    state: DeliveryState
    due_at: datetime
    member_id: int | None = None
    attempts: int = 0
    claim: str = ""
    claimed_at: datetime | None = None
    done_at: datetime | None = None
    code: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a claimed delivery ended: its new state, and for one that waits again, when it is due."""

    delivery: Delivery
    state: DeliveryState
    reason: str = ""
    code: int | None = None
    due_at: datetime | None = None


# Controls, line and paragraph separators, what turns the direction of the text around it, and halves of characters.
_NOT_FOR_ONE_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def two_lines(text: str) -> str:
    """The text cut to what stands in two lines of a mail: seven of them are read in 90 seconds. A sign of Chinese,
    Japanese or Korean takes as long as three letters."""
    room = _TWO_LINES
    for at, sign in enumerate(text):
        room -= 3 if unicodedata.east_asian_width(sign) in "WF" else 1
        if room < 0:
            return shorten(text, at)
    return shorten(text, _TWO_LINES)


def shorten(text: str, longest: int) -> str:
    """The text on one line, cut at a word where there is one near the end."""
    line = " ".join(_NOT_FOR_ONE_LINE.sub(" ", text).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    words = cut.rsplit(" ", 1)[0]
    return (words if len(words) > longest * 0.6 else cut).rstrip(" ,;:.–-\u200d") + "…"
