"""What the tests of gems make: reviews with passages, gems lifted from them, and a clock that can be moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb import reviews
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, Gem, GemDraft, Member, Review, Turn


@dataclass
class Clock:
    at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_days(self, days: int) -> None:
        self.at += timedelta(days=days)


@dataclass
class People:
    reader: Member
    reviewer: Member
    curator: Member


def add_review(library: Library, body: str = "", *turns: str, **fields: object) -> Review:
    fields = {"title": "A review", "language": "en", "reviewer": "Maren Holt", "date": library.now(), **fields}
    draft = Draft(body=body, turns=tuple(Turn(text) for text in turns), **fields)  # type: ignore[arg-type]
    return reviews.add(library, draft, "ada")


QUOTE = "run the export by night"


def add_gem(library: Library, member: Member, *, publish: bool = True, quote: str = QUOTE, **fields: object) -> Gem:
    """A gem lifted from a new review that holds the quote."""
    review = add_review(library, f"They were told to {quote}, and that worked.", reviewee="Noor Haddani")
    draft = GemDraft(**{"title": "Export stops at 50,000 rows", "body": "Schedule it.", "quote": quote, **fields})  # type: ignore[arg-type]
    return gems.lift(library, review.id, draft, who=member.name, publish=publish, member=member)
