"""From the numbers that a member's lists hold to gems and reviews as that member may see them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kb import privacy
from kb.errors import NotFound
from kb.gems import gems as gem_cases
from kb.library import Library
from kb.models import Gem, GemStatus, Review
from kb.store import gems, reviews
from kb.values.mine import Thing

TYPES = ("gem", "review")


def check(library: Library, type: str, id: int, *, unmasked: bool) -> None:
    """Raises NotFound when there is no such gem or review, or none that this member may know of."""
    if type not in TYPES:
        raise NotFound("There is no %(type)s %(id)s.", type=type, id=id)
    if type == "gem":
        gem_cases.get(library, id, unmasked=unmasked)
    elif reviews.get(library.db, id).trashed_at is not None and not unmasked:
        raise NotFound("Review %(id)s was thrown away.", id=id)


def shown(library: Library, found: Iterable[Thing], *, unmasked: bool) -> list[Thing]:
    """The same things with their titles, loaded in a handful of statements; what is gone says so."""
    things = list(found)
    db = library.db
    gem_ids = [thing.id for thing in things if thing.type == "gem"]
    review_ids = [thing.id for thing in things if thing.type == "review"]
    known_gems = gems.get_many(db, gem_ids)
    known_reviews = reviews.get_many(db, review_ids, {})
    return [
        _gem(thing, known_gems, unmasked) if thing.type == "gem" else _review(thing, known_reviews, unmasked)
        for thing in things
    ]


def _gem(thing: Thing, known: Mapping[int, Gem], unmasked: bool) -> Thing:
    gem = known.get(thing.id)
    if gem is None or (gem.trashed_at is not None and gem.merged_into is None):
        return replace(thing, there=False)
    if not unmasked:
        if gem.status is GemStatus.NOMINATED:
            return replace(thing, there=False)
        gem = privacy.gem_for_reader(gem)
    return replace(thing, title=gem.title, language=gem.language, kind=gem.status.value)


def _review(thing: Thing, known: Mapping[int, Review], unmasked: bool) -> Thing:
    review = known.get(thing.id)
    if review is None or review.trashed_at is not None:
        return replace(thing, there=False)
    title = review.title if unmasked else privacy.mask(review.title, privacy.hidden_names(review))
    return replace(thing, title=title, language=review.language, kind=review.kind.value)
