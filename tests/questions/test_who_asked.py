"""Who asked without their name is shown to nobody: on no page, in no source, API, export, history or log of notices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from asked import Desk
from browsing import Browser, page
from flask import Flask

from kb import exporting
from kb.questions import answering, asking, joining, questions, upkeep
from kb.questions.answering import Answer
from kb.store import asks
from kb.values.questions import QuestionState

Browse = Callable[[str], Browser]
ASKER = "Sanna Second"
TEXT = "zebra crossing licence"
OTHERS = ["reader", "reviewer", "curator", "admin"]


@pytest.fixture
def lived(desk: Desk) -> int:
    """A question that one member asked without a name, and that everything was done to that can be."""
    asked = desk.ask(TEXT, "second")
    second, reviewer = desk.people["second"], desk.people["reviewer"]
    other = desk.ask("licence of a zebra crossing", "second")
    joining.join(desk.library, other.id, asked.id, second)
    joining.part(desk.library, other.id, second)
    joining.join(desk.library, other.id, asked.id, second)
    asking.withdraw(desk.library, asked.id, second)
    desk.ask(TEXT, "second")
    answering.answer(desk.library, asked.id, Answer("So."), reviewer)
    answering.reopen(desk.library, asked.id, second)
    desk.later(hours=1)
    gem = desk.gem("The licence of the zebra crossing")
    desk.look()
    answering.accept(desk.library, asked.id, "gem", gem, second)
    return asked.id


def everything(app: Flask) -> list[str]:
    """Every address that is read and needs no number but a question's, a review's or a gem's."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "static"]
    paths = [rule.rule for rule in rules if set(rule.arguments) <= {"id"} and "sign" not in rule.rule]
    return sorted(path.replace("<int:id>", "1") for path in paths)


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_and_no_api_names_them(app: Flask, lived: int, browse: Browse, who: str) -> None:
    browser = browse(who)
    found = {}
    for path in [*everything(app), f"/questions/{lived}", "/questions?state=answered", f"/search?q={TEXT.replace(' ', '+')}",
                 f"/api/v1/search?q={TEXT.replace(' ', '+')}"]:  # fmt: skip
        response = browser.get(path)
        if path not in ("/members", "/tags/1/edit", "/gems/due"):  # these list everybody
            found[path] = ASKER in response.text or "second@kb.example" in response.text
    assert [path for path, named in found.items() if named] == []
    assert len(found) > 25


@pytest.mark.parametrize("who", OTHERS)
def test_asking_without_a_name_looks_the_same_to_others_as_somebody_else_asking(
    desk: Desk, browse: Browse, who: str
) -> None:
    one = desk.ask("alpha beta", "second")
    other = desk.ask("gamma delta", "third")
    texts = [page(browse(who).get(f"/questions/{id}")) for id in (one.id, other.id)]
    assert [ASKER in text or "Timo Third" in text for text in texts] == [False, False]


def test_they_themselves_see_that_they_asked_and_are_told(lived: int, browse: Browse) -> None:
    browser = browse("second")
    assert "zebra" in page(browser.get("/questions?mine=yes"))
    assert "without your name" not in page(browser.get(f"/questions/{lived}"))  # answered: nothing to take back


def test_they_see_on_an_open_question_that_they_ask_it_without_their_name(desk: Desk, browse: Browse) -> None:
    asked = desk.ask(TEXT, "second")
    assert "without your name" in page(browse("second").get(f"/questions/{asked.id}"))
    assert "without your name" not in page(browse("admin").get(f"/questions/{asked.id}"))


def test_who_asks_with_their_name_is_named(desk: Desk, browse: Browse) -> None:
    asked = desk.ask(TEXT, "second", named=True)
    desk.ask(TEXT, "third")
    text = page(browse("reader").get(f"/questions/{asked.id}"))
    assert ASKER in text
    assert "Timo Third" not in text


def test_the_history_names_nobody_who_asked_so(desk: Desk, lived: int) -> None:
    assert {change.who for change in questions.past(desk.library, lived)} == {"", "Rosa Reviewer"}


def test_a_reader_who_takes_an_answer_is_not_named_as_who_answered(desk: Desk, lived: int) -> None:
    answered = questions.get(desk.library, lived, member=desk.people["admin"])
    assert (answered.answered_by, answered.answered_by_id) == ("", None)


def test_the_list_of_mine_is_of_nobody_else_whatever_the_address_says(desk: Desk, browse: Browse) -> None:
    desk.ask(TEXT, "second")
    member = desk.people["second"].id
    for extra in (f"&member={member}", f"&asked_by={member}", f"&who={member}"):
        assert TEXT not in page(browse("admin").get(f"/questions?mine=yes{extra}"))


def test_an_export_holds_no_asker(desk: Desk, lived: int, tmp_path: Path) -> None:
    exporting.export(desk.library, tmp_path / "out")
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert ASKER not in written
    assert "second@kb.example" not in written


def test_no_cache_keeps_a_page_of_questions(desk: Desk, browse: Browse) -> None:
    asked = desk.ask(TEXT, "second")
    for path in (f"/questions/{asked.id}", "/questions?mine=yes", "/notices"):
        assert "no-store" in browse("second").get(path).headers["Cache-Control"]


def test_a_month_after_the_end_nothing_ties_them_to_it_any_more(desk: Desk, lived: int) -> None:
    desk.ask("another question", "second")
    desk.later(days=31)
    upkeep.run(desk.library)
    assert asks.members_of(desk.library.db, lived) == []
    notices = desk.library.db.execute("SELECT count(*) FROM notices WHERE type = 'question'").fetchone()[0]
    assert notices == 0
    kept = questions.get(desk.library, lived, member=desk.people["admin"])
    assert (kept.state, kept.asked) == (QuestionState.ANSWERED, 1)
    open_one = questions.listed(desk.library, state=QuestionState.OPEN)[0][0]
    assert asks.members_of(desk.library.db, open_one.id) == [desk.people["second"].id]


def test_who_asked_with_their_name_stays(desk: Desk) -> None:
    asked = desk.ask(TEXT, "second", named=True)
    answering.answer(desk.library, asked.id, Answer("So."), desk.people["reviewer"])
    desk.later(days=31)
    upkeep.run(desk.library)
    assert asks.names(desk.library.db, asked.id) == [ASKER]
