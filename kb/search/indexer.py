"""Keeps an index in step with the library: applies what changed since its watermark, or makes it anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kb.search.base import Engine, Feed

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Difference:
    """How an index differs from the library: keys that it lacks, and keys that it should not have."""

    missing: frozenset[str]
    surplus: frozenset[str]


class Indexer:
    """Brings one index along. Raises IndexBusy when another process is at it, SearchIndexError when it cannot."""

    def __init__(self, engine: Engine, feed: Feed) -> None:
        self._engine = engine
        self._feed = feed

    def lag(self) -> int:
        """How many changes the index is behind."""
        return max(0, self._feed.latest() - self._engine.watermark())

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Apply all changes after the watermark; says how many. An index that is no good is made anew."""
        watermark = self._engine.watermark()
        latest = self._feed.latest()
        if watermark < 0 or watermark > latest:
            self._engine.rebuild(self._feed, progress)
            return latest
        if watermark == latest:
            return 0
        done = 0
        with self._engine.writing():
            while (
                batch := self._feed.changes_after(self._engine.watermark(), BATCH)
            ).watermark > self._engine.watermark():
                before = self._engine.watermark()
                self._engine.apply(batch)
                done += batch.watermark - before
                if progress:
                    progress(batch.watermark - before)
        return done
