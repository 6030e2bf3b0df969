"""kill -9 at fifty random moments of an ingest: every row that was counted is there, and running it again finishes."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from tests.durability.killing import (
    assert_nothing_acknowledged_is_lost,
    assert_whole,
    grown,
    kill,
    made,
    moments,
    opened,
    run,
    start,
)

COUNT = 4000
MOMENTS = 50


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown(tmp_path_factory.mktemp("grown") / "reviews.ndjson", COUNT)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory, source: Path) -> float:
    """How long the ingest takes when nobody stops it."""
    home = made(tmp_path_factory.mktemp("whole") / "home")
    began = time.monotonic()
    assert run(home, "ingest", str(source))[0] == 0
    return time.monotonic() - began


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(MOMENTS))
def test_killed_at_a_random_moment(home: Path, source: Path, whole_run: float, number: int) -> None:
    made(home)
    process = start(home, "ingest", str(source))
    time.sleep(moments("ingest", MOMENTS, whole_run)[number])
    kill(process)
    with opened(home) as library:
        assert_nothing_acknowledged_is_lost(library)
    code, said, complaint = run(home, "ingest", str(source), "--json")
    assert code == 0, complaint
    report = json.loads(said)
    assert report["added"] + report["unchanged"] == COUNT
    with opened(home) as library:
        assert_whole(library, source, COUNT)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2))
def test_killed_again_and_again_until_it_is_done(home: Path, source: Path, whole_run: float, seed: int) -> None:
    made(home)
    chance = random.Random(f"again {seed}")  # noqa: S311
    kills = 0
    while True:
        process = start(home, "ingest", str(source))
        time.sleep(whole_run * chance.uniform(0.2, 0.8 + kills / 8))
        if not kill(process):
            break
        kills += 1
        with opened(home) as library:
            assert_nothing_acknowledged_is_lost(library)
    with opened(home) as library:
        assert_whole(library, source, COUNT)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_killed_at_random_moments_of_making_the_index_anew(home: Path, source: Path) -> None:
    made(home)
    assert run(home, "ingest", str(source))[0] == 0
    began = time.monotonic()
    assert run(home, "reindex")[0] == 0
    for moment in moments("reindex", 12, time.monotonic() - began):
        process = start(home, "reindex")
        time.sleep(moment)
        kill(process)
        with opened(home) as library:
            assert_whole(library, source, COUNT)
    assert run(home, "reindex")[0] == 0
    folders = [path.name for path in (home / "index" / "tantivy").iterdir() if path.is_dir()]
    assert len(folders) == 1, "what stopped rebuilds left is removed"
