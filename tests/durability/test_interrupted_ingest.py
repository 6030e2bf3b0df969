"""Ingests that end before their time without being killed: Ctrl-C, a full disk, somebody else at work."""

from __future__ import annotations

import json
import os
import resource
import signal
from pathlib import Path

import pytest

from kb.intake import runs
from tests.durability.killing import (
    assert_nothing_acknowledged_is_lost,
    assert_whole,
    finished,
    grown,
    made,
    opened,
    rows_stored,
    run,
    start,
    wait_for_rows,
)
from tests.durability.test_interrupted_start import heeds_ctrl_c

COUNT = 1100
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown(tmp_path_factory.mktemp("grown") / "reviews.ndjson", COUNT)


def finish(home: Path, source: Path, count: int = COUNT) -> None:
    """Running it again brings in the rest, and all of it is found."""
    code, said, _ = run(home, "ingest", str(source), "--json")
    report = json.loads(said)
    assert (code, report["added"] + report["unchanged"]) == (0, count)
    with opened(home) as library:
        assert_whole(library, source, count)


def test_ctrl_c_notes_the_run_as_stopped_and_running_it_again_finishes(home: Path, source: Path) -> None:
    process = start(made(home), "ingest", str(source), preexec_fn=heeds_ctrl_c)
    wait_for_rows(home, process, 1)
    process.send_signal(signal.SIGINT)
    code, _, complaint = finished(process)
    *_, how_far, stopped = complaint.splitlines()  # lines of progress may stand before them
    assert (code, stopped) == (3, "kb: stopped.")
    assert how_far == f"{rows_stored(home):,} rows are in, and stay. The same command goes on from there."
    with opened(home) as library:
        assert runs.listed(library)[0].state == "stopped"
        assert_nothing_acknowledged_is_lost(library)
    finish(home, source)


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, 1_200_000))


def test_a_file_that_may_not_grow_is_said_in_a_sentence_and_costs_nothing(home: Path, source: Path) -> None:
    process = start(made(home), "ingest", str(source), preexec_fn=_small_files)
    code, _, complaint = finished(process)
    assert (code, complaint.startswith("kb: "), "Traceback" in complaint) == (3, True, False), complaint
    with opened(home) as library:
        assert_nothing_acknowledged_is_lost(library)
    finish(home, source)


def test_a_full_disk_is_said_in_a_sentence_and_costs_nothing(tmp_path: Path, source: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.getuid() or os.system(f"mount -t tmpfs -o size=3m none {disk} 2>/dev/null"):  # noqa: S605 - our own path
        pytest.skip("only root may make a small disk to fill")
    try:
        code, _, complaint = run(made(disk / "home"), "ingest", str(source))
        assert (code, "is full" in complaint, "Traceback" in complaint) == (3, True, False), complaint
        assert "Error" not in complaint  # the index says it in words, too
        with opened(disk / "home") as library:
            assert_nothing_acknowledged_is_lost(library)
        os.system(f"mount -o remount,size=100m {disk}")  # noqa: S605 - our own path
        finish(disk / "home", source)
    finally:
        os.system(f"umount {disk}")  # noqa: S605 - our own path


def test_two_ingests_of_the_same_file_at_once_bring_each_row_in_once(home: Path, source: Path) -> None:
    made(home)
    both = [start(home, "ingest", str(source), "--json") for _ in range(2)]
    reports = [json.loads(said) for code, said, _ in map(finished, both) if code == 0]
    assert [report["added"] + report["unchanged"] for report in reports] == [COUNT, COUNT]
    assert sum(report["added"] for report in reports) == COUNT
    with opened(home) as library:
        assert_whole(library, source, COUNT)


def test_an_ingest_stopped_by_another_process_keeps_what_it_brought_in(home: Path, tmp_path: Path) -> None:
    many = 4 * COUNT  # or it is done before anybody can stop it
    source = grown(tmp_path / "many.ndjson", many)
    made(home)
    with opened(home) as library:
        process = start(home, "ingest", str(source))
        wait_for_rows(home, process, 1)
        runs.stop(library, runs.listed(library)[0].id)
    assert finished(process)[0] == 0
    assert 0 < rows_stored(home) < many
    with opened(home) as library:
        assert runs.listed(library)[0].state == "stopped"
        assert_nothing_acknowledged_is_lost(library)
