"""Groups of words that mean the same, in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.store.database import instant, remember, remembered, stamp
from kb.values.search import Group

_SELECT = "SELECT id, words, changed_at, changed_by, version, trashed_at IS NOT NULL FROM synonyms"


def all_groups(db: Database) -> list[Group]:
    """Those that hold, in the order of their first words."""
    found = [_group(row) for row in db.execute(f"{_SELECT} WHERE trashed_at IS NULL")]
    return sorted(found, key=lambda group: group.words[0].casefold())


def _group(row: Sequence[Any]) -> Group:
    id, words, changed_at, changed_by, version, away = row
    return Group(id, tuple(json.loads(words)), instant(changed_at), changed_by, version, bool(away))


def get(db: Database, id: int) -> Group:
    """Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is no row %(id)s of words that mean the same.", id=id)
    return _group(row)


def insert(db: Database, words: Sequence[str], who: str, now: datetime) -> int:
    cursor = db.conn.execute(
        "INSERT INTO synonyms (words, changed_at, changed_by) VALUES (?, ?, ?)",
        [json.dumps(list(words), ensure_ascii=False), stamp(now), who],
    )
    _turn(db)
    return int(cursor.lastrowid or 0)


def update(db: Database, id: int, words: Sequence[str], who: str, now: datetime, *, away: bool = False) -> None:
    db.conn.execute(
        "UPDATE synonyms SET words = ?, changed_at = ?, changed_by = ?, version = version + 1, trashed_at = ? WHERE id = ?",
        [json.dumps(list(words), ensure_ascii=False), stamp(now), who, stamp(now) if away else None, id],
    )
    _turn(db)


def state(db: Database) -> str:
    """Differs whenever a group was changed."""
    return remembered(db, "synonyms")


def _turn(db: Database) -> None:
    remember(db, "synonyms", str(int(state(db) or 0) + 1))
