"""Deliveries in the store: queued once, claimed by one sender, recorded after.

Every step is a compare-and-set on the row's state, inside a transaction of its caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, instant, moment, stamp
from kb.values.digest import Channel, Delivery, DeliveryState, Outcome

_COLUMNS = (
    "id, edition_id, channel, target, state, due_at, member_id, attempts, claim, claimed_at, done_at, code, reason"
)


def _delivery(row: Sequence[Any]) -> Delivery:
    return Delivery(
        id=row[0],
        edition_id=row[1],
        channel=Channel(row[2]),
        target=row[3],
        state=DeliveryState(row[4]),
        due_at=instant(row[5]),
        member_id=row[6],
        attempts=row[7],
        claim=row[8],
        claimed_at=moment(row[9]),
        done_at=moment(row[10]),
        code=row[11],
        reason=row[12],
    )


def queue(
    db: Database,
    edition_id: int,
    rows: Iterable[tuple[Channel, str, int | None, DeliveryState, datetime, str]],
) -> None:
    """(channel, target, member, state, due, reason); one that is there already stays as it is."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO deliveries (edition_id, channel, target, member_id, state, due_at, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            [edition_id, channel.value, target, member_id, state.value, stamp(due), reason]
            for channel, target, member_id, state, due, reason in rows
        ],
    )


def claim(
    db: Database, channels: Iterable[Channel], now: datetime, claim: str, edition_id: int | None = None
) -> Delivery | None:
    """Take the delivery that waits longest, so that no other sender takes it; None when none is due."""
    names = [channel.value for channel in channels]
    only, values = ("", []) if edition_id is None else (" AND edition_id = ?", [edition_id])
    row = db.conn.execute(
        "UPDATE deliveries SET state = 'claimed', claim = ?, claimed_at = ?, attempts = attempts + 1"  # noqa: S608
        " WHERE state = 'waiting' AND id = (SELECT id FROM deliveries WHERE state = 'waiting' AND due_at <= ?"
        f" AND channel IN {in_list(len(names))}{only} ORDER BY due_at, id LIMIT 1) RETURNING {_COLUMNS}",
        [claim, stamp(now), stamp(now), *names, *values],
    ).fetchone()
    return _delivery(row) if row else None


def record(db: Database, outcome: Outcome, now: datetime) -> bool:
    """Write down how a claimed delivery ended. False when somebody settled it meanwhile."""
    delivery = outcome.delivery
    done = outcome.state not in (DeliveryState.WAITING, DeliveryState.UNCERTAIN)
    changed = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, code = ?, due_at = ?, done_at = ?"
        " WHERE id = ? AND claim = ? AND state IN ('claimed', 'uncertain')",
        [
            outcome.state.value,
            outcome.reason,
            outcome.code,
            stamp(outcome.due_at or delivery.due_at),
            stamp(now) if done else None,
            delivery.id,
            delivery.claim,
        ],
    )
    return changed.rowcount == 1


def unclaim(db: Database, delivery: Delivery) -> None:
    """Give a claim back for which nothing was tried."""
    db.conn.execute(
        "UPDATE deliveries SET state = 'waiting', attempts = attempts - 1, claim = '', claimed_at = NULL"
        " WHERE id = ? AND claim = ? AND state = 'claimed'",
        [delivery.id, delivery.claim],
    )


def doubt_old_claims(db: Database, earliest: datetime, latest: datetime, reason: str) -> int:
    """Claims from outside this span belong to senders that are gone: they are uncertain from now on."""
    done = db.conn.execute(
        "UPDATE deliveries SET state = 'uncertain', reason = ?"
        " WHERE state = 'claimed' AND (claimed_at < ? OR claimed_at > ?)",
        [reason, stamp(earliest), stamp(latest)],
    )
    return done.rowcount


