"""Passages of gems while their reviews are edited, brought in again, thrown away, erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lifting import QUOTE, Clock, People, add_gem, add_review

from kb import notices, reviews
from kb.errors import InvalidInput, NotFound
from kb.finding import finding
from kb.gems import confirming, evidence, gems
from kb.gems import talk as gem_talk
from kb.intake import intake
from kb.library import Library
from kb.models import Draft, Evidence, Gem, GemDraft, Review, Turn


def draft_of(review: Review, **fields: object) -> Draft:
    draft = Draft(title=review.title, body=review.body, turns=review.turns, language="en", date=review.date)
    return replace(draft, **fields)  # type: ignore[arg-type]


def edit(library: Library, review_id: int, **fields: object) -> None:
    review = reviews.get(library, review_id, unmasked=True)
    reviews.edit(library, review_id, draft_of(review, **fields), version=review.version, who="ada")


def passage(library: Library, gem: Gem) -> Evidence:
    (found,) = gems.get(library, gem.id, unmasked=True).evidence
    return found


def test_a_passage_keeps_its_words_and_its_place(library: Library, people: People) -> None:
    found = passage(library, add_gem(library, people.curator))
    assert (found.quote, found.turn, found.start, found.stop) == (QUOTE, -1, 18, 41)


def test_an_edit_before_it_moves_the_passage(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    edit(library, gem.evidence[0].review_id or 0, body=f"First of all: 👩‍💻 they should {QUOTE}.")
    found = passage(library, gem)
    assert found.state == "there"
    assert reviews.get(library, found.review_id or 0, unmasked=True).body[found.start : found.stop] == QUOTE


def test_a_passage_that_moves_into_the_conversation_is_found_there(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    edit(library, gem.evidence[0].review_id or 0, body="", turns=(Turn("Hello"), Turn(f"Please {QUOTE}.")))
    assert (passage(library, gem).state, passage(library, gem).turn) == ("there", 1)


def test_words_that_were_rewritten_are_shown_as_changed_and_found_when_they_come_back(
    library: Library, people: People
) -> None:
    gem = add_gem(library, people.curator)
    review = gem.evidence[0].review_id or 0
    edit(library, review, body="They were told to run that export during the night.")
    assert (passage(library, gem).state, passage(library, gem).start) == ("changed", None)
    edit(library, review, body=f"Now again: {QUOTE}.")
    assert passage(library, gem).state == "there"


def test_words_that_are_gone_are_kept_with_the_gem(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    edit(library, gem.evidence[0].review_id or 0, body="Nothing of that.")
    assert (passage(library, gem).state, passage(library, gem).quote) == ("gone", QUOTE)


def test_bringing_a_review_in_again_moves_its_passages(library: Library, people: People, tmp_path: Path) -> None:
    file = tmp_path / "reviews.ndjson"
    line = (
        '{"id": "r1", "title": "T", "language": "en", "body": "%sPlease '
        + QUOTE
        + '.", "gems": [{"title": "G", "quote": "'
        + QUOTE
        + '"}]}'
    )
    for before in ("", "Since yesterday: "):
        file.write_text(line % before, encoding="utf-8")
        intake.ingest(library, [str(file)], intake.IntakeOptions(), who="ada")
    (gem,), _ = gems.listed(library, unmasked=True)
    assert (gem.evidence[0].state, gem.evidence[0].start) == ("there", len("Since yesterday: Please "))


def test_of_the_same_words_the_one_that_was_meant_is_cited(library: Library, people: People) -> None:
    review = add_review(library, f"One: {QUOTE}. Two: {QUOTE}.")
    gem = gems.lift(library, review.id, GemDraft("T", "", QUOTE), who="ada", publish=True, place=-1, nth=1)
    assert review.body[: gem.evidence[0].start or 0].endswith("Two: ")


def test_of_the_same_words_in_the_same_company_the_one_that_was_meant_stays_cited(
    library: Library, people: People
) -> None:
    often = f"Please {QUOTE}, again and again, whatever else they say of it. " * 5
    review = add_review(library, often)
    gem = gems.lift(library, review.id, GemDraft("T", "", QUOTE), who="ada", publish=True, place=-1, nth=2)
    before = passage(library, gem).start or 0
    edit(library, review.id, body=f"Since May. {often}")
    assert passage(library, gem).start == len("Since May. ") + before


def test_a_quote_that_stands_nowhere_is_refused(library: Library) -> None:
    review = add_review(library, "Something else.")
    with pytest.raises(InvalidInput, match="not in this review"):
        gems.lift(library, review.id, GemDraft("T", "", QUOTE), who="ada", publish=True)


@pytest.mark.parametrize(("setting", "shown"), [("keep", 1), ("drop", 0)])
def test_a_setting_says_whether_the_excerpt_of_a_trashed_review_stays(
    make_library: Callable[..., Library], setting: str, shown: int
) -> None:
    library = make_library(excerpts=setting)
    review = add_review(library, f"Please {QUOTE}.")
    gem = gems.lift(library, review.id, GemDraft("T", "", QUOTE), who="ada", publish=True)
    reviews.trash(library, [review.id], "ada")
    assert len(gems.get(library, gem.id, unmasked=True).evidence) == shown
    assert evidence.seen(library, [gem])[gem.id].reviews == shown
    reviews.restore(library, [review.id], "ada")
    assert len(gems.get(library, gem.id, unmasked=True).evidence) == 1


@pytest.mark.parametrize(("setting", "left"), [("keep", ["ask [name] to export"]), ("drop", [])])
def test_of_an_erased_review_at_most_the_words_stay_without_names(
    make_library: Callable[..., Library], clock: Clock, setting: str, left: list[str]
) -> None:
    library = make_library(excerpts=setting)
    review = add_review(library, "Please ask Noor to export.", reviewee="Noor Haddani")
    gem = gems.lift(library, review.id, GemDraft("T", "", "ask Noor to export"), who="ada", publish=True)
    reviews.trash(library, [review.id], "ada")
    clock.pass_days(91)
    assert reviews.empty_trash(library) == 1
    found = gems.get(library, gem.id, unmasked=True).evidence
    assert [passage.quote for passage in found] == left
    assert all(passage.review_id is None and not passage.before for passage in found)
    with pytest.raises(NotFound):
        reviews.get(library, review.id, unmasked=True)


def test_a_review_that_was_thrown_away_is_no_further_evidence(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    review = add_review(library, f"Again: {QUOTE}!")
    reviews.trash(library, [review.id], "ada")
    with pytest.raises(NotFound, match="was thrown away"):
        confirming.further_evidence(library, gem.id, review.id, QUOTE, people.reviewer)


def test_a_gem_says_in_how_many_reviews_it_was_seen_and_by_how_many_people(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    for reviewer in ("Maren Holt", "maren holt", "Ben Ode"):
        review = add_review(library, f"Again: {QUOTE}!", reviewer=reviewer)
        confirming.further_evidence(library, gem.id, review.id, QUOTE, people.reviewer)
    seen = evidence.seen(library, [gem])[gem.id]
    assert (seen.reviews, seen.people, seen.contradict) == (4, 2, 0)
    assert seen.last == library.now().date()


@pytest.mark.parametrize("setting", ["keep", "drop"])
def test_a_gem_names_nobody_while_its_review_is_in_the_trash(
    make_library: Callable[..., Library], setting: str
) -> None:
    library = make_library(excerpts=setting)
    review = add_review(library, f"Please {QUOTE}.", reviewee="Noor Haddani")
    gem = gems.lift(library, review.id, GemDraft("As Noor says", "Ask Noor.", QUOTE), who="ada", publish=True)
    reviews.trash(library, [review.id], "ada")
    library.catch_up()
    (hit,) = finding.search(library, "ask", unmasked=False).hits
    (listed,) = gems.listed(library, unmasked=False)[0]
    for seen in (hit, listed, gems.get(library, gem.id, unmasked=False)):
        assert "Noor" not in repr(seen)
    assert finding.search(library, "Noor", unmasked=False).total == 0


def test_a_gem_is_not_found_by_the_words_of_a_review_in_the_trash(library: Library) -> None:
    review = add_review(library, f"Please {QUOTE}.")
    gems.lift(library, review.id, GemDraft("Title", "Body", QUOTE), who="ada", publish=True)
    library.catch_up()
    assert finding.search(library, "night", unmasked=True).total == 2
    reviews.trash(library, [review.id], "ada")
    library.catch_up()
    assert finding.search(library, "night", unmasked=True).total == 0


def test_beside_a_review_a_gems_title_names_nobody_of_its_other_reviews(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator, title="As Noor says")
    other = add_review(library, f"Again: {QUOTE}!", reviewee="Kim Berg")
    confirming.further_evidence(library, gem.id, other.id, QUOTE, people.reviewer)
    ((_, title, _),) = reviews.page(library, other.id, unmasked=False).passages
    assert title == "As [name] says"


def test_what_was_said_under_a_gem_names_nobody_when_its_review_is_erased(
    library: Library, people: People, clock: Clock
) -> None:
    gem = add_gem(library, people.curator)
    gem_talk.say(library, gem.id, "Noor found it, @reader", people.reviewer)
    gem_talk.vote(library, gem.id, people.reviewer, worked=True, word="as Noor did")
    reviews.trash(library, [passage.review_id for passage in gem.evidence if passage.review_id], "ada")
    clock.pass_days(91)
    assert reviews.empty_trash(library) == 1
    talk = gem_talk.of(library, gems.get(library, gem.id, unmasked=True), people.reader, unmasked=False)
    assert (talk.comments[0].body, talk.votes[0].word) == ("[name] found it, @reader", "as [name] did")
    assert [notice.words for notice in notices.listed(library, people.reader)] == ["[name] found it, @reader"]
