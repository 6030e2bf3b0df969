"""Walking a trail: where one is, what one is done with, what changed since one read it.

All of it is asked for with one member and says how far that one is; what curators are told of those who agreed to it is in
`kb/trails/assigning.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kb import privacy
from kb.errors import NotFound
from kb.library import Library
from kb.models import Member, Review
from kb.store import gems, history, replays, trail_readers
from kb.store import trails as store
from kb.store.database import Database
from kb.trails import outline, scenes, trails
from kb.trails.outline import Row
from kb.values.trails import Done, Reading, Step, StepKind, Trail, TrailState


@dataclass(frozen=True, slots=True)
class Walk:
    """A trail as one member has it before them. `rows` are the steps without gaps; `tried` are the reviews whose answer
    this member has seen, whose titles may stand there before they are done; `gaps` says how many steps are left out."""

    trail: Trail
    rows: tuple[Row, ...] = ()
    done: Mapping[int, Done] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    tried: frozenset[int] = frozenset()
    gaps: int = 0

    def is_done(self, row: Row) -> bool:
        return row.id in self.done

    def has_changed(self, row: Row) -> bool:
        """Whether it says something else than when this member was done with it."""
        known = self.done.get(row.id)
        return known is not None and known.print != row.print

    def may_tell(self, row: Row) -> bool:
        """Whether the step's title may be shown: a replay's title may tell the answer."""
        return row.kind is not StepKind.REPLAY or row.object_id in self.tried

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def done_count(self) -> int:
        return sum(self.is_done(row) for row in self.rows)

    @property
    def finished(self) -> bool:
        return bool(self.rows) and self.done_count == self.count

    @property
    def seconds(self) -> float:
        """How long it takes to read, all of it."""
        return sum(row.seconds for row in self.rows)

    @property
    def seconds_left(self) -> float:
        return sum(row.seconds for row in self.rows if not self.is_done(row))

    @property
    def next(self) -> Row | None:
        """Where one goes on: where one left off, unless one is done with it; then the first thereafter that is not done,
        then the first of all."""
        ids = [row.id for row in self.rows]
        at = ids.index(self.reading.step_id) if self.reading.step_id in ids else 0
        ahead = [*self.rows[at:], *self.rows[:at]]
        return next((row for row in ahead if not self.is_done(row)), None)

    def at(self, step_id: int) -> int | None:
        """The place of a step, from 0."""
        return next((place for place, row in enumerate(self.rows) if row.id == step_id), None)


def walks(library: Library, found: Sequence[Trail], member: Member, *, unmasked: bool) -> list[Walk]:
    """These trails as the member has them before them; a few statements, however many there are."""
    db, ids = library.db, [trail.id for trail in found]
    steps = store.steps(db, ids)
    rows: dict[int, list[Row]] = {}
    for row in outline.rows(library, [step for each in steps.values() for step in each], unmasked=unmasked):
        rows.setdefault(row.step.trail_id, []).append(row)
    done, reading = trail_readers.done(db, ids, member.id), trail_readers.reading(db, ids, member.id)
    tried = frozenset(replays.compared_reviews(db, member.id))
    made = []
    for trail in found:
        here = rows.get(trail.id, [])
        kept = tuple(outline.walkable(here))
        where = reading.get(trail.id, Reading())
        made.append(Walk(trail, kept, done, where, tried, len(here) - len(kept)))
    return made


def walk(library: Library, id: int, member: Member, *, unmasked: bool) -> Walk:
    """One trail as the member has it before them. Raises NotFound."""
    return walks(library, [trails.get(library, id, member)], member, unmasked=unmasked)[0]


def mine(
    library: Library, member: Member, limit: int | None = None, *, unmasked: bool = False, assigned: bool = False
) -> list[Walk]:
    """The member's own trails (assigned to them, or begun): those that are not finished first, the last walked first of
    them. `assigned` leaves out what they began by themselves. For the front page: `mine(library, member, 3)`."""
    ids = [id for id, given in own(library, member).items() if given or not assigned]
    there = store.get_many(library.db, ids)
    found = walks(library, [there[id] for id in ids], member, unmasked=unmasked)
    return sorted(found, key=lambda one: one.finished)[:limit]


def own(library: Library, member: Member) -> dict[int, bool]:
    """The numbers of the member's own trails, the last walked first, and whether each is assigned to them."""
    ids = trail_readers.mine(library.db, member.id)
    known = trail_readers.reading(library.db, ids, member.id)
    return {id: known[id].assigned_at is not None for id in ids if id in known}


