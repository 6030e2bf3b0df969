"""How the library's gems fare as a whole: what holds, what is due, what is missing, what nobody reads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from kb import privacy, sheets
from kb.gems import health
from kb.library import Library
from kb.models import Gem
from kb.store import gem_life, gems
from kb.store.gem_life import TopicHealth

_SHOWN = 15


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """`topics` are those with published gems, the most overdue first; `without_gem` have reviews but no gem: (id, name,
    reviews). `unread` were opened by nobody in the last quarter."""

    published: int
    fresh: int
    due: int
    overdue: int
    topics: list[TopicHealth]
    without_gem: list[tuple[int, str, int]]
    most_read_due: list[tuple[Gem, int]]
    unread: list[Gem]
    unread_count: int

    @property
    def share(self) -> float:
        """How much of what is published somebody vouches for today."""
        return self.fresh / self.published if self.published else 1.0


def of(library: Library, *, unmasked: bool) -> LibraryHealth:
    """The gems in it are as somebody sees them who may see names, or may not."""
    db, today, since = library.db, library.today(), health.since_week(library)
    long_ago = today - health.OVERDUE_AFTER
    published, fresh, due, overdue = gem_life.totals(db, today, long_ago)
    due_gems, _ = health.due(library, limit=_SHOWN)
    reads = health.reads(library, due_gems)
    unread, unread_count = gem_life.unread(db, since, _SHOWN)
    found = gems.get_many(db, unread)
    shown: Callable[[Gem], Gem] = (lambda gem: gem) if unmasked else privacy.gem_for_reader
    return LibraryHealth(
        published, fresh, due, overdue,
        topics=gem_life.by_topic(db, today, long_ago, since),
        without_gem=gem_life.topics_without_gem(db, _SHOWN),
        most_read_due=[(shown(gem), reads[gem.id]) for gem in due_gems if reads.get(gem.id)],
        unread=[shown(found[id]) for id in unread],
        unread_count=unread_count,
    )  # fmt: skip


def as_csv(found: LibraryHealth) -> str:
    """A line a topic, for a spreadsheet."""
    with_gems = ([topic.name, topic.gems, topic.fresh, topic.due, topic.overdue, topic.reads] for topic in found.topics)
    without = ([name, 0, 0, 0, 0, 0] for _, name, _ in found.without_gem)
    return sheets.table(
        ["topic", "gems", "fresh", "due", "overdue", "reads_last_quarter"], itertools.chain(with_gems, without)
    )
