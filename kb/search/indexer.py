"""Keeps an index in step with the library: applies what changed since its watermark, or makes it anew."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace

from kb.search.base import Batch, Engine, Feed

BATCH = 2000  # changes, after which the index commits
SLICE = 50  # of them read at a time; between two, what somebody waits for gets in
_HURRY = 5.0  # seconds since somebody did
_LOOK = 0.04  # seconds between looks whether somebody did, while the next slice is read
_LARGE = 500  # changes; more are worth a larger writer


class Indexer:
    """Brings one index along. Raises IndexBusy when another process is at it, SearchIndexError when it cannot."""

    def __init__(self, engine: Engine, feed: Feed) -> None:
        self._engine = engine
        self._feed = feed

    def lag(self) -> int:
        """How many changes the index is behind; all of them when it must be made anew."""
        return max(0, self._feed.latest() - max(0, self._engine.watermark()))

    def catch_up(self, progress: Callable[[int], None] | None = None, *, limit_seconds: float | None = None) -> int:
        """Apply all changes after the watermark; gives how many. An index that is no good is made anew.

        `progress` is called with how many were done since it was last called. With `limit_seconds` no further batch is
        begun after so long; call it again for the rest.
        """
        watermark, latest = self._engine.watermark(), self._feed.latest()
        if watermark < 0 or watermark > latest:  # none yet or of no use; or of a library that was put back since
            self._engine.rebuild(self._feed, progress)
            return latest
        if watermark == latest:
            return 0
        began = time.monotonic()
        with self._engine.writing(large=latest - watermark > _LARGE):
            start = here = self._engine.watermark()
            with closing(self._brought(here)) as brought:  # or what was put would be taken back before it is noted
                for there in brought:
                    if progress is not None and there > here:
                        progress(there - here)
                    here = there
                    if limit_seconds is not None and time.monotonic() - began > limit_seconds:
                        break
        return here - start

    def _brought(self, watermark: int) -> Generator[int, None, None]:
        """Up to which change the index is brought, step by step."""
        batch = self._feed.changes_after(watermark, SLICE)
        while batch.watermark > watermark:
            if batch.watermark - watermark == SLICE:
                yield from self._many(watermark)
                return
            self._engine.apply(batch)
            watermark = batch.watermark
            yield watermark
            batch = self._feed.changes_after(watermark, SLICE)

    def _many(self, watermark: int) -> Iterator[int]:
        turn = _Turn(self._engine, self._feed, watermark)
        try:
            for batch in _ready(self._engine, self._feed, watermark, turn.unhurried):
                turn.hurry()
                if batch is not None:
                    turn.take(batch)
                yield turn.watermark
        except GeneratorExit:
            turn.end()
            raise
        turn.end()


class _Turn:
    """Many changes on their way into the index, committed by the thousand. What somebody waits to find does not wait for
    its turn: it is put and committed as soon as it is noticed, and once more with its turn, which does no harm."""

    def __init__(self, engine: Engine, feed: Feed, watermark: int) -> None:
        self._engine = engine
        self._feed = feed
        self.watermark = self._committed = self._looked = watermark
        self._ahead: dict[str, int] = {}  # keys put before their turn: the change up to which they were read
        self._hurried_at = -_HURRY
        self.unhurried = threading.Event()  # not set while something is brought in that somebody waits for
        self.unhurried.set()

    def hurry(self) -> None:
        """Bring in what somebody waits for."""
        awaited = self._feed.awaited(self._looked)
        self._looked = awaited.watermark
        if not (awaited.upserts or awaited.deletes):
            return
        self._hurried_at = time.monotonic()
        self._ahead |= dict.fromkeys(_keys(awaited), self._looked)
        self.unhurried.clear()
        try:
            self._apply(replace(awaited, watermark=self.watermark))
        finally:
            self.unhurried.set()

    def take(self, batch: Batch) -> None:
        # While somebody saves, little is left to be committed with what is saved next: that would take long.
        hurried = time.monotonic() - self._hurried_at < _HURRY
        self._apply(self._without_older(batch), commit=hurried or batch.watermark - self._committed >= BATCH)

    def end(self) -> None:
        if self.watermark > self._committed:
            self._apply(Batch((), (), self.watermark))

    def _apply(self, batch: Batch, *, commit: bool = True) -> None:
        self._engine.apply(batch, commit=commit)
        self.watermark = batch.watermark
        if commit:
            self._committed = batch.watermark

    def _without_older(self, batch: Batch) -> Batch:
        """A slice that was read before something was put ahead of its turn has it as it was earlier."""
        self._ahead = {key: until for key, until in self._ahead.items() if until > batch.watermark}
        if self._ahead.keys().isdisjoint(_keys(batch)):
            return batch
        return replace(
            batch,
            upserts=[document for document in batch.upserts if document.key not in self._ahead],
            deletes=[key for key in batch.deletes if key not in self._ahead],
            prepared=None,
        )


def _keys(batch: Batch) -> list[str]:
    return [*batch.deletes, *(document.key for document in batch.upserts)]


def _ready(engine: Engine, feed: Feed, watermark: int, unhurried: threading.Event) -> Iterator[Batch | None]:
    """The changes in slices, of which some are read and analysed while the engine writes those before, except what somebody
    waits for; None says that the next is not there yet."""
    read = watermark

    def following() -> Batch:
        nonlocal read
        unhurried.wait()
        batch = engine.prepare(feed.changes_after(read, SLICE))
        read = batch.watermark
        return batch

    reading = ThreadPoolExecutor(1, "kb-read-ahead")  # one, so that each goes on where the one before ended
    try:
        coming = deque(reading.submit(following) for _ in range(BATCH // SLICE))
        while True:
            while not wait(list(coming)[:1], _LOOK).done:
                yield None
            batch = coming.popleft().result()
            if batch.watermark <= watermark:
                return
            watermark = batch.watermark
            coming.append(reading.submit(following))
            yield batch
    finally:
        reading.shutdown(cancel_futures=True)
