"""How often topics come up: week by week over a year, and what moved in the last four weeks."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from kb.library import Library
from kb.store import changes, topics
from kb.store.database import stamp
from kb.weeks import Week

WEEKS = 52
MOVES_OVER = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class WeekCount:
    """An ISO week and how many reviews of it carry the topic."""

    week: Week
    reviews: int


@dataclass(frozen=True, slots=True)
class Year:
    """The last 52 weeks, this one last."""

    weeks: tuple[WeekCount, ...]

    @property
    def total(self) -> int:
        return sum(one.reviews for one in self.weeks)

    @property
    def most(self) -> WeekCount:
        """The week with the most reviews, the latest of equals."""
        return max(reversed(self.weeks), key=lambda one: one.reviews)

    @property
    def lately(self) -> int:
        """In the last four weeks."""
        return sum(one.reviews for one in self.weeks[-4:])

    @property
    def before(self) -> int:
        """In the four weeks before those."""
        return sum(one.reviews for one in self.weeks[-8:-4])


@dataclass(frozen=True, slots=True)
class Moved:
    """How many reviews came with a topic in the last four weeks, and in the four before."""

    lately: int = 0
    before: int = 0


def year(library: Library, tag_ids: Sequence[int]) -> Year:
    """How often one of these topics came up, each week (Monday to Sunday, in the library's zone) of a year."""
    this = Week.of(library.now(), library.zone)
    weeks = [this.later(step) for step in range(1 - WEEKS, 1)]
    begins = [stamp(week.begins(library.zone)) or "" for week in weeks]
    counts = [0] * len(weeks)
    for date in topics.dates(library.db, tag_ids, weeks[0].begins(library.zone), this.ends(library.zone)):
        counts[bisect_right(begins, date) - 1] += 1
    return Year(tuple(WeekCount(week, count) for week, count in zip(weeks, counts, strict=True)))


_kept: WeakKeyDictionary[Library, tuple[tuple[int, Day], Mapping[int, Moved]]] = WeakKeyDictionary()
_keeping = threading.Lock()


def movement(library: Library) -> Mapping[int, Moved]:
    """What moved, for every topic that came up in the last eight weeks. Counted once for each change of the library: the
    map of topics is on the page that everybody opens first."""
    today = _begin_of_day(library)
    key = (changes.latest(library.db), today.date())
    with _keeping:
        known = _kept.get(library)
        if known is None or known[0] != key:
            until = today + timedelta(days=1)
            found = topics.movement(library.db, until - 2 * MOVES_OVER, until - MOVES_OVER, until)
            known = key, {id: Moved(*counts) for id, counts in found.items()}
            _kept[library] = known
        return known[1]


def _begin_of_day(library: Library) -> datetime:
    return library.now().astimezone(library.zone).replace(hour=0, minute=0, second=0, microsecond=0)
