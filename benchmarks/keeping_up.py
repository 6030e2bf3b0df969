"""How a library keeps up with changes in use: how soon a saved one is found, and the index after many single edits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from benchmarks import serving
from benchmarks.figures import Times
from benchmarks.grow import grow
from benchmarks.used_library import CURATOR, Bench, say
from kb import keeping, reviews
from kb.library import Library
from kb.models import Draft, Review

IDLE, STORING, AFTERWARDS = "nothing else", "an ingest stores", "its reviews are tried with the gems"
_EVERY = 0.5  # seconds from one save to the next
_POLL = 0.005
_GIVEN_UP = 60.0
_REVIEW = re.compile(r"/reviews/(\d+)")
_CONSONANTS = "bcdfghklmnprstvz"


@dataclass(slots=True)
class Saved:
    """While something else went on: until a save was answered, and from then until a search found it."""

    save: Times
    found: Times


@dataclass(slots=True)
class Held:
    """The index at one moment."""

    megabytes: float
    segments: int
    files: int


@dataclass(slots=True)
class Edited:
    before: Held
    after: Held
    fresh: Held
    edit: Times
    catch_up: Times


def found(bench: Bench) -> dict[str, Saved]:
    """Reviews are saved through the page for it, with nothing else going on and while `kb ingest` runs."""
    source = bench.home / "more.ndjson"
    say("growing what is brought in meanwhile")
    grow(max(bench.size // 2, 1), source, seed=int(time.time()))  # another each time, or there is nothing to bring in
    say("saved changes are looked for")
    with serving.served(bench.home, bench.options.workers) as server:
        saver = _Saver(bench.visitor(server, CURATOR))
        took: dict[str, list[tuple[float, float]]] = {IDLE: [saver.next() for _ in range(bench.options.saves)]}
        library = bench.open()
        runs = library.db.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0]
        command = [sys.executable, "-m", "kb", "--home", str(bench.home), "ingest", str(source)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as ingest:
            while ingest.poll() is None:
                during = _during(library, runs)
                one = saver.next()
                if during:
                    took.setdefault(during, []).append(one)
            if ingest.returncode:
                assert ingest.stderr is not None
                raise RuntimeError(ingest.stderr.read()[-2000:])
        library.close()
        saver.close()
    source.unlink()
    return {
        during: Saved(Times.of([save for save, _ in each]), Times.of([found for _, found in each]))
        for during, each in took.items()
        if len(each) > 1
    }


def _during(library: Library, before: int) -> str:
    """What the run that came last is at."""
    state = library.db.execute("SELECT state, added FROM runs WHERE id > ? ORDER BY id DESC", [before]).fetchone()
    if state is None or not state[1]:
        return ""
    return STORING if state[0] == "running" else AFTERWARDS


class _Saver:
    """Saves a review over HTTP and asks for it by a word of its own, over another connection, until it is found."""

    def __init__(self, visitor: serving.Visitor) -> None:
        self._random = Random(time.time())
        self._saving, self._searching = serving.Client(visitor), serving.Client(visitor)
        self._last = 0.0

    def next(self) -> tuple[float, float]:
        """Seconds until the save was answered, and from then until it was found."""
        time.sleep(max(0.0, self._last + _EVERY - time.perf_counter()))
        word = "".join(self._random.choices(_CONSONANTS, k=14))
        body = f"The customer asked for {word}. We looked for it together, and wrote down where it is."
        self._last = began = time.perf_counter()
        answer = self._saving.post("/reviews/new", {"do": "save", "kind": "call", "title": f"On {word}", "body": body})
        saved = time.perf_counter()
        review = _REVIEW.search(answer.url)
        if answer.status != 303 or review is None:
            raise RuntimeError(f"Saving was answered with {answer.status}.")
        while time.perf_counter() - saved < _GIVEN_UP:
            hits = json.loads(self._searching.get("/api/v1/search", q=f'"{word}"', limit="1").text)["hits"]
            if [hit["id"] for hit in hits] == [int(review[1])]:
                break
            time.sleep(_POLL)
        return saved - began, time.perf_counter() - saved

    def close(self) -> None:
        self._saving.close()
        self._searching.close()


def edits(bench: Bench) -> Edited:
    """Each edit is one save by the page's use case, followed by the catch-up that a serving process does."""
    count = bench.options.edits
    say(f"{count:,} single edits")
    library = bench.open()
    try:
        before = held(library.settings.index)
        random = Random(5)
        ids = [row[0] for row in library.db.execute("SELECT id FROM reviews WHERE trashed_at IS NULL")]
        saving, following = [], []
        for number in range(count):
            review = reviews.get(library, random.choice(ids), unmasked=True)
            draft = replace(_as_draft(review), body=f"{review.body}\n\nEdit {number} says more.")
            began = time.perf_counter()
            reviews.edit(library, review.id, draft, version=review.version, who="benchmark")
            saved = time.perf_counter()
            if not library.catch_up():
                raise RuntimeError("Somebody else writes the index.")
            saving.append(saved - began)
            following.append(time.perf_counter() - saved)
            if number % 1000 == 999:
                say(f"{number + 1:,} edits: {held(library.settings.index)}")
        after = held(library.settings.index)
        keeping.reindex(library)
        return Edited(before, after, held(library.settings.index), Times.of(saving), Times.of(following))
    finally:
        library.close()


def _as_draft(review: Review) -> Draft:
    return Draft(**{name: getattr(review, name) for name in reviews.EDITABLE})


def held(index: Path) -> Held:
    files = [path for path in index.rglob("*") if path.is_file()]
    segments = sum(path.suffix in (".term", ".seg") for path in files)  # one of each, of tantivy or of Whoosh
    return Held(round(sum(path.stat().st_size for path in files) / 1e6, 1), segments, len(files))
