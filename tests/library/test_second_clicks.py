"""A second click on Send says nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kb import library as libraries
from kb import members, reviews, threads
from kb import settings as all_settings
from kb.gems import gems, talk
from kb.library import Library
from kb.models import Draft, GemDraft, Role, Turn


def test_a_comment_sent_twice_at_once_is_one(opened: Library) -> None:
    member = members.add(opened, "ada@x.example", role=Role.REVIEWER, password="long enough 1")
    review = reviews.add(opened, Draft(title="Export", body="By night.", language="en"), "ada").id
    first = threads.say(opened, review, "Thank you", member)
    assert threads.say(opened, review, "Thank you ", member).id == first.id
    assert len(reviews.page(opened, review, unmasked=True).comments) == 1


def test_a_comment_on_a_gem_sent_twice_at_once_is_one(opened: Library) -> None:
    member = members.add(opened, "ada@x.example", role=Role.CURATOR, password="long enough 1")
    review = reviews.add(opened, Draft(title="Export", body="By night.", language="en"), "ada").id
    gem = gems.lift(opened, review, GemDraft(title="Export", body="By night."), who="ada", publish=True)
    assert talk.say(opened, gem.id, "Thank you", member) == talk.say(opened, gem.id, "Thank you ", member)
    assert len(talk.of(opened, gem, member, unmasked=True).comments) == 1


def test_work_for_one_process_is_not_begun_by_a_second(opened: Library) -> None:
    with opened.alone("matching") as first, opened.alone("matching") as second, opened.alone("saved") as other:
        assert (first, second, other) == (True, False, True)
    with opened.alone("matching") as again:
        assert again


def test_a_review_saved_twice_at_once_is_one(opened: Library) -> None:
    draft = Draft(title="Export", body="By night.", language="en", turns=(Turn("Hello", "Ada", "customer"),))
    first = reviews.add(opened, draft, "ada", once=True).id
    assert reviews.add(opened, draft, "ada", once=True).id == first
    assert reviews.add(opened, replace(draft, body="By day."), "ada", once=True).id != first
    assert reviews.add(opened, draft, "ben", once=True).id != first


def test_the_same_review_written_later_is_another(home: Path) -> None:
    settings = all_settings.load(home, environ={})
    libraries.make(settings)
    hour = iter(range(24))
    library = Library(settings, now=lambda: datetime(2026, 5, 4, next(hour), tzinfo=UTC))
    draft = Draft(title="Export", body="By night.", language="en")
    assert reviews.add(library, draft, "ada", once=True).id != reviews.add(library, draft, "ada", once=True).id
    library.close()
