"""How far members are on trails, and whom trails are assigned to, in the store.

What one reader has done is asked for by that reader's number only; the one statement for curators (`shared`) names the
column by which a reader agreed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, instant, moment, stamp
from kb.values.trails import Done, Reading, Target

# A target that was taken back stays as `ended …`, so that nobody is told or reminded twice when it comes again.
ENDED = "ended "
_LIVE = "trail_targets.kind NOT LIKE 'ended %'"
_MINE = (
    "LEFT JOIN trail_readers AS r ON r.trail_id = trails.id AND r.member_id = :member"
    " LEFT JOIN (SELECT trail_id, trail_assigned.at FROM trail_assigned JOIN trail_targets USING (trail_id)"
    " WHERE trail_targets.id = target_id AND trail_assigned.member_id = :member"
    " AND trail_targets.kind NOT LIKE 'ended %') AS a ON a.trail_id = trails.id"
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """One member whom a trail is assigned to. How far they are is not in it."""

    member_id: int
    name: str
    team: str
    at: datetime
    reminded_at: datetime | None
    shared: bool


def reading(db: Database, trail_ids: Sequence[int], member_id: int) -> dict[int, Reading]:
    """How far this member is on those of the trails that they began or that are assigned to them."""
    rows = db.execute(
        f"SELECT id, r.step_id, coalesce(r.shared, 0), r.begun_at, r.last_at, a.at FROM trails {_MINE}"  # noqa: S608
        " WHERE trails.id IN (SELECT value FROM json_each(:trails))",
        {"member": member_id, "trails": json.dumps(list(trail_ids))},
    )
    return {
        id: Reading(step_id, bool(shared), moment(begun), moment(last), moment(assigned))
        for id, step_id, shared, begun, last, assigned in rows
        if begun or assigned or shared
    }


def mine(db: Database, member_id: int) -> list[int]:
    """The published trails that this member began or that are assigned to them, the last walked first."""
    rows = db.execute(
        f"SELECT trails.id FROM trails {_MINE} WHERE state = 'published' AND trashed_at IS NULL"  # noqa: S608 - fixed
        " AND (r.begun_at IS NOT NULL OR a.at IS NOT NULL) ORDER BY coalesce(r.last_at, a.at) DESC, trails.id DESC",
        {"member": member_id},
    )
    return [row[0] for row in rows]


def done(db: Database, trail_ids: Sequence[int], member_id: int) -> dict[int, Done]:
    """The steps of these trails that this member is done with, by step."""
    rows = db.execute(
        "SELECT step_id, at, print FROM trail_done JOIN trail_steps ON trail_steps.id = step_id"  # noqa: S608 - bound
        f" WHERE member_id = ? AND trail_id IN {in_list(len(trail_ids))}",
        [member_id, *trail_ids],
    )
    return {id: Done(id, instant(at), mark) for id, at, mark in rows}


def come_to(db: Database, trail_id: int, member_id: int, step_id: int | None, now: datetime) -> None:
    """Note where this member is."""
    db.conn.execute(
        "INSERT INTO trail_readers (trail_id, member_id, step_id, begun_at, last_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (trail_id, member_id) DO UPDATE SET step_id = excluded.step_id, last_at = excluded.last_at,"
        " begun_at = coalesce(begun_at, excluded.begun_at)",
        [trail_id, member_id, step_id, stamp(now), stamp(now)],
    )


def set_shared(db: Database, trail_id: int, member_id: int, shared: bool) -> None:
    db.conn.execute(
        "INSERT INTO trail_readers (trail_id, member_id, shared) VALUES (?, ?, ?)"
        " ON CONFLICT (trail_id, member_id) DO UPDATE SET shared = excluded.shared",
        [trail_id, member_id, int(shared)],
    )


def set_done(db: Database, step_id: int, member_id: int, mark: str, now: datetime) -> None:
    db.conn.execute(
        "INSERT INTO trail_done (step_id, member_id, at, print) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (step_id, member_id) DO UPDATE SET at = excluded.at, print = excluded.print",
        [step_id, member_id, stamp(now), mark],
    )


def set_undone(db: Database, step_id: int, member_id: int) -> None:
    db.conn.execute("DELETE FROM trail_done WHERE step_id = ? AND member_id = ?", [step_id, member_id])


def forget(db: Database, trail_id: int, member_id: int) -> None:
    """Take out how far this member is: what they did, where they were, whether they share it."""
    db.conn.execute(
        "DELETE FROM trail_done WHERE member_id = ? AND step_id IN (SELECT id FROM trail_steps WHERE trail_id = ?)",
        [member_id, trail_id],
    )
    db.conn.execute("DELETE FROM trail_readers WHERE trail_id = ? AND member_id = ?", [trail_id, member_id])


def replay_steps(db: Database, member_id: int, review_id: int, step_id: int | None) -> list[int]:
    """The steps that a replay of this review is: on trails that the member has begun, and the one that they came from."""
    rows = db.execute(
        "SELECT trail_steps.id FROM trail_steps WHERE kind = 'replay' AND object_id = ? AND removed_at IS NULL"
        " AND (trail_steps.id = ? OR EXISTS (SELECT 1 FROM trail_readers AS r WHERE r.trail_id = trail_steps.trail_id"
        " AND r.member_id = ?))",
        [review_id, step_id, member_id],
    )
    return [row[0] for row in rows]


def shared(db: Database, trail_id: int, step_ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Of the active members who agreed to it: name and how many of these steps they are done with, by member."""
    rows = db.execute(
        "SELECT members.id, coalesce(nullif(members.name, ''), email), (SELECT count(*) FROM trail_done AS d"  # noqa: S608
        f" WHERE d.member_id = members.id AND d.step_id IN {in_list(len(step_ids))})"
        " FROM trail_readers JOIN members ON members.id = member_id WHERE trail_id = ? AND shared = 1 AND active = 1"
        " ORDER BY 3 DESC, 2",
        [*step_ids, trail_id],
    )
    return {id: (name, count) for id, name, count in rows}


