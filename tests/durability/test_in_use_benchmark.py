"""The benchmark of use runs to its end on a small library, and tells each of its figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("start", "suggestions", "throughput", "found", "edits")


def _measured(told: Path, *options: str) -> tuple[dict[str, object], str]:
    command = [sys.executable, "-m", "benchmarks.in_use", "--json", str(told), *options]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=110)
    assert done.returncode == 0, done.stderr
    return json.loads(told.read_text("utf-8")), done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the processes' time from /proc")
def test_every_part_is_measured_on_a_small_library(tmp_path: Path) -> None:
    few = "--size 120 --workers 1 --starts 2 --seconds 0.5 --typed 8 --saves 2 --edits 5"
    figures, shown = _measured(tmp_path / "told.json", *few.split())
    assert [part for part in PARTS if part in figures] == list(PARTS)
    assert figures["size"] == 120
    assert set(figures["throughput"]) == {"hello page of the same server", "static file of kb", "search page"}  # type: ignore[arg-type]
    titles = (
        "First search page",
        "Suggestions while typing",
        "Requests a second",
        "From saved to found",
        "Single edits",
    )
    assert all(title in shown for title in titles)


@pytest.mark.slow
def test_a_library_that_is_there_is_used_and_kept(tmp_path: Path) -> None:
    home = tmp_path / "kept"
    for size in (60, 60):
        figures, _ = _measured(
            tmp_path / "told.json", "--home", str(home), "--size", "60", "--only", "edits", "--edits", "3"
        )
        assert figures["size"] == size
        assert "found" not in figures
    assert (home / "library.db").is_file()
