"""How often gems are opened: counted in memory, kept a few seconds later, by week and never by whom.

Opening a page must not wait for the library's write lock; a crash loses the counts of some seconds, which is no harm.
"""

from __future__ import annotations

import threading
from collections import Counter as _Counter
from datetime import timedelta

from kb.library import Library
from kb.store import gem_life


class Counter:
    """Counts for one process; safe to share among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: _Counter[int] = _Counter()

    def add(self, gem_id: int) -> None:
        with self._lock:
            self._counts[gem_id] += 1

    def save(self, library: Library) -> None:
        """Add what was counted to the library. Raises LibraryError; the counts then wait for the next time."""
        with self._lock:
            counts, self._counts = self._counts, _Counter()
        if not counts:
            return
        day = library.today()
        try:
            with library.transaction() as db:
                gem_life.add_reads(db, counts, day - timedelta(days=day.weekday()))
        except BaseException:
            with self._lock:
                self._counts.update(counts)
            raise
