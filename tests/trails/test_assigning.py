"""Assigning trails, reminding once, and what a curator sees of others: numbers of those who agreed, of others nothing."""

from __future__ import annotations

import pytest
from walking_about import add_gem

from kb import members
from kb.errors import Conflict, InvalidInput
from kb.models import Role
from kb.store import notices
from kb.trails import assigning, steps, trails, walking
from kb.values.trails import StepKind, TrailState

PASSWORD = "long enough 1"


@pytest.fixture
def trail(library, people):
    made = trails.make(library, "First week", "", people.curator)
    for number in (1, 2):
        gem = add_gem(library, people.curator, f"Gem {number}")
        steps.add(library, made.id, StepKind.GEM, people.curator, object_id=gem.id)
    return trails.set_state(library, made.id, TrailState.PUBLISHED, people.curator)


def told(library, member) -> list[str]:
    return [one.kind for one in notices.of(library.db, member.id, 50) if one.type == "trail"]


def finish(library, trail, member) -> None:
    walk = walking.walk(library, trail.id, member, unmasked=False)
    for row in walk.rows:
        walking.set_done(library, walk, row.id, member, done=True)


def assigned(library, member) -> list[str]:
    return [one.trail.title for one in walking.mine(library, member, assigned=True)]


def test_a_member_gets_the_trail_and_a_notice(library, people, trail) -> None:
    assigning.assign(library, trail.id, "member", people.curator, email="Reader@kb.example")
    assert assigned(library, people.reader) == ["First week"]
    assert told(library, people.reader) == ["assigned"]
    assert assigned(library, people.newcomer) == []


def test_a_team_gets_it_and_whoever_comes_into_the_team(library, people, trail) -> None:
    members.set_team(library, people.reader.email, "EMEA")
    assigning.assign(library, trail.id, "team", people.curator, team="EMEA")
    assert assigned(library, people.reader) == ["First week"]
    members.set_team(library, people.newcomer.email, "  EMEA ")
    assert assigned(library, people.newcomer) == ["First week"]
    added = members.add(library, "late@kb.example", role=Role.READER, password=PASSWORD, team="EMEA")
    assert told(library, added) == ["assigned"]


def test_whoever_joins_gets_it_and_nobody_who_is_there(library, people, trail) -> None:
    assigning.assign(library, trail.id, "joiners", people.curator)
    assert assigned(library, people.reader) == []
    added = members.add(library, "late@kb.example", role=Role.READER, password=PASSWORD)
    assert assigned(library, added) == ["First week"]
    assert notices.of(library.db, added.id, 5)[0].who == "Chris Curator"
    trails.set_state(library, trail.id, TrailState.DRAFT, people.curator)
    later = members.add(library, "later@kb.example", role=Role.READER, password=PASSWORD)
    assert assigned(library, later) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("member", {}), ("member", {"email": "nobody@kb.example"}), ("team", {"team": "APAC"}), ("team", {}), ("all", {})],
    ids=["nobody-named", "no-such-member", "no-such-team", "no-team-named", "no-such-kind"],
)
def test_whom_it_cannot_be_assigned_to_is_said(library, people, trail, kind, fields) -> None:
    with pytest.raises(InvalidInput):
        assigning.assign(library, trail.id, kind, people.curator, **fields)


def test_only_a_published_trail_is_assigned_and_only_once(library, people, trail) -> None:
    assigning.assign(library, trail.id, "joiners", people.curator)
    with pytest.raises(Conflict, match="already"):
        assigning.assign(library, trail.id, "joiners", people.second)
    trails.set_state(library, trail.id, TrailState.DRAFT, people.curator)
    with pytest.raises(Conflict, match="publish"):
        assigning.assign(library, trail.id, "member", people.curator, email="reader@kb.example")


