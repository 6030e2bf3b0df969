"""What others typed names nobody whose work is reviewed, to whom names are hidden."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asked import Desk
from browsing import Browser, page
from flask import Flask

from kb.digest import contents, editions
from kb.finding import searches
from kb.privacy import mask_in_full
from kb.questions import joining, questions
from kb.weeks import Week

Browse = Callable[[str], Browser]
TYPED = "What did Maren Vogt say about exports?"
SHOWN = "What did [name] say about exports?"


@pytest.fixture
def asked(desk: Desk) -> int:
    desk.review("It was about exports.", reviewee="Maren Vogt")
    return desk.ask(TYPED, "second", topics=()).id


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("what does maren vogt do", "what does [name] do"),
        ("Vogt, Maren: exports", "[name]: exports"),
        ("maren.vogt@kb.example", "[name]@kb.example"),
        ("Vogtland, Maren Vogts Frage", "Vogtland, [name]s Frage"),
        ("MAREN  VOGT's and marenvogt@x.example", "[name]'s and [name]@x.example"),
        ("exports of Maren", "exports of Maren"),
        ("Will it work? Ask Will.", "[name] it work? Ask [name]."),
        ("will it work", "will it work"),
        ("如月陽人さんの件", "[name]さんの件"),
        ("ann@kb.example wrote", "[name] wrote"),
    ],
)
def test_a_name_is_taken_out_where_it_stands_whole(typed: str, shown: str) -> None:
    assert mask_in_full(typed, ["Maren Vogt", "Will", "如月陽人", "ann@kb.example"]) == shown


def test_readers_do_not_see_of_whom_a_question_is_and_reviewers_do(desk: Desk, browse: Browse, asked: int) -> None:
    topic = desk.review("More exports.", tags=("exports",))
    other = desk.ask("Whose exports did Maren Vogt see?", "third", topics=("exports",)).id
    joined = desk.ask("Did Vogt, Maren see no exports of anybody?", "third").id
    joining.join(desk.library, joined, asked, desk.people["curator"])
    desk.ask(TYPED.upper(), "third")
    for address in ("/questions", f"/questions/{asked}", f"/questions/{other}", "/tags/1", "/notices"):
        read = browse("reader").get(address, follow_redirects=True).text
        assert "maren" not in read.casefold(), address
    assert SHOWN in page(browse("reader").get("/questions"))
    assert TYPED in page(browse("reviewer").get("/questions"))
    assert TYPED in page(browse("reviewer").get(f"/reviews/{topic}"))


def test_a_notice_of_a_question_names_nobody(desk: Desk, browse: Browse, asked: int) -> None:
    browse("reviewer").post(f"/questions/{asked}/close", data={"word": "Ask them."})
    assert "what did [name] say" in page(browse("second").get("/notices")).casefold()


def test_the_weekly_edition_names_nobody(desk: Desk, asked: int) -> None:
    desk.ask(TYPED, "third")
    edition = editions.draft(desk.library, Week.of(desk.now, desk.library.zone), "Chris").edition
    told = contents.of_edition(desk.library, edition)
    assert [one.text for one in told.questions] == [SHOWN]


def test_what_is_not_found_is_kept_without_the_name(app: Flask, desk: Desk, browse: Browse, asked: int) -> None:
    for words in ("maren vogt zirkvqx", "Vogt, Maren zirkvqx"):
        page(browse("reader").get("/search", query_string={"q": words}))
    served = app.extensions["kb"]
    served.searches.save(served.library)
    assert [(one.text, one.asked) for one in searches.missing(served.library)[0]] == [("[name] zirkvqx", 2)]


def test_who_does_not_say_whether_names_may_be_seen_gets_none(desk: Desk, asked: int) -> None:
    assert [one.text for one in questions.listed(desk.library)[0]] == [SHOWN]
