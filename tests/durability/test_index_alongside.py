"""The process that brings the index along while a run stores: it ends with its run, however that ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from kb.finding.indexing import LibraryFeed
from kb.intake.alongside import Alongside
from kb.library import Library
from tests.durability import killing
from tests.durability.killing import assert_nothing_acknowledged_is_lost, grown, made, start, wait_for_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes through /proc"),
]


def followers(home: Path) -> list[int]:
    """The processes that follow this library."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "kb.intake.alongside" in command and str(home) in command:
            found.append(int(path.parent.name))
    return found


def wait_until(true: object, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def test_it_ends_when_its_run_is_killed_and_leaves_nothing_unindexed(home: Path, tmp_path: Path) -> None:
    process = start(made(home), "ingest", str(grown(tmp_path / "a.ndjson", 20_000)))
    wait_until(lambda: followers(home))
    wait_for_rows(home, process, 1000)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    wait_until(lambda: not followers(home))
    with killing.opened(home) as library:
        assert_nothing_acknowledged_is_lost(library)
        assert library.engine.watermark() == LibraryFeed(library).latest() > 0


def test_a_run_goes_on_when_it_dies(opened: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.intake.alongside._WORTH_IT_AFTER", 0.0)
    indexing = Alongside(opened)
    indexing.step()
    home = opened.settings.home
    wait_until(lambda: followers(home))
    for pid in followers(home):
        os.kill(pid, signal.SIGKILL)
    indexing.step()
    assert indexing.finish()
