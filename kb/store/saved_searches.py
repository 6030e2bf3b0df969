"""Searches that members saved, in the store. Each belongs to one member; nothing here gives one to anybody else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.store.database import in_list, moment, stamp
from kb.values.search import Fresh, Saved

_COLUMNS = (
    "s.id, s.member_id, s.name, s.question, s.filters, s.sort, s.alert, s.looked_at, s.told_at, s.seen, s.fresh,"
    " s.trashed_at"
)


def _saved(row: Sequence[Any]) -> Saved:
    id, member_id, name, question, filters, sort, alert, looked_at, told_at, seen, fresh, trashed_at = row
    return Saved(
        id=id,
        member_id=member_id,
        name=name,
        question=question,
        filters={name: tuple(values) for name, values in json.loads(filters).items()},
        sort=sort,
        alert=bool(alert),
        looked_at=moment(looked_at),
        told_at=moment(told_at),
        seen=seen,
        fresh=tuple(Fresh(type, number, bool(told)) for type, number, told in json.loads(fresh)),
        away=trashed_at is not None,
    )


def insert(db: Database, saved: Saved, now: datetime) -> int:
    cursor = db.conn.execute(
        "INSERT INTO saved_searches (member_id, name, question, filters, sort, alert, created_at, looked_at, seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            saved.member_id, saved.name, saved.question, json.dumps(saved.filters, ensure_ascii=False), saved.sort,
            int(saved.alert), stamp(now), stamp(now), saved.seen,
        ],
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def of_member(db: Database, member_id: int) -> list[Saved]:
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM saved_searches AS s WHERE member_id = ? AND trashed_at IS NULL"  # noqa: S608 - fixed
        " ORDER BY name COLLATE NOCASE, id",
        [member_id],
    )
    return [_saved(row) for row in rows]


def get(db: Database, id: int, member_id: int) -> Saved:
    """One of a member's own. Raises NotFound, also for another's."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM saved_searches AS s WHERE id = ? AND member_id = ?",  # noqa: S608 - fixed
        [id, member_id],
    ).fetchone()
    if row is None:
        raise NotFound("You have no saved search %(id)s.", id=id)
    return _saved(row)


def change(db: Database, id: int, **columns: Any) -> None:
    """Set columns as they are given; times become text."""
    names = ", ".join(f"{name} = ?" for name in columns)
    values = [stamp(value) if isinstance(value, datetime) else value for value in columns.values()]
    db.conn.execute(f"UPDATE saved_searches SET {names} WHERE id = ?", [*values, id])  # noqa: S608 - arguments' names


def set_fresh(db: Database, id: int, fresh: Sequence[Fresh], seen: int) -> None:
    rows = [[one.type, one.id, int(one.told)] for one in fresh]
    db.conn.execute(
        "UPDATE saved_searches SET fresh = ?, seen = ? WHERE id = ?",
        [json.dumps(rows, separators=(",", ":")), seen, id],
    )


def behind(db: Database, latest: int, limit: int) -> list[tuple[Saved, int]]:
    """Those that have not seen the newest changes, each with the role of its member; the furthest behind first."""
    rows = db.execute(
        f"SELECT {_COLUMNS}, role FROM saved_searches AS s JOIN members ON members.id = member_id"  # noqa: S608 - fixed
        " WHERE active = 1 AND trashed_at IS NULL AND seen < ? ORDER BY seen, s.id LIMIT ?",
        [latest, limit],
    )
    return [(_saved(row[:-1]), row[-1]) for row in rows]


def to_tell(db: Database, before: datetime, limit: int) -> list[Saved]:
    """Those with something new that their member wants to be told, and was last told before."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM saved_searches AS s JOIN members ON members.id = member_id"  # noqa: S608 - fixed
        " WHERE active = 1 AND alert = 1 AND trashed_at IS NULL AND (told_at IS NULL OR told_at <= ?)"
        " AND fresh LIKE '%,0]%' ORDER BY s.id LIMIT ?",
        [stamp(before), limit],
    )
    return [_saved(row) for row in rows]


def came_after(db: Database, type: str, ids: Sequence[int], since: datetime) -> set[int]:
    """Those of the reviews that came into the library since, or of the gems that were published since."""
    if type == "gem":
        wanted = "status = 'published' AND trashed_at IS NULL AND max(created_at, coalesce(verified_at, '')) > ?"
    else:
        wanted = "trashed_at IS NULL AND created_at > ?"
    table = "gems" if type == "gem" else "reviews"
    rows = db.execute(
        f"SELECT id FROM {table} WHERE {wanted} AND id IN {in_list(len(ids))}",  # noqa: S608 - fixed names
        [stamp(since), *ids],
    )
    return {row[0] for row in rows}


def forget_notices(db: Database, id: int) -> None:
    """Take back what was told of a search and not read yet."""
    db.conn.execute("DELETE FROM notices WHERE type = 'saved' AND object_id = ? AND read_at IS NULL", [id])