def settle(
    db: Database, id: int, *, was: Iterable[DeliveryState], state: DeliveryState, now: datetime, reason: str
) -> bool:
    """A curator's word on a delivery: compare and set."""
    old = [one.value for one in was]
    done = db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ?, due_at = ?, done_at = ?, claim = ''"  # noqa: S608
        f" WHERE id = ? AND state IN {in_list(len(old))}",
        [state.value, reason, stamp(now), None if state is DeliveryState.WAITING else stamp(now), id, *old],
    )
    return done.rowcount == 1


def get(db: Database, id: int) -> Delivery | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM deliveries WHERE id = ?", [id]).fetchone()  # noqa: S608
    return _delivery(row) if row else None


def counts(db: Database, edition_ids: Sequence[int]) -> dict[int, dict[Channel, dict[DeliveryState, int]]]:
    rows = db.execute(
        "SELECT edition_id, channel, state, count(*) FROM deliveries"  # noqa: S608
        f" WHERE edition_id IN {in_list(len(edition_ids))} GROUP BY edition_id, channel, state",
        list(edition_ids),
    )
    found: dict[int, dict[Channel, dict[DeliveryState, int]]] = {}
    for edition_id, channel, state, count in rows:
        found.setdefault(edition_id, {}).setdefault(Channel(channel), {})[DeliveryState(state)] = count
    return found


def unfinished(db: Database, edition_id: int) -> int:
    """How many still wait or are being sent; notices to curators do not count."""
    row = db.execute(
        "SELECT count(*) FROM deliveries WHERE edition_id = ? AND state IN ('waiting', 'claimed')"
        " AND channel <> 'notice'",
        [edition_id],
    ).fetchone()
    return int(row[0])


def with_states(
    db: Database, edition_id: int, states: Iterable[DeliveryState], limit: int, offset: int = 0
) -> tuple[list[tuple[Delivery, str]], int]:
    """Deliveries with their member's address, and how many there are in all."""
    wanted = [state.value for state in states]
    where = f"edition_id = ? AND deliveries.state IN {in_list(len(wanted))}"
    total = db.execute(
        f"SELECT count(*) FROM deliveries WHERE {where}",  # noqa: S608
        [edition_id, *wanted],
    ).fetchone()[0]
    columns = ", ".join(f"deliveries.{name}" for name in _COLUMNS.split(", "))
    rows = db.execute(
        f"SELECT {columns}, coalesce(email, '') FROM deliveries LEFT JOIN members ON members.id = member_id"  # noqa: S608
        f" WHERE {where} ORDER BY deliveries.id LIMIT ? OFFSET ?",
        [edition_id, *wanted, limit, offset],
    )
    return [(_delivery(row[:-1]), row[-1]) for row in rows], total


def members_reached(db: Database, weeks: Sequence[str]) -> dict[int, str]:
    """Members to whom an edition of these weeks went or is going, each with the latest week."""
    rows = db.execute(
        "SELECT member_id, max(week) FROM deliveries JOIN editions ON editions.id = edition_id"  # noqa: S608
        " WHERE channel = 'mail' AND member_id IS NOT NULL AND deliveries.state NOT IN ('skipped', 'refused')"
        f" AND week IN {in_list(len(weeks))} GROUP BY member_id",
        list(weeks),
    )
    return dict(rows.fetchall())


def any_due(db: Database, channels: Iterable[Channel], now: datetime, edition_id: int | None = None) -> bool:
    names = [channel.value for channel in channels]
    only, values = ("", []) if edition_id is None else (" AND edition_id = ?", [edition_id])
    row = db.execute(
        f"SELECT 1 FROM deliveries WHERE state = 'waiting' AND due_at <= ? AND channel IN {in_list(len(names))}{only}"  # noqa: S608
        " LIMIT 1",
        [stamp(now), *names, *values],
    ).fetchone()
    return row is not None


def note_returned(db: Database, member_id: int, edition_id: int, reason: str) -> None:
    """The mail of an edition to a member came back."""
    db.conn.execute(
        "UPDATE deliveries SET state = 'refused', reason = ? WHERE member_id = ? AND channel = 'mail' AND state = 'sent'"
        " AND edition_id = ?",
        [reason, member_id, edition_id],
    )
