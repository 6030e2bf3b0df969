"""Keeps an index in step with the library: applies what changed since its watermark, or makes it anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kb.search.base import Batch, Engine, Feed

BATCH = 2000
_LARGE = 500  # changes; more are worth a larger writer


@dataclass(frozen=True, slots=True)
class Difference:
    """How an index differs from the library: keys that it lacks, and keys that it should not have."""

    missing: frozenset[str]
    surplus: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus)


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
            for batch in self._batches(here):
                self._engine.apply(batch)
                if progress is not None:
                    progress(batch.watermark - here)
                here = batch.watermark
                if limit_seconds is not None and time.monotonic() - began > limit_seconds:
                    break
        return here - start

    def _batches(self, watermark: int) -> Iterator[Batch]:
        """The changes in batches; of many, each is read and analysed while the engine writes the one before."""
        batch = self._feed.changes_after(watermark, BATCH)
        if batch.watermark - watermark < BATCH:
            while batch.watermark > watermark:
                yield batch
                watermark = batch.watermark
                batch = self._feed.changes_after(watermark, BATCH)
            return
        with ThreadPoolExecutor(1, "kb-read-ahead") as ahead:
            while batch.watermark > watermark:
                watermark = batch.watermark
                following = ahead.submit(self._ahead, watermark)
                yield batch
                batch = following.result()

    def _ahead(self, watermark: int) -> Batch:
        return self._engine.prepare(self._feed.changes_after(watermark, BATCH))


def compare(engine: Engine, feed: Feed) -> Difference:
    """Which documents of the library are not in the index, and which are there but should not be. Reads them all."""
    expected = {document.key for documents in feed.documents(1000) for document in documents}
    held = engine.keys()
    return Difference(frozenset(expected - held), frozenset(held - expected))
