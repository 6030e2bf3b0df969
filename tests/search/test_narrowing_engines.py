"""Filters that leave out, days and months beside a question: every engine alike."""

from __future__ import annotations

from datetime import date

import pytest
from documents import ask, fill, found, gem, review

from kb.search.base import Engine
from kb.search.nodes import DateRange


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(
        engine,
        review(1, "export", tag=("GDPR", "Export"), kind="call", day=date(2026, 3, 1), month="2026-03"),
        review(2, "export", tag="GDPR", kind="peer", day=date(2026, 3, 31), month="2026-03", reviewee="Jo"),
        review(3, "import", tag="Export", kind="peer", day=date(2026, 4, 1), month="2026-04"),
        gem(1, "export", status="retired", tag="GDPR"),
    )
    return engine


def test_a_value_can_be_left_out(filled: Engine) -> None:
    assert found(filled, "export", filters={"-tag": ("Export",)}) == {"review:2"}
    assert found(filled, "", filters={"-tag": ("Export",)}) == {"review:2"}
    assert found(filled, "", filters={"-kind": ("call", "peer")}) == set()


def test_values_are_chosen_and_left_out_together(filled: Engine) -> None:
    assert found(filled, "", filters={"tag": ("GDPR",), "-kind": ("peer",)}) == {"review:1"}
    assert found(filled, "", filters={"tag": ("GDPR", "Export"), "-tag": ("GDPR",)}) == {"review:3"}


def test_leaving_out_something_that_nothing_has_changes_nothing(filled: Engine) -> None:
    assert found(filled, "export", filters={"-tag": ("zebra",)}) == {"review:1", "review:2"}
    assert found(filled, "export", filters={"-colour": ("red",)}) == {"review:1", "review:2"}


def test_leaving_out_tells_nothing_of_what_is_not_to_be_seen(filled: Engine) -> None:
    assert found(filled, "export", filters={"-reviewee": ("Jo",)}) == {"review:1", "review:2"}
    assert found(filled, "export", filters={"-reviewee": ("Jo",)}, unmasked=True) == {"review:1"}


def test_days_narrow_with_both_ends_included(filled: Engine) -> None:
    march = DateRange(date(2026, 3, 1), date(2026, 3, 31))
    assert found(filled, "", days=march) == {"review:1", "review:2"}
    assert found(filled, "export", days=DateRange(date(2026, 3, 2), None)) == {"review:2"}
    assert found(filled, "", days=DateRange(None, date(2026, 3, 1))) == {"review:1"}


def test_totals_and_facets_are_of_what_is_left(filled: Engine) -> None:
    page = ask(filled, "", filters={"-kind": ("call",)}, facets=("tag", "month"))
    assert page.total == 2
    assert dict(page.facets["tag"]) == {"Export": 1, "GDPR": 1}
    assert dict(page.facets["month"]) == {"2026-03": 1, "2026-04": 1}


def test_a_month_is_a_field_like_others(filled: Engine) -> None:
    assert found(filled, "month:2026-03") == {"review:1", "review:2"}
    assert found(filled, "export -month:2026-03") == set()
