"""How fast kb brings reviews in and finds them, beside its peers: one run, one machine, the same text and questions.

    python -m benchmarks.speed                       20,000 and 100,000 reviews, about ten minutes
    python -m benchmarks.speed --sizes 2000          a quick try
    python -m benchmarks.speed --json results.json   the figures for a script, too
    python -m benchmarks.speed --keep DIR            the libraries stay, for benchmarks.in_use --home DIR/100000/library

The questions are asked of all in turn, so that whatever else the machine does hits all of them alike; what counts is
the ratio. What each peer does is in benchmarks/peers.py, where the text comes from in benchmarks/grow.py.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from benchmarks import serving
from benchmarks.figures import Times, chart, machine, table
from benchmarks.grow import grow
from benchmarks.peers import Fts5, Peer, Tantivy, Whoosh, read
from benchmarks.questions import BANDS, Asker
from kb import library as libraries
from kb import settings
from kb.finding import finding
from kb.gems import matching
from kb.intake import intake
from kb.intake.intake import IntakeOptions, Progress
from kb.library import Library

SIZES = (20_000, 100_000)
ASKED = ((1, False), (2, False), (3, False), (2, True), (3, True))  # how many words, and whether any of them will do
QUESTIONS = 70  # of each length and band
_WARM_UP = 5
_WHOOSH_UP_TO = 20_000  # beyond, indexing alone would take it a quarter of an hour
_FTS5_UP_TO = 100_000  # beyond, a common word takes it seconds
_MATCHED_UP_TO = 100_000
_HTTP_SEARCHES = 50
ALL = "all"


@dataclass(slots=True)
class Result:
    """All figures of one size. `search` is by who answers, then by how many words and how common ("2 common", "2 all";
    "any of 2 common" where any of the words will do).

    `matching` is how many reviews a second are tried with the gems, which the pages' server does afterwards.
    """

    size: int
    raw_mb: float
    rates: dict[str, float] = field(default_factory=dict)  # reviews a second
    first_tenth: float = 0.0
    last_tenth: float = 0.0
    matching: float = 0.0
    search: dict[str, dict[str, Times]] = field(default_factory=dict)
    index_share: float = 0.0
    memory_mb: tuple[float, float] | None = None
    http: Times | None = None


class _Marks:
    """When which row was reached, for the rates of the tenths."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._marks = [(0, time.perf_counter())]

    def __call__(self, progress: Progress) -> None:
        self._marks.append((progress.rows, time.perf_counter()))

    def end(self) -> None:
        """Whatever the run does after its last row, such as the rest of the index, counts to the last tenth."""
        self._marks.append((self._marks[-1][0], time.perf_counter()))

    def rate(self, start: float, stop: float) -> float:
        """Reviews a second between two shares of the whole, as exactly as the batches tell."""
        row, began = max(mark for mark in self._marks if mark[0] <= start * self._size)
        last, ended = (
            self._marks[-1] if stop == 1 else min(mark for mark in self._marks if mark[0] >= stop * self._size)
        )
        return (last - row) / (ended - began)


def measure(size: int, folder: Path, say: Callable[[str], None]) -> Result:
    """All figures of one size, in a folder that can be thrown away."""
    source = folder / "grown.ndjson"
    say(f"{size:,} reviews: growing the sample text")
    grow(size, source)
    result = Result(size, round(source.stat().st_size / 1e6, 1))
    library = _ingest(source, folder / "library", result, say)
    peers = _peers(source, folder, result, say)
    try:
        asker = Asker(read(source))
        _search(library, peers, asker, result, say)
    finally:
        library.close()
        for peer in peers:
            peer.close()
    say(f"{size:,} reviews: serving them")
    _serve(folder / "library", asker, result)
    return result


