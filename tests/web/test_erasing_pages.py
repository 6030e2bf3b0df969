"""Erasing set-aside rows on the report's page: ticked, shown once more, gone."""

from __future__ import annotations

import re

from browsing import Browser, page
from test_ingest_pages import carried_out, drop

from kb.intake import runs
from kb.library import Library

LINES = b"".join(b'{"id": %d, "body": "Secret %d", "date": "31.02.2024"}\n' % (n, n) for n in range(3))


def report(browser: Browser, library: Library) -> str:
    """The address of a report with three rows set aside."""
    _, address = drop(browser, ("notes.ndjson", LINES))
    carried_out(library, browser, address)
    return address


def test_rows_that_were_ticked_are_shown_once_more_and_erased(client_as, library: Library) -> None:
    browser = client_as("reviewer")
    address = report(browser, library)
    boxes = re.findall(r'name="row" value="(\d+)" form="erase"', page(browser.get(address)))
    assert len(boxes) == 3
    sure = page(browser.get(f"{address}/erase", query_string={"row": boxes[:2]}))
    assert "Erase 2 rows for good?" in sure
    assert ("Secret 0" in sure, "Secret 2" in sure) == (True, False)
    assert re.findall(r'name="row" value="(\d+)"', sure) == boxes[:2]
    assert runs.open_count(library, 1) == 3
    answer = browser.post(f"{address}/erase", data={"row": boxes[:2]}, follow_redirects=True)
    assert "2 rows are erased." in answer.text
    assert "Reviewer erased 2 rows that were set aside" in answer.text
    assert [str(number) for number, _, _ in runs.skipped(library, 1)] == boxes[2:]


def test_all_rows_of_a_run_are_erased(client_as, library: Library) -> None:
    browser = client_as("reviewer")
    address = report(browser, library)
    assert "Erase 3 rows for good?" in page(browser.get(f"{address}/erase?every=yes"))
    browser.post(f"{address}/erase", data={"every": "yes"})
    assert runs.skipped(library, 1) == []
    assert "is not kept any more" in page(browser.get(address))


def test_nothing_is_erased_where_nothing_was_ticked_or_is_there(client_as, library: Library) -> None:
    browser = client_as("reviewer")
    address = report(browser, library)
    for form, said in (({}, "Tick the rows"), ({"row": ["x", "9999"]}, "set aside any more")):
        answer = browser.post(f"{address}/erase", data=form)
        assert (answer.status_code, said in answer.text) == (400, True)
    assert browser.get(f"{address}/erase?row=9999").location == address
    assert runs.open_count(library, 1) == 3


def test_nobody_erases_anothers_rows_but_a_curator(client_as, library: Library) -> None:
    address = report(client_as("reviewer"), library)
    everything = {"every": "yes"}
    assert client_as("other").get(f"{address}/erase", query_string=everything).status_code == 403
    assert client_as("other").post(f"{address}/erase", data=everything).status_code == 403
    assert 'name="row"' not in page(client_as("other").get(address))
    assert runs.open_count(library, 1) == 3
    assert client_as("curator").post(f"{address}/erase", data=everything).status_code == 303
