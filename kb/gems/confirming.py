"""Reviews in which a gem seems to show again: proposed under it, then confirmed, contradicted or refused in one click."""

from __future__ import annotations

from datetime import datetime

from kb import anchor, notices, privacy
from kb.errors import Conflict, InvalidInput, NotFound
from kb.gems import evidence as evidence_cases
from kb.gems import health
from kb.library import Library
from kb.models import Gem, GemStatus, Member
from kb.store import changes, evidence, gem_life, gems, history, reviews, sightings
from kb.store.database import Database
from kb.values.gems import Sighting


def proposed(library: Library, gem_id: int, *, unmasked: bool, limit: int = 10) -> tuple[list[Sighting], int]:
    """The likeliest passages that wait for a word under a gem, and how many there are."""
    found, total = sightings.open_of(library.db, gem_id, limit)
    if unmasked:
        return found, total
    return [privacy.sighting_for_reader(one) for one in found], total


def confirm(library: Library, gem_id: int, review_id: int, member: Member) -> Gem:
    """This review shows the gem again: its passage becomes evidence, and the gem holds for a fresh term.

    Raises NotFound, Conflict when the review is not proposed under it (any more).
    """
    return _settle(library, gem_id, review_id, member, "confirmed", "supports")


def contradict(library: Library, gem_id: int, review_id: int, member: Member) -> Gem:
    """This review shows that the gem does not hold: it is kept as evidence against it, and the gem is due.

    Raises NotFound, Conflict.
    """
    return _settle(library, gem_id, review_id, member, "contradicted", "contradicts")


def refuse(library: Library, gem_id: int, review_id: int, member: Member) -> None:
    """This review is about something else. Raises Conflict when it is not proposed (any more)."""
    with library.transaction() as db:
        _take(db, gem_id, review_id, "refused", member, library.now())


def _take(db: Database, gem_id: int, review_id: int, state: str, member: Member, now: datetime) -> Sighting:
    found = sightings.get(db, gem_id, review_id)
    if found is None or found.state != "proposed":
        raise Conflict("Somebody else has dealt with this passage already.")
    sightings.set_state(db, gem_id, review_id, state, member.called, now)
    return found


def _settle(library: Library, gem_id: int, review_id: int, member: Member, state: str, stance: str) -> Gem:
    with library.transaction() as db:
        gem_id = gems.resolve(db, gem_id)
        found = _take(db, gem_id, review_id, state, member, library.now())
        cite(library, db, gems.get(db, gem_id), review_id, found.quote, member, stance=stance, place=found.turn)
    return gems.get(library.db, gem_id)


def further_evidence(
    library: Library,
    gem_id: int,
    review_id: int,
    quote: str,
    member: Member,
    *,
    place: int | None = None,
    nth: int | None = None,
) -> Gem:
    """Add a passage to a gem instead of making another one that says the same.

    Raises InvalidInput when the quote does not stand in the review, NotFound.
    """
    with library.transaction() as db:
        gem = gems.get(db, gem_id)
        cite(library, db, gem, review_id, quote, member, place=place, nth=nth)
        sightings.set_state(db, gem.id, review_id, "confirmed", member.called, library.now())
    return gems.get(library.db, gem.id)


def cite(
    library: Library,
    db: Database,
    gem: Gem,
    review_id: int,
    quote: str,
    member: Member,
    *,
    stance: str = "supports",
    place: int | None = None,
    nth: int | None = None,
) -> None:
    """Add a passage for or against a gem, and let its term follow. Raises InvalidInput, NotFound."""
    now = library.now()
    review = reviews.get(db, review_id)
    if review.trashed_at is not None:
        raise NotFound("Review %(review_id)s was thrown away.", review_id=review_id)
    found = anchor.cite(evidence_cases.whole(review), quote, place, nth)
    if found is None:
        raise InvalidInput("The quoted words are not in this review. Copy them as they stand there.", "quote")
    added = evidence.add(
        db, gem.id, review_id, quote, found, now=now, seen_on=review.date, who=member.called, stance=stance
    )
    if not added:
        return
    evidence_cases.heed(db, gem.id, set(privacy.hidden_names(review)) - set(gem.reviewees))
    action = "confirmed" if stance == "supports" else "contradicted"
    if gem.status is GemStatus.PUBLISHED and stance == "supports":
        gems.note(db, gem.id, true_until=health.renew(library, db, gem), doubted_at=None, doubted_by="", doubt="")
    elif gem.status is GemStatus.PUBLISHED:
        gems.note(db, gem.id, true_until=min(gem.true_until or library.today(), library.today()))
        notices.tell(db, gem.owner_id, "contradicted", "gem", gem.id, who=member, words=quote[:200], now=now)
    gem_life.settle(db, [gem.id])
    history.add(db, "gem", gem.id, action, member.called, now, {"review": ("", review_id)})
    changes.note(db, "gem", [gem.id])
    changes.note(db, "review", [review_id])
