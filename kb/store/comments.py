"""The thread under a review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import Comment
from kb.store.database import in_list, instant, stamp


def of_review(db: Database, review_id: int) -> list[Comment]:
    rows = db.execute(
        "SELECT id, author, body, at, member_id FROM comments"
        " WHERE review_id = ? AND trashed_at IS NULL ORDER BY at, id",
        [review_id],
    )
    return [_comment(row) for row in rows]


def _comment(row: Sequence[Any]) -> Comment:
    id, author, body, at, member_id = row
    return Comment(id, author, body, instant(at), member_id)


def texts(db: Database, review_ids: Sequence[int]) -> dict[int, list[str]]:
    """What was said under each review, for the index."""
    rows = db.execute(
        "SELECT review_id, body FROM comments"  # noqa: S608 - bound values
        f" WHERE trashed_at IS NULL AND review_id IN {in_list(len(review_ids))} ORDER BY at, id",
        review_ids,
    )
    found: dict[int, list[str]] = {}
    for review_id, body in rows:
        found.setdefault(review_id, []).append(body)
    return found


def get(db: Database, id: int) -> tuple[Comment, int, bool]:
    """A comment, its review, and whether it is in the trash. Raises NotFound."""
    row = db.execute(
        "SELECT id, author, body, at, member_id, review_id, trashed_at FROM comments WHERE id = ?", [id]
    ).fetchone()
    if row is None:
        raise NotFound("There is no comment %(id)s.", id=id)
    return _comment(row[:5]), row[5], row[6] is not None


def insert(db: Database, review_id: int, author: str, body: str, at: datetime, member_id: int | None) -> int:
    cursor = db.conn.execute(
        "INSERT INTO comments (review_id, author, body, at, member_id) VALUES (?, ?, ?, ?, ?)",
        [review_id, author, body, stamp(at), member_id],
    )
    return int(cursor.lastrowid or 0)


def insert_imported(db: Database, rows: Iterable[tuple[int, str, str, datetime]]) -> None:
    """Comments that came with a review: (review, author, body, at) each."""
    db.conn.executemany(
        "INSERT INTO comments (review_id, author, body, at, imported) VALUES (?, ?, ?, ?, 1)",
        [(review_id, author, body, stamp(at)) for review_id, author, body, at in rows],
    )


def clear_imported(db: Database, review_id: int) -> None:
    db.conn.execute("DELETE FROM comments WHERE review_id = ? AND imported = 1", [review_id])


def set_trashed(db: Database, id: int, at: datetime | None) -> None:
    db.conn.execute("UPDATE comments SET trashed_at = ? WHERE id = ?", [stamp(at), id])
