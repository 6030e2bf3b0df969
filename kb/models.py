"""The words of the house as plain values: no SQL, no HTTP, no engine.

Times are aware `datetime`s in UTC, days are `date`s. Collections are tuples, so that a value can be shared freely.
The names and shapes follow the interchange format (docs/formats.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day  # a field is called date, which would hide it
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class Kind(StrEnum):
    """What sort of review it is; `call` is a call note."""

    PEER = "peer"
    SELF = "self"
    MANAGER = "manager"
    CALIBRATION = "calibration"
    CALL = "call"


class Role(IntEnum):
    """What a member may do; each role includes the ones before it."""

    READER = 1
    REVIEWER = 2
    CURATOR = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Role:
        """`reviewer` -> Role.REVIEWER. Raises KeyError for any other word."""
        return cls[word.strip().upper()]


class GemStatus(StrEnum):
    NOMINATED = "nominated"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation. `role` is customer, agent, bot or note (internal); `at` is as the source gave it."""

    text: str
    speaker: str = ""
    role: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of a scorecard. `value` is yes, no, n/a or a number as text."""

    criterion: str
    value: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the customer said of it: CSAT 1-5, CES 1-7, NPS 0-10, and in words."""

    csat: float | None = None
    ces: float | None = None
    nps: float | None = None
    comment: str = ""

    def __bool__(self) -> bool:
        return any(value is not None for value in (self.csat, self.ces, self.nps)) or bool(self.comment)


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment as the interchange brings it."""

    body: str
    author: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class GemDraft:
    """A gem as the interchange brings it, with the passage that it was lifted from.

    The same `id` in several reviews of one source means one gem with further evidence. Without tags of its own (None)
    it gets those of its review.
    """

    title: str
    body: str = ""
    quote: str = ""
    tags: tuple[str, ...] | None = None
    status: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A review as a parser gives it, before it is matched with the library. Keys are the interchange's."""

    external_id: str = ""
    kind: Kind = Kind.PEER
    title: str = ""
    body: str = ""
    date: datetime | None = None
    reviewer: str = ""
    reviewee: str = ""
    customer: str = ""
    case_id: str = ""
    case_url: str = ""
    channel: str = ""
    product: str = ""
    team: str = ""
    language: str = ""
    cycle: Day | None = None
    tags: tuple[str, ...] = ()
    scorecard: tuple[Answer, ...] = ()
    score: float | None = None
    feedback: Feedback = Feedback()
    turns: tuple[Turn, ...] = ()
    gems: tuple[GemDraft, ...] = ()
    comments: tuple[CommentDraft, ...] = ()
    updated_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A tag as the interchange brings it (`"type": "tag"`)."""

    name: str
    definition: str = ""
    aliases: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A piece of input that could not be taken, whole, with its reason, to be mended and brought in again.

    `source` is the file, `location` the place in it in words ("row 7", "line 12", "front matter"),
    `content` the piece as it was, `reason` a sentence. `second` says that an earlier row of its run has its id, `taken_by`
    which review of another text has it; 0 for none.
    """

    source: str
    location: str
    reason: str
    content: bytes = b""
    format: str = ""
    second: bool = False
    taken_by: int = 0


@dataclass(frozen=True, slots=True)
class TagRef:
    """A tag as it shows on a review or gem. `origin` is who put it there: member, ingest, suggestion (a
    member who took one), rule or learned (kb itself, where a curator let it)."""

    id: int
    name: str
    origin: str = "member"


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    author: str
    body: str
    at: datetime
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review as the library holds it. `version` counts its edits; an edit names the version that it started from."""

    id: int
    kind: Kind
    title: str
    body: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    source: str = ""
    external_id: str = ""
    date: datetime | None = None
    reviewer: str = ""
    reviewee: str = ""
    customer: str = ""
    case_id: str = ""
    case_url: str = ""
    channel: str = ""
    product: str = ""
    team: str = ""
    language: str = ""
    cycle: Day | None = None
    score: float | None = None
    scorecard: tuple[Answer, ...] = ()
    feedback: Feedback = Feedback()
    turns: tuple[Turn, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[TagRef, ...] = ()
    trashed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review as a list shows it."""

    id: int
    kind: Kind
    title: str
    language: str
    date: datetime | None
    product: str = ""
    team: str = ""
    tags: tuple[TagRef, ...] = ()
    trashed_at: datetime | None = None


