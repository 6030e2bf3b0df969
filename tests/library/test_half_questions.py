"""What a new hire types into the sample library has its answer among the first three, mostly; with words alone."""

from __future__ import annotations

from pathlib import Path

from benchmarks.half_questions import FIRST, load, places, sample

_AT_LEAST = 0.8


def test_half_a_question_finds_its_answer_among_the_first_three(tmp_path: Path) -> None:
    library = sample(tmp_path / "home", with_meaning=False)
    try:
        found = [0 < place <= FIRST for _, place in places(library, load())]
    finally:
        library.close()
    assert sum(found) >= _AT_LEAST * len(found)