def _ingest(source: Path, home: Path, result: Result, say: Callable[[str], None]) -> Library:
    say(f"{result.size:,} reviews: kb brings them in")
    chosen = settings.load(home, environ={}, meaning="off")  # whatever is installed here: the peers have no such thing
    libraries.make(chosen)
    library = Library(chosen)
    marks = _Marks(result.size)
    report = intake.ingest(library, [str(source)], IntakeOptions(), who="benchmark", progress=marks, match=False)
    marks.end()
    if result.size <= _MATCHED_UP_TO:
        began = time.perf_counter()
        matching.catch_up(library)
        result.matching = round(result.size / (time.perf_counter() - began))
    if report.added != result.size:
        raise RuntimeError(f"{report.added} of {result.size} were added; {report.skipped[:1]}")
    if lag := library.indexer().lag():
        raise RuntimeError(f"The index is {lag} changes behind.")
    result.rates["kb"] = round(marks.rate(0, 1))
    result.first_tenth, result.last_tenth = round(marks.rate(0, 0.1)), round(marks.rate(0.9, 1))
    held = sum(path.stat().st_size for path in chosen.index.rglob("*") if path.is_file())
    result.index_share = round(held / 1e6 / result.raw_mb, 2)
    return library


def _peers(source: Path, folder: Path, result: Result, say: Callable[[str], None]) -> list[Peer]:
    made: list[Peer] = []
    for kind in (Tantivy, Fts5, Whoosh):
        if result.size > {Whoosh: _WHOOSH_UP_TO, Fts5: _FTS5_UP_TO}.get(kind, result.size):
            continue
        say(f"{result.size:,} reviews: {kind.name} indexes them")
        place = folder / kind.__name__
        place.mkdir()
        peer = kind(place)
        began = time.perf_counter()
        peer.add(read(source))
        result.rates[peer.name] = round(result.size / (time.perf_counter() - began))
        made.append(peer)
    return made


def _search(library: Library, peers: Sequence[Peer], asker: Asker, result: Result, say: Callable[[str], None]) -> None:
    for words, any_of in ASKED:
        kind = f"any of {words}" if any_of else str(words)
        say(f"{result.size:,} reviews: searching for {kind}")
        asking: dict[str, Callable[[Sequence[str]], object]] = {
            peer.name: partial(peer.search, any_of=any_of) for peer in peers
        }
        asking["kb"] = partial(_ask, library, any_of=any_of)
        every: dict[str, list[float]] = {name: [] for name in asking}
        for band in BANDS:
            for name, seconds in _in_turn(asking, asker.questions(band, words, QUESTIONS + _WARM_UP)).items():
                every[name] += seconds[_WARM_UP:]
                result.search.setdefault(name, {})[f"{kind} {band}"] = Times.of(seconds[_WARM_UP:])
        for name, seconds in every.items():
            result.search[name][f"{kind} {ALL}"] = Times.of(seconds)


def _ask(library: Library, words: Sequence[str], *, any_of: bool) -> object:
    return finding.search(library, (" OR " if any_of else " ").join(words), unmasked=False)


def _in_turn(
    asking: dict[str, Callable[[Sequence[str]], object]], asked: Sequence[Sequence[str]]
) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in asking}
    names = list(asking)
    for number, question in enumerate(asked):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            began = time.perf_counter()
            asking[name](question)
            seconds[name].append(time.perf_counter() - began)
    return seconds


def _serve(home: Path, asker: Asker, result: Result) -> None:
    """Memory of a serving process after searches over HTTP, and how long a search page takes."""
    serving.add_member(home)
    os.environ["KB_MEANING"] = "off"
    with serving.served(home) as server:
        visitor = serving.Visitor(server.address)
        visitor.sign_in()
        seconds = []
        for question in asker.questions("common", 2, _HTTP_SEARCHES):
            began = time.perf_counter()
            answer = visitor.get("/search", q=" ".join(question))
            seconds.append(time.perf_counter() - began)
            if answer.status != 200:
                raise RuntimeError(f"Searching over HTTP was answered with {answer.status}.")
        result.http = Times.of(seconds[5:])
        result.memory_mb = serving.memory_mb(server)