_TARGET = (
    "SELECT trail_targets.id, trail_id, kind, member_id, trail_targets.team, coalesce(nullif(name, ''), email, ''), who, at"
    " FROM trail_targets LEFT JOIN members ON members.id = member_id"
)


def _target(row: Sequence[Any]) -> Target:
    id, trail_id, kind, member_id, team, name, who, at = row
    return Target(id, trail_id, kind, member_id, team, name, who, instant(at))


def targets(db: Database, trail_id: int) -> list[Target]:
    """Whom a trail is assigned to, in the order in which it was."""
    rows = db.execute(f"{_TARGET} WHERE trail_id = ? AND {_LIVE} ORDER BY trail_targets.id", [trail_id])
    return [_target(row) for row in rows]


def target(db: Database, trail_id: int, id: int) -> Target | None:
    """One of them, also one that was taken back (its kind begins with `ended`)."""
    row = db.execute(f"{_TARGET} WHERE trail_id = ? AND trail_targets.id = ?", [trail_id, id]).fetchone()
    return _target(row) if row else None


def set_target(
    db: Database, trail_id: int, kind: str, member_id: int | None, team: str, who: str, now: datetime
) -> tuple[int, bool]:
    """Assign: the target's number, and whether it is a new one (also one that was taken back and comes again)."""
    key = "trail_id = ? AND coalesce(member_id, 0) = ? AND team = ?"
    values = [trail_id, member_id or 0, team]
    there = db.execute(f"SELECT id FROM trail_targets WHERE {key} AND kind = ?", [*values, kind]).fetchone()  # noqa: S608
    if there:
        return int(there[0]), False
    again = db.execute(
        f"UPDATE trail_targets SET kind = ?, who = ?, at = ? WHERE {key} AND kind = ? RETURNING id",  # noqa: S608
        [kind, who, stamp(now), *values, ENDED + kind],
    ).fetchone()
    if again:
        return int(again[0]), True
    cursor = db.conn.execute(
        "INSERT INTO trail_targets (trail_id, kind, member_id, team, who, at) VALUES (?, ?, ?, ?, ?, ?)",
        [trail_id, kind, member_id, team, who, stamp(now)],
    )
    return int(cursor.lastrowid or 0), True


