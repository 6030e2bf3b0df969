"""What a topic's page and the map of topics count: weeks, neighbours, gems by worth, who knows about it."""

# ruff: noqa: S608 - lists of bound values
from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import day, in_list, instant, stamp

_AWAY = "(SELECT id FROM reviews WHERE trashed_at IS NOT NULL)"


def dates(db: Database, tag_ids: Sequence[int], since: datetime, until: datetime) -> list[str]:
    """The dates, as they are kept, of the live reviews between the two that carry one of these topics."""
    # reviews_when holds number and date side by side: the reviews themselves, with their texts, are not touched.
    rows = db.execute(
        f"SELECT date FROM reviews INDEXED BY reviews_when WHERE id IN (SELECT review_id FROM review_tags WHERE tag_id IN"
        f" {in_list(len(tag_ids))}) AND trashed_at IS NULL AND date >= ? AND date < ?",
        [*tag_ids, stamp(since), stamp(until)],
    )
    return [row[0] for row in rows]


def movement(db: Database, since: datetime, middle: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """For each topic how many live reviews carry it from the middle on, and how many between the first day and it."""
    rows = db.execute(
        "SELECT tag_id, sum(date >= :middle), sum(date < :middle) FROM reviews JOIN review_tags ON review_id = reviews.id"
        " WHERE trashed_at IS NULL AND date >= :since AND date < :until GROUP BY tag_id",
        {"since": stamp(since), "middle": stamp(middle), "until": stamp(until)},
    )
    return {id: (late, early) for id, late, early in rows}


def beside(db: Database, tag_id: int, newest: int, limit: int) -> list[tuple[int, int]]:
    """The topics that stand on the newest of this topic's reviews, and on its gems: (topic, on how many), commonest
    first."""
    rows = db.execute(
        "SELECT tag_id, count(*) AS n FROM (SELECT other.tag_id FROM (SELECT review_id FROM review_tags WHERE tag_id = :tag"
        f"   AND review_id NOT IN {_AWAY} ORDER BY review_id DESC LIMIT :newest) AS one"
        "  JOIN review_tags AS other ON other.review_id = one.review_id WHERE other.tag_id <> :tag"
        "  UNION ALL SELECT other.tag_id FROM gem_tags AS one JOIN gems ON gems.id = one.gem_id AND trashed_at IS NULL"
        "   AND status = 'published' JOIN gem_tags AS other ON other.gem_id = one.gem_id"
        "   WHERE one.tag_id = :tag AND other.tag_id <> :tag)"
        " GROUP BY tag_id ORDER BY n DESC, tag_id LIMIT :limit",
        {"tag": tag_id, "newest": newest, "limit": limit},
    )
    return [(id, count) for id, count in rows]


def count_reviews(db: Database, tag_ids: Sequence[int]) -> int:
    """How many live reviews carry one of these topics."""
    row = db.execute(
        f"SELECT count(DISTINCT review_id) FROM review_tags WHERE tag_id IN {in_list(len(tag_ids))}"
        f" AND review_id NOT IN {_AWAY}",
        list(tag_ids),
    ).fetchone()
    return int(row[0])


def published_gems(db: Database) -> dict[int, int]:
    """How many published gems carry each topic; a topic that is on none has no entry."""
    rows = db.execute(
        "SELECT tag_id, count(*) FROM gem_tags JOIN gems ON gems.id = gem_id"
        " WHERE status = 'published' AND trashed_at IS NULL GROUP BY tag_id"
    )
    return dict(rows.fetchall())


def weighed_gems(
    db: Database, tag_ids: Sequence[int], since: Day
) -> list[tuple[int, float, Day | None, int, datetime]]:
    """The published gems of these topics, in no order: (gem, standing, true until, reads since that week, changed)."""
    rows = db.execute(
        "SELECT gems.id, standing, true_until, coalesce((SELECT sum(reads) FROM gem_reads WHERE gem_id = gems.id"
        " AND week >= ?), 0), updated_at FROM gems WHERE status = 'published' AND trashed_at IS NULL AND id IN"
        f" (SELECT gem_id FROM gem_tags WHERE tag_id IN {in_list(len(tag_ids))})",
        [since.isoformat(), *tag_ids],
    ).fetchall()
    return [(id, standing, day(until), reads, instant(changed)) for id, standing, until, reads, changed in rows]


def knowing(db: Database, tag_ids: Sequence[int], limit: int) -> list[tuple[str, int]]:
    """(name, on how many gems) of the members who agreed to be named: those who own, nominated or verified published gems
    of these topics or cited a passage for them. Histories keep names only: one that two members have counts for neither."""
    rows = db.execute(
        "WITH named AS MATERIALIZED (SELECT id, name, email, name IN (SELECT name FROM members GROUP BY name"
        "  HAVING count(*) > 1) AS twice FROM members JOIN member_settings ON member_id = id"
        "  WHERE known = 1 AND active = 1 AND name <> ''),"
        # In one column, so that each gem's word is looked up and not held against every member.
        " called AS MATERIALIZED (SELECT email AS word, id FROM named UNION SELECT name, id FROM named WHERE NOT twice),"
        " those AS MATERIALIZED (SELECT id, owner_id, nominated_by, verified_by FROM gems WHERE status = 'published'"
        f"  AND trashed_at IS NULL AND id IN (SELECT gem_id FROM gem_tags WHERE tag_id IN {in_list(len(tag_ids))})),"
        " known AS (SELECT owner_id AS member_id, id AS gem_id FROM those UNION SELECT nominated_by, id FROM those"
        "  UNION SELECT called.id, those.id FROM those JOIN called ON word = verified_by"
        "  UNION SELECT called.id, gem_id FROM those JOIN gem_evidence ON gem_id = those.id JOIN called ON word = who)"
        " SELECT name, count(*) AS n FROM known JOIN named ON named.id = member_id GROUP BY named.id"
        " ORDER BY n DESC, name LIMIT ?",
        [*tag_ids, limit],
    )
    return [(name, count) for name, count in rows]


_MANY = 2000


def around_review(db: Database, tag_ids: Sequence[int], id: int) -> tuple[int | None, int | None]:
    """The reviews of these topics before and after this one, newest first as their list is."""
    row = db.execute("SELECT date FROM reviews WHERE id = ? AND trashed_at IS NULL", [id]).fetchone()
    if row is None:
        return None, None
    those = in_list(len(tag_ids))
    if count_reviews(db, tag_ids) <= _MANY:
        found = db.execute(
            f"SELECT id FROM reviews INDEXED BY reviews_when WHERE id IN (SELECT review_id FROM review_tags WHERE tag_id IN"
            f" {those}) AND trashed_at IS NULL ORDER BY date DESC, id DESC",
            list(tag_ids),
        )
        ids = [each[0] for each in found]
        at = ids.index(id) if id in ids else -2
        return ids[at - 1] if at > 0 else None, ids[at + 1] if 0 <= at < len(ids) - 1 else None
    # Of many the next is near: walk from here until one carries a topic. Undated ones stand last, in a list of their own.
    carries = f"EXISTS (SELECT 1 FROM review_tags WHERE tag_id IN {those} AND review_id = reviews.id)"
    where = "date IS NULL AND id {0} ?" if row[0] is None else "(date, id) {0} (?, ?)"
    values = [id] if row[0] is None else [row[0], id]

    def nearest(sign: str, order: str) -> int | None:
        there = db.execute(
            f"SELECT id FROM reviews WHERE trashed_at IS NULL AND {where.format(sign)} AND {carries}"
            f" ORDER BY date {order}, id {order} LIMIT 1",
            [*values, *tag_ids],
        ).fetchone()
        return there[0] if there else None

    return nearest(">", "ASC"), nearest("<", "DESC")
