"""Asking: one click, joined with the same, split and parted again, taken back."""

from __future__ import annotations

import pytest
from asked import Desk

from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.questions import answering, asking, joining, questions, wording
from kb.store import tags
from kb.values.questions import QuestionState


def test_a_question_is_open_and_counted(desk: Desk) -> None:
    asked = desk.ask("How do I raise the export limit?")
    assert (asked.state, asked.asked, asked.language) == (QuestionState.OPEN, 1, "en")
    assert questions.listed(desk.library, state=QuestionState.OPEN)[0] == [asked]


@pytest.mark.parametrize("text", ["", "  \n ", "???", "x" * 501], ids=["empty", "blank", "signs", "long"])
def test_what_is_no_question_is_refused_with_a_sentence(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidInput, match="question"):
        desk.ask(text)


def test_the_same_words_of_another_member_are_one_question(desk: Desk) -> None:
    first = desk.ask("Exports failing?")
    second = desk.ask("export  fails", "second")
    assert (second.id, second.asked) == (first.id, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SSO works with Okta", "SSO does not work with Okta"),
        ("migrate from Okta to Azure", "migrate from Azure to Okta"),
        ("export limit", "import limit"),
    ],
    ids=["not", "order", "word"],
)
def test_what_only_sounds_the_same_stays_two(desk: Desk, one: str, other: str) -> None:
    assert desk.ask(one).id != desk.ask(other, "second").id


def test_asking_twice_counts_once(desk: Desk) -> None:
    desk.ask("Exports failing?")
    again = asking.ask(desk.library, "Exports failing?", desk.people["reader"], named=False)
    assert (again.how, again.question.asked) == ("known", 1)


def test_a_question_that_was_answered_shows_its_answer_instead_of_being_asked_again(desk: Desk) -> None:
    first = desk.ask("Exports failing?")
    answering.answer(desk.library, first.id, answering.Answer("By night."), desk.people["reviewer"])
    again = asking.ask(desk.library, "Export fails?", desk.people["second"], named=False)
    assert (again.how, again.question.id, again.question.asked) == ("answered", first.id, 1)


def test_a_question_comes_under_the_topics_that_were_chosen_and_those_that_it_names(desk: Desk) -> None:
    with desk.library.transaction() as db:
        tags.ensure(db, ["GDPR", "Export", "Billing"], desk.now)
    asked = desk.ask("Is the export complete?", topics=("GDPR",))
    assert [tag.name for tag in asked.tags] == ["Export", "GDPR"]
    assert questions.open_for_topic(desk.library, asked.tags[0].id, 5)[0].id == asked.id


def test_words_that_were_joined_by_themselves_are_split_by_who_asked_so(desk: Desk) -> None:
    first = desk.ask("Exports failing?")
    desk.ask("Export fails", "second")
    wording_of_second = questions.page(desk.library, first, desk.people["second"], unmasked=False).wordings[0]
    own = asking.split(desk.library, first.id, wording_of_second.ask_id, desk.people["second"])
    assert (own.text, own.asked, own.state) == ("Export fails", 1, QuestionState.OPEN)
    assert questions.get(desk.library, first.id, member=desk.people["reader"]).asked == 1
    assert desk.ask("export FAILS", "third").id == first.id


def test_nobody_else_splits_them_but_a_curator(desk: Desk) -> None:
    first = desk.ask("Exports failing?")
    desk.ask("Export fails", "second")
    ask_id = questions.page(desk.library, first, desk.people["third"], unmasked=False).wordings[0].ask_id
    with pytest.raises(NotAllowed):
        asking.split(desk.library, first.id, ask_id, desk.people["reviewer"])
    assert asking.split(desk.library, first.id, ask_id, desk.people["curator"]).asked == 1


def test_taking_the_last_ask_back_closes_the_question(desk: Desk) -> None:
    asked = desk.ask("Exports failing?")
    left = asking.withdraw(desk.library, asked.id, desk.people["reader"])
    assert (left.state, left.closed_for, left.asked) == (QuestionState.CLOSED, "withdrawn", 0)
    with pytest.raises(NotFound):
        asking.withdraw(desk.library, asked.id, desk.people["reader"])


