"""When something that a trail leads to goes away: its curator is told, and the desk offers what comes in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kb.models import Role
from kb.store import members, notices, trails
from kb.store.database import Database
from kb.values.trails import StepKind, Trail, TrailState

_AT_A_TIME = 500
_KINDS = {
    "gem": (StepKind.GEM,),
    "review": (StepKind.REVIEW, StepKind.REPLAY),
    "topic": (StepKind.TOPIC,),
}


def tell(db: Database, type: str, ids: Sequence[int], who: str, now: datetime, title: str = "") -> None:
    """Tell the curators of the trails that lead to these things that they went away; part of the transaction in which they
    do. One notice a trail, also to whoever did it: the gap is theirs to see."""
    concerned: dict[int, Trail] = {}
    for start in range(0, len(ids), _AT_A_TIME):
        for _, trail in trails.leading_to(db, _KINDS[type], ids[start : start + _AT_A_TIME]):
            if trail.state is not TrailState.TEMPLATE:
                concerned[trail.id] = trail
    if not concerned:
        return
    curators = [one.id for one in members.all_members(db) if one.active and one.role >= Role.CURATOR]
    for trail in concerned.values():
        # Where nobody keeps the trail any more, whoever could is told.
        to = [trail.owner_id] if trail.owner_id in curators else curators
        notices.add(db, [id for id in to if id is not None], "gap", "trail", trail.id, who, title, now)
