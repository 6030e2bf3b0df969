"""The pages of questions: from a search to an answer, by forms alone; and what they cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asked import Desk
from browsing import Browser, page

from kb.questions import questions
from kb.values.questions import QuestionState

Browse = Callable[[str], Browser]


def only(desk: Desk, state: QuestionState | None = None) -> int:
    found, total = questions.listed(desk.library, state=state)
    assert total == 1
    return found[0].id


def test_a_search_that_finds_nothing_is_asked_with_one_click(desk: Desk, browse: Browse) -> None:
    browser = browse("reader")
    assert "Ask it as a question" in page(browser.get("/search?q=zebra+licence"))
    response = browser.post("/questions/new", data={"text": "zebra licence"})
    assert response.headers["Location"] == f"/questions/{only(desk)}"
    assert "You are told when somebody answers it" in page(browser.get(response.headers["Location"]))


def test_results_offer_to_ask_too(desk: Desk, browse: Browse) -> None:
    desk.review("The zebra licence.")
    desk.library.catch_up()
    assert "Not what you needed?" in page(browse("reader").get("/search?q=zebra"))


def test_a_search_for_everything_is_no_question(browse: Browse) -> None:
    assert "Ask it as a question" not in page(browse("reader").get("/search"))


def test_rubbish_is_said_at_the_box_and_keeps_what_was_typed(browse: Browse) -> None:
    response = browse("reader").post("/questions/new", data={"text": "?!"})
    assert response.status_code == 400
    assert "Write the question in a few words." in response.text
    assert 'value="?!"' in response.text


def test_a_reviewer_answers_on_the_page_and_who_asked_reads_it(desk: Desk, browse: Browse) -> None:
    id = desk.ask("zebra licence").id
    reviewer = browse("reviewer")
    assert "Run <em>it</em>" in page(
        reviewer.post(f"/questions/{id}/answer", data={"answer": "Run *it*", "do": "preview"})
    )
    reviewer.post(f"/questions/{id}/answer", data={"answer": "Run *it*", "gem": "", "version": "1"})
    reader = browse("reader")
    notices = page(reader.get("/notices"))
    assert "answered your question" in notices
    assert f'href="/questions/{id}"' in notices
    assert "Run <em>it</em>" in page(reader.get(f"/questions/{id}"))


def test_a_gem_is_named_by_its_address(desk: Desk, browse: Browse) -> None:
    id, gem = desk.ask("zebra licence").id, desk.gem("Of zebras")
    browse("reviewer").post(f"/questions/{id}/answer", data={"gem": f"http://localhost/gems/{gem}", "version": "1"})
    assert "Of zebras" in page(browse("reader").get(f"/questions/{id}"))


@pytest.mark.parametrize("gem", ["99", "zebra", "99999999999999999999", "-1"])
def test_a_gem_that_is_none_is_said_at_its_box(desk: Desk, browse: Browse, gem: str) -> None:
    id = desk.ask("zebra licence").id
    response = browse("reviewer").post(f"/questions/{id}/answer", data={"gem": gem, "version": "1"})
    assert response.status_code == 400
    assert 'id="f-gem-error"' in response.text


def test_an_answer_over_somebody_elses_is_a_choice_that_keeps_the_words(desk: Desk, browse: Browse) -> None:
    id = desk.ask("zebra licence").id
    browse("curator").post(f"/questions/{id}/answer", data={"answer": "First.", "version": "1"})
    response = browse("reviewer").post(f"/questions/{id}/answer", data={"answer": "Second.", "version": "1"})
    assert response.status_code == 409
    assert "Second." in response.text


def test_a_joined_question_leads_on(desk: Desk, browse: Browse) -> None:
    one, other = desk.ask("raise the export limit").id, desk.ask("export limit raise please", "second").id
    reviewer = browse("reviewer")
    assert "Others asked this: join them?" in page(reviewer.get(f"/questions/{other}"))
    reviewer.post(f"/questions/{other}/join", data={"into": str(one)})
    assert "was joined to this one" in page(reviewer.get(f"/questions/{other}", follow_redirects=True))
    reviewer.post(f"/questions/{other}/part")
    assert "Others asked this" not in page(reviewer.get(f"/questions/{other}"))


def test_a_reviewer_has_the_questions_beside_a_review_and_a_reader_has_not(desk: Desk, browse: Browse) -> None:
    desk.ask("zebra licence crossing")
    review = desk.review("The licence of the zebra crossing.")
    assert "This review may answer" in page(browse("reviewer").get(f"/reviews/{review}"))
    assert "zebra licence crossing" not in page(browse("reader").get(f"/reviews/{review}"))


def test_a_name_of_who_was_reviewed_is_kept_from_readers_in_an_answer(desk: Desk, browse: Browse) -> None:
    id = desk.ask("zebra licence crossing").id
    desk.later(hours=1)
    review = desk.review(
        "The zebra licence crossing was Maren Vogt's case.", "Maren Vogt and zebras", reviewee="Maren Vogt"
    )
    desk.look()
    browse("reviewer").post(f"/questions/{id}/proposals/review/{review}", data={"word": "answers"})
    data = {"answer": "As Maren Vogt did.", "version": str(questions.listed(desk.library)[0][0].version)}
    browse("reviewer").post(f"/questions/{id}/answer", data=data)
    assert "Maren" not in page(browse("reader").get(f"/questions/{id}"))
    assert "Maren" in page(browse("reviewer").get(f"/questions/{id}"))


def test_rubbish_in_the_address_finds_a_page_all_the_same(desk: Desk, browse: Browse) -> None:
    desk.ask("zebra licence")
    for query in ("state=nonsense", "topic=abc", "page=999999", "mine=1&state=rubbish", "state=joined"):
        page(browse("reader").get(f"/questions?{query}"))


def test_topics_are_changed_and_found_by(desk: Desk, browse: Browse) -> None:
    id = desk.ask("zebra licence").id
    with desk.library.transaction() as db:
        from kb.store import tags

        (tag,) = tags.ensure(db, ["Animals"], desk.now).values()
    reviewer = browse("reviewer")
    reviewer.post(f"/questions/{id}/topics", data={"topics": "animals"})
    assert "zebra licence" in page(reviewer.get(f"/questions?topic={tag}"))
    response = reviewer.post(f"/questions/{id}/topics", data={"topics": "Plants"})
    assert response.status_code == 400
    assert "There is no topic" in response.text


def fill(desk: Desk, count: int) -> None:
    people = ("reader", "second", "third")
    for number in range(count):
        text = f"zebra licence crossing number {number} {desk.now:%d%H}"
        for who in people[: number % 3 + 1]:
            desk.ask(text, who, named=number % 2 == 0)
        desk.ask(f"Please: {text}", "second")
    desk.later(hours=1)
    for number in range(min(count, 5)):
        desk.review(f"The zebra licence crossing number {number}.", f"Zebra {number}")
        desk.gem(f"Zebra licence crossing number {number} {desk.now:%d%H}")
    desk.look()


@pytest.mark.parametrize("path", ["/questions", "/questions?mine=yes", "/questions/1", "/reviews/1", "/notices"])
def test_a_page_takes_as_many_statements_for_many_questions_as_for_few(
    app, desk: Desk, browse: Browse, path: str
) -> None:
    served = app.extensions["kb"].library
    browser = browse("reviewer")
    counts = []
    for many in (6, 24):
        fill(desk, many)
        page(browser.get(path))
        said: list[str] = []
        served.db.conn.set_trace_callback(said.append)
        page(browser.get(path))
        served.db.conn.set_trace_callback(None)
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert counts[0] > 0