def come_to(library: Library, one: Walk, step_id: int, member: Member) -> None:
    """Note where the member is, so that they come back to it. Nothing is written while they stay there, nor for a trail
    that readers do not see yet."""
    if one.trail.state is TrailState.PUBLISHED and one.trail.trashed_at is None and one.reading.step_id != step_id:
        with library.transaction() as db:
            trail_readers.come_to(db, one.trail.id, member.id, step_id, library.now())


def set_done(library: Library, one: Walk, step_id: int, member: Member, *, done: bool) -> None:
    """Mark a step done, or not done. What it says now is what was read. Raises NotFound."""
    place = one.at(step_id)
    if place is None:
        raise NotFound("This step is not in the trail any more.")
    row, now = one.rows[place], library.now()
    with library.transaction() as db:
        trail_readers.come_to(db, one.trail.id, member.id, step_id, now)
        if done:
            trail_readers.set_done(db, step_id, member.id, row.print, now)
        else:
            trail_readers.set_undone(db, step_id, member.id)


def share(library: Library, id: int, member: Member, *, shared: bool) -> None:
    """Agree, or no longer, that curators see how many steps one is done with. Raises NotFound."""
    trail = trails.get(library, id, member)
    with library.transaction() as db:
        trail_readers.set_shared(db, trail.id, member.id, shared)


def forget(library: Library, id: int, member: Member) -> None:
    """Begin anew: take out all that is kept of how far the member is. Raises NotFound."""
    trail = trails.get(library, id, member)
    with library.transaction() as db:
        trail_readers.forget(db, trail.id, member.id)


def replayed(db: Database, review: Review, member_id: int, step_id: int | None, now: datetime) -> None:
    """A replay was compared: the steps of the member's trails that it is are done."""
    for id in trail_readers.replay_steps(db, member_id, review.id, step_id):
        trail_readers.set_done(db, id, member_id, scenes.mark(review), now)


_SAID = {StepKind.GEM: ("gem", ("title", "body")), StepKind.REVIEW: ("review", ("title", "body", "turns")),
         StepKind.TOPIC: ("tag", ("name", "definition"))}  # fmt: skip


def differences(library: Library, row: Row, since: datetime, *, unmasked: bool) -> dict[str, tuple[Any, Any]]:
    """What a step said then and says now, by field, as far as histories tell. Without the right to see names, a field that
    holds one is masked as it is everywhere."""
    if row.kind not in _SAID or row.object_id is None:
        return {}
    type, fields = _SAID[row.kind]
    found: dict[str, tuple[Any, Any]] = {}
    for change in history.of(library.db, type, row.object_id):  # newest first
        if change.at <= since:
            break
        for name in fields:
            if name in change.fields:
                before, after = change.fields[name]
                found[name] = (before, found[name][1] if name in found else after)
    if not unmasked:
        names = _hidden(library, row)
        found = {name: (_masked(before, names), _masked(after, names)) for name, (before, after) in found.items()}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def _hidden(library: Library, row: Row) -> tuple[str, ...]:
    if row.review is not None:
        return privacy.hidden_names(row.review)
    if row.kind is not StepKind.GEM or row.object_id is None:
        return ()
    return gems.get(library.db, row.object_id).reviewees


def _masked(value: Any, names: tuple[str, ...]) -> Any:
    """A field of a history without these people's names; agents' turns without who spoke."""
    if isinstance(value, str):
        return privacy.mask(value, names)
    if isinstance(value, list):
        return [_masked(item, names) for item in value]
    if isinstance(value, dict):
        masked = {key: _masked(item, names) for key, item in value.items()}
        return masked | {"speaker": ""} if masked.get("role") == "agent" else masked
    return value


def step_of(library: Library, id: int) -> Step | None:
    """One step by its number, wherever it is."""
    return store.step(library.db, id)
