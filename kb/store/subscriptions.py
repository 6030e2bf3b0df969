"""What members chose to get of the digest, in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, moment, stamp
from kb.values.digest import Cadence, Scope, Subscription

_SELECT = (
    "SELECT members.id, email, members.name, coalesce(cadence, ?), coalesce(scope, 'all'), coalesce(zone, ''),"
    " coalesce(named, 0), coalesce(notices, 1), coalesce(feed_number, 0), refused_at, coalesce(refused_reason, ''),"
    " active, role FROM members LEFT JOIN subscriptions ON member_id = members.id"
)


def _subscription(row: Sequence[Any], followed: frozenset[int], muted: frozenset[int]) -> Subscription:
    return Subscription(
        member_id=row[0],
        email=row[1],
        name=row[2],
        cadence=Cadence(row[3]),
        scope=Scope(row[4]),
        zone=row[5],
        named=bool(row[6]),
        notices=bool(row[7]),
        feed_number=row[8],
        refused_at=moment(row[9]),
        refused_reason=row[10],
        active=bool(row[11]),
        role=row[12],
        followed=followed,
        muted=muted,
    )


def _tags(db: Database, table: str, member_ids: Sequence[int] | None) -> dict[int, frozenset[int]]:
    where, values = ("", []) if member_ids is None else (f" WHERE member_id IN {in_list(len(member_ids))}", member_ids)
    found: dict[int, set[int]] = {}
    for member_id, tag_id in db.execute(f"SELECT member_id, tag_id FROM {table}{where}", list(values)):  # noqa: S608
        found.setdefault(member_id, set()).add(tag_id)
    return {member_id: frozenset(tags) for member_id, tags in found.items()}


def of_member(db: Database, member_id: int, default: Cadence) -> Subscription | None:
    """What one member gets; `default` is the cadence of who chose nothing. None when there is no such member."""
    row = db.execute(f"{_SELECT} WHERE members.id = ?", [default.value, member_id]).fetchone()
    if row is None:
        return None
    followed, muted = (_tags(db, table, [member_id]) for table in ("follows", "muted_tags"))
    return _subscription(row, followed.get(member_id, frozenset()), muted.get(member_id, frozenset()))


def of_all(db: Database, default: Cadence) -> list[Subscription]:
    """Of every active member, in the order of their numbers."""
    rows = db.execute(f"{_SELECT} WHERE active = 1 ORDER BY members.id", [default.value]).fetchall()
    followed, muted = (_tags(db, table, None) for table in ("follows", "muted_tags"))
    return [_subscription(row, followed.get(row[0], frozenset()), muted.get(row[0], frozenset())) for row in rows]


def save(db: Database, chosen: Subscription, now: datetime) -> None:
    """Keep cadence, scope, zone and consents; topics are kept by `set_tags`."""
    db.conn.execute(
        "INSERT INTO subscriptions (member_id, cadence, scope, zone, named, notices, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (member_id) DO UPDATE SET cadence = excluded.cadence,"
        " scope = excluded.scope, zone = excluded.zone, named = excluded.named, notices = excluded.notices,"
        " changed_at = excluded.changed_at",
        [
            chosen.member_id,
            chosen.cadence.value,
            chosen.scope.value,
            chosen.zone,
            int(chosen.named),
            int(chosen.notices),
            stamp(now),
        ],
    )


def set_tags(db: Database, table: str, member_id: int, tag_ids: Iterable[int]) -> None:
    """`table` is follows or muted_tags."""
    db.conn.execute(f"DELETE FROM {table} WHERE member_id = ?", [member_id])  # noqa: S608 - our own names
    db.conn.executemany(
        f"INSERT INTO {table} (member_id, tag_id) VALUES (?, ?)",  # noqa: S608
        [[member_id, tag_id] for tag_id in set(tag_ids)],
    )


def new_feed(db: Database, member_id: int, now: datetime) -> None:
    """Another address for the feed; the old one ends."""
    _make_row(db, member_id, now)
    db.conn.execute("UPDATE subscriptions SET feed_number = feed_number + 1 WHERE member_id = ?", [member_id])


def note_refused(db: Database, member_id: int, reason: str, now: datetime) -> None:
    """Remember that the member's address was refused for good."""
    _make_row(db, member_id, now)
    db.conn.execute(
        "UPDATE subscriptions SET refused_at = ?, refused_reason = ? WHERE member_id = ?",
        [stamp(now), reason, member_id],
    )


def forget_refused(db: Database, member_id: int) -> None:
    """The member's address may be tried again."""
    db.conn.execute("UPDATE subscriptions SET refused_at = NULL, refused_reason = '' WHERE member_id = ?", [member_id])


def _make_row(db: Database, member_id: int, now: datetime) -> None:
    """A row that chooses nothing: without a cadence the library's default holds."""
    db.conn.execute(
        "INSERT OR IGNORE INTO subscriptions (member_id, changed_at) VALUES (?, ?)", [member_id, stamp(now)]
    )


def refused(db: Database) -> list[tuple[int, str, str, datetime | None]]:
    """The addresses that are not tried any more: member, address, reason, since when; the newest first."""
    rows = db.execute(
        "SELECT member_id, email, refused_reason, refused_at FROM subscriptions JOIN members ON members.id = member_id"
        " WHERE refused_at IS NOT NULL AND active = 1 ORDER BY refused_at DESC"
    )
    return [(id, email, reason, moment(at)) for id, email, reason, at in rows]


def named(db: Database) -> dict[int, str]:
    """Members who agreed to be named, by what they are called."""
    rows = db.execute(
        "SELECT members.id, name FROM members JOIN subscriptions ON member_id = members.id"
        " WHERE named = 1 AND active = 1 AND name <> '' ORDER BY name"
    )
    return dict(rows.fetchall())


def link_key(db: Database) -> str:
    """What signs the links in mails."""
    return str(db.execute("SELECT value FROM library WHERE name = 'link_key'").fetchone()[0])
