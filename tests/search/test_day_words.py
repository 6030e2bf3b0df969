"""Days in words, in each of the interface's languages."""

from __future__ import annotations

from datetime import date

import pytest

from kb.search import days
from kb.search.nodes import And, DateRange, Phrase, Word
from kb.search.query import parse

TODAY = date(2026, 6, 15)  # a Monday

NAMED = {
    "today": "2026-06-15 2026-06-15",
    "heute": "2026-06-15 2026-06-15",
    "hoy": "2026-06-15 2026-06-15",
    "今日": "2026-06-15 2026-06-15",
    "the day before yesterday": "2026-06-13 2026-06-13",
    "vorgestern": "2026-06-13 2026-06-13",
    "anteayer": "2026-06-13 2026-06-13",
    "一昨日": "2026-06-13 2026-06-13",
    "this week": "2026-06-15 2026-06-21",
    "diese Woche": "2026-06-15 2026-06-21",
    "esta semana": "2026-06-15 2026-06-21",
    "今週": "2026-06-15 2026-06-21",
    "Last Week": "2026-06-08 2026-06-14",
    "vergangene Woche": "2026-06-08 2026-06-14",
    "la semana pasada": "2026-06-08 2026-06-14",
    "先週": "2026-06-08 2026-06-14",
    "im letzten Monat": "2026-05-01 2026-05-31",
    "el mes pasado": "2026-05-01 2026-05-31",
    "el último mes": "2026-05-01 2026-05-31",
    "previous quarter": "2026-01-01 2026-03-31",
    "voriges Quartal": "2026-01-01 2026-03-31",
    "trimestre anterior": "2026-01-01 2026-03-31",
    "前四半期": "2026-01-01 2026-03-31",
    "dieses Jahr": "2026-01-01 2026-12-31",
    "este año": "2026-01-01 2026-12-31",
    "今年": "2026-01-01 2026-12-31",
    "last year": "2025-01-01 2025-12-31",
    "昨年": "2025-01-01 2025-12-31",
    "past 2 weeks": "2026-06-01 2026-06-15",
    "letzte 30 Tage": "2026-05-16 2026-06-15",
    "últimos 30 días": "2026-05-16 2026-06-15",
    "過去３０日間": "2026-05-16 2026-06-15",
    "直近3ヶ月": "2026-03-17 2026-06-15",
    "2 days ago": "2026-06-13 2026-06-13",
    "vor 2 Tagen": "2026-06-13 2026-06-13",
    "hace 2 días": "2026-06-13 2026-06-13",
    "2日前": "2026-06-13 2026-06-13",
    "2026-Q1": "2026-01-01 2026-03-31",
    "Q1 2026": "2026-01-01 2026-03-31",
    "q3": "2025-07-01 2025-09-30",
    "3rd quarter": "2025-07-01 2025-09-30",
    "1. Quartal 2026": "2026-01-01 2026-03-31",
    "1er trimestre de 2026": "2026-01-01 2026-03-31",
    "2026年第1四半期": "2026-01-01 2026-03-31",
    "March 2026": "2026-03-01 2026-03-31",
    "März": "2026-03-01 2026-03-31",
    "sept. 2025": "2025-09-01 2025-09-30",
    "last december": "2025-12-01 2025-12-31",
    "marzo de 2026": "2026-03-01 2026-03-31",
    "2026年3月": "2026-03-01 2026-03-31",
    "12月": "2025-12-01 2025-12-31",
    "2026年3月5日": "2026-03-05 2026-03-05",
    "2026年": "2026-01-01 2026-12-31",
}


@pytest.mark.parametrize("words", NAMED)
def test_words_name_days(words: str) -> None:
    first, last = map(date.fromisoformat, NAMED[words].split())
    assert days.span(words, TODAY) == (first, last)
    assert days.span(words.replace(" ", "-"), TODAY) == (first, last)


@pytest.mark.parametrize(
    "words",
    ["last", "month", "last last month", "2026 may", "13月", "0年", "30 days", "last 99999 days", "last 9999 years",
     "q5", "quarter 2026", "week ago", "last month export", "de", "", "年", "月日", "٣ days ago today"],
)  # fmt: skip
def test_other_words_name_none(words: str) -> None:
    assert days.span(words, TODAY) is None


@pytest.mark.parametrize(
    ("today", "words", "first", "last"),
    [
        (date(2026, 1, 1), "last month", date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), "last quarter", date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), "last week", date(2025, 12, 22), date(2025, 12, 28)),
        (date(2024, 3, 31), "last month", date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 1, 1), "january", date(2026, 1, 1), date(2026, 1, 31)),
    ],
    ids=["month", "quarter", "week", "leap year", "the month that has just begun"],
)
def test_the_calendar_turns_with_the_year(today: date, words: str, first: date, last: date) -> None:
    assert days.span(words, today) == (first, last)


def test_words_after_a_date_stay_words() -> None:
    assert parse("after:last month export", today=TODAY).node == And(
        (DateRange(date(2026, 5, 1), None), Word("export")),
    )
    assert parse("after:2026 may", today=TODAY).node == And((DateRange(date(2026, 1, 1), None), Word("may")))


def test_quoted_text_is_no_date() -> None:
    assert parse('"date:last month"', today=TODAY).node == Phrase(("date", "last", "month"), 0, True)


def test_a_quoted_date_does_not_make_the_words_exact() -> None:
    assert not parse('export after:"last month"', today=TODAY).exact
    assert parse('"data export" after:"last month"', today=TODAY).exact
