"""What happened in the library in a span of time: the raw material of an edition.

Everything that the choice weighs is counted here, a fixed number of statements whatever the size of the library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, stamp
from kb.values.digest import Facts


def facts(db: Database, since: datetime, until: datetime) -> dict[int, Facts]:
    """For each published gem that something happened to between the two, what it was."""
    span = [stamp(since), stamp(until)]
    found: dict[int, Facts] = {id: Facts(new=True) for id in _new(db, span)}
    for id, (seen, contradicted) in _seen(db, span).items():
        found[id] = replace(found.get(id, Facts()), seen=seen, contradicted=contradicted)
    for id, (worked, failed) in _votes(db, span).items():
        found[id] = replace(found.get(id, Facts()), worked=worked, failed=failed)
    for id, reads in _reads(db, since, until).items():
        found[id] = replace(found.get(id, Facts()), reads=reads)
    published = _published(db, list(found))
    return {id: what for id, what in found.items() if id in published}


def brought(db: Database, since: datetime, until: datetime) -> dict[int, int]:
    """The published gems that nobody doubts and whose reviews, of whatever day, were brought in between the two: each with
    how many reviews it was ever seen in."""
    rows = db.execute(
        "SELECT gem_id, count(DISTINCT coalesce(review_id, -gem_evidence.id)) FROM gem_evidence"
        " JOIN gems ON gems.id = gem_id LEFT JOIN reviews ON reviews.id = review_id"
        " WHERE stance = 'supports' AND status = 'published' AND gems.trashed_at IS NULL AND doubted_at IS NULL"
        " AND reviews.trashed_at IS NULL GROUP BY gem_id"
        " HAVING min(reviews.created_at) > ? AND min(reviews.created_at) <= ?",
        [stamp(since), stamp(until)],
    )
    return dict(rows.fetchall())


def _new(db: Database, span: list[str | None]) -> list[int]:
    """Gems that were published in the span, or came into the library published, as of the review that they are from."""
    rows = db.execute(
        "SELECT object_id FROM history WHERE type = 'gem' AND action = 'published' AND at > ? AND at <= ?"
        " UNION SELECT id FROM gems WHERE status = 'published' AND created_at > ? AND created_at <= ?"
        "   AND id NOT IN (SELECT object_id FROM history WHERE type = 'gem' AND action = 'published')",
        [*span, *span],
    )
    return [row[0] for row in rows]


def _seen(db: Database, span: list[str | None]) -> dict[int, tuple[int, int]]:
    """In how many reviews of the span a gem's passages stand, and how many contradict it."""
    rows = db.execute(
        "SELECT gem_id, count(DISTINCT iif(stance = 'contradicts', NULL, coalesce(review_id, -gem_evidence.id))),"
        "   sum(stance = 'contradicts')"
        " FROM gem_evidence LEFT JOIN reviews ON reviews.id = review_id WHERE trashed_at IS NULL"
        " AND coalesce(seen_on, date, cited_at, created_at) > ? AND coalesce(seen_on, date, cited_at, created_at) <= ?"
        " GROUP BY gem_id",
        span,
    )
    return {id: (seen, against or 0) for id, seen, against in rows}


def _votes(db: Database, span: list[str | None]) -> dict[int, tuple[int, int]]:
    """How many members said of a gem that it worked, and that it did not."""
    rows = db.execute(
        "SELECT gem_id, sum(worked), sum(1 - worked) FROM gem_votes WHERE at > ? AND at <= ? GROUP BY gem_id", span
    )
    return {id: (worked, failed) for id, worked, failed in rows}


def _reads(db: Database, since: datetime, until: datetime) -> dict[int, int]:
    """Readings are counted by week, under its Monday: those of the weeks that begin in the span."""
    days = (since.date(), (until - timedelta(seconds=1)).date())
    first, last = ((day - timedelta(days=day.weekday())).isoformat() for day in days)
    rows = db.execute(
        "SELECT gem_id, sum(reads) FROM gem_reads WHERE week > ? AND week <= ? GROUP BY gem_id", [first, last]
    )
    return dict(rows.fetchall())


def _published(db: Database, ids: Sequence[int]) -> set[int]:
    """Those of them that are published, and that nobody doubts just now."""
    rows = db.execute("SELECT id FROM gems WHERE status = 'published' AND trashed_at IS NULL AND doubted_at IS NULL")
    return {row[0] for row in rows} & set(ids)


def retired(db: Database, since: datetime, until: datetime) -> list[int]:
    """Gems that were published and were retired in the span, and still are; the last first."""
    rows = db.execute(
        "SELECT gems.id FROM gems JOIN history ON type = 'gem' AND object_id = gems.id AND action = 'retired'"
        " WHERE status = 'retired' AND gems.trashed_at IS NULL AND merged_into IS NULL AND at > ? AND at <= ?"
        " AND coalesce(json_extract(fields, '$.status[0]'), 'published') = 'published'"
        " GROUP BY gems.id ORDER BY max(at) DESC",
        [stamp(since), stamp(until)],
    )
    return [row[0] for row in rows]


def numbers(db: Database, since: datetime, until: datetime) -> dict[str, int]:
    """How many reviews came in and how many gems are published, for the line of numbers."""
    span: list[Any] = [stamp(since), stamp(until)]
    reviews = db.execute(
        "SELECT count(*) FROM reviews WHERE trashed_at IS NULL AND created_at > ? AND created_at <= ?", span
    ).fetchone()[0]
    gems = db.execute("SELECT count(*) FROM gems WHERE status = 'published' AND trashed_at IS NULL").fetchone()[0]
    return {"reviews": reviews, "gems": gems}


def questions(db: Database, limit: int) -> list[tuple[int, int]]:
    """Open questions that several people asked: (question, how many asked), the most asked first."""
    rows = db.execute(
        "SELECT id, asked FROM questions WHERE state = 'open' AND asked > 1 ORDER BY asked DESC, id DESC LIMIT ?",
        [limit],
    )
    return [(id, asked) for id, asked in rows]


def question_texts(db: Database, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The words and the language of those questions that are still open."""
    rows = db.execute(
        f"SELECT id, text, language FROM questions WHERE state = 'open' AND id IN {in_list(len(ids))}",  # noqa: S608
        list(ids),
    )
    return {id: (text, language) for id, text, language in rows}
