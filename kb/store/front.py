"""What the front page counts and lists: what came in some topics since a day, passages that wait for a word."""

# ruff: noqa: S608 - lists of bound values
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import in_list, stamp

_FEW = 1000


def new_reviews(db: Database, tag_ids: Sequence[int], since: datetime, limit: int) -> list[int]:
    """The live reviews of these topics that came into the library since then, the last first."""
    those = in_list(len(tag_ids))
    carried = db.execute(
        f"SELECT coalesce(sum(live_reviews), 0) FROM tags WHERE id IN {those}", list(tag_ids)
    ).fetchone()
    # Few are fetched and sorted. Of many the newest are soon found by walking back from today; what came in at once has one
    # time, and stands there in the order of its numbers: asked for in another, all of it would have to be sorted.
    few = carried[0] <= _FEW
    source = "reviews" if few else "reviews INDEXED BY reviews_came"
    where = (
        f"id IN (SELECT review_id FROM review_tags WHERE tag_id IN {those})"
        if few
        else f"EXISTS (SELECT 1 FROM review_tags WHERE review_id = reviews.id AND tag_id IN {those})"
    )
    rows = db.execute(
        f"SELECT id FROM {source} WHERE trashed_at IS NULL AND created_at > ? AND {where}"
        " ORDER BY created_at DESC, id LIMIT ?",
        [stamp(since), *tag_ids, limit],
    )
    return [row[0] for row in rows]


def new_gems(db: Database, tag_ids: Sequence[int], since: datetime, limit: int) -> list[int]:
    """The gems of these topics that were published, or verified again, since then, the last first."""
    rows = db.execute(
        "SELECT id FROM gems WHERE status = 'published' AND trashed_at IS NULL"
        " AND max(coalesce(verified_at, ''), created_at) > ?"
        f" AND id IN (SELECT gem_id FROM gem_tags WHERE tag_id IN {in_list(len(tag_ids))})"
        " ORDER BY max(coalesce(verified_at, ''), created_at) DESC, id DESC LIMIT ?",
        [stamp(since), *tag_ids, limit],
    )
    return [row[0] for row in rows]


def passages_waiting(db: Database, limit: int) -> tuple[list[tuple[int, int]], int]:
    """(gem, passages proposed under it) each, the most first, and how many passages wait in all."""
    rows = db.execute(
        "SELECT gem_id, count(*) AS n FROM gem_sightings WHERE state = 'proposed' GROUP BY gem_id ORDER BY n DESC, gem_id"
    ).fetchall()
    return [(id, count) for id, count in rows[:limit]], sum(count for _, count in rows)


def bare_reviews_of(db: Database, reviewer: str, among: int, limit: int) -> list[int]:
    """Reviews of this reviewer that no topic is on, the newest first, among so many that came last without one."""
    rows = db.execute(
        "SELECT reviews.id FROM (SELECT review_id FROM untagged ORDER BY review_id DESC LIMIT ?)"
        " JOIN reviews ON reviews.id = review_id WHERE reviewer = ? AND reviewer <> '' ORDER BY reviews.id DESC LIMIT ?",
        [among, reviewer, limit],
    )
    return [row[0] for row in rows]
