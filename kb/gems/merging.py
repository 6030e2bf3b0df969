"""Two gems made one: the old address leads to the kept one, and it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kb import notices, privacy
from kb.errors import Conflict, InvalidInput, NotFound
from kb.finding.indexing import touch_reviews_of_gem
from kb.library import Library
from kb.models import Gem, GemStatus, Member
from kb.store import changes, gem_life, gems, history, merges
from kb.store.database import Database


def merge(library: Library, gone_id: int, kept_id: int, member: Member) -> Gem:
    """Bring evidence, topics, votes and conversation of one gem to another, all or nothing. Title and text of the kept
    one stay as they are.

    Raises NotFound, InvalidInput when the two cannot be merged, Conflict when the first went into another one already.
    """
    now = library.now()
    with library.transaction() as db:
        gone, kept = gems.itself(db, gone_id), gems.get(db, kept_id)
        _check(gone, kept)
        touch_reviews_of_gem(db, gone)
        touch_reviews_of_gem(db, kept)  # its words may name those of the other's reviews
        moved = merges.move(db, gone.id, kept.id)
        merges.note(db, gone.id, kept.id, moved, member.called, now)
        gems.note(db, gone.id, merged_into=kept.id, trashed_at=now)
        gem_life.settle(db, [kept.id])
        for id in (gone.id, kept.id):
            history.add(db, "gem", id, "merged", member.called, now, {"gem": (gone.title, kept.title)})
        changes.note(db, "gem", [gone.id, kept.id])
        notices.tell(db, gone.owner_id or gone.nominated_by, "merged", "gem", kept.id, who=member, now=now)
    return gems.get(library.db, kept.id)


def _check(gone: Gem, kept: Gem) -> None:
    if gone.id == kept.id:
        raise InvalidInput("These are one gem already. Name another one.", "into")
    for gem in (gone, kept):
        if gem.trashed_at is not None:
            raise NotFound("Gem %(id)s was declined; it cannot be merged.", id=gem.id)
    if kept.status is GemStatus.RETIRED:
        raise InvalidInput("That gem is retired. Merge into one that holds, or bring it back first.", "into")
    if gone.status is GemStatus.PUBLISHED and kept.status is not GemStatus.PUBLISHED:
        raise InvalidInput("A published gem would vanish in a nominated one. Publish that one first.", "into")


def into(library: Library, kept_id: int, *, unmasked: bool) -> list[merges.Merge]:
    """The merges that went into this gem and can be undone, the newest first; without `unmasked` the titles name none of
    its people, to whom those of the other gem's reviews belong now."""
    found = merges.open_into(library.db, kept_id)
    if unmasked or not found:
        return found
    names = [
        name
        for gem in gems.get_many(library.db, [kept_id, *(m.gone_id for m in found)]).values()
        for name in gem.reviewees
    ]
    return [replace(one, title=privacy.mask(one.title, names)) for one in found]


def undo(library: Library, gone_id: int, member: Member) -> Gem:
    """Part two merged gems again. What came to the kept one since stays with it.

    Raises NotFound when this gem was not merged, Conflict when the kept one was itself merged since.
    """
    now = library.now()
    with library.transaction() as db:
        done = merges.open_of_gone(db, gone_id)
        if done is None:
            raise NotFound(
                "Gem %(gone_id)s was not merged into another one, or that was undone already.", gone_id=gone_id
            )
        if gems.resolve(db, done.kept_id) != done.kept_id:
            raise Conflict("The gem that it went into was merged into another one since. Undo that first.")
        merges.move_back(db, done)
        merges.close(db, done.id, now)
        gems.note(db, gone_id, merged_into=None, trashed_at=None)
        gem_life.settle(db, [gone_id, done.kept_id])
        _said(db, done, member, now=now)
    return gems.get(library.db, gone_id)


def _said(db: Database, done: merges.Merge, member: Member, *, now: datetime) -> None:
    both = gems.get_many(db, [done.gone_id, done.kept_id])
    titles = {"gem": (both[done.kept_id].title, both[done.gone_id].title)}
    for gem in both.values():
        history.add(db, "gem", gem.id, "merge undone", member.called, now, titles)
        touch_reviews_of_gem(db, gem)
    changes.note(db, "gem", list(both))
