"""The campaign of questions made to be slow or to break something runs to its end on a small library without an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from benchmarks.made_up import DEEP, LONG, Nasty

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_seed_gives_the_same_questions_of_every_kind() -> None:
    nasty = Nasty(["The export of rows", "Die Zahlung"])
    made = [[nasty.question(random) for _ in range(600)] for random in (Random(1), Random(1))]  # noqa: S311
    assert made[0] == made[1]
    texts = [text for _, text in made[0]]
    assert len({kind for kind, _ in made[0]}) == 13
    assert any(len(text) >= LONG for text in texts)
    assert any(text.count("(") >= DEEP for text in texts)
    assert any("\0" in text for text in texts)


@pytest.mark.slow
def test_it_tells_how_long_each_kind_took(tmp_path: Path) -> None:
    options = ["--home", str(tmp_path / "kept"), "--size", "60", "--questions", "250"]
    command = [sys.executable, "-m", "benchmarks.nasty", *options]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=110)
    assert done.returncode == 0, done.stderr
    assert "60 reviews, 250 questions, seed 7" in done.stdout
    assert "| in all | 250 | 0 |" in done.stdout
    assert "The slowest:" in done.stdout