def test_alike_questions_are_proposed_and_joined_with_their_counts(desk: Desk) -> None:
    one = desk.ask("How do I raise the export limit in Reports?")
    other = desk.ask("Raise the limit for exports", "second")
    desk.ask("Raise the limit for exports", "third")
    assert [found.id for found in questions.alike(desk.library, one)] == [other.id]
    kept = joining.join(desk.library, other.id, one.id, desk.people["reviewer"])
    assert (kept.id, kept.asked) == (one.id, 3)
    assert questions.get(desk.library, other.id, member=desk.people["reader"]).id == one.id


def test_who_asked_both_is_counted_once(desk: Desk) -> None:
    one, other = desk.ask("How do I raise the export limit?"), desk.ask("Raise the limit of an export")
    assert joining.join(desk.library, other.id, one.id, desk.people["reader"]).asked == 1


def test_parting_gives_each_its_askers_back_also_through_two_joins(desk: Desk) -> None:
    a, b, c = desk.ask("alpha beta"), desk.ask("beta gamma", "second"), desk.ask("gamma delta", "third")
    reviewer = desk.people["reviewer"]
    joining.join(desk.library, a.id, b.id, reviewer)
    assert joining.join(desk.library, b.id, c.id, reviewer).asked == 3
    parted = joining.part(desk.library, b.id, reviewer)
    assert parted.asked == 2
    assert questions.get(desk.library, c.id, member=reviewer).asked == 1
    assert questions.get(desk.library, a.id, member=reviewer).id == b.id
    assert joining.part(desk.library, a.id, reviewer).asked == 1


def test_questions_that_were_parted_or_kept_apart_are_not_proposed_again(desk: Desk) -> None:
    one, other = desk.ask("raise the export limit"), desk.ask("export limit raise now", "second")
    joining.join(desk.library, other.id, one.id, desk.people["reviewer"])
    joining.part(desk.library, other.id, desk.people["reviewer"])
    assert questions.alike(desk.library, one) == []
    joining.keep_apart(desk.library, one.id, other.id, desk.people["reviewer"], back=True)
    assert [found.id for found in questions.alike(desk.library, one)] == [other.id]


def test_who_has_no_part_in_it_joins_nothing(desk: Desk) -> None:
    one, other = desk.ask("alpha beta"), desk.ask("beta gamma", "second")
    with pytest.raises(NotAllowed):
        joining.join(desk.library, one.id, other.id, desk.people["third"])


def test_a_question_is_not_joined_to_itself_or_to_one_that_is_closed(desk: Desk) -> None:
    one, other = desk.ask("alpha beta"), desk.ask("beta gamma", "second")
    answering.close(desk.library, other.id, "not ours", desk.people["reviewer"])
    for into in (one.id, other.id):
        with pytest.raises(Conflict):
            joining.join(desk.library, one.id, into, desk.people["reviewer"])


def test_rubbish_is_seen_by_curators_only_and_comes_back_as_it_was(desk: Desk) -> None:
    asked = desk.ask("buy cheap watches")
    questions.throw_away(desk.library, asked.id, desk.people["curator"])
    with pytest.raises(NotFound):
        questions.get(desk.library, asked.id, member=desk.people["reviewer"])
    assert questions.listed(desk.library)[1] == 1
    assert questions.listed(desk.library, state=QuestionState.OPEN)[1] == 0
    questions.bring_back(desk.library, asked.id, desk.people["curator"])
    assert questions.get(desk.library, asked.id, member=desk.people["reader"]).state is QuestionState.OPEN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("エクスポートの制限は?", "エクスポートの制限は", True),
        ("Wie kann ich die Kündigung zurücknehmen", "wie kann ich die Kuendigung zurücknehmen?", True),
        ("c++ crash", "c crash", False),
        ("...", "!!!", False),
    ],
    ids=["japanese", "umlaut", "sign", "nothing"],
)
def test_what_counts_as_the_same_words(one: str, other: str, same: bool) -> None:
    keys = [wording.key_of(text, wording.language_of(text)) for text in (one, other)]
    assert (keys[0] == keys[1]) is same
