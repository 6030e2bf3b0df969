"""What the tests of questions share: a clock, and a library with people, reviews and gems at a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kb import reviews
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft, Member, Role
from kb.questions import asking, matching
from kb.store import members
from kb.values.questions import Question

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEOPLE = {
    "reader": ("Robin Reader", Role.READER),
    "second": ("Sanna Second", Role.READER),
    "third": ("Timo Third", Role.READER),
    "reviewer": ("Rosa Reviewer", Role.REVIEWER),
    "curator": ("Chris Curator", Role.CURATOR),
    "admin": ("Ada Admin", Role.ADMIN),
}


class Desk:
    """A library whose clock the test sets, and what tests do with it."""

    def __init__(self) -> None:
        self.now = NOW
        self.library: Library
        self.people: dict[str, Member] = {}

    def clock(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def open(self, library: Library) -> None:
        self.library = library
        with library.transaction() as db:
            for who, (name, role) in PEOPLE.items():
                self.people[who] = members.insert(db, f"{who}@kb.example", name, role, "", self.now)

    def ask(self, text: str, who: str = "reader", *, named: bool = False, topics: tuple[str, ...] = ()) -> Question:
        return asking.ask(self.library, text, self.people[who], named=named, topics=topics).question

    def review(self, body: str, title: str = "A case", **fields: object) -> int:
        draft = Draft(**{"title": title, "body": body, "language": "en", **fields})  # type: ignore[arg-type]
        return reviews.add(self.library, draft, "Rosa Reviewer").id

    def gem(self, title: str, body: str = "Do it so.", publish: bool = True) -> int:
        review = self.review("What helped was this passage.")
        draft = GemDraft(title, body, "What helped was this passage.", ())
        return gems.lift(self.library, review, draft, who="Chris", publish=publish, member=self.people["curator"]).id

    def look(self) -> int:
        """What a serving process does after something came in."""
        self.library.catch_up()
        return matching.catch_up(self.library)
