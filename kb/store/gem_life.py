"""What gems are ordered and counted by: terms of topics, what is due, reads, votes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, instant, stamp
from kb.values.gems import Vote


@dataclass(frozen=True, slots=True)
class TopicHealth:
    """The published gems of a topic by health, how often they were read lately, and its own term in days if it has one."""

    id: int
    name: str
    term: int | None
    gems: int
    fresh: int
    due: int
    overdue: int
    reads: int


_LIVE = "status = 'published' AND trashed_at IS NULL"


def shortest_term(db: Database, tag_ids: Sequence[int]) -> int | None:
    row = db.execute(f"SELECT min(gem_days) FROM tags WHERE id IN {in_list(len(tag_ids))}", tag_ids).fetchone()  # noqa: S608
    return row[0] if row else None


def extend(db: Database, gem_id: int, seen_on: Day, days: int) -> None:
    """Let a published gem hold for its term from the day that it was seen on, if that is later than it has."""
    db.conn.execute(
        "UPDATE gems SET true_until = max(coalesce(true_until, ''), date(?, '+' || coalesce((SELECT min(gem_days) FROM tags"
        " JOIN gem_tags ON tag_id = tags.id WHERE gem_id = gems.id), ?) || ' days')) WHERE id = ? AND status = 'published'",
        [seen_on.isoformat(), days, gem_id],
    )


def set_term(db: Database, tag_id: int, days: int | None) -> None:
    db.conn.execute("UPDATE tags SET gem_days = ? WHERE id = ?", [days, tag_id])


def due(db: Database, today: Day, since: Day, owner_id: int | None, limit: int, offset: int) -> tuple[list[int], int]:
    """Published gems whose day has come, the most read since that week first, and how many there are."""
    where, values = f"{_LIVE} AND (true_until IS NULL OR true_until <= ?)", [today.isoformat()]
    if owner_id is not None:
        where += " AND owner_id = ?"
        values.append(str(owner_id))
    total = db.execute(f"SELECT count(*) FROM gems WHERE {where}", values).fetchone()[0]  # noqa: S608
    rows = db.execute(
        "SELECT id FROM gems LEFT JOIN (SELECT gem_id, sum(reads) AS lately FROM gem_reads WHERE week >= ? GROUP BY gem_id)"  # noqa: S608
        f" ON gem_id = id WHERE {where} ORDER BY coalesce(lately, 0) DESC, true_until, id LIMIT ? OFFSET ?",
        [since.isoformat(), *values, limit, offset],
    )
    return [row[0] for row in rows], total


def queue(db: Database, limit: int, offset: int) -> tuple[list[int], int]:
    """The nominated gems that wait, the longest-waiting first, and how many there are."""
    where = "status = 'nominated' AND trashed_at IS NULL AND waiting = 'waiting'"
    total = db.execute(f"SELECT count(*) FROM gems WHERE {where}").fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"SELECT id FROM gems WHERE {where} ORDER BY updated_at, id LIMIT ? OFFSET ?",  # noqa: S608
        [limit, offset],
    )
    return [row[0] for row in rows], total


def reads(db: Database, gem_ids: Sequence[int], since: Day) -> dict[int, int]:
    rows = db.execute(
        f"SELECT gem_id, sum(reads) FROM gem_reads WHERE gem_id IN {in_list(len(gem_ids))} AND week >= ? GROUP BY gem_id",  # noqa: S608
        [*gem_ids, since.isoformat()],
    )
    return dict(rows.fetchall())


def add_reads(db: Database, counts: Mapping[int, int], week: Day) -> None:
    """Only that it was read is kept, never by whom. A gem that is not there is left out."""
    db.conn.executemany(
        "INSERT INTO gem_reads (gem_id, week, reads) SELECT id, ?, ? FROM gems WHERE id = ?"
        " ON CONFLICT (gem_id, week) DO UPDATE SET reads = reads + excluded.reads",
        [(week.isoformat(), count, id) for id, count in counts.items()],
    )


def vote(db: Database, gem_id: int, member_id: int, *, worked: bool, word: str, now: datetime) -> None:
    db.conn.execute(
        "INSERT INTO gem_votes (gem_id, member_id, worked, word, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (gem_id, member_id) DO UPDATE SET worked = excluded.worked, word = excluded.word, at = excluded.at",
        [gem_id, member_id, int(worked), word, stamp(now)],
    )


def unvote(db: Database, gem_id: int, member_id: int) -> None:
    db.conn.execute("DELETE FROM gem_votes WHERE gem_id = ? AND member_id = ?", [gem_id, member_id])


def vote_words(db: Database, gem_id: int) -> dict[int, str]:
    """What was said with the votes on a gem, by member."""
    rows = db.execute("SELECT member_id, word FROM gem_votes WHERE gem_id = ? AND word <> ''", [gem_id])
    return dict(rows.fetchall())


def rewrite_vote(db: Database, gem_id: int, member_id: int, word: str) -> None:
    db.conn.execute("UPDATE gem_votes SET word = ? WHERE gem_id = ? AND member_id = ?", [word, gem_id, member_id])


_VOTES = (
    "SELECT member_id, coalesce(nullif(name, ''), email), worked, word, at FROM gem_votes"
    " JOIN members ON members.id = member_id WHERE gem_id = ?"
)
_MOST_WORDS = 100


def said(db: Database, gem_id: int) -> list[Vote]:
    """The votes that came with a word, the newest first; of very many the newest alone."""
    rows = db.execute(f"{_VOTES} AND word <> '' ORDER BY at DESC LIMIT ?", [gem_id, _MOST_WORDS])
    return [_vote(row) for row in rows]


def vote_of(db: Database, gem_id: int, member_id: int) -> Vote | None:
    row = db.execute(f"{_VOTES} AND member_id = ?", [gem_id, member_id]).fetchone()
    return _vote(row) if row else None


def _vote(row: Sequence[Any]) -> Vote:
    id, name, worked, word, at = row
    return Vote(id, name, bool(worked), word, instant(at))


def settle(db: Database, gem_ids: Iterable[int]) -> None:
    """Count votes and evidence of these gems anew: their standing is the share of good news, two good and one bad one
    assumed beforehand (Laplace's rule of succession); a review counts half as much as a reader who tried it."""
    db.conn.executemany(
        """
        UPDATE gems SET (worked, failed, standing) = (
          SELECT w, f, (w + s / 2.0 + 2) / (w + f + s / 2.0 + c / 2.0 + 3) FROM (
            SELECT (SELECT count(*) FROM gem_votes WHERE gem_id = gems.id AND worked) AS w,
                   (SELECT count(*) FROM gem_votes WHERE gem_id = gems.id AND NOT worked) AS f,
                   (SELECT count(*) FROM gem_evidence WHERE gem_id = gems.id AND stance = 'supports') AS s,
                   (SELECT count(*) FROM gem_evidence WHERE gem_id = gems.id AND stance = 'contradicts') AS c))
        WHERE id = ?
        """,
        [(id,) for id in gem_ids],
    )


_BY_HEALTH = (
    "coalesce(sum(true_until > :today), 0), coalesce(sum(true_until <= :today AND true_until > :long_ago), 0),"
    " coalesce(sum(coalesce(true_until, '') <= :long_ago), 0)"
)


def totals(db: Database, today: Day, long_ago: Day) -> tuple[int, int, int, int]:
    """How many gems are published, fresh, due and overdue."""
    row = db.execute(
        f"SELECT count(*), {_BY_HEALTH} FROM gems WHERE {_LIVE}",  # noqa: S608 - fixed text
        {"today": today.isoformat(), "long_ago": long_ago.isoformat()},
    ).fetchone()
    return row[0], row[1], row[2], row[3]


def by_topic(db: Database, today: Day, long_ago: Day, since: Day) -> list[TopicHealth]:
    """Every topic with published gems, the most overdue first."""
    rows = db.execute(
        f"SELECT tags.id, tags.name, tags.gem_days, count(*), {_BY_HEALTH}, coalesce(sum(lately), 0)"  # noqa: S608
        " FROM gem_tags JOIN gems ON gems.id = gem_tags.gem_id JOIN tags ON tags.id = tag_id"
        " LEFT JOIN (SELECT gem_id, sum(reads) AS lately FROM gem_reads WHERE week >= :since GROUP BY gem_id) AS r"
        f" ON r.gem_id = gems.id WHERE {_LIVE} GROUP BY tags.id"
        " ORDER BY sum(coalesce(true_until, '') <= :long_ago) DESC, sum(true_until <= :today) DESC, tags.key",
        {"today": today.isoformat(), "long_ago": long_ago.isoformat(), "since": since.isoformat()},
    )
    return [TopicHealth(*row) for row in rows.fetchall()]


def topics_without_gem(db: Database, limit: int) -> list[tuple[int, str, int]]:
    """Topics with reviews but no gem, the most reviews first: (topic, name, reviews)."""
    rows = db.execute(
        "SELECT id, name, live_reviews FROM tags WHERE live_reviews > 0 AND live_gems = 0"
        " ORDER BY live_reviews DESC, key LIMIT ?",
        [limit],
    )
    return [(id, name, reviews) for id, name, reviews in rows]


def unread(db: Database, since: Day, limit: int) -> tuple[list[int], int]:
    """Published gems that nobody opened since that week, the oldest first, and how many there are."""
    where = f"{_LIVE} AND id NOT IN (SELECT gem_id FROM gem_reads WHERE week >= ?)"  # noqa: S608 - fixed text
    total = db.execute(f"SELECT count(*) FROM gems WHERE {where}", [since.isoformat()]).fetchone()[0]  # noqa: S608
    rows = db.execute(f"SELECT id FROM gems WHERE {where} ORDER BY id LIMIT ?", [since.isoformat(), limit])  # noqa: S608
    return [row[0] for row in rows], total
