"""The review form: from what was typed to a draft, and back without a loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from kb.models import Answer, Draft, Feedback, Kind, Review, Turn
from kb.web import review_form

ZONE = ZoneInfo("Europe/Berlin")
REVIEW = Review(
    id=1,
    kind=Kind.CALL,
    title="A title",
    body="A body\n\nof two paragraphs",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    date=datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
    cycle=date(2026, 3, 2),
    reviewee="Maren Vogt",
    language="de",
    score=87.5,
    scorecard=(Answer("Tone", "", ""), Answer("Cause", "85", "nearly")),
    feedback=Feedback(csat=4.5, comment="Fine."),
    turns=(Turn("Hint: not a name  ", "Jo", "customer", "10:04"), Turn("", "", "agent")),
)


def typed(**changes: str | list[str]) -> MultiDict[str, str]:
    """The form as a browser would send it, these boxes changed."""
    form = review_form.from_review(REVIEW, ZONE)
    sent = MultiDict({name: value.replace("\n", "\r\n") for name, value in form.values.items()})
    for row in form.rows():
        sent.add("criterion", row.criterion)
        sent.add("value", row.value)
        sent.add("remark", row.comment)
    for name, value in changes.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return sent


def draft_of(sent: MultiDict[str, str], before: Review | None = REVIEW) -> tuple[Draft, dict[str, str]]:
    form = review_form.from_typed(sent)
    return review_form.to_draft(form, ZONE, before), form.errors


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    draft, errors = draft_of(typed())
    assert errors == {}
    kept = {name: getattr(REVIEW, name) for name in ("kind", "title", "body", "date", "cycle", "score", "turns")}
    assert {name: getattr(draft, name) for name in kept} == kept
    assert (draft.scorecard, draft.feedback, draft.language) == (REVIEW.scorecard, REVIEW.feedback, "de")


def test_what_came_in_and_could_not_be_typed_stays_where_its_box_is_untouched() -> None:
    came_in = replace(
        REVIEW, title="Export " * 90 + "stops", customer="A company of a long name " * 20 + "Ltd", case_url="CASE-12",
        score=87.654321, feedback=Feedback(csat=4.1234567, nps=1 / 3, comment="Fine."),
    )  # fmt: skip
    form = review_form.from_review(came_in, ZONE)
    draft, errors = draft_of(MultiDict(form.values | {"product": "Console"}), came_in)
    assert errors == {}
    kept = ("title", "customer", "case_url", "score", "feedback")
    assert {name: getattr(draft, name) for name in kept} == {name: getattr(came_in, name) for name in kept}
    assert draft.product == "Console"


def test_a_score_of_millions_does_not_keep_its_review_from_being_edited() -> None:
    draft, errors = draft_of(typed(score="1.23457e+06"), replace(REVIEW, score=1234567.5))
    assert (draft.score, errors) == (1234567.5, {})


def test_a_day_is_one_of_the_librarys_zone() -> None:
    draft, _ = draft_of(typed(date="2026-03-05"))
    assert draft.date == datetime(2026, 3, 4, 23, tzinfo=UTC)


def test_any_day_of_a_cycle_is_its_monday() -> None:
    assert draft_of(typed(cycle="2026-03-05"))[0].cycle == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("box", "text"),
    [("date", "31.02.2024"), ("cycle", "soon"), ("csat", "6"), ("nps", "ten"), ("score", "1e9"), ("kind", "poem"),
     ("case_url", "javascript:alert(1)")],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_its_box(box: str, text: str) -> None:
    _, errors = draft_of(typed(**{box: text}))
    assert list(errors) == [box]


def test_an_answer_without_a_criterion_is_asked_about() -> None:
    _, errors = draft_of(typed(criterion=[""], value=["yes"], remark=[""]))
    assert "scorecard" in errors


def test_the_rubrics_unanswered_rows_are_left_out_of_a_new_review() -> None:
    form = review_form.blank(Kind.PEER, "Rosa", date(2026, 3, 5))
    form.answers = [replace(form.answers[0], value="yes"), *form.answers[1:]]
    draft = review_form.to_draft(form, ZONE)
    assert draft.scorecard == (Answer(review_form.RUBRIC[0], "yes"),)
    assert draft.cycle == date(2026, 3, 2)


def test_a_call_note_begins_without_a_rubric() -> None:
    assert review_form.blank(Kind.CALL, "Rosa", date(2026, 3, 5)).answers == []
