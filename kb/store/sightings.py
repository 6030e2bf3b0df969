"""Passages of reviews that seem to say what a gem says, in the store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, moment, remember, remembered, stamp
from kb.values.gems import Sighting

_SELECT = (
    "SELECT s.gem_id, s.review_id, s.score, s.turn, s.quote, s.state, r.title, r.date, r.kind, r.language,"
    " r.reviewee || CASE r.kind WHEN 'self' THEN char(10) || r.reviewer ELSE '' END"
    " FROM gem_sightings AS s JOIN reviews AS r ON r.id = s.review_id"
)


def propose(db: Database, found: Iterable[tuple[int, int, float, int, str]], now: datetime) -> int:
    """(gem, review, score, turn, quote) each; what was proposed, judged or cited before stays as it is. Gives how many
    are new."""
    before = db.conn.total_changes
    db.conn.executemany(
        "INSERT OR IGNORE INTO gem_sightings (gem_id, review_id, score, turn, quote, at)"
        " SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM gem_evidence WHERE gem_id = ? AND review_id = ?)"
        " AND EXISTS (SELECT 1 FROM reviews WHERE id = ?) AND EXISTS (SELECT 1 FROM gems WHERE id = ?)",
        [
            (gem, review, score, turn, quote, stamp(now), gem, review, review, gem)
            for gem, review, score, turn, quote in found
        ],
    )
    return int(db.conn.total_changes - before)


def forget(db: Database, review_ids: Sequence[int]) -> None:
    """Take back what was proposed from these reviews and nobody has judged: their text has changed."""
    db.conn.execute(
        f"DELETE FROM gem_sightings WHERE state = 'proposed' AND review_id IN {in_list(len(review_ids))}",  # noqa: S608
        review_ids,
    )


def get(db: Database, gem_id: int, review_id: int) -> Sighting | None:
    row = db.execute(f"{_SELECT} WHERE s.gem_id = ? AND s.review_id = ?", [gem_id, review_id]).fetchone()
    return _sighting(row) if row else None


def set_state(db: Database, gem_id: int, review_id: int, state: str, who: str, now: datetime) -> None:
    db.conn.execute(
        "UPDATE gem_sightings SET state = ?, who = ?, at = ? WHERE gem_id = ? AND review_id = ?",
        [state, who, stamp(now), gem_id, review_id],
    )


def open_of(db: Database, gem_id: int, limit: int) -> tuple[list[Sighting], int]:
    """What is proposed under a gem, the likeliest first, and how many there are."""
    where = "s.gem_id = ? AND s.state = 'proposed' AND r.trashed_at IS NULL"
    total = db.execute(
        f"SELECT count(*) FROM gem_sightings AS s JOIN reviews AS r ON r.id = s.review_id WHERE {where}",  # noqa: S608
        [gem_id],
    ).fetchone()[0]
    rows = db.execute(f"{_SELECT} WHERE {where} ORDER BY s.score DESC, s.review_id LIMIT ?", [gem_id, limit])
    return [_sighting(row) for row in rows], total


def counts(db: Database, gem_ids: Sequence[int]) -> dict[int, int]:
    """For each gem how many reviews are proposed under it."""
    rows = db.execute(
        "SELECT gem_id, count(*) FROM gem_sightings JOIN reviews ON reviews.id = review_id"  # noqa: S608 - bound values
        f" WHERE state = 'proposed' AND trashed_at IS NULL AND gem_id IN {in_list(len(gem_ids))} GROUP BY gem_id",
        gem_ids,
    )
    return dict(rows.fetchall())


def crowded(db: Database, limit: int) -> set[int]:
    """The gems under which so many reviews are proposed already."""
    rows = db.execute(
        "SELECT gem_id FROM gem_sightings WHERE state = 'proposed' GROUP BY gem_id HAVING count(*) >= ?", [limit]
    )
    return {row[0] for row in rows}


def _sighting(row: Sequence[Any]) -> Sighting:
    gem_id, review_id, score, turn, quote, state, title, date, kind, language, reviewee = row
    return Sighting(gem_id, review_id, score, turn, quote, state, title, moment(date), kind, language, reviewee)


def texts(db: Database, review_ids: Sequence[int]) -> Iterator[tuple[int, str, list[str]]]:
    """Of each of these reviews that is there: its number, its language, its body and turns."""
    rows = db.execute(
        "SELECT id, language, body, turns FROM reviews"  # noqa: S608 - bound values
        f" WHERE trashed_at IS NULL AND id IN {in_list(len(review_ids))}",
        review_ids,
    )
    return _texts(rows)


def latest_texts(db: Database, limit: int) -> Iterator[tuple[int, str, list[str]]]:
    """The same of the newest reviews."""
    return _texts(
        db.execute(
            "SELECT id, language, body, turns FROM reviews WHERE trashed_at IS NULL ORDER BY id DESC LIMIT ?", [limit]
        )
    )


def _texts(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, str, list[str]]]:
    for id, language, body, turns in rows:
        yield int(id), language, [body, *(turn[3] for turn in json.loads(turns))]


def watermark(db: Database) -> int:
    """The number of the last change that was looked through."""
    return int(remembered(db, "matched") or 0)


def set_watermark(db: Database, number: int) -> None:
    remember(db, "matched", str(number))
