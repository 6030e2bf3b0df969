"""Replays in the store. Every statement names the member whose they are: nobody else's can be asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.store.database import instant, moment, overwrite_what_goes, stamp
from kb.values.trails import Replay, Reply

_SELECT = "SELECT id, member_id, review_id, step_id, answers, print, at, compared_at, thrown_at FROM replays"


def _replay(row: Sequence[Any]) -> Replay:
    id, member_id, review_id, step_id, answers, mark, at, compared_at, thrown_at = row
    replies = tuple(Reply(turn, text) for turn, text in json.loads(answers))
    return Replay(
        id, member_id, review_id, step_id, replies, mark, instant(at), moment(compared_at), moment(thrown_at)
    )  # fmt: skip


def _json(replies: Sequence[Reply]) -> str:
    return json.dumps([[reply.turn, reply.text] for reply in replies], ensure_ascii=False)


def insert(
    db: Database,
    member_id: int,
    review_id: int,
    replies: Sequence[Reply],
    mark: str,
    step_id: int | None,
    now: datetime,
) -> int:
    cursor = db.conn.execute(
        "INSERT INTO replays (member_id, review_id, step_id, answers, print, at) VALUES (?, ?, ?, ?, ?, ?)",
        [member_id, review_id, step_id, _json(replies), mark, stamp(now)],
    )
    return int(cursor.lastrowid or 0)


def get(db: Database, member_id: int, id: int) -> Replay:
    """One of the member's own. Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE id = ? AND member_id = ?", [id, member_id]).fetchone()
    if row is None:
        raise NotFound("You have no such replay.")
    return _replay(row)


def newest_of(db: Database, member_id: int, review_id: int) -> Replay | None:
    """The last time that the member tried this review."""
    row = db.execute(
        f"{_SELECT} WHERE member_id = ? AND review_id = ? AND thrown_at IS NULL ORDER BY id DESC LIMIT 1",
        [member_id, review_id],
    ).fetchone()
    return _replay(row) if row else None


def listed(db: Database, member_id: int, limit: int, offset: int) -> tuple[list[Replay], int]:
    """A page of the member's own, the newest first, and how many there are."""
    where = "member_id = ? AND thrown_at IS NULL"
    total = db.execute(f"SELECT count(*) FROM replays WHERE {where}", [member_id]).fetchone()[0]  # noqa: S608 - fixed
    rows = db.execute(f"{_SELECT} WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?", [member_id, limit, offset])
    return [_replay(row) for row in rows], int(total)


def compared_reviews(db: Database, member_id: int) -> set[int]:
    """The reviews whose answer the member has seen beside their own."""
    rows = db.execute(
        "SELECT DISTINCT review_id FROM replays WHERE member_id = ? AND compared_at IS NOT NULL AND review_id IS NOT NULL",
        [member_id],
    )
    return {row[0] for row in rows}


def set_replies(db: Database, member_id: int, id: int, replies: Sequence[Reply]) -> None:
    db.conn.execute("UPDATE replays SET answers = ? WHERE id = ? AND member_id = ?", [_json(replies), id, member_id])


def set_compared(db: Database, member_id: int, id: int, now: datetime) -> None:
    db.conn.execute(
        "UPDATE replays SET compared_at = coalesce(compared_at, ?) WHERE id = ? AND member_id = ?",
        [stamp(now), id, member_id],
    )


def set_thrown(db: Database, member_id: int, id: int, at: datetime | None) -> None:
    db.conn.execute("UPDATE replays SET thrown_at = ? WHERE id = ? AND member_id = ?", [stamp(at), id, member_id])


def any_thrown_before(db: Database, limit: datetime) -> bool:
    return db.execute("SELECT 1 FROM replays WHERE thrown_at < ? LIMIT 1", [stamp(limit)]).fetchone() is not None


def erase_thrown_before(db: Database, limit: datetime) -> int:
    """Delete them; what they were is overwritten in the file, too."""
    overwrite_what_goes(db)
    return int(db.conn.execute("DELETE FROM replays WHERE thrown_at < ?", [stamp(limit)]).rowcount)
