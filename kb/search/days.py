"""Days as people type them in a question: `2026`, `2026-03`, `2026-03-01`, `01.03.2026`, `2026-W10`, `30d`, or in words."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kb.search import day_words

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:T.*)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})", re.IGNORECASE)
_AGO = re.compile(r"-?(\d{1,4})\s*([dwmy])", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def span(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day that the text names; None when it names none.

    >>> span("2024-02", date(2026, 1, 1))
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    text = text.strip().strip("'\"「」『』")
    try:
        return _ago(text, today) or _calendar(text) or day_words.span(text, today)
    except (ValueError, OverflowError):
        return None  # a day that no calendar has, such as 31.02.2026


def _ago(text: str, today: date) -> tuple[date, date] | None:
    if ago := _AGO.fullmatch(text):
        return (today - timedelta(int(ago[1]) * _DAYS[ago[2].lower()]),) * 2
    return None


def _calendar(text: str) -> tuple[date, date] | None:
    if match := _COMPACT.fullmatch(text) or _ISO.fullmatch(text):
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None  # both expressions begin with it
        if day is not None and month is not None:
            return (date(year, month, day),) * 2
        if month is not None:
            following = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), following - timedelta(1)
        return date(year, 1, 1), date(year, 12, 31)
    if match := _DOTTED.fullmatch(text):
        return (date(int(match[3]), int(match[2]), int(match[1])),) * 2
    if match := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return monday, monday + timedelta(6)
    return None
