"""Who changed what, when."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import instant, stamp
from kb.values.log import Change


def add(
    db: Database,
    type: str,
    id: int,
    action: str,
    who: str,
    at: datetime,
    fields: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    add_many(db, type, [id], action, who, at, fields)


def add_many(
    db: Database,
    type: str,
    ids: Iterable[int],
    action: str,
    who: str,
    at: datetime,
    fields: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """The same for many things at once."""
    row = [stamp(at), who, action, json.dumps(fields or {}, ensure_ascii=False, default=str)]
    db.conn.executemany(
        "INSERT INTO history (type, object_id, at, who, action, fields) VALUES (?, ?, ?, ?, ?, ?)",
        [[type, id, *row] for id in ids],
    )


def of(db: Database, type: str, id: int, limit: int = 200) -> list[Change]:
    """The history of one thing, newest first."""
    rows = db.execute(
        "SELECT id, at, who, action, fields FROM history WHERE type = ? AND object_id = ? ORDER BY id DESC LIMIT ?",
        [type, id, limit],
    )
    return [
        Change(
            at=instant(at),
            who=who,
            action=action,
            fields={name: (pair[0], pair[1]) for name, pair in json.loads(fields).items()},
            id=number,
        )
        for number, at, who, action, fields in rows
    ]


def reword(db: Database, type: str, id: int, names: Collection[str], said: Callable[[str], str]) -> None:
    """Change what the fields of these names told, before and after, in all that one thing's history keeps."""
    rows = db.execute("SELECT id, fields FROM history WHERE type = ? AND object_id = ? AND fields <> '{}'", [type, id])
    for number, kept in rows.fetchall():
        fields = json.loads(kept)
        told = {
            name: [said(each) if name in names and isinstance(each, str) else each for each in pair]
            for name, pair in fields.items()
        }
        if told != fields:
            row = [json.dumps(told, ensure_ascii=False), number]
            db.conn.execute("UPDATE history SET fields = ? WHERE id = ?", row)
