"""The whole fuzz campaign of the query language; tests/search/test_query_fuzz.py runs a slice of it every time."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "search"))
from campaign import run


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 200))
def test_two_hundred_thousand_made_up_questions(seed: int) -> None:
    run(Random(seed), questions=2000)  # noqa: S311 - repeatable on purpose
