"""What members are to be told, in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import in_list, instant, stamp
from kb.values.log import Notice


def add(
    db: Database, member_ids: Sequence[int], kind: str, type: str, object_id: int, who: str, words: str, now: datetime
) -> None:
    db.conn.executemany(
        "INSERT INTO notices (member_id, kind, type, object_id, who, words, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(id, kind, type, object_id, who, words, stamp(now)) for id in member_ids],
    )


def of(db: Database, member_id: int, limit: int) -> list[Notice]:
    """A member's notices, the newest first, each with what it is about: a gem's or a trail's title, a question's words, a
    saved search's name."""
    rows = db.execute(
        "SELECT notices.id, kind, type, object_id, notices.who, notices.words, notices.at, read_at,"
        " coalesce(gems.title, questions.text, trails.title, saved_searches.name, '')"
        " FROM notices LEFT JOIN gems ON type = 'gem' AND gems.id = object_id"
        " LEFT JOIN questions ON type = 'question' AND questions.id = object_id"
        " LEFT JOIN trails ON type = 'trail' AND trails.id = object_id"
        " LEFT JOIN saved_searches ON type = 'saved' AND saved_searches.id = object_id"
        " AND saved_searches.member_id = notices.member_id"
        " WHERE notices.member_id = ? ORDER BY notices.id DESC LIMIT ?",
        [member_id, limit],
    ).fetchall()
    return [
        Notice(id, kind, type, object_id, who, words, instant(at), title, read is not None)
        for id, kind, type, object_id, who, words, at, read, title in rows
    ]


def unread(db: Database, member_id: int) -> int:
    row = db.execute("SELECT count(*) FROM notices WHERE member_id = ? AND read_at IS NULL", [member_id]).fetchone()
    return int(row[0])


def mark_read(db: Database, member_id: int, ids: Sequence[int], now: datetime) -> None:
    db.conn.execute(
        f"UPDATE notices SET read_at = ? WHERE member_id = ? AND read_at IS NULL AND id IN {in_list(len(ids))}",  # noqa: S608
        [stamp(now), member_id, *ids],
    )


def words_about(db: Database, type: str, object_id: int) -> dict[int, str]:
    """What notices about a thing quote, by their number."""
    rows = db.execute(
        "SELECT id, words FROM notices WHERE type = ? AND object_id = ? AND words <> ''", [type, object_id]
    )
    return dict(rows.fetchall())


def rewrite(db: Database, id: int, words: str) -> None:
    db.conn.execute("UPDATE notices SET words = ? WHERE id = ?", [words, id])
