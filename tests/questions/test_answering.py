"""Answers close a question, those who asked are told; what comes in later is proposed; time closes what nobody asks."""

from __future__ import annotations

import pytest
from asked import Desk

from kb import keeping, notices, reviews
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.gems import merging
from kb.questions import answering, asking, joining, matching, questions, upkeep
from kb.questions.answering import Answer
from kb.store import asks, subscriptions, tags
from kb.values.questions import QuestionState


def told(desk: Desk, who: str) -> list[tuple[str, str]]:
    return [(one.kind, one.title) for one in notices.listed(desk.library, desk.people[who])]


def test_a_written_answer_closes_it_and_tells_everybody_who_asked(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    desk.ask("Export fails", "second", named=True)
    done = answering.answer(desk.library, asked.id, Answer("Run it *by night*."), desk.people["reviewer"])
    assert (done.state, done.answer, done.answered_by) == (
        QuestionState.ANSWERED,
        "Run it *by night*.",
        "Rosa Reviewer",
    )
    for who in ("reader", "second"):
        assert told(desk, who) == [("question answered", "Exports failing?")]
    assert told(desk, "third") == []


def test_a_gem_answers(desk: Desk) -> None:
    asked, gem = desk.ask("Exports failing?"), desk.gem("Run the export by night")
    answering.answer(desk.library, asked.id, Answer(gem_id=gem), desk.people["reviewer"])
    page = questions.page(desk.library, questions.get(desk.library, asked.id, member=desk.people["reader"]),
                          desk.people["reader"], unmasked=False)  # fmt: skip
    assert page.gem is not None
    assert page.gem.title == "Run the export by night"


def test_a_gem_that_readers_do_not_see_is_no_answer(desk: Desk) -> None:
    asked, gem = desk.ask("Exports failing?"), desk.gem("Run the export by night", publish=False)
    with pytest.raises(InvalidInput, match="published"):
        answering.answer(desk.library, asked.id, Answer(gem_id=gem), desk.people["reviewer"])


def test_an_empty_answer_is_refused(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    with pytest.raises(InvalidInput, match="Write the answer"):
        answering.answer(desk.library, asked.id, Answer("  "), desk.people["reviewer"])


def test_readers_do_not_write_answers(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    with pytest.raises(NotAllowed):
        answering.answer(desk.library, asked.id, Answer("So."), desk.people["reader"])


def test_an_answer_that_was_begun_from_an_older_state_is_not_written_over_another(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    answering.answer(desk.library, asked.id, Answer("One."), desk.people["reviewer"], version=asked.version)
    with pytest.raises(Conflict):
        answering.answer(desk.library, asked.id, Answer("Two."), desk.people["curator"], version=asked.version)


def test_undoing_an_answer_takes_back_what_was_told_and_not_read(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    answering.answer(desk.library, asked.id, Answer("So."), desk.people["reviewer"])
    again = answering.reopen(desk.library, asked.id, desk.people["reviewer"], undo=True)
    assert (again.state, again.answer, told(desk, "reader")) == (QuestionState.OPEN, "", [])
    assert [change.action for change in questions.past(desk.library, asked.id)] == ["opened again", "answered", "asked"]


def test_who_finds_the_answer_wanting_asks_again_and_the_answer_stays_beside_it(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    answering.answer(desk.library, asked.id, Answer("So."), desk.people["reviewer"])
    again = asking.me_too(desk.library, asked.id, desk.people["second"], named=False)
    assert (again.state, again.answer, again.asked) == (QuestionState.OPEN, "So.", 2)


def test_the_words_of_a_closed_question_open_it_again(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    desk.later(days=91)
    upkeep.run(desk.library)
    again = desk.ask("exports failing", "second")
    assert (again.id, again.state, again.asked) == (asked.id, QuestionState.OPEN, 2)


def test_closing_needs_a_reason_and_is_undone(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    with pytest.raises(InvalidInput):
        answering.close(desk.library, asked.id, " ", desk.people["reviewer"])
    answering.close(desk.library, asked.id, "The product is gone.", desk.people["reviewer"])
    assert told(desk, "reader") == [("question closed", "Exports failing?")]
    assert answering.reopen(desk.library, asked.id, desk.people["reader"]).state is QuestionState.OPEN


def test_a_review_that_comes_in_later_is_proposed_and_who_asked_is_told_once(desk: Desk) -> None:
    desk.review("Sandbox refresh keeps the old license, nothing helps.")
    desk.library.catch_up()
    asked = desk.ask("sandbox refresh license")
    desk.look()
    assert questions.get(desk.library, asked.id, member=desk.people["reader"]).proposals == 0
    desk.later(hours=1)
    review = desk.review("After the sandbox refresh the license came back when they signed in again.")
    assert desk.look() == 1
    assert asks.proposed(desk.library.db, asked.id, 5) == [("review", review)]
    desk.later(hours=1)
    desk.review("Another sandbox refresh with a lost license.")
    assert desk.look() == 0
    assert told(desk, "reader") == [("question may be answered", "sandbox refresh license")]


def test_a_gem_that_is_published_later_is_proposed(desk: Desk) -> None:
    asked = desk.ask("sandbox refresh license")
    desk.later(hours=1)
    gem = desk.gem("A sandbox refresh loses its license: sign in again")
    desk.look()
    assert ("gem", gem) in asks.proposed(desk.library.db, asked.id, 5)


def test_what_has_most_words_of_a_long_question_is_proposed(desk: Desk) -> None:
    asked = desk.ask("How can customers restore a deleted dashboard after the sandbox refresh?")
    desk.later(hours=1)
    review = desk.review("A deleted dashboard came back after the sandbox refresh; customers see it in the archive.")
    desk.review("A dashboard was slow for customers.")
    desk.look()
    assert asks.proposed(desk.library.db, asked.id, 5) == [("review", review)]


def test_who_asked_takes_a_proposal_as_the_answer(desk: Desk) -> None:
    asked = desk.ask("sandbox refresh license")
    desk.later(hours=1)
    gem = desk.gem("A sandbox refresh loses its license: sign in again")
    desk.look()
    done = answering.accept(desk.library, asked.id, "gem", gem, desk.people["reader"])
    assert (done.state, done.gem_id) == (QuestionState.ANSWERED, gem)


def test_what_was_refused_is_not_proposed_again_unless_that_is_undone(desk: Desk) -> None:
    asked = desk.ask("sandbox refresh license")
    desk.later(hours=1)
    review = desk.review("After the sandbox refresh the license came back.")
    desk.look()
    answering.refuse(desk.library, asked.id, "review", review, desk.people["reviewer"])
    assert asks.proposed(desk.library.db, asked.id, 5) == []
    answering.refuse(desk.library, asked.id, "review", review, desk.people["reviewer"], back=True)
    assert asks.proposed(desk.library.db, asked.id, 5) == [("review", review)]


def test_nobody_takes_what_was_never_proposed(desk: Desk) -> None:
    asked, gem = desk.ask("sandbox refresh license"), desk.gem("Something else")
    with pytest.raises(NotFound):
        answering.accept(desk.library, asked.id, "gem", gem, desk.people["reviewer"])


def test_a_stale_question_closes_by_itself_and_who_asked_is_told(desk: Desk) -> None:
    old = desk.ask("Exports failing?")
    desk.later(days=60)
    asking.me_too(desk.library, desk.ask("sandbox license").id, desk.people["second"], named=False)
    desk.later(days=31)
    assert upkeep.run(desk.library) == 1
    assert upkeep.run(desk.library) == 0
    closed = questions.get(desk.library, old.id, member=desk.people["reader"])
    assert (closed.state, closed.closed_for) == (QuestionState.CLOSED, "stale")
    assert told(desk, "reader") == [("question stale", "Exports failing?")]


def test_asking_it_again_keeps_it_open(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    desk.later(days=60)
    desk.ask("Exports failing?", "second")
    desk.later(days=60)
    assert upkeep.run(desk.library) == 0
    assert questions.get(desk.library, asked.id, member=desk.people["reader"]).state is QuestionState.OPEN


def test_erasing_a_review_leaves_the_question_that_it_answered(desk: Desk) -> None:
    asked = desk.ask("sandbox refresh license")
    desk.later(hours=1)
    review = desk.review("After the sandbox refresh the license came back.")
    desk.look()
    answering.accept(desk.library, asked.id, "review", review, desk.people["reviewer"])
    reviews.trash(desk.library, [review], "Rosa")
    desk.later(days=100)
    reviews.empty_trash(desk.library)
    assert questions.get(desk.library, asked.id, member=desk.people["reader"]).review_id is None


def test_a_review_has_the_open_questions_beside_it_that_it_may_answer_first(desk: Desk) -> None:
    for number in range(3):
        desk.ask(f"billing address number {number}", "second")
    wanted = desk.ask("sandbox refresh license")
    review = reviews.get(
        desk.library, desk.review("After the sandbox refreshes the licenses came back."), unmasked=True
    )
    matching, others = questions.for_review(desk.library, review)
    assert [one.id for one in matching] == [wanted.id]
    assert len(others) == 3


def test_a_member_is_offered_the_questions_of_their_topics_first_and_never_their_own(desk: Desk) -> None:
    with desk.library.transaction() as db:
        ids = tags.ensure(db, ["Sandbox"], desk.now)
        subscriptions.set_tags(db, "follows", desk.people["reviewer"].id, ids.values())
    desk.ask("billing address", "second")
    desk.ask("billing address", "third")
    followed = desk.ask("sandbox license")
    own = desk.ask("my own question", "reviewer")
    found = questions.for_member(desk.library, desk.people["reviewer"], 5)
    assert found[0].id == followed.id
    assert own.id not in {one.id for one in found}
    assert questions.for_member(desk.library, desk.people["reader"], 5) == []


def test_a_look_that_was_broken_off_goes_on_and_misses_nothing_that_came_meanwhile(desk: Desk) -> None:
    asked = [desk.ask(f"sandbox license {word}").id for word in ("alpha", "beta", "gamma")]
    desk.later(hours=1)
    first = desk.review("sandbox license alpha beta gamma")
    desk.library.catch_up()
    assert matching.catch_up(desk.library, limit_seconds=-1) == 0
    second = desk.review("again: sandbox license alpha beta gamma")
    desk.library.catch_up()
    matching.catch_up(desk.library)
    matching.catch_up(desk.library)
    for id in asked:
        assert set(asks.proposed(desk.library.db, id, 5)) == {("review", first), ("review", second)}


def test_the_answer_of_a_gem_that_was_merged_is_the_one_that_it_went_into(desk: Desk) -> None:
    asked, gone, kept = desk.ask("Exports failing?"), desk.gem("Export by night"), desk.gem("Schedule exports")
    answering.answer(desk.library, asked.id, Answer(gem_id=gone), desk.people["reviewer"])
    merging.merge(desk.library, gone, kept, desk.people["curator"])
    question = questions.get(desk.library, asked.id, member=desk.people["reader"])
    page = questions.page(desk.library, question, desk.people["reader"], unmasked=False)
    assert page.gem is not None
    assert page.gem.id == kept


def test_rubbish_is_erased_in_time_with_what_was_joined_to_it(desk: Desk) -> None:
    asked, other = desk.ask("buy cheap watches"), desk.ask("cheap watches to buy", "second")
    joining.join(desk.library, other.id, asked.id, desk.people["reviewer"])
    joining.keep_apart(desk.library, asked.id, desk.ask("watches", "third").id, desk.people["reviewer"])
    questions.throw_away(desk.library, asked.id, desk.people["curator"])
    desk.later(days=89)
    assert upkeep.erase_rubbish(desk.library) == 0
    desk.later(days=2)
    assert upkeep.erase_rubbish(desk.library) == 2
    assert questions.past(desk.library, asked.id) == []
    assert [one.text for one in questions.listed(desk.library)[0]] == ["watches"]
    assert keeping.examine(desk.library)[0].wrong is False


def test_an_answer_names_nobody_when_the_review_that_it_points_to_is_erased(desk: Desk) -> None:
    asked, review = desk.ask("Exports failing?"), desk.review("By night.", reviewee="Noor Haddani")
    answering.answer(desk.library, asked.id, Answer("As Noor did.", review_id=review), desk.people["reviewer"])
    reviews.trash(desk.library, [review], "ada")
    desk.later(days=91)
    assert reviews.empty_trash(desk.library) == 1
    question = questions.get(desk.library, asked.id, member=desk.people["reader"])
    shown = questions.page(desk.library, question, desk.people["reader"], unmasked=False).question
    assert (shown.review_id, shown.answer) == (None, "As [name] did.")
