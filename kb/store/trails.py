"""Trails and their steps in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import Review
from kb.store import reviews
from kb.store.database import in_list, instant, moment, stamp
from kb.values.trails import Step, StepKind, Trail, TrailState

_SELECT = (
    "SELECT trails.id, title, intro, language, state, owner_id, coalesce(nullif(members.name, ''), members.email, ''),"
    " version, trails.created_at, trails.updated_at, trashed_at FROM trails LEFT JOIN members ON members.id = owner_id"
)
_STEPS = "SELECT id, trail_id, position, kind, object_id, words, removed_at FROM trail_steps"


def _trail(row: Sequence[Any]) -> Trail:
    id, title, intro, language, state, owner_id, owner, version, created, updated, trashed = row
    return Trail(
        id, title, intro, TrailState(state), instant(created), instant(updated), version, language, owner_id, owner,
        moment(trashed),
    )  # fmt: skip


def _step(row: Sequence[Any]) -> Step:
    id, trail_id, position, kind, object_id, words, removed = row
    return Step(id, trail_id, position, StepKind(kind), object_id, words, moment(removed))


def insert(
    db: Database, title: str, intro: str, language: str, state: TrailState, owner_id: int | None, now: datetime
) -> int:
    cursor = db.conn.execute(
        "INSERT INTO trails (title, intro, language, state, owner_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [title, intro, language, state.value, owner_id, stamp(now), stamp(now)],
    )
    return int(cursor.lastrowid or 0)


def get(db: Database, id: int) -> Trail:
    """One trail, thrown away or not. Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE trails.id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is no trail %(id)s.", id=id)
    return _trail(row)


def get_many(db: Database, ids: Sequence[int]) -> dict[int, Trail]:
    rows = db.execute(f"{_SELECT} WHERE trails.id IN {in_list(len(ids))}", ids)
    return {row[0]: _trail(row) for row in rows}


def listed(db: Database, state: TrailState | None, limit: int, offset: int) -> tuple[list[Trail], int]:
    """A page of the trails of a state (None: those thrown away), the last changed first, and how many there are."""
    where, values = (
        ("trashed_at IS NOT NULL", []) if state is None else ("trashed_at IS NULL AND state = ?", [state.value])
    )
    total = db.execute(f"SELECT count(*) FROM trails WHERE {where}", values).fetchone()[0]  # noqa: S608 - fixed
    rows = db.execute(f"{_SELECT} WHERE {where} ORDER BY updated_at DESC, trails.id DESC LIMIT ? OFFSET ?",
                      [*values, limit, offset])  # fmt: skip
    return [_trail(row) for row in rows], int(total)


def counts(db: Database) -> dict[str, int]:
    """How many trails there are by state; `trash` for those thrown away."""
    rows = db.execute(
        "SELECT CASE WHEN trashed_at IS NULL THEN state ELSE 'trash' END AS s, count(*) FROM trails GROUP BY s"
    )
    return dict(rows.fetchall())


def update(db: Database, id: int, now: datetime, **columns: Any) -> None:
    """Set columns of a trail as they are given, and say that it was changed now."""
    names = "".join(f", {name} = ?" for name in columns)
    db.conn.execute(
        f"UPDATE trails SET updated_at = ?, version = version + 1{names} WHERE id = ?",  # noqa: S608 - names of arguments
        [stamp(now), *columns.values(), id],
    )


def set_trashed(db: Database, id: int, at: datetime | None) -> None:
    db.conn.execute("UPDATE trails SET trashed_at = ? WHERE id = ?", [stamp(at), id])


def thrown_before(db: Database, limit: datetime) -> list[int]:
    return [row[0] for row in db.execute("SELECT id FROM trails WHERE trashed_at < ?", [stamp(limit)])]


def erase(db: Database, ids: Sequence[int]) -> None:
    """Take trails out for good, with how far their readers were. Replays stay their members'."""
    steps = "SELECT id FROM trail_steps WHERE trail_id = ?"
    for id in ids:
        db.conn.execute(f"UPDATE replays SET step_id = NULL WHERE step_id IN ({steps})", [id])  # noqa: S608 - fixed
        db.conn.execute(f"DELETE FROM trail_done WHERE step_id IN ({steps})", [id])  # noqa: S608
        for table in ("trail_readers", "trail_assigned", "trail_targets", "trail_steps"):
            db.conn.execute(f"DELETE FROM {table} WHERE trail_id = ?", [id])  # noqa: S608
        db.conn.execute("DELETE FROM history WHERE type = 'trail' AND object_id = ?", [id])
        db.conn.execute("DELETE FROM notices WHERE type = 'trail' AND object_id = ?", [id])
        db.conn.execute("DELETE FROM trails WHERE id = ?", [id])


