"""The passages that gems cite: kept at the right words while their reviews change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kb import anchor, privacy
from kb.anchor import Anchor, Whole
from kb.finding.indexing import touch_reviews_of_gem
from kb.library import Library
from kb.models import Evidence, Gem, Review
from kb.settings import Settings
from kb.store import bulk, changes, evidence, gems
from kb.store.database import Database
from kb.values.gems import Seen


def whole(review: Review) -> Whole:
    return Whole(review.body, [turn.text for turn in review.turns])


def keeps_excerpts(settings: Settings) -> bool:
    """Whether a gem goes on showing the words of a review that was thrown away or erased."""
    return bool(settings.excerpts == "keep")


def seen(library: Library, found_gems: Sequence[Gem]) -> dict[int, Seen]:
    """For each gem in how many reviews it was met, by how many people, when last, how many contradict it."""
    if not found_gems:
        return {}
    found = evidence.seen(library.db, [gem.id for gem in found_gems], away=keeps_excerpts(library.settings))
    return {gem.id: found.get(gem.id, Seen()) for gem in found_gems}


def follow(db: Database, before: Review, after: Review) -> None:
    """Find the passages of a review that was changed again: where they stand now, or what became of them."""
    evidence.note_day(db, after.id, after.date)
    if others := set(privacy.hidden_names(before)) ^ set(privacy.hidden_names(after)):
        for gem_id in bulk.citing_gems(db, [after.id]):
            heed(db, gem_id, others)
    old, new = whole(before), whole(after)
    if old.places == new.places:
        return
    cited = [
        passage for passage in evidence.of(db, "review_id", [after.id], away=True).get(after.id, ()) if passage.quote
    ]
    for passage in cited:
        was = anchor_of(passage)
        stood = passage.start is not None
        outcome = anchor.follow(new, passage.quote, was, old if stood else None)
        if outcome.anchor is not None:
            evidence.move(db, passage.id, outcome.anchor)
        else:
            evidence.lose(db, passage.id, outcome.state, outcome.place)
    changes.note(db, "gem", sorted({passage.gem_id for passage in cited}))


def heed(db: Database, gem_id: int, names: Collection[str]) -> None:
    """These people have come to those whose reviews a gem cites, or have left them: where its words hold such a name, the
    gem is searched by other words, and so are its reviews."""
    if not names:
        return
    gem = gems.get_many(db, [gem_id])[gem_id]
    texts = [gem.title, gem.body, *(passage.quote for passage in gem.evidence)]
    if any(privacy.mask(text, names) != text for text in texts):
        changes.note(db, "gem", [gem_id])
        touch_reviews_of_gem(db, gem)


def anchor_of(passage: Evidence) -> Anchor | None:
    """Where a passage stood last, with what stood around it; None when it was never found."""
    if passage.start is None or passage.stop is None:
        if not passage.before and not passage.after:
            return None
        return Anchor(anchor.BODY if passage.turn is None else passage.turn, 0, 0, passage.before, passage.after)
    place = anchor.BODY if passage.turn is None else passage.turn
    return Anchor(place, passage.start, passage.stop, passage.before, passage.after, passage.nth)
