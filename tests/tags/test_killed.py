"""kill -9 in the middle of a merge, of bulk work or of undoing them leaves all or nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.library import Library
from kb.tags import bulk, deeds
from kb.tags import merging as tag_merging

Make = Callable[..., int]


def run(library: Library, work: str, number: int, dies_at: int) -> int:
    script = Path(__file__).with_name("dying.py")
    home = str(library.settings.home)
    return subprocess.run([sys.executable, script, home, work, str(number), str(dies_at)], check=False).returncode


@pytest.mark.slow
@pytest.mark.parametrize("dies_at", [12, 25, 40, 55])
def test_a_merge_that_is_killed_never_happened(
    opened: Library, review: Make, gem: Make, picture: Callable[[], Any], dies_at: int
) -> None:
    gem(review("privacy", "GDPR"), "privacy")
    review("privacy")
    before = picture()
    assert run(opened, "merge", 0, dies_at) == -9
    assert picture() == before
    assert run(opened, "merge", 0, 0) == 0
    assert picture() != before


@pytest.mark.slow
@pytest.mark.parametrize("dies_at", [10, 20, 30])
def test_an_undo_that_is_killed_never_happened(
    opened: Library, review: Make, picture: Callable[[], Any], dies_at: int
) -> None:
    review("privacy", "GDPR")
    review("privacy")
    before = picture()
    tag_merging.merge(opened, 1, 2, "ada")
    merged, number = picture(), deeds.latest(opened)[0].id
    assert run(opened, "undo", number, dies_at) == -9
    assert picture() == merged
    deeds.undo(opened, number, "ada")
    assert picture() == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tag", "product", "trash"])
def test_bulk_work_that_is_killed_can_be_carried_out_again(
    opened: Library, review: Make, picture: Callable[[], Any], kind: str
) -> None:
    ids = [review() for _ in range(30)]
    before = picture()
    plan = bulk.plan(opened, kind, "Console", ids, "ada")
    # More than half of its statements: some of the reviews were changed when it died.
    assert run(opened, "bulk", plan.deed.id, 40) == -9
    assert picture() == before
    assert bulk.carry_out(opened, plan.deed.id, "ada").total == 30


@pytest.mark.slow
def test_undoing_bulk_work_that_is_killed_never_happened(
    opened: Library, review: Make, picture: Callable[[], Any]
) -> None:
    ids = [review() for _ in range(30)]
    before = picture()
    number = bulk.plan(opened, "product", "Console", ids, "ada").deed.id
    bulk.carry_out(opened, number, "ada")
    done = picture()
    assert run(opened, "undo", number, 12) == -9
    assert picture() == done
    deeds.undo(opened, number, "ada")
    assert picture() == before
