"""A gem and the reviews that it came from as one entry of a page of results (docs/findability.md, "In which order")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.finding.hits import FoundHit, Source

_ANSWERS = 0.5  # of its review's score: a gem with less has hardly anything of the question


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands together on a page of results: the result that leads, and those within it, best first. `named` are
    the reviews that a leading gem came from and that are not within."""

    lead: FoundHit
    within: tuple[FoundHit, ...] = ()
    named: tuple[Source, ...] = ()

    def repeats(self, hit: FoundHit) -> bool:
        """Whether the passage of a result within says no more than what the entry or the gem quotes."""
        gem, review = (self.lead, hit) if hit.type == "review" else (hit, self.lead)
        quotes = next((source.quotes for source in gem.sources if source.id == review.id), ())
        return any(_same(hit.snippet, text) for text in (self.lead.snippet, *(quotes if hit is review else ())))


def entries(found: Sequence[FoundHit]) -> tuple[Entry, ...]:
    """One page of results, put together; every result is in one entry, which stands where the best of it stood.

    A published gem that answers leads: one that stands before its best review on the page, or has at least half of that
    review's score. Another gem stands within its review. A review is in the entry of its first gem only; what finds its
    reviews taken has an entry of its own.
    """
    at = {(hit.type, hit.id): place for place, hit in enumerate(found)}
    within: dict[int, list[int]] = {}  # by the place of what leads
    taken: set[int] = set()
    weak: list[tuple[int, list[int]]] = []
    for place, gem in enumerate(found):
        if reviews := sorted(at["review", source.id] for source in gem.sources if ("review", source.id) in at):
            best = reviews[0]
            if gem.status == "published" and (place < best or gem.score >= _ANSWERS * found[best].score):
                within[place] = [review for review in reviews if review not in taken]
                taken.update(reviews)
            else:
                weak.append((place, reviews))
    for place, reviews in weak:
        free = next((review for review in reviews if review not in taken), None)
        if free is not None:
            within.setdefault(free, []).append(place)
            taken.add(place)
    groups = [[place, *within.get(place, ())] for place in range(len(found)) if place not in taken]
    return tuple(_entry([found[place] for place in group]) for group in sorted(groups, key=min))


def _entry(hits: Sequence[FoundHit]) -> Entry:
    lead, *within = hits
    shown = {hit.id for hit in within}
    return Entry(lead, tuple(within), tuple(source for source in lead.sources if source.id not in shown))


def _same(passage: str, other: str) -> bool:
    """Whether a passage stands in another text, or is hardly more than it."""
    one, two = ("".join(filter(str.isalnum, text.casefold())) for text in (passage, other))
    return one in two or (bool(two) and two in one and len(two) >= len(one) / 2)
