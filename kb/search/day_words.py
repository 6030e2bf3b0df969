"""Days in words, in English, German, Spanish and Japanese: `last quarter`, `letzte 30 Tage`, `先月`, `2026-Q3`.

Which of them a text is written in does not matter: no words of one mean something else in another.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from kb.search.folding import fold_value

Span = tuple[date, date]

# How many days a unit counts as in "the last 3 months", as `3m` does; "last month" is the one of the calendar.
_ROLLING = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_UNITS = {
    word: unit
    for unit, words in {
        "day": "day days tag tage tagen dia dias",
        "week": "week weeks woche wochen semana semanas",
        "month": "month months monat monate monaten monats mes meses",
        "quarter": "quarter quarters quartal quartale quartalen quartals trimestre trimestres",
        "year": "year years jahr jahre jahren jahres ano anos",
    }.items()
    for word in words.split()
}
_ENDINGS = ("e", "er", "es", "en", "em")  # of a German adjective
_LAST = {
    "last", "previous", "past", "ultimo", "ultima", "ultimos", "ultimas", "pasado", "pasada", "pasados", "pasadas",
    "anterior", "anteriores", *(stem + end for stem in ("letzt", "vorig", "vergangen") for end in _ENDINGS),
}  # fmt: skip
_THIS = {
    "this", "current", "este", "esta", "actual",
    *(stem + end for stem in ("dies", "aktuell", "laufend") for end in _ENDINGS),
}  # fmt: skip
_AGO = {"ago", "vor", "hace"}
_PASSED_OVER = {
    "the", "of", "in", "der", "die", "das", "des", "den", "dem", "im", "el", "la", "los", "las", "del", "de",
}  # fmt: skip
# The months' names, whole and short, as CLDR has them; without accents.
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "jan feb marz apr mai juni juli aug sept okt nov dez",
        "janner februar maerz april mai juni juli august september oktober november dezember",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sept oct nov dic",
    )
    for number, name in enumerate(names.split(), 1)
}
_DAYS_AGO = {
    "today": 0, "heute": 0, "hoy": 0, "今日": 0, "本日": 0, "きょう": 0,
    "yesterday": 1, "gestern": 1, "ayer": 1, "昨日": 1, "きのう": 1,
    "day before yesterday": 2, "vorgestern": 2, "anteayer": 2, "antier": 2, "一昨日": 2, "おととい": 2,
}  # fmt: skip
_JAPANESE = {
    "今週": ("week", 0), "先週": ("week", 1), "今月": ("month", 0), "先月": ("month", 1), "今四半期": ("quarter", 0),
    "前四半期": ("quarter", 1), "先四半期": ("quarter", 1), "今年": ("year", 0), "本年": ("year", 0),
    "去年": ("year", 1), "昨年": ("year", 1),
}  # fmt: skip
_JAPANESE_UNITS = {"日": "day", "週": "week", "月": "month", "四半期": "quarter", "年": "year"}
_ROLLING_JAPANESE = re.compile(r"(?:過去|直近|最近)の?(\d{1,4})(日|週|[かヶカヵ箇ケ]月|四半期|年)間?(?:間|以内)?")
_AGO_JAPANESE = re.compile(r"(\d{1,4})(日|週|[かヶカヵ箇ケ]月|四半期|年)間?前")
_DATE_JAPANESE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月(?:(\d{1,2})日)?)?")
_QUARTER_JAPANESE = re.compile(r"(?:(\d{4})年)?第?([1-4])四半期")
_QUARTER = re.compile(r"q([1-4])")
_ORDINAL = re.compile(r"([1-4])(?:\.|st|nd|rd|th|er|o)?")
_YEAR = re.compile(r"\d{4}")
_COUNT = re.compile(r"\d{1,4}")


def span(text: str, today: date) -> Span | None:
    """The first and last day that the words name; None when they name none. Raises ValueError or OverflowError for days
    that no calendar has.

    >>> span("last quarter", date(2026, 6, 15))
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    """
    words = [word for word in fold_value(text).split() if word not in _PASSED_OVER]
    plain = " ".join(words)
    if plain in _DAYS_AGO:
        return (today - timedelta(_DAYS_AGO[plain]),) * 2
    return _of_words(words, today) or _japanese("".join(unicodedata.normalize("NFKC", text).split()), today)


def _of_words(words: list[str], today: date) -> Span | None:
    units = [_UNITS[word] for word in words if word in _UNITS]
    counts = [int(word) for word in words if _COUNT.fullmatch(word)]
    if len(units) == 1 and len(words) == 2 and not counts:
        if _LAST & set(words):
            return unit_of(today, units[0], 1)
        if _THIS & set(words):
            return unit_of(today, units[0], 0)
    if len(units) == 1 and len(counts) == 1 and len(words) == 3:
        first = today - timedelta(counts[0] * _ROLLING[units[0]])
        if _LAST & set(words):
            return first, today
        if _AGO & set(words):
            return first, first
    return _quarter(words, today) or _month(words, today)


def _quarter(words: list[str], today: date) -> Span | None:
    """`2026 q3`, `q3`, `3rd quarter 2026`, `3. quartal`."""
    named = [found for word in words if (found := _QUARTER.fullmatch(word))]
    years = [int(word) for word in words if _YEAR.fullmatch(word)]
    left = [word for word in words if not _YEAR.fullmatch(word) and not _QUARTER.fullmatch(word)]
    if not named and len(left) == 2 and _UNITS.get(left[1]) == "quarter":
        named, left = [found for word in left[:1] if (found := _ORDINAL.fullmatch(word))], []
    if len(named) != 1 or left or len(years) > 1:
        return None
    return _latest("quarter", 3 * int(named[0][1]) - 2, years[0] if years else None, today)


def _month(words: list[str], today: date) -> Span | None:
    """`march`, `march 2026`, `marzo de 2026`; `last march`. The year last: `after:2026 may fail` is of no month."""
    years = [int(word) for word in words[1:] if _YEAR.fullmatch(word)]
    names = [word.rstrip(".") for word in words if not _YEAR.fullmatch(word) and word not in _LAST]
    if len(names) != 1 or len(names) + len(years) < len(words) - len(_LAST & set(words)) or len(years) > 1:
        return None
    number = _MONTHS.get(names[0])
    return _latest("month", number, years[0] if years else None, today) if number else None


def _latest(unit: str, month: int, year: int | None, today: date) -> Span:
    """The month, or quarter, that begins with this month; without a year the last one that has begun."""
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    return unit_of(date(year, month, 1), unit, 0)


def _japanese(text: str, today: date) -> Span | None:
    if text in _DAYS_AGO:
        return (today - timedelta(_DAYS_AGO[text]),) * 2
    if text in _JAPANESE:
        return unit_of(today, *_JAPANESE[text])
    if found := _ROLLING_JAPANESE.fullmatch(text):
        return today - _japanese_stretch(found), today
    if found := _AGO_JAPANESE.fullmatch(text):
        return (today - _japanese_stretch(found),) * 2
    if found := _QUARTER_JAPANESE.fullmatch(text):
        return _latest("quarter", 3 * int(found[2]) - 2, int(found[1]) if found[1] else None, today)
    if text and (found := _DATE_JAPANESE.fullmatch(text)):
        year, month, day = (int(part) if part else None for part in found.groups())
        if month is None:
            return unit_of(date(year or 0, 1, 1), "year", 0)
        first, last = _latest("month", month, year, today)
        return (first, last) if day is None else (date(first.year, month, day),) * 2
    return None


def _japanese_stretch(found: re.Match[str]) -> timedelta:
    return timedelta(int(found[1]) * _ROLLING[_JAPANESE_UNITS[found[2].lstrip("かヶカヵ箇ケ")]])


def unit_of(day: date, unit: str, back: int) -> Span:
    """The day, week, month, quarter or year of a day, or the one so many before it.

    >>> unit_of(date(2026, 1, 15), "month", 1)
    (datetime.date(2025, 12, 1), datetime.date(2025, 12, 31))
    """
    if unit in ("day", "week"):
        length = _ROLLING[unit]
        first = day - timedelta((day.weekday() if unit == "week" else 0) + length * back)
        return first, first + timedelta(length - 1)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    number = (day.year * 12 + day.month - 1) // months - back
    return _month_number(number * months), _month_number((number + 1) * months) - timedelta(1)


def _month_number(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
