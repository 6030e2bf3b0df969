"""A curator puts a gem or a review into a trail from its own page."""

from __future__ import annotations

import re

import pytest
from browsing import page
from walking_about import add_case, add_gem

from kb.gems import merging
from kb.trails import offering, steps, trails
from kb.values.trails import StepKind, TrailState


@pytest.fixture
def gem(library, people):
    return add_gem(library, people.curator, "A gem")


def lines(library, id):
    return [(step.kind.value, step.object_id) for step in trails.steps(library, id)]


def undo_of(text: str) -> str:
    return re.search(r'action="([^"]*(?:take-out|trash|put-back))"', text)[1]


def test_one_click_adds_it_as_the_last_step_and_undo_takes_it_out(client_as, library, people, gem) -> None:
    made = trails.make(library, "First week", "", people.curator, new=[(StepKind.WORDS, None, "Hello.")])
    curator = client_as("curator")
    assert "First week" in page(curator.get(f"/gems/{gem.id}"))
    answer = curator.post(f"/trails/add/gem/{gem.id}", data={"trail": made.id, "from": "tag:1"})
    assert answer.location == f"/gems/{gem.id}?from=tag:1"
    assert lines(library, made.id) == [("words", None), ("gem", gem.id)]
    text = page(curator.get(answer.location))
    assert "Added to “First week”" in text
    assert "has it already" in text
    back = curator.post(undo_of(text))
    assert back.location == f"/gems/{gem.id}"
    assert lines(library, made.id) == [("words", None)]
    curator.post(undo_of(page(curator.get(back.location))))
    assert lines(library, made.id) == [("words", None), ("gem", gem.id)]


def test_it_is_not_added_twice(client_as, library, people, gem) -> None:
    made = trails.make(library, "First week", "", people.curator)
    curator = client_as("curator")
    for _ in range(2):
        text = page(curator.post(f"/trails/add/gem/{gem.id}", data={"trail": made.id}, follow_redirects=True))
    assert "This is a step of the trail already." in text
    assert lines(library, made.id) == [("gem", gem.id)]


def test_it_is_not_added_where_a_gem_that_went_into_it_is_a_step(client_as, library, people, gem) -> None:
    older = add_gem(library, people.curator, "An older gem")
    made = trails.make(library, "First week", "", people.curator, new=[(StepKind.GEM, older.id, "")])
    merging.merge(library, older.id, gem.id, people.curator)
    assert [(one.trail.id, one.there) for one in offering.offers(library, StepKind.GEM, gem.id)] == [(made.id, True)]
    answer = client_as("curator").post(f"/trails/add/gem/{gem.id}", data={"trail": made.id}, follow_redirects=True)
    assert "This is a step of the trail already." in page(answer)


def test_a_new_trail_begins_with_a_review_and_undo_throws_it_away(client_as, library, people) -> None:
    case, curator = add_case(library, people.curator), client_as("curator")
    data = {"trail": "new", "title": "Hard cases"}
    text = page(curator.post(f"/trails/add/review/{case.id}", data=data, follow_redirects=True))
    (made,), _ = trails.listed(library, TrailState.DRAFT)
    assert (made.title, lines(library, made.id)) == ("Hard cases", [("review", case.id)])
    curator.post(undo_of(text))
    assert trails.listed(library, TrailState.DRAFT)[1] == 0


def test_without_a_title_no_trail_is_begun(client_as, library, gem) -> None:
    data = {"trail": "new", "title": " "}
    text = page(client_as("curator").post(f"/trails/add/gem/{gem.id}", data=data, follow_redirects=True))
    assert "A trail needs a title" in text
    assert trails.listed(library, TrailState.DRAFT)[1] == 0


def test_a_review_that_is_tried_in_a_trail_is_offered_no_more_for_it(library, people) -> None:
    case = add_case(library, people.curator)
    made = trails.make(library, "First week", "", people.curator)
    steps.add(library, made.id, StepKind.REPLAY, people.curator, object_id=case.id)
    assert [(one.trail.id, one.there) for one in offering.offers(library, StepKind.REVIEW, case.id)] == [
        (made.id, True)
    ]


def test_templates_and_trails_that_were_thrown_away_are_not_offered(library, people, gem) -> None:
    trails.make(library, "Template", "", people.curator, state=TrailState.TEMPLATE)
    trails.trash(library, trails.make(library, "Gone", "", people.curator).id, people.curator)
    assert offering.offers(library, StepKind.GEM, gem.id) == []


def test_readers_and_reviewers_are_offered_none(client_as, gem) -> None:
    for who in ("reader", "reviewer"):
        assert "Add to a trail" not in page(client_as(who).get(f"/gems/{gem.id}"))


@pytest.mark.parametrize("trail", ["", "0", "x", "9" * 30, "\x00"], ids=["none", "zero", "word", "huge", "nul"])
def test_nonsense_adds_nothing(client_as, library, people, gem, trail) -> None:
    made = trails.make(library, "First week", "", people.curator)
    assert client_as("curator").post(f"/trails/add/gem/{gem.id}", data={"trail": trail}).status_code == 404
    assert client_as("curator").post(f"/trails/add/topic/{gem.id}", data={"trail": made.id}).status_code == 404
    assert lines(library, made.id) == []
