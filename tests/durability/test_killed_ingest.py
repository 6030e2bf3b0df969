"""kill -9 in the middle of an ingest: a short slice of tests/soak/test_kill_ingest.py."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.durability.killing import (
    assert_nothing_acknowledged_is_lost,
    assert_whole,
    grown,
    kill,
    made,
    opened,
    run,
    start,
    wait_for_rows,
)

COUNT = 1000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown(tmp_path_factory.mktemp("grown") / "reviews.ndjson", COUNT)


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 501])
def test_a_killed_ingest_loses_nothing_it_counted_and_is_finished_by_running_it_again(
    home: Path, source: Path, after: int
) -> None:
    made(home)
    process = start(home, "ingest", str(source))
    wait_for_rows(home, process, after)
    time.sleep(after / 3000)
    kill(process)
    with opened(home) as library:
        assert_nothing_acknowledged_is_lost(library)
    code, said, _ = run(home, "ingest", str(source), "--json")
    report = json.loads(said)
    assert (code, report["added"] + report["unchanged"]) == (0, COUNT)
    with opened(home) as library:
        assert_whole(library, source, COUNT)
