"""Whom a trail is assigned to: a member, a team, whoever joins; reminded once; and what a curator sees of it.

A curator sees how many steps those are done with who agreed to it, and how many did not agree. Of those nothing is shown
that could tell how far they are: a reminder is marked for all whom it is meant for, and reaches those who are not done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Member
from kb.store import history, members, notices, trail_readers, trails
from kb.store.database import Database
from kb.store.trail_readers import ENDED, Assigned
from kb.trails import outline
from kb.values.trails import Target, TrailState

KINDS = ("member", "team", "joiners")


@dataclass(frozen=True, slots=True)
class Shown:
    """How far one is who agreed that it is shown."""

    name: str
    done: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What a curator sees. `steps` is how many there are to be done with; `shown` has those who agreed, by member, also
    those who walk it by themselves; `silent` counts those of the assigned who did not agree."""

    steps: int
    assigned: tuple[Assigned, ...]
    shown: dict[int, Shown]

    @property
    def everybody(self) -> list[tuple[Assigned | None, Shown | None]]:
        """Those of the assigned, then those who walk it unasked: with how far they are, if they agreed that it is shown."""
        known = {one.member_id for one in self.assigned}
        unasked = [(None, shown) for id, shown in self.shown.items() if id not in known]
        return [*((one, self.shown.get(one.member_id)) for one in self.assigned), *unasked]

    @property
    def silent(self) -> int:
        return sum(not one.shared for one in self.assigned)

    @property
    def finished(self) -> int:
        return sum(one.done >= self.steps for one in self.shown.values()) if self.steps else 0

    @property
    def begun(self) -> int:
        return sum(0 < one.done < self.steps for one in self.shown.values())

    @property
    def can_be_reminded(self) -> bool:
        return any(one.reminded_at is None for one in self.assigned)


def targets(library: Library, trail_id: int) -> list[Target]:
    """Whom a trail is assigned to, in the order in which it was."""
    return trail_readers.targets(library.db, trail_id)


def progress(library: Library, trail_id: int) -> Progress:
    """Who has the trail, and how far those are who agreed to it."""
    ids = _steps(library, trail_id)
    found = trail_readers.shared(library.db, trail_id, ids)
    return Progress(
        len(ids),
        tuple(trail_readers.assigned(library.db, trail_id)),
        {id: Shown(name, done) for id, (name, done) in found.items()},
    )


def _steps(library: Library, trail_id: int) -> list[int]:
    found = trails.steps(library.db, [trail_id]).get(trail_id, [])
    return [row.id for row in outline.walkable(outline.rows(library, found, unmasked=True))]


def assign(library: Library, trail_id: int, kind: str, member: Member, *, email: str = "", team: str = "") -> int:
    """Assign a published trail: to a member, to all of a team now and later, or (`joiners`) to whoever joins from now on.
    Each is told once. Gives the number of the assignment.

    Raises NotFound, InvalidInput, Conflict when the trail is not published or is assigned so already.
    """
    if kind not in KINDS:
        raise InvalidInput("A trail is assigned to a member, to a team, or to whoever joins.", "kind")
    now = library.now()
    with library.transaction() as db:
        trail = trails.get(db, trail_id)
        if trail.state is not TrailState.PUBLISHED or trail.trashed_at is not None:
            raise Conflict("Only a published trail can be assigned: publish it first.")
        whom, to = _whom(db, kind, email, team)
        target, new = trail_readers.set_target(
            db, trail_id, kind, whom.id if whom else None, to, member.called, now
        )  # fmt: skip
        if not new:
            raise Conflict("The trail is assigned so already.")
        there = [one.id for one in members.all_members(db) if one.active and to and one.team == to]
        _give(db, trail_id, [whom.id] if whom else there, target, member.called, now, but=member.id)
        words = {"member": whom.called if whom else "", "team": f"team {to}", "joiners": "whoever joins"}[kind]
        history.add(db, "trail", trail_id, "assigned", member.called, now, {"assigned": (None, words)})
    return target


def _whom(db: Database, kind: str, email: str, team: str) -> tuple[Member | None, str]:
    if kind == "member":
        found = members.by_email(db, email.strip().casefold())
        if found is None or not found.active:
            raise InvalidInput("Choose a member from the list.", "email")
        return found, ""
    if kind == "team":
        if team.strip() not in {one.team for one in members.all_members(db) if one.team}:
            raise InvalidInput("Choose a team from the list. An admin puts members into teams.", "team")
        return None, team.strip()
    return None, ""


def _give(
    db: Database, trail_id: int, member_ids: Iterable[int], target: int, who: str, now: datetime, but: int | None = None
) -> None:
    new = trail_readers.assign(db, trail_id, member_ids, target, now)
    notices.add(db, [id for id in new if id != but], "assigned", "trail", trail_id, who, "", now)


def take_back(library: Library, trail_id: int, target_id: int, member: Member) -> None:
    """Assign it so no longer. Whoever began the trail keeps it among their own. Raises NotFound."""
    now = library.now()
    with library.transaction() as db:
        target = trail_readers.target(db, trail_id, target_id)
        if target is None or target.kind.startswith(ENDED):
            raise NotFound("The trail is not assigned so any more.")
        trail_readers.end_target(db, target.id)
        for other in trail_readers.targets(db, trail_id):  # who has it by another one, too, has it by that now
            there = [one.id for one in members.all_members(db) if other.team and one.team == other.team]
            trail_readers.assign(db, trail_id, [other.member_id] if other.member_id else there, other.id, now)
        words = target.name or target.team or "whoever joins"
        history.add(db, "trail", trail_id, "assignment taken back", member.called, now, {"assigned": (words, None)})


def give_again(library: Library, trail_id: int, target_id: int, member: Member) -> None:
    """Undo `take_back`; nobody is told again. Raises NotFound."""
    target = trail_readers.target(library.db, trail_id, target_id)
    if target is None:
        raise NotFound("The trail was not assigned so.")
    kind = target.kind.removeprefix(ENDED)
    whom = members.by_id(library.db, target.member_id) if target.member_id else None
    assign(library, trail_id, kind, member, email=whom.email if whom else "", team=target.team)


def welcome(db: Database, member: Member, now: datetime, *, joins: bool) -> None:
    """Give a member what is assigned to whoever joins (when they do), and to the team that they come into."""
    found = [*(trail_readers.waiting_for(db, None) if joins else ())]
    found += trail_readers.waiting_for(db, member.team) if member.team else []
    for target in found:
        _give(db, target.trail_id, [member.id], target.id, target.who, now)


def remind(library: Library, trail_id: int, member: Member, *, only: int | None = None) -> None:
    """Remind those whom the trail is assigned to (or `only` one of them), each once and never again.

    Nothing is said of whom it reached: only who is not done gets a notice, and who is done is nobody's to know.
    """
    now = library.now()
    ids = _steps(library, trail_id)
    with library.transaction() as db:
        if trails.get(db, trail_id).state is not TrailState.PUBLISHED:
            raise Conflict("Only a published trail can be reminded of: publish it first.")
        there = [
            one.member_id
            for one in trail_readers.assigned(db, trail_id)
            if one.reminded_at is None and only in (None, one.member_id)
        ]
        trail_readers.set_reminded(db, trail_id, there, now)
        late = [id for id in trail_readers.unfinished(db, there, ids) if id != member.id]
        notices.add(db, late, "reminded", "trail", trail_id, member.called, "", now)
