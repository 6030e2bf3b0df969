"""In which order a topic shows its gems: how well each held, whether it still does, how much it is used.

    worth = standing * health * (1 + min(log2(1 + reads) / 10, 1))

`standing` (0 to 1, kb/store/gem_life.py) is the share of good news from readers ("worked") and reviews (evidence). `health`
is 1 while somebody vouches for the gem, 0.8 when that is due, 0.5 when it is long overdue. `reads` are those of the last
quarter, damped: the thousandth says little, and no amount of them more than doubles a gem's worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from kb import privacy
from kb.gems import health
from kb.library import Library
from kb.models import Gem
from kb.store import gems, topics

HEALTH = {"fresh": 1.0, "due": 0.8, "overdue": 0.5}
_MOST_FOR_READS = 1.0


@dataclass(frozen=True, slots=True)
class BestFirst:
    """The gems of a topic that are shown, with how many there are in all."""

    gems: list[Gem]
    total: int


def worth(standing: float, state: str, reads: int) -> float:
    """The formula above."""
    return standing * HEALTH[state] * (1 + min(log2(1 + reads) / 10, _MOST_FOR_READS))


def order(library: Library, tag_ids: Sequence[int]) -> list[int]:
    """All published gems of these topics, the worthiest first; of equals the last changed."""
    today = library.today()
    found = topics.weighed_gems(library.db, tag_ids, health.since_week(library))
    ranked = sorted(
        found,
        key=lambda one: (worth(one[1], health.state(one[2], today), one[3]), one[4], one[0]),
        reverse=True,
    )
    return [one[0] for one in ranked]


def of_topics(library: Library, tag_ids: Sequence[int], *, unmasked: bool, limit: int = 12) -> BestFirst:
    """The worthiest published gems of these topics, as this reader may see them."""
    ids = order(library, tag_ids)
    found = gems.get_many(library.db, ids[:limit])
    shown = [found[id] for id in ids[:limit] if id in found]
    return BestFirst(shown if unmasked else [privacy.gem_for_reader(gem) for gem in shown], len(ids))
