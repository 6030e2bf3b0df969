"""kill -9 of the whole server at fifty random moments of saving: what was acknowledged is there and found."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.serving import Visitor, add_member, served
from kb import keeping
from tests.durability.killing import assert_nothing_acknowledged_is_lost, made, moments, opened
from tests.durability.writing import Acknowledged, assert_all_there_and_found, written_until_killed

MOMENTS = 50
LONGEST = 2.5  # seconds of writing


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_at_random_moments_of_saving(home: Path) -> None:
    add_member(made(home))
    with served(home) as server:
        visitors = [Visitor(server.address) for _ in range(3)]
        for visitor in visitors:
            visitor.sign_in()
    everything: list[Acknowledged] = []
    for number, seconds in enumerate(moments("web", MOMENTS, LONGEST)):
        saved, refused = written_until_killed(home, visitors, 100_000 * (number + 1), 0.1 + seconds)
        assert refused == [], f"at moment {number}"
        with opened(home) as library:
            assert_nothing_acknowledged_is_lost(library)
            assert_all_there_and_found(library, saved)
        everything += saved
    with opened(home) as library:
        assert_all_there_and_found(library, everything)
        assert [found.sentence for found in keeping.examine(library) if found.wrong] == []
    assert len(everything) > 10 * MOMENTS, "too little was saved for a fair trial"
