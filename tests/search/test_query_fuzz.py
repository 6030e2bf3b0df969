"""A slice of the fuzz campaign (tests/soak has all of it): nothing that is typed is an error, and engines agree."""

from __future__ import annotations

from random import Random

import pytest
from campaign import run


@pytest.mark.parametrize("seed", range(3))
def test_three_hundred_made_up_questions(seed: int) -> None:
    run(Random(seed), questions=100)  # noqa: S311 - repeatable on purpose
