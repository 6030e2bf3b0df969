"""Gems and their evidence in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import Evidence, Gem, GemStatus, TagRef
from kb.store import tags as store_tags
from kb.store.database import in_list, moment, stamp

_SELECT = (
    "SELECT id, title, body, status, language, version, source, external_id, created_at, updated_at, trashed_at"
    " FROM gems"
)


def insert(
    db: Database,
    *,
    title: str,
    body: str,
    status: GemStatus,
    language: str,
    now: datetime,
    source: str = "",
    external_id: str = "",
) -> int:
    cursor = db.conn.execute(
        "INSERT INTO gems (title, body, status, language, source, external_id, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [title, body, status.value, language, source, external_id, stamp(now), stamp(now)],
    )
    return int(cursor.lastrowid or 0)


def update(db: Database, id: int, *, title: str, body: str, status: GemStatus, now: datetime) -> None:
    db.conn.execute(
        "UPDATE gems SET title = ?, body = ?, status = ?, updated_at = ?, version = version + 1 WHERE id = ?",
        [title, body, status.value, stamp(now), id],
    )


def find(db: Database, source: str, external_id: str) -> int | None:
    row = db.execute(
        "SELECT id FROM gems WHERE source = ? AND external_id = ? AND external_id <> ''",
        [source, external_id],
    ).fetchone()
    return row[0] if row else None


def alone_by_title(db: Database, title: str) -> int | None:
    """The gem of that title which no review is cited by."""
    row = db.execute(
        "SELECT id FROM gems WHERE title = ? AND id NOT IN (SELECT gem_id FROM gem_evidence)", [title]
    ).fetchone()
    return row[0] if row else None


def titles_of_review(db: Database, review_id: int) -> dict[str, int]:
    """The gems that cite a review, by title."""
    rows = db.execute(
        "SELECT title, gems.id FROM gems JOIN gem_evidence ON gem_id = gems.id WHERE review_id = ?",
        [review_id],
    )
    return dict(rows.fetchall())


def cite(db: Database, gem_id: int, review_id: int, quote: str, turn: int | None) -> bool:
    """Add a passage as evidence. False when that passage is cited already."""
    there = db.execute(
        "SELECT 1 FROM gem_evidence WHERE gem_id = ? AND review_id = ? AND quote = ?",
        [gem_id, review_id, quote],
    ).fetchone()
    if there:
        return False
    db.conn.execute(
        "INSERT INTO gem_evidence (gem_id, review_id, turn, quote) VALUES (?, ?, ?, ?)",
        [gem_id, review_id, turn, quote],
    )
    return True


def get(db: Database, id: int) -> Gem:
    """One gem with its tags and evidence. Raises NotFound."""
    found = get_many(db, [id])
    if id not in found:
        raise NotFound(f"There is no gem {id}.")
    return found[id]


def get_many(db: Database, ids: Iterable[int]) -> dict[int, Gem]:
    wanted = list(ids)
    rows = db.execute(f"{_SELECT} WHERE id IN {in_list(len(wanted))}", wanted).fetchall()
    tags = store_tags.of_gems(db, wanted)
    evidence = _evidence(db, "gem_id", wanted)
    return {row[0]: _gem(row, tags.get(row[0], ()), evidence.get(row[0], ())) for row in rows}


def _gem(row: Sequence[Any], tags: Sequence[TagRef], evidence: Sequence[Evidence]) -> Gem:
    id, title, body, status, language, version, source, external_id, created_at, updated_at, trashed_at = row
    created, updated = moment(created_at), moment(updated_at)
    assert created is not None
    assert updated is not None
    return Gem(
        id=id,
        title=title,
        body=body,
        status=GemStatus(status),
        language=language,
        version=version,
        source=source,
        external_id=external_id,
        created_at=created,
        updated_at=updated,
        trashed_at=moment(trashed_at),
        tags=tuple(tags),
        evidence=tuple(evidence),
    )


def _evidence(db: Database, column: str, ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The passages by gem or by review, the newest review first; those in the trash are left out."""
    rows = db.execute(
        "SELECT gem_evidence.id, gem_id, review_id, quote, turn, title, date, kind, language, reviewee"  # noqa: S608
        " FROM gem_evidence JOIN reviews ON reviews.id = review_id"
        f" WHERE {column} IN {in_list(len(ids))} AND trashed_at IS NULL ORDER BY date DESC, gem_evidence.id",
        ids,
    )
    found: dict[int, list[Evidence]] = {}
    key = 1 if column == "gem_id" else 2
    for row in rows:
        found.setdefault(row[key], []).append(
            Evidence(
                id=row[0],
                gem_id=row[1],
                review_id=row[2],
                quote=row[3],
                turn=row[4],
                review_title=row[5],
                review_date=moment(row[6]),
                review_kind=row[7],
                review_language=row[8],
                reviewee=row[9],
            )
        )
    return found


def of_reviews(db: Database, review_ids: Sequence[int]) -> Mapping[int, list[tuple[Evidence, str, str]]]:
    """For each review its cited passages, each with the title and status of the gem."""
    passages = _evidence(db, "review_id", review_ids)
    gem_ids = sorted({passage.gem_id for found in passages.values() for passage in found})
    rows = db.execute(
        f"SELECT id, title, status FROM gems WHERE trashed_at IS NULL AND id IN {in_list(len(gem_ids))}",  # noqa: S608
        gem_ids,
    )
    gems = {row[0]: (row[1], row[2]) for row in rows}
    return {
        review_id: [(passage, *gems[passage.gem_id]) for passage in found if passage.gem_id in gems]
        for review_id, found in passages.items()
    }


def listed(
    db: Database,
    *,
    status: GemStatus | None = None,
    tag_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Gem], int]:
    """A page of gems, the last changed first, and how many there are. Retired ones only when asked for."""
    where, values = "trashed_at IS NULL", []
    if status is not None:
        where += " AND status = ?"
        values.append(status.value)
    else:
        where += " AND status <> 'retired'"
    if tag_id is not None:
        where += " AND id IN (SELECT gem_id FROM gem_tags WHERE tag_id = ?)"
        values.append(str(tag_id))
    total = db.execute(f"SELECT count(*) FROM gems WHERE {where}", values).fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"SELECT id FROM gems WHERE {where} ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?",  # noqa: S608
        [*values, limit, offset],
    ).fetchall()
    ids = [row[0] for row in rows]
    found = get_many(db, ids)
    return [found[id] for id in ids], total


def ids_after(db: Database, id: int, limit: int) -> list[int]:
    found = db.execute("SELECT id FROM gems WHERE id > ? AND trashed_at IS NULL ORDER BY id LIMIT ?", [id, limit])
    return [row[0] for row in found]


def count(db: Database) -> int:
    return int(db.execute("SELECT count(*) FROM gems WHERE trashed_at IS NULL").fetchone()[0])