def steps(db: Database, trail_ids: Sequence[int]) -> dict[int, list[Step]]:
    """The steps of these trails, each trail's in order; those taken out are left out."""
    rows = db.execute(
        f"{_STEPS} WHERE trail_id IN {in_list(len(trail_ids))} AND removed_at IS NULL ORDER BY trail_id, position, id",
        trail_ids,
    )
    found: dict[int, list[Step]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(_step(row))
    return found


def step(db: Database, id: int) -> Step | None:
    """One step, also one that was taken out."""
    row = db.execute(f"{_STEPS} WHERE id = ?", [id]).fetchone()
    return _step(row) if row else None


def insert_steps(db: Database, trail_id: int, new: Iterable[tuple[StepKind, int | None, str]], at: int) -> list[int]:
    """Put steps in behind the others, `at` being the position of the first; gives their numbers."""
    ids = []
    for position, (kind, object_id, words) in enumerate(new, at):
        cursor = db.conn.execute(
            "INSERT INTO trail_steps (trail_id, position, kind, object_id, words) VALUES (?, ?, ?, ?, ?)",
            [trail_id, position, kind.value, object_id, words],
        )
        ids.append(int(cursor.lastrowid or 0))
    return ids


def place(db: Database, ids: Sequence[int]) -> None:
    """Put steps in this order."""
    db.conn.executemany("UPDATE trail_steps SET position = ? WHERE id = ?", list(enumerate(ids)))


def set_step(db: Database, id: int, **columns: Any) -> None:
    """Set columns of a step as they are given."""
    names = ", ".join(f"{name} = ?" for name in columns)
    db.conn.execute(f"UPDATE trail_steps SET {names} WHERE id = ?", [*columns.values(), id])  # noqa: S608 - names


def leading_to(db: Database, kinds: Sequence[StepKind], object_ids: Sequence[int]) -> list[tuple[Step, Trail]]:
    """The steps that lead to one of these things, each with its trail, if that is not thrown away."""
    rows = db.execute(
        f"{_STEPS} WHERE kind IN {in_list(len(kinds))} AND object_id IN {in_list(len(object_ids))}"
        " AND removed_at IS NULL ORDER BY trail_id, position",
        [*(kind.value for kind in kinds), *object_ids],
    ).fetchall()
    found = [_step(row) for row in rows]
    of = get_many(db, list({one.trail_id for one in found}))
    return [(one, of[one.trail_id]) for one in found if of[one.trail_id].trashed_at is None]


def merged(db: Database, gem_ids: Sequence[int]) -> dict[int, int]:
    """For those of the gems that were merged into others: the gem that each leads to now."""
    rows = db.execute(
        "WITH RECURSIVE way (gone, id, depth) AS ("  # noqa: S608 - bound values
        f" SELECT id, merged_into, 1 FROM gems WHERE id IN {in_list(len(gem_ids))} AND merged_into IS NOT NULL"
        " UNION ALL SELECT gone, merged_into, depth + 1 FROM way JOIN gems ON gems.id = way.id"
        " WHERE merged_into IS NOT NULL AND depth < 100)"
        " SELECT gone, id FROM way ORDER BY depth",
        gem_ids,
    )
    return dict(rows.fetchall())


def redirected(db: Database, tag_ids: Sequence[int]) -> dict[int, int]:
    """For those of the tags that were merged into others: the tag that each leads to now."""
    rows = db.execute(
        "WITH RECURSIVE way (gone, id, depth) AS ("  # noqa: S608 - bound values
        f" SELECT old_id, tag_id, 1 FROM tag_redirects WHERE old_id IN {in_list(len(tag_ids))}"
        " UNION ALL SELECT gone, tag_id, depth + 1 FROM way JOIN tag_redirects ON old_id = way.id WHERE depth < 100)"
        " SELECT gone, id FROM way ORDER BY depth",
        tag_ids,
    )
    return dict(rows.fetchall())


def gem_called(db: Database, name: str) -> int | None:
    """The published gem of that id of the interchange format, or of that title."""
    row = db.execute(
        "SELECT id FROM gems WHERE (external_id = ? OR title = ?) AND status = 'published' AND trashed_at IS NULL"
        " ORDER BY external_id <> ?, id LIMIT 1",
        [name, name, name],
    ).fetchone()
    return row[0] if row else None


def review_called(db: Database, name: str) -> Review | None:
    """The review of that id of the interchange format, or of that title."""
    row = db.execute(
        "SELECT id FROM reviews WHERE (external_id = ? OR title = ?) AND trashed_at IS NULL"
        " ORDER BY external_id <> ?, id LIMIT 1",
        [name, name, name],
    ).fetchone()
    return reviews.get(db, row[0]) if row else None


def names(db: Database, trail_id: int) -> dict[int, str]:
    """For each step that leads to something: its id of the interchange format, or else its title or name."""
    rows = db.execute(
        "SELECT s.id, coalesce(nullif(g.external_id, ''), g.title, nullif(r.external_id, ''), r.title, t.name)"
        " FROM trail_steps AS s LEFT JOIN gems AS g ON s.kind = 'gem' AND g.id = object_id"
        " LEFT JOIN reviews AS r ON s.kind IN ('review', 'replay') AND r.id = object_id"
        " LEFT JOIN tags AS t ON s.kind = 'topic' AND t.id = object_id WHERE trail_id = ? AND removed_at IS NULL",
        [trail_id],
    )
    return {id: name for id, name in rows if name}
