"""The conversation under a gem, in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import Comment
from kb.store.database import instant, stamp


def of_gem(db: Database, gem_id: int) -> list[Comment]:
    rows = db.execute(
        "SELECT id, author, body, at, member_id FROM gem_comments WHERE gem_id = ? AND trashed_at IS NULL ORDER BY at, id",
        [gem_id],
    )
    return [_comment(*row) for row in rows]


def _comment(id: int, author: str, body: str, at: str, member_id: Any) -> Comment:
    return Comment(id, author, body, instant(at), member_id)


def get(db: Database, id: int) -> tuple[Comment, int]:
    """A comment and its gem. Raises NotFound."""
    row = db.execute("SELECT id, author, body, at, member_id, gem_id FROM gem_comments WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is no comment %(id)s.", id=id)
    return _comment(*row[:5]), row[5]


def insert(db: Database, gem_id: int, author: str, body: str, at: datetime, member_id: int) -> int:
    cursor = db.conn.execute(
        "INSERT INTO gem_comments (gem_id, author, body, at, member_id) VALUES (?, ?, ?, ?, ?)",
        [gem_id, author, body, stamp(at), member_id],
    )
    return int(cursor.lastrowid or 0)


def set_trashed(db: Database, id: int, at: datetime | None) -> None:
    db.conn.execute("UPDATE gem_comments SET trashed_at = ? WHERE id = ?", [stamp(at), id])


def bodies(db: Database, gem_id: int) -> dict[int, str]:
    """What was ever said under a gem, also what was taken back, by the comment's number."""
    return dict(db.execute("SELECT id, body FROM gem_comments WHERE gem_id = ?", [gem_id]).fetchall())


def rewrite(db: Database, id: int, body: str) -> None:
    db.conn.execute("UPDATE gem_comments SET body = ? WHERE id = ?", [body, id])
