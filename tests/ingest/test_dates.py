"""Dates in any usual form, read in one way, whatever the day today is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InvalidInput
from kb.ingest.dates import Order, day, moment, monday, order_of

BERLIN = ZoneInfo("Europe/Berlin")
THIRD_OF_MARCH = datetime(2026, 3, 3, tzinfo=UTC)
AFTERNOON = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03", "2026/3/3", "2026.03.03", "20260303", "3 Mar 2026", "03-Mar-2026", "3. März 2026", "3.Mrz.2026",
        "March 3, 2026", "Mar 3rd 2026", "Tuesday, March 3, 2026", "3 de marzo de 2026", "martes, 3 de marzo de 2026",
        "3 mars 2026", "mardi 3 mars 2026", "3 marzo 2026", "3 maart 2026",
        "2026年3月3日", "2026年3月3日(火)", "令和8年3月3日", "2026년 3월 3일", "2026. 3. 3.", "２０２６年３月３日",
        "03/03/2026", "3.3.2026", "3.3.26", "3-Mar-26", "03-MAR-26", "3/Mar/26", "2026-W10-2",
        " 2026-03-03 ", 20260303, date(2026, 3, 3),
    ],
)  # fmt: skip
def test_a_day_is_read_in_any_usual_form(text: object) -> None:
    assert moment(text, "date", UTC) == THIRD_OF_MARCH


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-03T14:05:00Z", "2026-03-03 14:05", "2026-03-03T15:05+01:00", "20260303T140500Z", "3/3/2026 2:05 PM",
        "3/3/26, 14:05", "Tue, 03 Mar 2026 14:05:00 +0000", "3. März 2026 um 14:05 Uhr", "2026年3月3日 14時05分",
        "2026年3月3日 午後2時05分", "2026/3/3 下午2:05", "2026. 3. 3. 오후 2:05", "2026-03-03 15:05:00.000 Europe/Berlin",
        "03-MAR-26 02.05.00.000000 PM",
        "March 3, 2026 at 2:05 p.m.", "2026-03-03 15:05 CET", "March 3, 2026 9:05 AM (EST)", "3 Mar 2026 15:05 (GMT+1)",
        "2026-03-03 15:05:00 +0100 CET", "2026-03-03T15:05:00+01:00[Europe/Berlin]", "Mar 3, 2026 @ 2:05 pm",
        "Tue Mar 03 2026 15:05:00 GMT+0100 (CET)", "03.03.2026 14h05",
        "1772546700", 1772546700, 1772546700000, 1772546700000000,
        "1772546700.000", datetime(2026, 3, 3, 14, 5, tzinfo=UTC),
    ],
)  # fmt: skip
def test_a_time_is_read_in_any_usual_form(text: object) -> None:
    assert moment(text, "date", UTC) == AFTERNOON


def test_a_time_without_a_zone_is_the_library_s() -> None:
    assert moment("2026-07-01 10:00", "date", BERLIN) == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("nothing", [None, "", "   ", "N/A", "-", "None", "#N/A", "0000-00-00", "0000-00-00 00:00:00"])
def test_nothing_is_no_date(nothing: object) -> None:
    assert moment(nothing, "date", UTC) is None
    assert day(nothing, "cycle", UTC) is None
    assert monday(nothing, "cycle", UTC) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("31.02.2024", "month 2 of 2024 has no day 31"),
        ("2026-02-30", "month 2 of 2026 has no day 30"),
        ("13/13/2026", "there is no month 13"),
        ("yesterday", "not a date that kb can read"),
        ("2026", "a year without a day"),
        (45352, "spreadsheet"),
        ("3-3-26", "write four"),
        ("2026-03-03 25:00", "no clock shows"),
        ("3.3.2026 13:00 PM", "hour 13"),
        ("2026-03-03 10:00 XYZ", 'the zone "XYZ"'),
        ("0001-01-01", "outside the years"),
        ("9999-12-31T23:59:59-12:00", "outside the years"),
        (True, "is no date"),
        ("20261301", "YYYYMMDD"),
        ("2026-03-03 and then some", "after the date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text: object, words: str) -> None:
    with pytest.raises(InvalidInput, match=r"^date is .*Write it as 2026-01-31") as refused:
        moment(text, "date", UTC)
    assert words in str(refused.value)
    assert refused.value.field == "date"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("03/04/2026", None, (3, 4)),
        ("03.04.2026", None, (4, 3)),
        ("03-04-2026", None, (4, 3)),
        ("03/04/2026", Order.DAY_FIRST, (4, 3)),
        ("03.04.2026", Order.MONTH_FIRST, (3, 4)),
        ("31/1/2024", None, (1, 31)),
        ("1/31/2024", Order.DAY_FIRST, (1, 31)),
    ],
)
def test_a_date_with_two_readings_follows_the_mark_or_the_order(
    text: str, order: Order | None, expected: tuple[int, int]
) -> None:
    found = moment(text, "date", UTC, order)
    assert found is not None
    assert (found.month, found.day) == expected


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["03/04/2026", "31/1/2024"], Order.DAY_FIRST),
        (["03/04/2026", "1/31/2024"], Order.MONTH_FIRST),
        (["03/04/2026", "", "x"], None),
        (["31/1/2024", "1/31/2024"], None),
    ],
)
def test_one_date_decides_how_a_column_is_read_unless_another_contradicts(
    values: list[str], order: Order | None
) -> None:
    assert order_of(values) is order


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "2026-W10", "2026w10", "KW 10/2026", "Week 10, 2026", "2026 W10", "5/3/2026", date(2026, 3, 8),
     "1772546700"],
)  # fmt: skip
def test_a_cycle_is_the_monday_of_its_week(text: object) -> None:
    assert monday(text, "cycle", UTC, Order.DAY_FIRST) == date(2026, 3, 2)


def test_a_week_that_the_year_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no week 60"):
        monday("2026-W60", "cycle", UTC)


def test_a_day_is_the_one_that_is_written_not_the_one_in_utc() -> None:
    assert day("2026-03-03T00:30:00+09:00", "cycle", UTC) == date(2026, 3, 3)


@given(st.text() | st.text("0123456789-/.:T Z+年月日MarapmW", max_size=30) | st.integers() | st.floats())
def test_any_value_is_a_time_in_range_or_refused(value: object) -> None:
    try:
        found = moment(value, "date", BERLIN)
        monday(value, "cycle", BERLIN)
    except InvalidInput:
        return
    assert found is None or 1899 < found.year < 2202


@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)))  # noqa: DTZ001
def test_an_iso_time_is_read_back_whatever_the_zone(at: datetime) -> None:
    at = at.replace(fold=0)  # which of two hours of one name it is, an ISO time without a zone cannot say
    expected = at.replace(tzinfo=BERLIN).astimezone(UTC)
    assert moment(at.isoformat(), "date", BERLIN) == expected


@pytest.mark.parametrize(
    ("value", "at"),
    [("46084", "03T00:00"), ("46084.75", "03T18:00"), (46084, "03T00:00"), (46084.5, "03T12:00")],
)  # fmt: skip
def test_a_spreadsheet_s_count_of_days_is_read_where_somebody_says_that_it_is_one(value: object, at: str) -> None:
    assert moment(value, "date", UTC, Order.SPREADSHEET) == datetime.fromisoformat(f"2026-03-{at}:00+00:00")
    with pytest.raises(InvalidInput, match="count of days"):
        moment(value, "date", UTC)


def test_other_dates_among_a_spreadsheet_s_days_are_read_as_ever() -> None:
    said = ["3/4/2026", "3.4.2026", "2026-03-04", "20260304", "1772582400"]
    assert [moment(each, "date", UTC, Order.SPREADSHEET) for each in said] == [
        moment(each, "date", UTC) for each in said
    ]


def test_midnight_in_the_morning_is_the_beginning_of_the_day() -> None:
    assert moment("2026年3月3日 午前0時05分", "date", UTC) == datetime(2026, 3, 3, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("place", ["Mars/Base", "America/Argentina", "etc/../../passwd"])
def test_a_zone_that_there_is_not_is_refused(place: str) -> None:
    with pytest.raises(InvalidInput, match="which has"):
        moment(f"2026-03-03 14:05 {place}", "date", UTC)