def people_of(lines: str) -> tuple[str, ...]:
    """The names that the store gives one a line."""
    return tuple(name for name in lines.split("\n") if name.strip())


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that a gem cites: the words as they were, and the review that they stand in.

    `turn` is the 0-based index of the turn, -1 for the body; `start` and `stop` are code points in it, None when the
    words are not there any more: `state` is there, changed or gone. `nth` says how often the same words stand earlier in
    that place. `stance` is supports or contradicts. `review_id` is None when the review was erased and only the excerpt
    is left; `review_away` says that it is in the trash.
    """

    id: int
    gem_id: int
    review_id: int | None
    quote: str
    turn: int | None = None
    review_title: str = ""
    review_date: datetime | None = None
    review_kind: str = ""
    review_language: str = ""
    reviewee: str = ""
    review_away: bool = False
    state: str = "there"
    stance: str = "supports"
    start: int | None = None
    stop: int | None = None
    nth: int = 0
    before: str = ""
    after: str = ""
    who: str = ""

    @property
    def is_there(self) -> bool:
        """Whether its review is: not in the trash, not erased."""
        return self.review_id is not None and not self.review_away

    @property
    def people(self) -> tuple[str, ...]:
        """Those whom its review is about; of a self review who wrote it as well."""
        return people_of(self.reviewee)


@dataclass(frozen=True, slots=True)
class Gem:
    """A find. `true_until` is the day until which somebody vouches for it; `standing` (0 to 1) orders lists: how it fared
    with readers and in later reviews. `waiting` says where a nominated one is: waiting, sent_back or declined. `word` is
    what a curator said with it. `reviewees` are the people of all reviews that it cites, of those in the trash as well,
    whose passages are not in `evidence`."""

    id: int
    title: str
    body: str
    status: GemStatus
    created_at: datetime
    updated_at: datetime
    language: str = ""
    version: int = 1
    source: str = ""
    external_id: str = ""
    tags: tuple[TagRef, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reviewees: tuple[str, ...] = ()
    trashed_at: datetime | None = None
    owner_id: int | None = None
    owner: str = ""
    nominated_by: int | None = None
    waiting: str = "waiting"
    word: str = ""
    true_until: Day | None = None
    verified_at: datetime | None = None
    verified_by: str = ""
    doubted_at: datetime | None = None
    doubted_by: str = ""
    doubt: str = ""
    retired_at: datetime | None = None
    retired_for: str = ""
    retired_word: str = ""
    retired_link: str = ""
    replaced_by: int | None = None
    merged_into: int | None = None
    worked: int = 0
    failed: int = 0
    standing: float = 2 / 3


@dataclass(frozen=True, slots=True)
class Tag:
    id: int
    name: str
    definition: str = ""
    aliases: tuple[str, ...] = ()
    parent_id: int | None = None
    parent_name: str = ""
    reviews: int = 0
    gems: int = 0
    owner_id: int | None = None
    owner_name: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class TagRule:
    """What in a review suggests a tag. `kind` is words (all of them, in any form), phrase (in this order), regex (RE2), or
    "" for none; `product` and `team` narrow it. `trouble` says why it is set aside."""

    id: int = 0
    tag_id: int = 0
    tag_name: str = ""
    kind: str = ""
    pattern: str = ""
    product: str = ""
    team: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    email: str
    name: str
    role: Role
    active: bool
    created_at: datetime
    session_key: str = ""
    team: str = ""

    @property
    def called(self) -> str:
        """How pages and histories name them."""
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a member's for the API, without its secret."""

    id: int
    created_at: datetime
    used_at: datetime | None = None