def end_target(db: Database, id: int) -> None:
    db.conn.execute("UPDATE trail_targets SET kind = ? || kind WHERE id = ?", [ENDED, id])


def assign(db: Database, trail_id: int, member_ids: Iterable[int], target_id: int, now: datetime) -> list[int]:
    """Put the trail among these members' own, by this target; gives those to whom it is new. Whose target was taken back
    gets this one instead, and is not told again."""
    new = []
    for id in member_ids:
        made = db.conn.execute(
            "INSERT OR IGNORE INTO trail_assigned (trail_id, member_id, target_id, at) VALUES (?, ?, ?, ?)",
            [trail_id, id, target_id, stamp(now)],
        ).rowcount
        if made:
            new.append(id)
        else:
            db.conn.execute(
                "UPDATE trail_assigned SET target_id = ? WHERE trail_id = ? AND member_id = ?"  # noqa: S608 - fixed
                f" AND NOT EXISTS (SELECT 1 FROM trail_targets WHERE id = trail_assigned.target_id AND {_LIVE})",
                [target_id, trail_id, id],
            )
    return new


def waiting_for(db: Database, team: str | None) -> list[Target]:
    """The targets of published trails that take in whoever joins (None), or whoever comes into this team."""
    where, values = ("trail_targets.kind = 'joiners'", []) if team is None else (
        "trail_targets.kind = 'team' AND trail_targets.team = ?", [team]
    )  # fmt: skip
    rows = db.execute(
        f"{_TARGET} JOIN trails ON trails.id = trail_id WHERE {where} AND state = 'published' AND trashed_at IS NULL"
        " ORDER BY trail_targets.id",
        values,
    )
    return [_target(row) for row in rows]


def assigned(db: Database, trail_id: int) -> list[Assigned]:
    """The active members whom a trail is assigned to, by name."""
    rows = db.execute(
        "SELECT members.id, coalesce(nullif(members.name, ''), email), members.team, trail_assigned.at, reminded_at,"  # noqa: S608
        " coalesce(r.shared, 0) FROM trail_assigned JOIN trail_targets ON trail_targets.id = target_id"
        " JOIN members ON members.id = trail_assigned.member_id LEFT JOIN trail_readers AS r"
        " ON r.trail_id = trail_assigned.trail_id AND r.member_id = members.id"
        f" WHERE trail_assigned.trail_id = ? AND active = 1 AND {_LIVE} ORDER BY 2, members.id",
        [trail_id],
    )
    return [
        Assigned(id, name, team, instant(at), moment(reminded), bool(shares))
        for id, name, team, at, reminded, shares in rows
    ]


def set_reminded(db: Database, trail_id: int, member_ids: Sequence[int], now: datetime) -> None:
    db.conn.executemany(
        "UPDATE trail_assigned SET reminded_at = ? WHERE trail_id = ? AND member_id = ? AND reminded_at IS NULL",
        [(stamp(now), trail_id, id) for id in member_ids],
    )


def unfinished(db: Database, member_ids: Sequence[int], step_ids: Sequence[int]) -> list[int]:
    """Those of the members who are not done with all of these steps. For reminding them, and never to be shown."""
    rows = db.execute(
        f"SELECT id FROM members WHERE id IN {in_list(len(member_ids))} AND (SELECT count(*) FROM trail_done"  # noqa: S608
        f" WHERE member_id = members.id AND step_id IN {in_list(len(step_ids))}) < ?",
        [*member_ids, *step_ids, len(step_ids)],
    )
    return [row[0] for row in rows]
