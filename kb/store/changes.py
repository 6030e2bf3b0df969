"""The numbered list of what changed, which the search index follows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database


def note(db: Database, type: str, ids: Iterable[int]) -> None:
    """Say that these reviews or gems changed; part of the transaction that changes them."""
    db.conn.executemany("INSERT INTO changes (type, object_id) VALUES (?, ?)", [(type, id) for id in ids])


def latest(db: Database) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def after(db: Database, watermark: int, limit: int) -> tuple[dict[str, set[int]], int]:
    """What changed in the `limit` changes after `watermark`: ids by type, and the number of the last of them."""
    rows = db.execute(
        "SELECT seq, type, object_id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?", [watermark, limit]
    ).fetchall()
    changed: dict[str, set[int]] = {"review": set(), "gem": set()}
    for _, type, id in rows:
        changed[type].add(id)
    return changed, rows[-1][0] if rows else watermark
