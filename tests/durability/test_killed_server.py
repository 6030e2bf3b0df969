"""kill -9 of the whole server while people save: a short slice of tests/soak/test_kill_web.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.serving import Visitor, add_member, served
from kb import keeping
from tests.durability.killing import assert_nothing_acknowledged_is_lost, made, opened
from tests.durability.writing import assert_all_there_and_found, written_until_killed


@pytest.mark.slow
def test_what_was_acknowledged_is_there_and_found_after_a_kill(home: Path) -> None:
    add_member(made(home))
    with served(home) as server:
        visitors = [Visitor(server.address) for _ in range(2)]
        for visitor in visitors:
            visitor.sign_in()
    saved = []
    for number, seconds in enumerate((0.4, 1.0)):
        new, refused = written_until_killed(home, visitors, 100_000 * (number + 1), seconds, told_first=True)
        assert (bool(new), refused) == (True, [])
        saved += new
        with opened(home) as library:
            assert_nothing_acknowledged_is_lost(library)
            assert_all_there_and_found(library, saved)
            assert [found.sentence for found in keeping.examine(library) if found.wrong] == []
    with served(home) as server:
        visitors[0].go_to(server.address)
        assert f"/reviews/{saved[-1].review}" in visitors[0].get("/search", q=saved[-1].mark).text
