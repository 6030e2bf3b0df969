"""An open question is put into other words: who may, what follows, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asked import Desk
from browsing import Browser, page

from kb.errors import Conflict, InvalidInput, NotAllowed
from kb.questions import answering, asking, questions, rewording

OLD, NEW = "Widget fails?", "Why does the zebra import stop?"


def seen(desk: Desk, id: int, who: str = "reviewer") -> questions.QuestionPage:
    member = desk.people[who]
    return questions.page(desk.library, questions.get(desk.library, id, member=member), member, unmasked=True)


def test_new_words_find_what_may_answer_and_the_same_words_join_it(desk: Desk) -> None:
    gem = desk.gem("The zebra import stops at night")
    asked = desk.ask(OLD)
    desk.look()
    assert seen(desk, asked.id).gems == []
    after = rewording.reword(desk.library, asked.id, NEW, desk.people["curator"], version=asked.version)
    assert (after.text, after.asked) == (NEW, 1)
    assert [one.id for one in seen(desk, asked.id).gems] == [gem]
    assert desk.ask("why does the zebra import stop", "second").id == asked.id


def test_what_was_proposed_for_the_old_words_gives_way_but_a_verdict_stays(desk: Desk) -> None:
    asked = desk.ask("zebra import")
    desk.later(hours=1)
    refused, other = desk.gem("zebra import by night"), desk.gem("zebra import by day")
    desk.look()
    answering.refuse(desk.library, asked.id, "gem", refused, desk.people["reviewer"])
    assert [one.id for one in seen(desk, asked.id).gems] == [other]
    rewording.reword(desk.library, asked.id, "giraffe", desk.people["curator"])
    assert seen(desk, asked.id).gems == []
    rewording.undo(desk.library, asked.id, desk.people["curator"])
    assert [one.id for one in seen(desk, asked.id).gems] == [other]


def test_undo_brings_the_words_back_and_the_history_keeps_both(desk: Desk) -> None:
    asked = desk.ask(OLD)
    rewording.reword(desk.library, asked.id, NEW, desk.people["curator"])
    assert rewording.undo(desk.library, asked.id, desk.people["curator"]).text == OLD
    deeds = [change.fields["question"] for change in questions.past(desk.library, asked.id) if change.fields]
    assert deeds == [(NEW, OLD), (OLD, NEW)]


def test_undo_does_not_take_back_what_another_wrote_since(desk: Desk) -> None:
    asked = desk.ask(OLD)
    with pytest.raises(Conflict, match="other words"):
        rewording.undo(desk.library, asked.id, desk.people["curator"])


def test_those_who_asked_in_its_words_are_not_said_to_have_used_others(desk: Desk) -> None:
    asked = desk.ask(OLD)
    asking.me_too(desk.library, asked.id, desk.people["second"], named=False)
    rewording.reword(desk.library, asked.id, NEW, desk.people["curator"])
    assert seen(desk, asked.id).wordings == []


def test_who_alone_asked_may_and_stays_without_a_name(desk: Desk) -> None:
    asked = desk.ask(OLD)
    rewording.reword(desk.library, asked.id, NEW, desk.people["reader"])
    assert {change.who for change in questions.past(desk.library, asked.id)} == {""}


@pytest.mark.parametrize("who", ["second", "reviewer"])
def test_others_may_not(desk: Desk, who: str) -> None:
    with pytest.raises(NotAllowed, match="curators"):
        rewording.reword(desk.library, desk.ask(OLD).id, NEW, desk.people[who])


def test_what_others_ask_too_is_for_curators_to_change(desk: Desk) -> None:
    asked = desk.ask(OLD)
    asking.me_too(desk.library, asked.id, desk.people["second"], named=True)
    with pytest.raises(NotAllowed):
        rewording.reword(desk.library, asked.id, NEW, desk.people["reader"])


def test_two_open_questions_never_come_to_the_same_words(desk: Desk) -> None:
    first, second = desk.ask(NEW), desk.ask(OLD)
    with pytest.raises(Conflict, match=f"Question {first.id} asks just that"):
        rewording.reword(desk.library, second.id, NEW, desk.people["curator"])


def test_an_answered_question_keeps_its_words(desk: Desk) -> None:
    asked = desk.ask(OLD)
    answering.answer(desk.library, asked.id, answering.Answer("So."), desk.people["reviewer"])
    with pytest.raises(Conflict, match="open"):
        rewording.reword(desk.library, asked.id, NEW, desk.people["curator"])


@pytest.mark.parametrize("text", ["", " ", "???", "x" * 501], ids=["empty", "blank", "signs", "long"])
def test_what_is_no_question_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidInput, match="question"):
        rewording.reword(desk.library, desk.ask(OLD).id, text, desk.people["curator"])


def test_the_page_saves_undoes_and_keeps_what_was_typed_when_somebody_was_quicker(
    desk: Desk, browse: Callable[[str], Browser]
) -> None:
    asked, curator = desk.ask(OLD), browse("curator")
    assert "Put it into other words" in page(curator.get(f"/questions/{asked.id}"))
    assert "Put it into other words" not in page(browse("reviewer").get(f"/questions/{asked.id}"))
    data = {"text": NEW, "version": asked.version}
    assert NEW in page(curator.post(f"/questions/{asked.id}/words", data=data, follow_redirects=True))
    late = curator.post(f"/questions/{asked.id}/words", data={"text": "Mine", "version": asked.version})
    assert late.status_code == 409
    assert "Mine</textarea>" in late.text
    text = page(curator.post(f"/questions/{asked.id}/words/back", follow_redirects=True))
    assert f">{OLD}</h1>" in text
