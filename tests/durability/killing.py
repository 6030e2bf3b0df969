"""Real processes of kb, killed at a moment of our choosing, and what must be true of the library afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.grow import Grower
from kb import keeping, settings
from kb import library as libraries
from kb.finding import finding
from kb.library import Library
from kb.store import upkeep

_LETTERS = "bcdfghklmnprstvz"


def word(number: int) -> str:
    """A word of its own for each number, to find one review by; far from all others, and no language's."""
    letters = []
    for _ in range(6):
        number, at = divmod(number * 7 + 3, len(_LETTERS))
        letters.append(_LETTERS[at])
    return f"zq{''.join(letters)}"


def grown(path: Path, count: int, seed: int = 1) -> Path:
    """A file of `count` reviews, each with a word of its own in its body."""
    with path.open("w", encoding="utf-8") as file:
        for number, record in enumerate(Grower(seed).reviews(count)):
            record["body"] += f" mark{number}mark"
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def made(home: Path) -> Path:
    libraries.make(settings.load(home, environ={}))
    return home


@contextmanager
def opened(home: Path) -> Iterator[Library]:
    library = Library(settings.load(home, environ={}, meaning="off"))  # as its processes have it: tests/conftest.py
    try:
        yield library
    finally:
        library.close()


def start(home: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start a command of kb as a process group of its own."""
    command = [sys.executable, "-m", "kb", "--home", str(home), *arguments]
    return subprocess.Popen(
        command, start_new_session=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


def finished(process: subprocess.Popen[str], seconds: float = 100) -> tuple[int, str, str]:
    """Wait for its end: exit code, standard output, standard error."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def run(home: Path, *arguments: str, **options: Any) -> tuple[int, str, str]:
    return finished(start(home, *arguments, **options))


def kill(process: subprocess.Popen[str]) -> bool:
    """End it and its children at once, as a power cut would. False when it had ended by itself."""
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return alive


def rows_stored(home: Path) -> int:
    """How many reviews the library holds, asked from outside while somebody else may be writing."""
    with opened(home) as library:
        return int(library.db.execute("SELECT count(*) FROM reviews").fetchone()[0])


def wait_for_rows(home: Path, process: subprocess.Popen[str], least: int, seconds: float = 60) -> None:
    """Until an ingest has stored so many rows."""
    until = time.monotonic() + seconds
    while rows_stored(home) < least:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, f"no {least} rows after {seconds} s"
        time.sleep(0.02)


def moments(seed: str, count: int, longest: float) -> list[float]:
    """Random moments, one in each of `count` equal parts of the time, so that no part of it goes untried."""
    chance = random.Random(seed)  # noqa: S311
    return [(part + chance.random()) * longest / count for part in range(count)]


def assert_nothing_acknowledged_is_lost(library: Library) -> None:
    """The file is whole, and each run's counted rows are there: the library after a kill, before anything is mended."""
    assert upkeep.damage(library.db) == []
    assert upkeep.orphans(library.db) == []
    counted = dict(library.db.execute("SELECT id, added FROM runs WHERE added > 0"))
    stored = dict(library.db.execute("SELECT run_id, count(*) FROM reviews WHERE run_id IS NOT NULL GROUP BY run_id"))
    assert stored == counted


def assert_whole(library: Library, path: Path, count: int) -> None:
    """All of a grown file is there once, and found."""
    ids = [row[0] for row in library.db.execute("SELECT external_id FROM reviews")]
    assert len(ids) == len(set(ids)) == count
    assert library.catch_up()
    with path.open(encoding="utf-8") as lines:
        wanted = {json.loads(line)["id"]: f"mark{number}mark" for number, line in enumerate(lines)}
    assert set(ids) == set(wanted)
    for external_id, mark in islice(wanted.items(), 0, None, max(1, count // 200)):
        assert [hit.external_id for hit in finding.search(library, mark, unmasked=True).hits] == [external_id]
    assert [found.sentence for found in keeping.examine(library) if found.wrong] == []
