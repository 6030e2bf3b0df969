"""Weeks as ISO 8601 counts them (`2026-W47`: Monday to Sunday, of the year that its Thursday is in)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from kb.errors import InvalidInput
from kb.languages import Days

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Week:
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @classmethod
    def parse(cls, text: str) -> Week:
        """`2026-W47` -> Week(2026, 47). Raises InvalidInput."""
        found = re.fullmatch(r"([0-9]{4})-?[Ww]([0-9]{1,2})", text.strip())
        try:
            if found is None:
                raise ValueError
            week = cls(int(found[1]), int(found[2]))
            if not 1971 <= week.year <= 9998:
                raise ValueError
            _ = week.monday  # the calendar knows whether a year has a week 53
        except ValueError:
            raise InvalidInput(
                "%(text)s is no week. Write the ISO year and week, such as 2026-W47.", "week", text=repr(text[:40])
            ) from None
        return week

    @classmethod
    def of(cls, moment: datetime, zone: tzinfo) -> Week:
        year, number, _ = moment.astimezone(zone).isocalendar()
        return cls(year, number)

    @classmethod
    def of_day(cls, day: date) -> Week:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def month(self) -> tuple[int, int]:
        """The year and month that the week's Thursday is in: the same rule by which ISO gives a week its year."""
        thursday = self.monday + timedelta(days=3)
        return thursday.year, thursday.month

    def later(self, weeks: int) -> Week:
        return Week.of_day(self.monday + timedelta(weeks=weeks))

    def at(self, day: str, hour: int, zone: tzinfo) -> datetime:
        """That hour of that day of the week, on the clocks of this zone."""
        local = datetime.combine(self.monday + timedelta(days=DAYS.index(day)), time(hour), zone)
        return local.astimezone(UTC)

    def begins(self, zone: tzinfo) -> datetime:
        return self.at("monday", 0, zone)

    def ends(self, zone: tzinfo) -> datetime:
        return self.later(1).begins(zone)

    @property
    def label(self) -> str:
        """16–22 November 2026"""
        first, last = self.monday, self.monday + timedelta(days=6)
        begin = f"{first.day}"
        if first.month != last.month:
            begin += f" {MONTHS[first.month - 1]}"
        if first.year != last.year:
            begin += f" {first.year}"
        gap = "–" if begin.isdigit() else " – "
        return Days(f"{begin}{gap}{last.day} {MONTHS[last.month - 1]} {last.year}", first, last)
