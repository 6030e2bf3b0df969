"""An upload that did not come to its end goes on with the same files, or its files are erased."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from browsing import Browser, page
from test_ingest_pages import GOOD, carried_out, drop

from kb import reviews
from kb.intake import runs
from kb.library import Library
from kb.store import runs as kept
from kb.store.database import stamp


def broken(library: Library, browser: Browser, state: str = "stopped") -> str:
    """The address of an upload whose run ended so; one that is running has lost its process."""
    _, address = drop(browser, ("notes.ndjson", GOOD))
    began = library.now() - timedelta(minutes=5)
    with library.transaction() as db:
        kept.note(db, 1, began, state=state, message="It ended.")
        if state != "running":
            kept.note(db, 1, began, finished_at=stamp(began))
    return address


def files(library: Library) -> int:
    return len(list(library.settings.uploads.rglob("notes.ndjson")))


@pytest.mark.parametrize("state", ["stopped", "failed", "running"])
def test_an_upload_that_did_not_come_to_its_end_goes_on_with_the_same_files(
    client_as, library: Library, state: str
) -> None:
    browser = client_as("reviewer")
    address = broken(library, browser, state)
    assert "Go on with the same files" in page(browser.get(address))
    again = browser.post(f"{address}/go-on").location
    assert again == "/ingest/runs/2"
    assert "What would happen" in page(browser.get(again))
    assert carried_out(library, browser, again)["added"] == 1
    assert reviews.listed(library)[1] == 1
    until = time.monotonic() + 10
    while files(library):  # the run is done a moment before its process has cleared up
        assert time.monotonic() < until
        time.sleep(0.02)
    assert runs.get(library, 1).state == ("stopped" if state == "running" else state)
    assert "Go on with the same files" not in page(browser.get(address))
    assert "not kept any more" in browser.post(f"{address}/go-on", follow_redirects=True).text


def test_a_run_that_is_done_or_waits_does_not_go_on(client_as, library: Library) -> None:
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD))
    browser.post(f"{address}/go-on")
    carried_out(library, browser, address)
    browser.post(f"{address}/go-on")
    assert len(runs.listed(library)) == 1


def test_only_who_brought_it_or_a_curator_lets_it_go_on(client_as, library: Library) -> None:
    address = broken(library, client_as("reviewer"))
    assert client_as("other").post(f"{address}/go-on").status_code == 403
    assert client_as("curator").post(f"{address}/go-on").status_code == 303


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_the_files_of_what_did_not_come_to_its_end_are_erased_after_a_week(
    client_as, library: Library, days: int, left: int
) -> None:
    broken(library, client_as("reviewer"))
    now = library.now()
    library.now = lambda: now + timedelta(days=days)
    assert runs.drop_forgotten(library) == 1 - left
    assert files(library) == left


def test_files_that_are_brought_in_at_the_moment_stay_however_old(client_as, library: Library) -> None:
    broken(library, client_as("reviewer"), "running")
    now = library.now() + timedelta(days=8)
    library.now = lambda: now
    with library.transaction() as db:
        kept.note(db, 1, now)
    assert (runs.drop_forgotten(library), files(library)) == (0, 1)
