"""Questions made to be slow or to break something, asked of a library: is any of them an error, and how long do they take?

    python -m benchmarks.nasty --home DIR --questions 20000 --seed 7     # a library that is there
    python -m benchmarks.nasty --size 2000 --questions 500               # one that is grown for it

Each is asked as the search page asks (`finding.search`: snippets, facets, months), one after the other in one process, some
for readers and some for curators, some narrowed by a kind. `thread` is the processor's time of the asking thread, which
other processes on the machine disturb less than the clock. What took over half a second is asked three times more at the end
and the quickest of these is told, too: it says whether the question is slow or the machine was busy.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from benchmarks.figures import machine, table
from benchmarks.made_up import Nasty
from benchmarks.used_library import Bench, prepared
from kb.finding import finding
from kb.library import Library

GOAL = 0.5  # seconds
_TEXTS = 5_000
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Asked:
    kind: str
    text: str
    wall: float
    thread: float
    error: str = ""
    again: float = 0.0
    options: dict[str, object] = field(default_factory=dict)


def texts(library: Library) -> list[str]:
    """Texts from all over the library, whose words the questions are made of."""
    rows = library.db.execute(
        "SELECT body FROM reviews WHERE id % (1 + (SELECT count(*) FROM reviews) / ?) = 0", [_TEXTS]
    )
    return [row[0] for row in rows] or ["export rows"]


def options_of(random: Random) -> dict[str, object]:
    filters = {"kind": ("call",)} if random.random() < 0.1 else {}
    return {
        "filters": filters,
        "unmasked": random.random() < 0.5,
        "sort": random.choice(("relevance", "relevance", "newest")),
    }


def ask(library: Library, kind: str, text: str, options: dict[str, object]) -> Asked:
    error = ""
    wall, thread = time.perf_counter(), time.thread_time()
    try:
        finding.search(library, text, months=True, **options)  # type: ignore[arg-type]
    except Exception:
        error = traceback.format_exc()
    return Asked(kind, text, time.perf_counter() - wall, time.thread_time() - thread, error, options=options)


def asked_again(library: Library, slow: Asked) -> Asked:
    """With the quickest of three more times."""
    return replace(slow, again=min(ask(library, slow.kind, slow.text, slow.options).wall for _ in range(3)))


def _ms(seconds: list[float]) -> list[str]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    figures = (statistics.median(seconds), cuts[94], cuts[98], max(seconds))
    return [*(f"{figure * 1000:.1f}" for figure in figures), str(sum(second > GOAL for second in seconds))]


def report(asked: list[Asked]) -> str:
    """By kind and in all, then the slowest."""
    kinds = sorted({each.kind for each in asked})
    rows = []
    for kind in (*kinds, "in all"):
        own = [each for each in asked if kind in (each.kind, "in all")]
        if len(own) > 1:
            errors = str(sum(bool(each.error) for each in own))
            wall, thread = _ms([each.wall for each in own]), _ms([each.thread for each in own])
            rows.append([kind, f"{len(own):,}", errors, *wall, *thread])
    figures = ("p50 ms", "p95", "p99", "longest", f"over {GOAL * 1000:.0f} ms")
    head = ["questions", "how many", "errors", *figures, *(f"thread {figure}" for figure in figures)]
    slowest = sorted(asked, key=lambda each: -each.wall)[:20]
    slow = [
        [
            f"{each.wall * 1000:.0f}",
            f"{each.thread * 1000:.0f}",
            f"{each.again * 1000:.0f}",
            each.kind,
            shown(each.text),
        ]
        for each in slowest
    ]
    still = sum(each.again > GOAL for each in asked)
    said = f"Asked three times more, {still} of those over {GOAL * 1000:.0f} ms took that long each time."
    told = table(["ms", "thread ms", "again, ms", "kind", "question"], slow)
    return f"{table(head, rows)}\n\n{said}\n\nThe slowest:\n\n{told}"


def shown(text: str) -> str:
    more = f"… ({len(text):,} characters)" if len(text) > _SHOWN else ""
    return f"`{ascii(text[:_SHOWN])[1:-1].replace('|', chr(92) + '|')}`{more}"


def measure(bench: Bench, questions: int, seed: int) -> list[Asked]:
    library = bench.open()
    random = Random(seed)
    asked: list[Asked] = []
    try:
        nasty = Nasty(texts(library))
        finding.search(library, "export report", unmasked=False)  # opens the index
        for number in range(1, questions + 1):
            asked.append(each := ask(library, *nasty.question(random), options_of(random)))
            if each.error or each.wall > GOAL:
                what = each.error or f"{each.wall * 1000:.0f} ms, thread {each.thread * 1000:.0f} ms"
                print(f"  {number}: {each.kind} {shown(each.text)} {what}", file=sys.stderr, flush=True)
        asked = [asked_again(library, each) if each.wall > GOAL else each for each in asked]
    finally:
        library.close()
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nasty", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--home", type=Path, help="a library that is there; nothing of its reviews is changed")
    parser.add_argument(
        "--size", type=int, default=100_000, help="reviews of a library made for this (default 100,000)"
    )
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        bench = prepared(options.home or Path(made) / "library", options)
        asked = measure(bench, options.questions, options.seed)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())  # of 1, 5 and 15 minutes
    asked_of = f"{bench.size:,} reviews, {options.questions:,} questions, seed {options.seed}"
    print(f"{machine()}; {asked_of}; load {load}\n\n{report(asked)}")
    sys.exit(any(each.error for each in asked))


if __name__ == "__main__":
    main()
