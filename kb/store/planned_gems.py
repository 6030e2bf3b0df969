"""Gems that wait for a planned run to bring their row in, in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import GemDraft
from kb.store.database import stamp
from kb.values.gems import PlannedGem

_SELECT = (
    "SELECT id, run_id, source, external_id, content_hash, row, title, body, quote, tags, place, nth, member_id, gem_id,"
    " made_at, word FROM planned_gems"
)


def insert(db: Database, gem: PlannedGem, now: datetime) -> int:
    cursor = db.conn.execute(
        "INSERT INTO planned_gems (run_id, source, external_id, content_hash, row, title, body, quote, tags, place, nth,"
        " member_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            gem.run_id, gem.source, gem.external_id, gem.content_hash, gem.row, gem.draft.title, gem.draft.body,
            gem.draft.quote, json.dumps(gem.draft.tags or (), ensure_ascii=False), gem.place, gem.nth, gem.member_id,
            stamp(now),
        ],
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def of_run(db: Database, run_id: int) -> list[PlannedGem]:
    return [_planned(row) for row in db.execute(f"{_SELECT} WHERE run_id = ? ORDER BY id", [run_id])]


def get(db: Database, id: int) -> PlannedGem:
    """Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("This gem does not wait any more: it was made or dropped.")
    return _planned(row)


def made(db: Database, id: int, gem_id: int, now: datetime) -> None:
    """It is a gem now; what it holds of a customer's words stands there, and not twice."""
    db.conn.execute(
        "UPDATE planned_gems SET gem_id = ?, made_at = ?, row = '', body = '', quote = '', word = '' WHERE id = ?",
        [gem_id, stamp(now), id],
    )


def titles_of(db: Database, gem_id: int) -> dict[int, str]:
    """The titles under which runs tell of this gem, by number."""
    return dict(db.execute("SELECT id, title FROM planned_gems WHERE gem_id = ?", [gem_id]).fetchall())


def rename(db: Database, id: int, title: str) -> None:
    db.conn.execute("UPDATE planned_gems SET title = ? WHERE id = ?", [title, id])


def note_word(db: Database, id: int, word: str) -> None:
    """Why it could not be made."""
    db.conn.execute("UPDATE planned_gems SET word = ? WHERE id = ?", [word, id])


def drop(db: Database, id: int) -> None:
    db.conn.execute("DELETE FROM planned_gems WHERE id = ?", [id])


def drop_all(db: Database, run_id: int) -> None:
    db.conn.execute("DELETE FROM planned_gems WHERE run_id = ? AND made_at IS NULL", [run_id])


def _planned(row: Sequence[Any]) -> PlannedGem:
    draft = GemDraft(row[6], row[7], row[8], tuple(json.loads(row[9])))
    return PlannedGem(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        draft,
        row[10],
        row[11],
        row[12],
        row[13],
        row[14] is not None,
        row[15],
    )
