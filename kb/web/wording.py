"""Dates, sizes and numbers as pages write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

_UNITS = (
    ("year", 365 * 86400),
    ("month", 30 * 86400),
    ("week", 7 * 86400),
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
)


def filters(timezone: str) -> dict[str, Callable[..., str]]:
    """The template filters; times are told in this zone."""
    zone = ZoneInfo(timezone)

    def day(value: date | datetime | None) -> str:
        """3 Mar 2026"""
        if value is None:
            return ""
        local = value.astimezone(zone) if isinstance(value, datetime) else value
        return f"{local.day} {local:%b} {local.year}"

    def moment(value: datetime | None) -> str:
        """3 Mar 2026, 14:05"""
        return f"{day(value)}, {value.astimezone(zone):%H:%M}" if value else ""

    def iso(value: date | datetime | None) -> str:
        """What a <time> element's `datetime` wants."""
        return value.isoformat() if value else ""

    def days_ago(value: date) -> str:
        """today, yesterday, 12 days ago, 3 months ago"""
        gone = (datetime.now(zone).date() - value).days
        if gone < 2:
            return "today" if gone < 1 else "yesterday"
        return (
            f"{gone} days ago"
            if gone < 60
            else f"{several(gone // 30, 'month') if gone < 730 else several(gone // 365, 'year')} ago"
        )

    return {
        "days_ago": days_ago,
        "day": day,
        "moment": moment,
        "iso": iso,
        "ago": ago,
        "bytes": in_bytes,
        "number": number,
    }


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """3 weeks ago"""
    if value is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - value).total_seconds()
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{several(int(seconds // size), unit)} ago"
    return "just now"


def in_bytes(value: float) -> str:
    """1.5 MB"""
    size = float(value)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def number(value: Any) -> str:
    """12,345"""
    return f"{value:,}"


def several(count: int, noun: str, plural: str = "") -> str:
    """1 row, 2 rows"""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """How long something takes: 40 s, 3 min, 2 h 5 min"""
    whole = round(seconds)
    if whole < 60:
        return f"{max(whole, 1)} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
