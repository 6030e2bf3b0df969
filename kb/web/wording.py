"""Dates, sizes and numbers as pages write them, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

from kb.settings import Settings
from kb.web import languages
from kb.web.languages import gettext as _

# A short day that cannot be misread: no month as a bare number.
_DAY = {"en": "d MMM y", "de": "d. MMM y", "es": "d MMM y", "ja": "y年M月d日"}
_UNITS = (
    ("year", 365 * 86400),
    ("month", 30 * 86400),
    ("week", 7 * 86400),
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
)


def filters(settings: Settings) -> dict[str, Callable[..., str]]:
    """The template filters; times are told in the reader's zone, or the library's."""

    def local_day(value: date | datetime | None) -> str:
        """3 Mar 2026"""
        return day(value.astimezone(languages.zone(settings)) if isinstance(value, datetime) else value)

    def moment(value: datetime | None) -> str:
        """3 Mar 2026, 14:05"""
        return f"{local_day(value)}, {value.astimezone(languages.zone(settings)):%H:%M}" if value else ""

    def iso(value: date | datetime | None) -> str:
        """What a <time> element's `datetime` wants."""
        return value.isoformat() if value else ""

    def days_ago(value: date) -> str:
        """today, yesterday, 12 days ago, 3 months ago"""
        gone = (datetime.now(languages.zone(settings)).date() - value).days
        if gone < 2:
            return _("today") if gone < 1 else _("yesterday")
        if gone < 60:
            return _past(gone, "day")
        return _past(gone // 30, "month") if gone < 730 else _past(gone // 365, "year")

    return {
        "days_ago": days_ago,
        "day": local_day,
        "moment": moment,
        "iso": iso,
        "ago": ago,
        "bytes": in_bytes,
        "number": number,
    }


def day(value: date | None) -> str:
    """3 Mar 2026"""
    if value is None:
        return ""
    return _day(value.date() if isinstance(value, datetime) else value, languages.code())


@lru_cache(maxsize=5_000)
def _day(value: date, language: str) -> str:
    return format_date(value, _DAY.get(language, "medium"), locale=language)


def _past(count: int, unit: str) -> str:
    """3 weeks ago"""
    gone = timedelta(seconds=-count * dict(_UNITS)[unit])
    # Beyond every threshold: the unit is the one that was asked for.
    return format_timedelta(
        gone,
        granularity=unit,  # type: ignore[arg-type]
        threshold=float("inf"),
        add_direction=True,
        locale=languages.locale(),
    )


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """3 weeks ago"""
    if value is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - value).total_seconds()
    for unit, size in _UNITS:
        if seconds >= size:
            return _past(int(seconds // size), unit)
    return _("just now")


def in_bytes(value: float) -> str:
    """1.5 MB"""
    size = float(value)
    if size < 1000:
        return _("%(size)s bytes", size=number(round(size)))
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000 or unit == "GB":
            break
    return f"{format_decimal(size, '0' if size >= 10 and unit != 'GB' else '0.0', locale=languages.locale())} {unit}"


@lru_cache(maxsize=5_000)
def _decimal(value: Any, language: str) -> str:
    return format_decimal(value, locale=language)


def number(value: Any) -> str:
    """12,345"""
    return _decimal(value, languages.code())


def duration(seconds: float) -> str:
    """How long something takes: 40 s, 3 min, 2 h 5 min"""
    whole = round(seconds)
    if whole < 60:
        return _("%(seconds)d s", seconds=max(whole, 1))
    minutes = round(whole / 60)
    if minutes < 60:
        return _("%(minutes)d min", minutes=minutes)
    return _("%(hours)d h %(minutes)d min", hours=minutes // 60, minutes=minutes % 60)
