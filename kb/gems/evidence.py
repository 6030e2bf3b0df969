"""The passages that gems cite: kept at the right words while their reviews change, and what stays when a review goes."""

from __future__ import annotations

from collections.abc import Sequence

from kb import anchor, privacy
from kb.anchor import Anchor, Whole
from kb.library import Library
from kb.models import Evidence, Gem, Review, Seen
from kb.settings import Settings
from kb.store import changes, evidence, reviews
from kb.store.database import Database


def whole(review: Review) -> Whole:
    return Whole(review.body, [turn.text for turn in review.turns])


def keeps_excerpts(settings: Settings) -> bool:
    """Whether a gem goes on showing the words of a review that was thrown away or erased."""
    return bool(settings.excerpts == "keep")


def seen(library: Library, gems: Sequence[Gem]) -> dict[int, Seen]:
    """For each gem in how many reviews it was met, by how many people, when last, how many contradict it."""
    found = evidence.seen(library.db, [gem.id for gem in gems], away=keeps_excerpts(library.settings)) if gems else {}
    return {gem.id: found.get(gem.id, Seen()) for gem in gems}


def follow(db: Database, before: Review, after: Review) -> None:
    """Find the passages of a review that was changed again: where they stand now, or what became of them."""
    evidence.note_day(db, after.id, after.date)
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


def anchor_of(passage: Evidence) -> Anchor | None:
    """Where a passage stood last, with what stood around it; None when it was never found."""
    if passage.start is None or passage.stop is None:
        if not passage.before and not passage.after:
            return None
        return Anchor(anchor.BODY if passage.turn is None else passage.turn, 0, 0, passage.before, passage.after)
    place = anchor.BODY if passage.turn is None else passage.turn
    return Anchor(place, passage.start, passage.stop, passage.before, passage.after, passage.nth)


def before_erasing(library: Library, db: Database, review_ids: Sequence[int]) -> None:
    """Keep the excerpts of reviews that are about to be erased, if the library does (`excerpts`): without names, and
    without what stood around them. Otherwise erasing takes them along."""
    if not keeps_excerpts(library.settings):
        return
    found = evidence.of(db, "review_id", list(review_ids), away=True)
    for review in reviews.get_many(db, list(found), {}).values():
        names = privacy.hidden_names(review)
        rows = [(passage.id, privacy.mask(passage.quote, names)) for passage in found[review.id]]
        evidence.let_go(db, review.id, rows, review.kind.value, review.language)
