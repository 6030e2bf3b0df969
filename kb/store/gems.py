"""Gems and their evidence in the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import Conflict, NotFound
from kb.models import Evidence, Gem, GemStatus, TagRef
from kb.store import evidence
from kb.store import tags as store_tags
from kb.store.database import day, in_list, moment, stamp

_TIMES = ("created_at", "updated_at", "trashed_at", "verified_at", "doubted_at", "retired_at")
_PLAIN = (
    "id", "title", "body", "language", "version", "source", "external_id", "owner_id", "nominated_by", "waiting", "word",
    "verified_by", "doubted_by", "doubt", "retired_for", "retired_word", "retired_link", "replaced_by", "merged_into",
    "worked", "failed", "standing",
)  # fmt: skip
_COLUMNS = (*_PLAIN, *_TIMES)
_SELECT = (
    f"SELECT {', '.join(f'gems.{name}' for name in _COLUMNS)}, status, true_until,"  # noqa: S608 - fixed names
    " coalesce(nullif(members.name, ''), members.email, '') FROM gems LEFT JOIN members ON members.id = owner_id"
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
    true_until: Day | None = None,
    nominated_by: int | None = None,
    owner_id: int | None = None,
) -> int:
    cursor = db.conn.execute(
        "INSERT INTO gems (title, body, status, language, source, external_id, created_at, updated_at, true_until,"
        " nominated_by, owner_id, retired_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            title, body, status.value, language, source, external_id, stamp(now), stamp(now),
            true_until.isoformat() if true_until else None, nominated_by, owner_id,
            stamp(now) if status is GemStatus.RETIRED else None,
        ],
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def note(db: Database, id: int, **columns: Any) -> None:
    """Set columns of a gem as they are given; times and days become text."""
    names = ", ".join(f"{name} = ?" for name in columns)
    values = [_stored(value) for value in columns.values()]
    db.conn.execute(f"UPDATE gems SET {names} WHERE id = ?", [*values, id])  # noqa: S608 - names of arguments


def touch(db: Database, id: int, now: datetime) -> None:
    """Say that a gem was changed now: lists show the last changed first, and an edit begun before is told so."""
    db.conn.execute("UPDATE gems SET updated_at = ?, version = version + 1 WHERE id = ?", [stamp(now), id])


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Day):
        return value.isoformat()
    return value.value if isinstance(value, GemStatus) else value


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


def get(db: Database, id: int, *, away: bool = False) -> Gem:
    """One gem with its tags and evidence; a merged gem's number finds the one it went into. Raises NotFound."""
    id = resolve(db, id)
    found = get_many(db, [id], away=away)
    if id not in found:
        raise NotFound("There is no gem %(id)s.", id=id)
    return found[id]


def itself(db: Database, id: int) -> Gem:
    """One gem that somebody is about to change. Raises NotFound, Conflict when it went into another one meanwhile: what
    was said of the one is not meant for the other."""
    found = get(db, id)
    if found.id != id:
        raise Conflict("Somebody merged this gem into another one meanwhile, so nothing was changed. Look at that one.")
    return found


def resolve(db: Database, id: int) -> int:
    """The gem that a merged gem's number leads to; any other number is its own."""
    seen = {id}
    while (row := db.execute("SELECT merged_into FROM gems WHERE id = ?", [id]).fetchone()) and row[0] not in {
        None,
        *seen,
    }:
        id = row[0]
        seen.add(id)
    return id


def with_merged(db: Database, id: int) -> list[int]:
    """A gem and all that went into it."""
    rows = db.execute(
        "WITH RECURSIVE gone (id) AS (SELECT :id UNION SELECT gems.id FROM gems JOIN gone ON merged_into = gone.id)"
        " SELECT id FROM gone",
        {"id": id},
    )
    return [row[0] for row in rows]


def languages(db: Database, ids: Sequence[int]) -> dict[int, str]:
    """The language of each of these that is there; "" where it could not be told."""
    return dict(db.execute(f"SELECT id, language FROM gems WHERE id IN {in_list(len(ids))}", ids))  # noqa: S608


def get_many(db: Database, ids: Iterable[int], *, away: bool = False) -> dict[int, Gem]:
    """Those of the gems that are there, by id. With `away` also the passages of reviews that are in the trash or erased;
    whom these are about is known without it, since who may not be named must not be when the review is thrown away."""
    wanted = list(ids)
    rows = db.execute(f"{_SELECT} WHERE gems.id IN {in_list(len(wanted))}", wanted).fetchall()
    tags = store_tags.of_gems(db, wanted)
    passages = evidence.of(db, "gem_id", wanted, away=True)
    return {row[0]: _gem(row, tags.get(row[0], ()), passages.get(row[0], ()), away) for row in rows}


def _gem(row: Sequence[Any], tags: Sequence[TagRef], passages: Sequence[Evidence], away: bool) -> Gem:
    *values, status, true_until, owner = row
    named = dict(zip(_COLUMNS, values, strict=True))
    named |= {name: moment(named[name]) for name in _TIMES}
    return Gem(
        **named,
        status=GemStatus(status),
        true_until=day(true_until),
        owner=owner,
        tags=tuple(tags),
        evidence=tuple(passage for passage in passages if away or passage.is_there),
        reviewees=tuple(dict.fromkeys(name for passage in passages for name in passage.people)),
    )


def of_reviews(db: Database, review_ids: Sequence[int]) -> Mapping[int, list[tuple[Evidence, str, str]]]:
    """For each review its cited passages, each with the title and status of the gem."""
    passages = evidence.of(db, "review_id", review_ids)
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
    best_first: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Gem], int]:
    """A page of gems, the last changed first or by their standing, and how many there are. Retired ones only when asked
    for."""
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
    order = "standing DESC, updated_at DESC, id DESC" if best_first else "updated_at DESC, id DESC"
    rows = db.execute(
        f"SELECT id FROM gems WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
        [*values, limit, offset],
    ).fetchall()
    ids = [row[0] for row in rows]
    found = get_many(db, ids)
    return [found[id] for id in ids], total


def ids_after(db: Database, id: int, limit: int) -> list[int]:
    found = db.execute("SELECT id FROM gems WHERE id > ? AND trashed_at IS NULL ORDER BY id LIMIT ?", [id, limit])
    return [row[0] for row in found]


def state_of_published(db: Database) -> tuple[int, ...]:
    """Differs whenever a gem is published, changed or retired."""
    row = db.execute(
        "SELECT count(*), coalesce(sum(version), 0), coalesce(sum(id), 0) FROM gems"
        " WHERE status = 'published' AND trashed_at IS NULL"
    ).fetchone()
    return tuple(row)


def count(db: Database) -> int:
    """How many may be found: those that are nominated are not yet."""
    sql = "SELECT count(*) FROM gems WHERE trashed_at IS NULL AND status <> 'nominated'"
    return int(db.execute(sql).fetchone()[0])
