"""Putting a gem or a review into a trail from its own page: the trails that are offered for it, and a new one."""

from __future__ import annotations

from dataclasses import dataclass

from kb.library import Library
from kb.models import Member
from kb.store import gems
from kb.store import trails as store
from kb.trails import steps, trails
from kb.values.trails import StepKind, Trail, TrailState

SHOWN = 8
_ALIKE = {StepKind.GEM: (StepKind.GEM,), StepKind.REVIEW: (StepKind.REVIEW, StepKind.REPLAY)}


@dataclass(frozen=True, slots=True)
class Offer:
    """A trail, and whether it leads to the thing already (to a review also by letting it be tried first)."""

    trail: Trail
    there: bool


def offers(library: Library, kind: StepKind, id: int, limit: int = SHOWN) -> list[Offer]:
    """The drafts and published trails that were changed last, those that lead there already behind the others."""
    db = library.db
    ids = gems.with_merged(db, id) if kind is StepKind.GEM else [id]
    there = {trail.id: trail for _, trail in store.leading_to(db, _ALIKE[kind], ids)}
    lately = [
        trail for state in (TrailState.DRAFT, TrailState.PUBLISHED) for trail in store.listed(db, state, limit, 0)[0]
    ]
    free = sorted(
        (one for one in lately if one.id not in there), key=lambda one: (one.updated_at, one.id), reverse=True
    )
    having = [trail for trail in there.values() if trail.state is not TrailState.TEMPLATE]
    return [Offer(trail, False) for trail in free[:limit]] + [Offer(trail, True) for trail in having[:limit]]


def begin(library: Library, title: str, kind: StepKind, id: int, member: Member) -> Trail:
    """A draft with this as its first step. Raises NotFound, InvalidInput when it cannot be a step or has no title."""
    object_id = steps.checked_object(library.db, kind, id)
    return trails.make(library, title, "", member, new=[(kind, object_id, "")])
