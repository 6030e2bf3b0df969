"""Dates in any usual form, to aware UTC times. Never depends on today's date.

Rules where a form can be read in two ways (docs/formats.md says the same to people):
`/` between the numbers means month first, `.` and `-` mean day first, unless `order` says otherwise; where only one
of both readings is a month, that one is taken. Without a zone a time is the library's. Years are 1900 to 2200.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.errors import InvalidInput
from kb.ingest.text import is_nothing, scalar, shown

D = TypeVar("D", bound=date)

FIRST_YEAR, LAST_YEAR = 1900, 2200


class Order(StrEnum):
    """How `03/04/2026` is read, or that numbers are a spreadsheet's days; in the words of a mapping file's `dates`."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    SPREADSHEET = "spreadsheet"


# Day 0 of the 1900 date system (ECMA-376 part 1, 18.17.4.1), for the days after its 29 February 1900, which there never was.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - _utc gives the zone
_DAYS = re.compile(r"\d{5}(?:\.\d+)?")


# A month's name is known by its first letters: English, German, French, Spanish, Portuguese, Italian, Dutch.
_MONTHS = (
    "jan ene gen",
    "feb fev fév",
    "mar mär mrz mae maa",
    "apr abr avr",
    "may mai mag mei",
    "jun giu juin",
    "jul lug juil",
    "aug ago aoû aou",
    "sep set",
    "oct okt out ott",
    "nov",
    "dec dez dic déc",
)
_MONTH = {prefix: number for number, names in enumerate(_MONTHS, 1) for prefix in names.split()}

_ZONES = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "cet": 1, "cest": 2, "jst": 9} | {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,  # as in RFC 5322
}  # fmt: skip

_OFFSET = r"(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?"
_TIME = re.compile(
    r"[\s,T(-]*(?:(?:at|um|à|a las|@)\s+)?(?P<part>午前|午後|上午|下午|오전|오후)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:[:.h時时시]\s*(?P<minute>\d{2})(?:[:.分분]\s*(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?\s*[分秒분초]?\s*(?:uhr|h)?\s*(?P<half>[ap]\.?m\.?)?"
    rf"\s*(?:(?P<offset>{_OFFSET})(?:\s+[a-z]{{3,4}}|\[[\w/+-]{{1,60}}\])?|(?P<place>[a-z]{{2,20}}/[\w/+-]{{2,40}})|(?P<zone>[a-z]{{1,4}}))?(?:\s*\((?P<said>[^)]*)\))?",
    re.IGNORECASE,
)
_AFTER_NOON = ("午後", "下午", "오후")
_ERA = re.compile(r"(令和|平成)\s*(\d{1,2}|元)\s*年")
_BEFORE_ERA = {"令和": 2018, "平成": 1988}
_WEEKDAY = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim|dom)"
    r"[a-zà-ÿ]*\.?,?\s+)(?=\S)",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?!\d)(?:日|일|\.(?=\s|\Z))?(?:\s*[((][月火水木金土日一二三四五六][))])?"
)
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d)")
_WEEK = re.compile(
    r"(?P<year>\d{4})[\s/.-]*(?:w|kw|cw|week|woche|semana)[\s.-]*(?P<week>\d{1,2})"
    r"|(?:w|kw|cw|week|woche|semana)[\s.-]*(?P<week2>\d{1,2})[\s,/.-]+(?P<year2>\d{4})",
    re.IGNORECASE,
)
_DAY_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]*(?:(?:of|de)\s+)?([^\W\d_]{3,12})\.?,?[\s-]*(?:(?:de|del)\s+)?(\d{4})(?!\d)",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    r"(\d{1,2})([-/])([^\W\d_]{3,12})\2(\d{2})(?![\d:])"
)  # as spreadsheets and databases write a day
_NAME_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)", re.IGNORECASE)


def moment(value: object, field: str, zone: tzinfo, order: Order | None = None) -> datetime | None:
    """The time that `value` names, in UTC; None for nothing (None, "", white space). Raises InvalidInput with
    a sentence."""
    if isinstance(value, str):
        text = value.strip()
        if is_nothing(text):
            return None
        if text[4:5] == "-" or text[8:9] in ("T", "t"):
            try:
                return _utc(datetime.fromisoformat(text), field, zone)
            except ValueError:
                pass
        return _utc(_read(text, field, order), field, zone)
    if value is None:
        return None
    if isinstance(value, datetime):
        return _utc(value, field, zone)
    if isinstance(value, date):
        return _utc(datetime(value.year, value.month, value.day), field, zone)  # noqa: DTZ001 - _utc gives the zone
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _utc(_from_number(str(value), field, order), field, zone)
    raise _refused(field, value, "is no date")


