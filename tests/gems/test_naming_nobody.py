"""A gem is about the people of all its reviews, and names them nowhere: whichever is looked at, changed or gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lifting import QUOTE, Clock, People, add_gem, add_review

from kb import notices, reviews
from kb.finding import finding
from kb.gems import confirming, gems, health, life, merging
from kb.library import Library
from kb.models import Draft, Evidence, Gem, GemDraft, Review
from kb.questions import answering, asking
from kb.questions import questions as question_cases
from kb.trails import trails
from kb.values.trails import StepKind, TrailState


@pytest.fixture
def shared(library: Library, people: People) -> tuple[Gem, Review]:
    """A gem whose title says who was reviewed where it came from, and a second review that it cites, of somebody else."""
    gem = add_gem(library, people.curator, title="As Noor says")
    other = add_review(library, f"Again: {QUOTE}!", reviewee="Kim Berg")
    confirming.further_evidence(library, gem.id, other.id, QUOTE, people.reviewer)
    library.catch_up()
    return gem, other


def found(library: Library, question: str) -> int:
    library.catch_up()
    return finding.search(library, question, unmasked=False).total


def test_a_review_is_not_found_by_whom_a_gem_names_of_its_other_reviews(
    library: Library, shared: tuple[Gem, Review]
) -> None:
    assert (found(library, "Noor"), found(library, "says")) == (0, 3)


def test_nor_when_who_is_named_comes_to_be_reviewed_only_later(library: Library, people: People) -> None:
    first = add_review(library, f"Please {QUOTE}.")
    gem = gems.lift(library, first.id, GemDraft("As Noor says", "", QUOTE), who="ada", publish=True)
    assert found(library, "Noor") == 2
    own = add_review(library, f"Again: {QUOTE}!", reviewee="Noor Haddani")
    confirming.further_evidence(library, gem.id, own.id, QUOTE, people.reviewer)
    assert found(library, "Noor") == 0


def test_nor_when_a_review_turns_out_to_be_of_who_is_named(library: Library) -> None:
    first = add_review(library, f"Please {QUOTE}.", reviewee="Kim Berg")
    gems.lift(library, first.id, GemDraft("As Noor says", "", QUOTE), who="ada", publish=True)
    assert found(library, "Noor") == 2
    draft = Draft(title=first.title, body=first.body, reviewee="Noor Haddani", language="en")
    reviews.edit(library, first.id, draft, version=first.version, who="ada")
    assert found(library, "Noor") == 0


def test_nor_when_two_gems_become_one(library: Library, people: People) -> None:
    first = add_review(library, f"Please {QUOTE}.")
    kept = gems.lift(library, first.id, GemDraft("As Noor says", "", QUOTE), who="ada", publish=True)
    gone = add_gem(library, people.curator)
    merging.merge(library, gone.id, kept.id, people.curator)
    assert found(library, "Noor") == 0


def test_how_a_gem_read_earlier_names_nobody_when_its_review_is_erased(
    library: Library, people: People, clock: Clock, shared: tuple[Gem, Review]
) -> None:
    gem, other = shared
    draft = GemDraft("By night", "Noor Haddani found it.", "", ("Exports",))
    gems.edit(library, gem.id, draft, version=gems.get(library, gem.id, unmasked=True).version, member=people.curator)
    health.doubt(library, gem.id, "Noor says it moved", people.reviewer)
    reviews.trash(library, [passage.review_id for passage in gem.evidence if passage.review_id != other.id], "ada")
    clock.pass_days(91)
    assert reviews.empty_trash(library) == 1
    past = gems.past(library, gem.id)
    assert "Noor" not in repr(past)
    assert ("As [name] says", "By night") in [change.fields.get("title") for change in past]


NAMED = "Noor told me to run the export by night"


@pytest.fixture
def left(library: Library, people: People, clock: Clock) -> tuple[Gem, Review]:
    """A gem of which one review, of Noor, was erased, and another one that stays, of somebody else, that names Noor."""
    gem = add_gem(library, people.curator)
    other = add_review(library, f"She said: {NAMED}, it worked.", reviewee="Kim Berg")
    confirming.further_evidence(library, gem.id, other.id, NAMED, people.reviewer)
    reviews.trash(library, [passage.review_id for passage in gem.evidence if passage.review_id], "ada")
    clock.pass_days(91)
    assert reviews.empty_trash(library) == 1
    return gems.get(library, gem.id, unmasked=True), other


def quoted(library: Library, gem_id: int, review_id: int) -> Evidence:
    (passage,) = (one for one in gems.get(library, gem_id, unmasked=True).evidence if one.review_id == review_id)
    return passage


def test_what_a_gem_cites_of_other_reviews_names_nobody_whose_review_was_erased(
    library: Library, left: tuple[Gem, Review]
) -> None:
    gem, other = left
    assert sorted(one.quote for one in gem.evidence) == ["[name] told me to run the export by night", QUOTE]
    assert NAMED in reviews.get(library, other.id, unmasked=True).body  # a record of its own


def test_such_words_still_lead_to_their_place_when_the_review_is_edited(
    library: Library, left: tuple[Gem, Review]
) -> None:
    gem, other = left
    draft = Draft(title=other.title, body=f"Later. {other.body}", reviewee="Kim Berg", language="en")
    edited = reviews.edit(library, other.id, draft, version=other.version, who="ada")
    passage = quoted(library, gem.id, other.id)
    assert passage.state == "there"
    assert edited.body[passage.start : passage.stop] == "told me to run the export by night"


def test_of_two_that_are_erased_at_once_neither_is_named_in_what_stays_of_the_other(
    library: Library, people: People, clock: Clock
) -> None:
    gem = add_gem(library, people.curator)
    other = add_review(library, NAMED, reviewee="Kim Berg")
    confirming.further_evidence(library, gem.id, other.id, NAMED, people.reviewer)
    reviews.trash(
        library, [one.review_id for one in gems.get(library, gem.id, unmasked=True).evidence if one.review_id], "ada"
    )
    clock.pass_days(91)
    assert reviews.empty_trash(library) == 2
    excerpts = [one.quote for one in gems.get(library, gem.id, unmasked=True).evidence]
    assert sorted(excerpts) == ["[name] told me to run the export by night", QUOTE]


def test_a_merged_gem_names_nobody_when_its_review_is_erased_before_they_are_parted(
    library: Library, people: People, clock: Clock
) -> None:
    gone, kept = add_gem(library, people.curator, title="As Noor says"), add_gem(library, people.curator, quote="")
    merging.merge(library, gone.id, kept.id, people.curator)
    reviews.trash(library, [passage.review_id for passage in gone.evidence if passage.review_id], "ada")
    clock.pass_days(91)
    reviews.empty_trash(library)
    assert merging.undo(library, gone.id, people.curator).title == "As [name] says"
    assert "Noor" not in repr(gems.past(library, kept.id))


def test_an_answer_that_was_taken_back_names_nobody_when_the_review_it_pointed_to_is_erased(
    library: Library, people: People, clock: Clock
) -> None:
    review = add_review(library, "By night.", reviewee="Noor Haddani")
    asked = asking.ask(library, "Exports failing?", people.reader, named=True).question
    answer = answering.Answer("As Noor did.", review_id=review.id)
    answering.answer(library, asked.id, answer, people.reviewer)
    answering.reopen(library, asked.id, people.reviewer, undo=True)
    reviews.trash(library, [review.id], "ada")
    clock.pass_days(91)
    reviews.empty_trash(library)
    said = [change.fields["answer"] for change in question_cases.past(library, asked.id) if "answer" in change.fields]
    assert said == [("As [name] did.", ""), ("", "As [name] did.")]


def test_what_is_told_of_a_gem_that_went_away_names_nobody(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator, title="As Noor says")
    trails.make(library, "First", "", people.curator, new=[(StepKind.GEM, gem.id, "")], state=TrailState.PUBLISHED)
    life.retire(library, gem.id, "outdated", people.curator)
    assert [notice.words for notice in notices.listed(library, people.curator)] == ["As [name] says"]


def test_a_library_that_hides_names_from_now_on_makes_its_index_anew(make_library: Callable[..., Library]) -> None:
    before = make_library(scores_visible_to="reader")
    add_review(before, "Noor told them.", reviewee="Noor Haddani")
    assert found(before, "Noor") == 1
    assert found(make_library(scores_visible_to="reviewer"), "Noor") == 0
