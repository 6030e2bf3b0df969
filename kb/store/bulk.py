"""Many reviews at once, by the list of their numbers."""

# ruff: noqa: S608 - the names in these statements are our own tables and columns; values are bound
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import as_list, stamp
from kb.store.deeds import Scope

_THESE = "(SELECT value FROM json_each(?))"


def live(db: Database, ids: Iterable[int]) -> list[int]:
    """Those of the reviews that are there and not in the trash, in the order given."""
    wanted = list(dict.fromkeys(ids))
    rows = db.execute(f"SELECT id FROM reviews WHERE trashed_at IS NULL AND id IN {_THESE}", [as_list(wanted)])
    there = {row[0] for row in rows}
    return [id for id in wanted if id in there]


def tagged(db: Database, ids: Sequence[int], tag_id: int) -> set[int]:
    """Those of the reviews that carry the tag."""
    rows = db.execute(
        f"SELECT review_id FROM review_tags WHERE tag_id = ? AND review_id IN {_THESE}", [tag_id, as_list(ids)]
    )
    return {row[0] for row in rows}


def having(db: Database, ids: Sequence[int], column: str, value: str) -> set[int]:
    """Those of the reviews whose product or team is this one."""
    if column not in ("product", "team"):
        raise ValueError(f"{column} is not changed in bulk")
    rows = db.execute(f"SELECT id FROM reviews WHERE {column} = ? AND id IN {_THESE}", [value, as_list(ids)])
    return {row[0] for row in rows}


def scopes(ids: Sequence[int], kind: str, tag_id: int = 0) -> list[Scope]:
    """The rows that a piece of bulk work changes."""
    these = as_list(ids)
    if kind in ("tag", "untag"):
        where, values = f"review_id IN {_THESE} AND tag_id = ?", (these, tag_id)
        return [
            Scope("review_tags", ("review_id", "tag_id"), ("origin",), where, values),
            Scope("tag_refusals", ("review_id", "tag_id"), (), where, values),
        ]
    columns = ("trashed_at",) if kind == "trash" else (kind, "updated_at")
    return [Scope("reviews", ("id",), columns, f"id IN {_THESE}", (these,))]


def tag(db: Database, ids: Sequence[int], tag_id: int) -> None:
    db.conn.execute(
        "INSERT OR IGNORE INTO review_tags (review_id, tag_id, origin) SELECT value, ?, 'member' FROM json_each(?)",
        [tag_id, as_list(ids)],
    )
    db.conn.execute(f"DELETE FROM tag_refusals WHERE tag_id = ? AND review_id IN {_THESE}", [tag_id, as_list(ids)])


def untag(db: Database, ids: Sequence[int], tag_id: int) -> None:
    db.conn.execute(f"DELETE FROM review_tags WHERE tag_id = ? AND review_id IN {_THESE}", [tag_id, as_list(ids)])


def set_field(db: Database, ids: Sequence[int], column: str, value: str, now: datetime) -> None:
    if column not in ("product", "team"):
        raise ValueError(f"{column} is not changed in bulk")
    db.conn.execute(
        f"UPDATE reviews SET {column} = ?, updated_at = ?, version = version + 1 WHERE id IN {_THESE}",
        [value, stamp(now), as_list(ids)],
    )


def trash(db: Database, ids: Sequence[int], now: datetime) -> None:
    db.conn.execute(
        f"UPDATE reviews SET trashed_at = ?, version = version + 1 WHERE id IN {_THESE}", [stamp(now), as_list(ids)]
    )


def bump(db: Database, ids: Sequence[int]) -> None:
    """Count a change of these reviews, so that an edit that began before it is told."""
    db.conn.execute(f"UPDATE reviews SET version = version + 1 WHERE id IN {_THESE}", [as_list(ids)])


def citing_gems(db: Database, ids: Sequence[int]) -> list[int]:
    """The gems that these reviews are evidence of: they show and are searched by them."""
    rows = db.execute(
        f"SELECT DISTINCT gem_id FROM gem_evidence WHERE review_id IN {_THESE} ORDER BY 1", [as_list(ids)]
    )
    return [row[0] for row in rows]


def untagged(db: Database, limit: int, offset: int) -> tuple[list[int], int]:
    """A page of the reviews that no tag is on, the last brought in first, and how many there are."""
    total = db.execute("SELECT count(*) FROM untagged").fetchone()[0]
    rows = db.execute("SELECT review_id FROM untagged ORDER BY review_id DESC LIMIT ? OFFSET ?", [limit, offset])
    return [row[0] for row in rows], total


def only_tagged(db: Database, tag_id: int) -> int:
    """How many live reviews carry this tag and no other."""
    rows = db.execute(
        "SELECT count(*) FROM review_tags AS mine JOIN reviews ON reviews.id = review_id"
        " WHERE tag_id = ? AND trashed_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM review_tags AS other WHERE other.review_id = mine.review_id AND other.tag_id <> mine.tag_id)",
        [tag_id],
    )
    return int(rows.fetchone()[0])