def day(value: object, field: str, zone: tzinfo, order: Order | None = None) -> date | None:
    """The day that `value` names, as it is written there: a time with a zone keeps its own day."""
    if value is None or (isinstance(value, str) and is_nothing(value)):
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = scalar(value, field).strip()
    if not text:
        return None
    try:
        return _checked(date.fromisoformat(text[:10]), field, text)
    except ValueError:
        pass
    found = _read(text, field, order)
    return _checked((found.astimezone(zone) if _is_epoch(text) else found).date(), field, text)


def monday(value: object, field: str, zone: tzinfo, order: Order | None = None) -> date | None:
    """The Monday of the week that `value` lies in; `2026-W10` and `KW 10/2026` are weeks too."""
    if isinstance(value, str) and (found_week := _WEEK.fullmatch(value.strip())):
        year, week = found_week["year"] or found_week["year2"], found_week["week"] or found_week["week2"]
        try:
            return _checked(date.fromisocalendar(int(year), int(week), 1), field, value)
        except ValueError as error:
            raise _refused(field, value, f"has no week {week}") from error
    found = day(value, field, zone, order)
    return found - timedelta(days=found.weekday()) if found else None


def order_of(values: Iterable[str]) -> Order | None:
    """How the dates of one column are written, if one of them decides it: `31/1/2024` can only be day first.

    None where nothing decides, or where two of them contradict each other.
    """
    seen: set[Order] = set()
    for value in values:
        if match := _NUMBERS.match(value.strip()):
            first, second = int(match[1]), int(match[3])
            if first > 12 >= second:
                seen.add(Order.DAY_FIRST)
            elif second > 12 >= first:
                seen.add(Order.MONTH_FIRST)
    return seen.pop() if len(seen) == 1 else None


def _read(text: str, field: str, order: Order | None) -> datetime:
    text = " ".join(text.split())  # the patterns' optional white space must not be tried in all ways
    text = _ERA.sub(lambda era: f"{_BEFORE_ERA[era[1]] + int(era[2].replace('元', '1'))}年", text, count=1)
    if len(text) > 80:
        raise _refused(field, text, "is not a date that kb can read")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text) and not re.fullmatch(r"\d{1,2}\.\d{4}", text):
        return _from_number(text, field, order)
    bare = _WEEKDAY.sub("", text, count=1) if text[0].isalpha() and not _NAME_DAY.match(text) else text
    try:
        if match := _YEAR_FIRST.match(bare):
            found = _date(int(match[1]), int(match[2]), int(match[3]))
        elif match := _NUMBERS.match(bare):
            found = _by_order(match, order)
        elif (match := _SHORT_YEAR.match(bare)) and (month := _month(match[3])):
            found = _date(_whole_year(match[4]), month, int(match[1]))
        elif (match := _DAY_NAME.match(bare)) and (month := _month(match[2])):
            found = _date(int(match[3]), month, int(match[1]))
        elif (match := _NAME_DAY.match(bare)) and (month := _month(match[1])):
            found = _date(int(match[3]), month, int(match[2]))
        else:
            raise _refused(field, text, "is not a date that kb can read")
    except ValueError as error:
        raise _refused(field, text, f"is not a day of the calendar ({error})") from error
    return _with_time(found, bare[match.end() :], field, text)


def _by_order(match: re.Match[str], order: Order | None) -> datetime:
    first, mark, second, year_text = int(match[1]), match[2], int(match[3]), match[4]
    year = int(year_text)
    if len(year_text) == 2:
        if mark == "-":
            raise ValueError("a year of two digits; write four")
        year = _whole_year(year_text)
    if order in (None, Order.SPREADSHEET):
        order = Order.MONTH_FIRST if mark == "/" else Order.DAY_FIRST
    month_first = order is Order.MONTH_FIRST
    if (first if month_first else second) > 12 >= (second if month_first else first):
        month_first = not month_first
    return _date(year, first, second) if month_first else _date(year, second, first)


