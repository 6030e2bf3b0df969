"""A second click on Send says nothing twice."""

from __future__ import annotations

from kb import members, reviews, threads
from kb.library import Library
from kb.models import Draft, Role


def test_a_comment_sent_twice_at_once_is_one(opened: Library) -> None:
    member = members.add(opened, "ada@x.example", role=Role.REVIEWER, password="long enough 1")
    review = reviews.add(opened, Draft(title="Export", body="By night.", language="en"), "ada").id
    first = threads.say(opened, review, "Thank you", member)
    assert threads.say(opened, review, "Thank you ", member).id == first.id
    assert len(reviews.page(opened, review, restricted=True).comments) == 1