def shown(results: Sequence[Result]) -> str:
    """The figures as Markdown tables."""
    growth = [_growth(results, "2 all"), _growth(results, "any of 3 all")] if len(results) > 1 else []
    return "\n\n".join([_ingest_table(results), *map(_search_table, results), *growth, _serving_table(results)])


def _growth(results: Sequence[Result], kind: str) -> str:
    names = ("kb", Tantivy.name)
    lines = [[one.search[name][kind].p50 for one in results] for name in names]
    return chart(f"{kind}: p50 of {' (upper line) and '.join(names)}", [f"{one.size:,}" for one in results], lines)


def _ingest_table(results: Sequence[Result]) -> str:
    names = [name for name in ("kb", "tantivy alone", "SQLite FTS5", "Whoosh") if name in results[0].rates]
    head = ["reviews", "text", *(f"{name}, reviews/s" for name in names)]
    head += ["kb's first tenth", "kb's last tenth", "kb's index / text", "tried with gems"]
    rows = [
        [
            f"{one.size:,}",
            f"{one.raw_mb:,.0f} MB",
            *(f"{one.rates[name]:,.0f}" if name in one.rates else "-" for name in names),
            f"{one.first_tenth:,.0f}/s",
            f"{one.last_tenth:,.0f}/s",
            f"{one.index_share:.2f}",
            f"{one.matching:,.0f}/s" if one.matching else "-",
        ]
        for one in results
    ]
    return "Bringing in\n\n" + table(head, rows)


def _search_table(one: Result) -> str:
    names = [name for name in one.search if name != "kb"]
    head = ["words", "kb p50 / p95 ms", *(f"{name} p50 / p95 ms" for name in names), *(_ratio(n) for n in names)]
    rows = []
    for key, ours in one.search["kb"].items():
        others = [one.search[name][key] for name in names]
        rows.append(
            [
                key,
                f"{ours.p50:.2f} / {ours.p95:.2f}",
                *(f"{other.p50:.2f} / {other.p95:.2f}" for other in others),
                *(_times(name, ours.p50, other.p50) for name, other in zip(names, others, strict=True)),
            ]
        )
    return f"Searching {one.size:,} reviews\n\n" + table(head, rows)


def _ratio(name: str) -> str:
    return "kb / tantivy alone" if name == Tantivy.name else f"{name} / kb"


def _times(name: str, ours: float, other: float) -> str:
    return f"{ours / other:.1f}" if name == Tantivy.name else f"{other / ours:.1f}"


def _serving_table(results: Sequence[Result]) -> str:
    rows = []
    for one in results:
        memory = one.memory_mb
        http = one.http
        rows.append(
            [
                f"{one.size:,}",
                f"{memory[0]:.0f} MB" if memory else "not known here (Linux only)",
                f"{memory[1]:.0f} MB" if memory else "-",
                f"{http.p50:.1f} / {http.p95:.1f}" if http else "-",
            ]
        )
    head = ["reviews", "serving process (RSS)", "all processes (PSS)", "search page over HTTP p50 / p95 ms"]
    return "Serving with one worker\n\n" + table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="how many reviews")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the libraries there, as DIR/SIZE/library")
    chosen = parser.parse_args()
    began = time.perf_counter()
    results = []
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory(prefix="kb-bench-") as passing:
            folder = chosen.keep / str(size) if chosen.keep else Path(passing)
            folder.mkdir(parents=True, exist_ok=True)
            results.append(measure(size, folder, lambda text: print(f"  {text}", file=sys.stderr, flush=True)))
    command = f"python -m benchmarks.speed --sizes {' '.join(map(str, chosen.sizes))}"
    print(f"\n{machine()}\n`{command}`, {time.perf_counter() - began:,.0f} s\n\n{shown(results)}")
    if chosen.json:
        figures = {"machine": machine(), "command": command, "sizes": [asdict(one) for one in results]}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