def _whole_year(two_digits: str) -> int:
    year = int(two_digits)
    return year + (2000 if year < 70 else 1900)


def _date(year: int, month: int, day_: int) -> datetime:
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    try:
        return datetime(year, month, day_)  # noqa: DTZ001 - _utc gives the zone
    except ValueError as error:
        raise ValueError(f"month {month} of {year} has no day {day_}") from error


def _with_time(found: datetime, rest: str, field: str, text: str) -> datetime:
    if not rest.strip():
        return found
    match = _TIME.fullmatch(rest.rstrip())
    if not match:
        raise _refused(field, text, f"has {shown(rest.strip())} after the date, which is not a time")
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if half := match["half"] or match["part"]:
        if not 0 <= hour <= 12 or (hour == 0 and match["half"]):
            raise _refused(field, text, f"has the hour {hour} with am or pm")
        hour = hour % 12 + (12 if half[0] in "pP" or half in _AFTER_NOON else 0)
    fraction = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        return found.replace(
            hour=hour, minute=minute, second=second, microsecond=fraction, tzinfo=_zone(match, field, text)
        )
    except ValueError as error:
        raise _refused(field, text, "has a time that no clock shows") from error


def _zone(match: re.Match[str], field: str, text: str) -> tzinfo | None:
    if place := match["place"]:
        try:
            return ZoneInfo(place)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise _refused(field, text, f"has the zone {shown(place)}; write it as +02:00") from error
    if name := (match["zone"] or "").lower():
        if name not in _ZONES:
            raise _refused(field, text, f"has the zone {shown(match['zone'])}; write it as +02:00")
        return timezone(timedelta(hours=_ZONES[name]))
    offset, said = match["offset"], (match["said"] or "").strip().lower()
    if not offset and said in _ZONES:  # `2:05 PM (EST)`
        return timezone(timedelta(hours=_ZONES[said]))
    parts = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", (offset or said).lower())
    if parts is None:
        return None
    minutes = int(parts[2]) * 60 + int(parts[3] or 0)
    return timezone(timedelta(minutes=-minutes if parts[1] == "-" else minutes))


def _month(name: str) -> int | None:
    word = name.casefold()
    return _MONTH.get(word[:4]) or _MONTH.get(word[:3])


def _is_epoch(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{9,}(?:\.\d+)?", text))


def is_count_of_days(text: str) -> bool:
    """Whether it looks like a spreadsheet's count of days, of a year from 1954 on."""
    return bool(_DAYS.fullmatch(text)) and text >= "2"


def _from_number(text: str, field: str, order: Order | None) -> datetime:
    """`20260303` is that day; 9 to 19 digits are seconds, milli-, micro- or nanoseconds since 1970. `46084.5` is noon of
    3 March 2026 where numbers are said to be a spreadsheet's days."""
    whole = text.split(".")[0]
    if len(whole) == 8 and whole == text:
        try:
            return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 - _utc gives the zone
        except ValueError as error:
            raise _refused(field, text, "is not a day written as YYYYMMDD") from error
    if len(whole) == 4:
        raise _refused(field, text, "is a year without a day")
    if order is Order.SPREADSHEET and _DAYS.fullmatch(text):
        return _DAY_ZERO + timedelta(seconds=round(float(text) * 86_400))
    if len(whole) == 5:
        why = "looks like a spreadsheet's count of days; give the column the format of a date, or say that it is one"
        raise _refused(field, text, f"{why} where you say what its columns mean, or in a mapping file")
    if not 9 <= len(whole) <= 19 or whole.startswith("-"):
        raise _refused(field, text, "is not a date that kb can read")
    seconds = float(text) / (1 if len(whole) < 12 else 1e3 if len(whole) < 15 else 1e6 if len(whole) < 18 else 1e9)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(seconds * 1e6))


def _utc(found: datetime, field: str, zone: tzinfo) -> datetime:
    _checked(found, field, found.isoformat())
    if found.tzinfo is UTC:
        return found
    if found.tzinfo is None:
        if zone is UTC:
            return found.replace(tzinfo=UTC)
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC)


def _checked(found: D, field: str, text: str) -> D:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _refused(field, text, f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return found


def _refused(field: str, value: object, why: str) -> InvalidInput:
    return InvalidInput(
        f"{field} is {shown(value)}, which {why}. Write it as 2026-01-31 or 2026-01-31T14:05:00Z.", field
    )
