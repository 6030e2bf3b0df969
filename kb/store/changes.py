"""The numbered list of what changed, which the search index follows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

_FEW = 100  # that are changed at a go; of more, nobody waits for each


def note(db: Database, type: str, ids: Iterable[int]) -> None:
    """Say that these reviews or gems changed; part of the transaction that changes them."""
    rows = [(type, id) for id in ids]
    soon = int(len(rows) <= _FEW)
    db.conn.executemany("INSERT INTO changes (type, object_id, soon) VALUES (?, ?, ?)", [(*row, soon) for row in rows])


def let_wait(db: Database, since: int) -> None:
    """Nobody waits to find what was noted after `since`; part of the transaction that noted it."""
    db.conn.execute("UPDATE changes SET soon = 0 WHERE seq > ? AND soon = 1", [since])


def latest(db: Database) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def after(db: Database, watermark: int, limit: int) -> tuple[dict[str, set[int]], int]:
    """What changed in the `limit` changes after `watermark`: ids by type, and the number of the last of them."""
    rows = db.execute(
        "SELECT seq, type, object_id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?", [watermark, limit]
    ).fetchall()
    return _by_type(rows), rows[-1][0] if rows else watermark


def between(db: Database, after: int, until: int) -> dict[str, set[int]]:
    """What changed after one change up to another: ids by type."""
    return _by_type(db.execute("SELECT seq, type, object_id FROM changes WHERE seq > ? AND seq <= ?", [after, until]))


def awaited(db: Database, watermark: int) -> tuple[dict[str, set[int]], int]:
    """What changed after `watermark` and somebody waits to find: ids by type, and the number up to which this has looked.
    Of a crowd none is waited for more than others."""
    until = latest(db)
    rows = db.execute(
        "SELECT seq, type, object_id FROM changes WHERE seq > ? AND seq <= ? AND soon = 1 ORDER BY seq LIMIT ?",
        [watermark, until, _FEW + 1],
    ).fetchall()
    return _by_type(rows if len(rows) <= _FEW else ()), max(until, watermark)


def _by_type(rows: Iterable[tuple[int, str, int]]) -> dict[str, set[int]]:
    changed: dict[str, set[int]] = {"review": set(), "gem": set()}
    for _, type, id in rows:
        changed[type].add(id)
    return changed
