"""kill -9 between the index's commit and the note of it: what is indexed next stands there once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kb.search.base import Batch, Document
from kb.search.engines import open_engine

# Seven commits of three reviews each; then one of them changes, and the process dies before segments are merged.
CHILD = """
import os, signal, sys
from pathlib import Path
from kb.search.base import Batch
from kb.search.engines import open_engine
from tests.durability.test_killed_indexer import review

engine = open_engine(sys.argv[1], Path(sys.argv[2]), "library")
for number in range(7):
    engine.apply(Batch([review(3 * number + place) for place in range(3)], [], number + 1))
engine.shelf.save = lambda *state: os.kill(os.getpid(), signal.SIGKILL)
engine.apply(Batch([review(9, "changed")], [], 8))
"""


def review(id: int, text: str = "") -> Document:
    return Document(type="review", id=id, text={"body": f"word{id} {text} " + "text " * 50})


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
@pytest.mark.parametrize("trial", range(4))  # which segments are merged together is up to chance
def test_a_review_changed_after_the_kill_is_found_once(engine: str, trial: int, tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", CHILD, engine, str(tmp_path)])
    assert killed.returncode == -signal.SIGKILL
    opened = open_engine(engine, tmp_path, "library")
    opened.apply(Batch([review(10, "changed")], [], 9))
    try:
        assert opened.verify() == ()
        assert len(opened.keys()) == 21
    finally:
        opened.close()
