"""What is said of gems: plans for one, how often it was met, votes, passages that seem to show it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime

from kb.models import GemDraft, people_of


@dataclass(frozen=True, slots=True)
class PlannedGem:
    """A gem lifted from an upload before it is brought in; `source`, `external_id` and `content_hash` lead to the review
    that its row becomes, `row` is that row's title. `word` says why it could not be made."""

    id: int
    run_id: int
    source: str
    external_id: str
    content_hash: str
    row: str
    draft: GemDraft
    place: int | None = None
    nth: int | None = None
    member_id: int | None = None
    gem_id: int | None = None
    made: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a gem was met: in so many reviews by so many reviewers, last on that day; and how many contradict it."""

    reviews: int = 0
    people: int = 0
    last: Day | None = None
    contradict: int = 0


@dataclass(frozen=True, slots=True)
class Vote:
    """A reader's "worked" or "did not work", with a word if they gave one."""

    member_id: int
    name: str
    worked: bool
    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """A passage of a review that seems to say what a gem says. `state` is proposed, confirmed, contradicted or refused."""

    gem_id: int
    review_id: int
    score: float
    turn: int
    quote: str
    state: str
    review_title: str = ""
    review_date: datetime | None = None
    review_kind: str = ""
    review_language: str = ""
    reviewee: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """Those whom its review is about; of a self review who wrote it as well."""
        return people_of(self.reviewee)