def test_taken_back_and_given_again_nobody_is_told_twice(library, people, trail) -> None:
    target = assigning.assign(library, trail.id, "member", people.curator, email="reader@kb.example")
    assigning.remind(library, trail.id, people.curator)
    assigning.take_back(library, trail.id, target, people.curator)
    assert assigned(library, people.reader) == []
    assigning.give_again(library, trail.id, target, people.curator)
    assigning.remind(library, trail.id, people.curator)
    assert assigned(library, people.reader) == ["First week"]
    assert sorted(told(library, people.reader)) == ["assigned", "reminded"]


def test_who_has_it_twice_keeps_it_when_one_is_taken_back(library, people, trail) -> None:
    members.set_team(library, people.reader.email, "EMEA")
    alone = assigning.assign(library, trail.id, "member", people.curator, email="reader@kb.example")
    assigning.assign(library, trail.id, "team", people.curator, team="EMEA")
    assigning.take_back(library, trail.id, alone, people.curator)
    assert assigned(library, people.reader) == ["First week"]
    assert told(library, people.reader) == ["assigned"]


def test_a_reminder_reaches_once_whoever_is_not_done_and_says_not_whom(library, people, trail) -> None:
    for who in ("reader", "newcomer"):
        assigning.assign(library, trail.id, "member", people.curator, email=f"{who}@kb.example")
    finish(library, trail, people.newcomer)
    for _ in range(3):
        assert assigning.remind(library, trail.id, people.curator) is None
    assert told(library, people.reader).count("reminded") == 1
    assert told(library, people.newcomer).count("reminded") == 0
    marked = {one.name: one.reminded_at is not None for one in assigning.progress(library, trail.id).assigned}
    assert marked == {"Nuri New": True, "Robin Reader": True}


def test_one_can_be_reminded_alone(library, people, trail) -> None:
    for who in ("reader", "newcomer"):
        assigning.assign(library, trail.id, "member", people.curator, email=f"{who}@kb.example")
    assigning.remind(library, trail.id, people.curator, only=people.reader.id)
    assert (told(library, people.reader)[0], told(library, people.newcomer)) == ("reminded", ["assigned"])


def test_a_curator_sees_numbers_of_those_who_agreed_only(library, people, trail) -> None:
    for who in ("reader", "newcomer", "reviewer"):
        assigning.assign(library, trail.id, "member", people.curator, email=f"{who}@kb.example")
    for member in (people.reader, people.newcomer, people.admin):
        finish(library, trail, member)
    for member in (people.reader, people.reviewer):
        walking.share(library, trail.id, member, shared=True)
    found = assigning.progress(library, trail.id)
    assert {one.name: one.done for one in found.shown.values()} == {"Robin Reader": 2, "Rosa Reviewer": 0}
    assert (found.steps, len(found.assigned), found.silent, found.finished) == (2, 3, 1, 1)
    walking.share(library, trail.id, people.reader, shared=False)
    assert "Robin Reader" not in repr(assigning.progress(library, trail.id).shown)


def test_who_walks_it_unasked_is_shown_when_they_agree(library, people, trail) -> None:
    finish(library, trail, people.newcomer)
    assert assigning.progress(library, trail.id).shown == {}
    walking.share(library, trail.id, people.newcomer, shared=True)
    assert [one.name for one in assigning.progress(library, trail.id).shown.values()] == ["Nuri New"]


def test_steps_that_are_gone_are_not_counted(library, people, trail) -> None:
    finish(library, trail, people.reader)
    walking.share(library, trail.id, people.reader, shared=True)
    steps.take_out(library, trail.id, trails.steps(library, trail.id)[0].id, people.curator)
    found = assigning.progress(library, trail.id)
    assert (found.steps, found.finished, [one.done for one in found.shown.values()]) == (1, 1, [1])


def test_who_is_kept_out_is_not_listed(library, people, trail) -> None:
    assigning.assign(library, trail.id, "member", people.curator, email="reader@kb.example")
    members.set_active(library, people.reader.email, False)
    assert assigning.progress(library, trail.id).assigned == ()
