"""What the tests of trails make: people, a clock that can be moved, reviews with a conversation, gems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb import reviews, threads
from kb.gems import gems
from kb.library import Library
from kb.models import Answer, Draft, Gem, GemDraft, Member, Review, Role, Turn

PEOPLE = {
    "reader": ("Robin Reader", Role.READER),
    "newcomer": ("Nuri New", Role.READER),
    "reviewer": ("Rosa Reviewer", Role.REVIEWER),
    "curator": ("Chris Curator", Role.CURATOR),
    "second": ("Sam Second", Role.CURATOR),
    "admin": ("Ada Admin", Role.ADMIN),
}


@dataclass
class People:
    by_name: dict[str, Member]

    def __getattr__(self, name: str) -> Member:
        return self.by_name[name]


@dataclass
class Clock:
    at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **length: int) -> None:
        self.at += timedelta(**length)


TITLE = "Schedule the export by night"
ASKED = "My export stops at fifty thousand rows."
SAID = "Halve it and let it run after midnight."
ASKED_AGAIN = "And the pictures in it?"
SAID_AGAIN = "Those come along as a second file."
NOTE = "He should look at the limit per request."
COMMENT = "Well explained about midnight."
SECRETS = (TITLE, SAID, SAID_AGAIN, NOTE, COMMENT, "midnight", "The limit is per request", "nightly exports", "Wenck")


def add_case(library: Library, curator: Member, **fields: object) -> Review:
    """A review with a conversation of two answers, a body, a gem, a topic and a comment, all of which tell the answer."""
    draft = Draft(
        **{  # type: ignore[arg-type]
            "title": TITLE,
            "body": "**The limit is per request**, so the advice to wait for midnight was right.",
            "reviewee": "Tobias Wenck",
            "product": "Reports",
            "language": "en",
            "tags": ("nightly exports",),
            "scorecard": (Answer("Answered the question", "yes"),),
            "score": 91.0,
            "date": library.now(),
            "turns": (
                Turn(ASKED, "Jo Tallow", "customer"),
                Turn(NOTE, "", "note"),
                Turn(SAID, "Tobias Wenck", "agent"),
                Turn(ASKED_AGAIN, "Jo Tallow", "customer"),
                Turn(SAID_AGAIN, "Tobias Wenck", "agent"),
            ),
            **fields,
        }
    )
    review = reviews.add(library, draft, "Rosa")
    gem = GemDraft("Large exports: after midnight", "Split and schedule.", SAID)
    gems.lift(library, review.id, gem, who="Chris", publish=True, member=curator)
    threads.say(library, review.id, COMMENT, curator)
    return review


def add_gem(
    library: Library, member: Member, title: str = "Export stops", body: str = "Schedule it.", **fields: object
) -> Gem:
    review = reviews.add(library, Draft(title=f"About {title}", body=f"It was {title}.", language="en"), "Rosa")
    draft = GemDraft(**{"title": title, "body": body, "quote": f"It was {title}", **fields})  # type: ignore[arg-type]
    return gems.lift(library, review.id, draft, who=member.name, publish=True, member=member)
