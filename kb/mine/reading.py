"""What a member read and when they were here: noted in memory, kept a few seconds later, for that member alone.

Opening a page must not wait for the library's write lock; a crash loses some seconds of it, which is no harm.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from kb.library import Library
from kb.mine import things
from kb.models import Member
from kb.search.folding import fold_value
from kb.store import mine
from kb.values.mine import Thing

KEEPS = 500  # things a member
KEEPS_SEARCHES = 200
_LONGEST_SEARCH = 200  # characters
# A visit ends with a pause of so long: who comes back from lunch has not been away.
VISIT_ENDS = timedelta(hours=6)
_NOTED_EVERY = timedelta(minutes=1)


class Keeper:
    """What one process noted and has not written down yet; safe to share among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[tuple[int, str, int], datetime] = {}
        self._searched: dict[tuple[int, str], tuple[str, datetime]] = {}
        self._seen: dict[int, datetime] = {}
        self._noted: dict[int, datetime] = {}

    def read(self, member_id: int, type: str, id: int, at: datetime) -> None:
        with self._lock:
            self._read[member_id, type, id] = at

    def searched(self, member_id: int, question: str, at: datetime) -> None:
        """The member searched for it."""
        text = " ".join(question.split())
        if 0 < len(text) <= _LONGEST_SEARCH:
            with self._lock:
                self._searched[member_id, fold_value(text)] = (text, at)

    def seen(self, member_id: int, at: datetime) -> None:
        """The member opened some page."""
        with self._lock:
            if member_id not in self._noted or at - self._noted[member_id] >= _NOTED_EVERY:
                self._seen[member_id] = self._noted[member_id] = at

    def save(self, library: Library) -> None:
        """Write it down. Raises LibraryError; what was noted then waits for the next time."""
        with self._lock:
            read, self._read = self._read, {}
            searched, self._searched = self._searched, {}
            seen, self._seen = self._seen, {}
        if not read and not searched and not seen:
            return
        try:
            with library.transaction() as db:
                mine.add_history(db, [(*key, at) for key, at in read.items()], KEEPS)
                mine.add_searches(db, [(*key, *found) for key, found in searched.items()], KEEPS_SEARCHES)
                mine.note_visits(db, seen.items(), VISIT_ENDS.total_seconds())
        except BaseException:
            with self._lock:
                self._read = read | self._read
                self._searched = searched | self._searched
                self._seen = seen | self._seen
            raise


def history(
    library: Library, member: Member, *, unmasked: bool, limit: int = 25, offset: int = 0
) -> tuple[list[Thing], int]:
    """A page of what this member read, the last first, and how much there is."""
    rows, total = mine.history(library.db, member.id, limit, offset)
    return things.shown(library, [Thing(type, id, at) for type, id, at in rows], unmasked=unmasked), total


def searches(library: Library, member: Member, limit: int = 20) -> list[str]:
    """What this member searched for, the last first."""
    return mine.searches(library.db, member.id)[:limit]


def clear(library: Library, member: Member) -> int:
    """Forget, for good, all that this member read and searched for. Says how many things."""
    with library.transaction() as db:
        return mine.clear_history(db, member.id, library.now())


def last_visit(library: Library, member: Member) -> datetime | None:
    """When the visit before this one ended; None for whoever is here for the first time."""
    found = mine.visit(library.db, member.id)
    if found is None:
        return None
    return found.last if library.now() - found.last > VISIT_ENDS else found.before
