"""What a merge of two gems moved, so that it can be moved back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import stamp

# Rows that belong to one gem: the table, what names a row there, and the rows that the kept gem has already.
_MOVED = (
    ("gem_evidence", "id", "EXISTS (SELECT 1 FROM gem_evidence AS k WHERE k.gem_id = :kept AND k.review_id = t.review_id"
     " AND k.quote = t.quote)"),
    ("gem_tags", "tag_id", "tag_id IN (SELECT tag_id FROM gem_tags WHERE gem_id = :kept)"),
    ("gem_votes", "member_id", "member_id IN (SELECT member_id FROM gem_votes WHERE gem_id = :kept)"),
    ("gem_comments", "id", "0"),
    ("gem_sightings", "review_id", "review_id IN (SELECT review_id FROM gem_sightings WHERE gem_id = :kept)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Merge:
    id: int
    gone_id: int
    kept_id: int
    title: str
    moved: Mapping[str, Sequence[int]]


def move(db: Database, gone: int, kept: int) -> dict[str, list[int]]:
    """Bring everything of one gem to another, but for what that one has already; gives what was moved, by table."""
    moved: dict[str, list[int]] = {}
    for table, key, there in _MOVED:
        rows = db.execute(
            f"SELECT {key} FROM {table} AS t WHERE gem_id = :gone AND NOT ({there})",  # noqa: S608 - fixed names
            {"gone": gone, "kept": kept},
        )
        moved[table] = [row[0] for row in rows]
        _lead(db, table, key, moved[table], gone, kept)
    return moved


def move_back(db: Database, merge: Merge) -> None:
    for table, key, _ in _MOVED:
        _lead(db, table, key, merge.moved[table], merge.kept_id, merge.gone_id)


def _lead(db: Database, table: str, key: str, ids: Sequence[int], old: int, new: int) -> None:
    # gem_tags is taken out and put in, as everywhere else, so that what counts a topic's gems sees it.
    if table == "gem_tags":
        there = [
            id
            for id in ids
            if db.execute("SELECT 1 FROM gem_tags WHERE gem_id = ? AND tag_id = ?", [old, id]).fetchone()
        ]
        db.conn.executemany("DELETE FROM gem_tags WHERE gem_id = ? AND tag_id = ?", [(old, id) for id in there])
        db.conn.executemany(
            "INSERT OR IGNORE INTO gem_tags (gem_id, tag_id) VALUES (?, ?)", [(new, id) for id in there]
        )
        return
    db.conn.executemany(
        f"UPDATE OR IGNORE {table} SET gem_id = ? WHERE gem_id = ? AND {key} = ?",  # noqa: S608 - fixed names
        [(new, old, id) for id in ids],
    )


def note(db: Database, gone: int, kept: int, moved: Mapping[str, Sequence[int]], who: str, now: datetime) -> None:
    db.conn.execute(
        "INSERT INTO gem_merges (gone_id, kept_id, who, at, moved) VALUES (?, ?, ?, ?, ?)",
        [gone, kept, who, stamp(now), json.dumps(moved)],
    )


def close(db: Database, id: int, now: datetime) -> None:
    db.conn.execute("UPDATE gem_merges SET undone_at = ? WHERE id = ?", [stamp(now), id])


def _open(db: Database, column: str, id: int) -> list[Merge]:
    rows = db.execute(
        "SELECT gem_merges.id, gone_id, kept_id, gems.title, moved FROM gem_merges JOIN gems ON gems.id = gone_id"  # noqa: S608
        f" WHERE {column} = ? AND undone_at IS NULL ORDER BY gem_merges.id DESC",
        [id],
    )
    return [Merge(number, gone, kept, title, json.loads(moved)) for number, gone, kept, title, moved in rows]


def open_of_gone(db: Database, gone: int) -> Merge | None:
    """The merge that took this gem away and was not undone."""
    return next(iter(_open(db, "gone_id", gone)), None)


def open_into(db: Database, kept: int) -> list[Merge]:
    return _open(db, "kept_id", kept)
