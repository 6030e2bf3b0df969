"""What is saved, here or by another process, is soon found; a broken index never stands in the way of saving."""

from __future__ import annotations

import time

from browsing import signed_in

from kb import reviews
from kb.finding import finding, searches
from kb.models import Draft
from kb.web.indexing import Follower


def wait_until(true, limit: float = 10.0) -> None:
    """How soon it is, benchmarks/in_use.py measures; here only that it comes by itself."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit, "it did not happen"
        time.sleep(0.02)


def found_by(browser, word: str) -> bool:
    return browser.get(f"/api/v1/search?q={word}").json["total"] > 0


def test_what_another_process_saves_is_found_soon(client_as, library):
    browser = client_as("reader")
    assert not found_by(browser, "quicksilver")
    reviews.add(library, Draft(title="Quicksilver", body="x"), "another process")
    wait_until(lambda: found_by(browser, "quicksilver"))


def test_what_is_saved_in_the_browser_is_found_soon(client_as):
    browser = client_as("reviewer")
    assert (
        browser.post(
            "/reviews/new", data={"title": "Quicksilver", "body": "x", "kind": "call", "do": "save"}
        ).status_code
        == 303
    )
    wait_until(lambda: found_by(browser, "quicksilver"))


def test_two_servers_over_one_library_both_find_it(make_app, library):
    browsers = [signed_in(make_app().test_client(), library, "reader") for _ in range(2)]
    for browser in browsers:
        assert not found_by(browser, "quicksilver")
    reviews.add(library, Draft(title="Quicksilver", body="x"), "another process")
    for browser in browsers:
        wait_until(lambda browser=browser: found_by(browser, "quicksilver"), limit=2.0)


def test_a_broken_index_does_not_stop_saving(make_app, library):
    library.settings.index.write_text("no folder")
    browser = signed_in(make_app().test_client(), library, "reviewer")
    saved = browser.post("/reviews/new", data={"title": "Kept", "body": "x", "kind": "call", "do": "save"})
    assert saved.status_code == 303
    assert reviews.listed(library)[1] == 1
    assert browser.get("/search?q=kept").status_code == 200


def test_a_lag_is_said_when_it_lasts(library):
    library.settings.index.write_text("no folder")
    reviews.add(library, Draft(body="x"), "x")
    follower = Follower(library)
    assert not follower.is_behind()
    follower.start()
    wait_until(follower.is_behind)
    assert follower.share_found() == 0.0  # of an index that is not there
    library.settings.index.unlink()
    wait_until(lambda: not follower.is_behind())
    follower.stop()
    assert finding.search(library, "x", unmasked=True).total == 1


def test_the_thread_ends_when_it_is_told_to(library):
    follower = Follower(library)
    follower.start()
    follower.stop()
    assert not follower.is_running


def test_while_the_index_is_made_anew_nothing_is_said_to_be_nowhere(make_app, library):
    reviews.add(library, Draft(title="Quicksilver", body="x"), "x")
    library.catch_up()
    app = make_app()
    browser = signed_in(app.test_client(), library, "reader")
    assert found_by(browser, "quicksilver")
    with library.engine.writing():  # by somebody who takes long
        for number in range(4):
            reviews.add(library, Draft(title=f"Cinnabar {number}", body="x"), "x")
        wait_until(app.extensions["kb"].follower.is_behind)
        page = browser.get("/search?q=cinnabar").text
        assert "The index is being made: about 20% of the library can be found so far." in page
        assert "It may be there and not be found yet." in page
        assert "Nobody has written it down yet." not in page
    wait_until(lambda: found_by(browser, "cinnabar"), limit=30.0)  # its tries have grown rare
    app.extensions["kb"].searches.save(library)
    assert searches.missing(library) == ([], 0)
    assert "<mark>Cinnabar</mark>" in browser.get("/search?q=cinnabar").text
