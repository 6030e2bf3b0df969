"""Editions and what is in them, in the store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.store.database import in_list, instant, moment, stamp
from kb.values.digest import Edition, EditionState, Item, Section
from kb.weeks import Week

_SELECT = (
    "SELECT id, week, state, since, until, drafted_at, send_at, opening, released_at, approved_by, queued_at, sent_at,"
    " numbers, trouble, version FROM editions"
)


def _edition(row: Sequence[Any], items: Sequence[Item]) -> Edition:
    return Edition(
        id=row[0],
        week=Week.parse(row[1]),
        state=EditionState(row[2]),
        since=instant(row[3]),
        until=instant(row[4]),
        drafted_at=instant(row[5]),
        send_at=instant(row[6]),
        opening=row[7],
        released_at=moment(row[8]),
        approved_by=row[9],
        queued_at=moment(row[10]),
        sent_at=moment(row[11]),
        numbers=json.loads(row[12]),
        trouble=row[13],
        version=row[14],
        items=tuple(items),
    )


def _editions(db: Database, where: str, values: Sequence[Any]) -> list[Edition]:
    rows = db.execute(f"{_SELECT} WHERE {where}", list(values)).fetchall()
    items = _items(db, [row[0] for row in rows])
    return [_edition(row, items.get(row[0], [])) for row in rows]


def _items(db: Database, edition_ids: Sequence[int]) -> dict[int, list[Item]]:
    rows = db.execute(
        "SELECT edition_id, id, section, object_id, position, facts, score, mark, dropped, credit_id"  # noqa: S608
        f" FROM edition_items WHERE edition_id IN {in_list(len(edition_ids))} ORDER BY section, position, id",
        list(edition_ids),
    )
    found: dict[int, list[Item]] = {}
    for edition_id, id, section, object_id, position, facts, score, mark, dropped, credit_id in rows:
        found.setdefault(edition_id, []).append(
            Item(id, Section(section), object_id, position, json.loads(facts), score, mark, bool(dropped), credit_id)
        )
    return found


def insert(
    db: Database,
    *,
    week: Week,
    state: EditionState,
    since: datetime,
    until: datetime,
    now: datetime,
    send_at: datetime,
    numbers: Mapping[str, int],
) -> int:
    """Raises sqlite3.IntegrityError when the week has an edition: ask `of_week` first, in the same transaction."""
    cursor = db.conn.execute(
        "INSERT INTO editions (week, state, since, until, drafted_at, send_at, numbers) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [str(week), state.value, stamp(since), stamp(until), stamp(now), stamp(send_at), json.dumps(dict(numbers))],
    )
    return int(cursor.lastrowid or 0)


def of_week(db: Database, week: Week) -> Edition | None:
    return next(iter(_editions(db, "week = ?", [str(week)])), None)


def get(db: Database, id: int) -> Edition | None:
    return next(iter(_editions(db, "id = ?", [id])), None)


def newest(db: Database, states: Iterable[EditionState]) -> Edition | None:
    wanted = [state.value for state in states]
    found = _editions(db, f"state IN {in_list(len(wanted))} ORDER BY week DESC LIMIT 1", wanted)
    return next(iter(found), None)


def latest(db: Database) -> Edition | None:
    return next(iter(_editions(db, "1 ORDER BY week DESC LIMIT 1", [])), None)


def before(db: Database, week: Week) -> Edition | None:
    """The edition of the nearest earlier week, whatever became of it."""
    return next(iter(_editions(db, "week < ? ORDER BY week DESC LIMIT 1", [str(week)])), None)


def in_states(db: Database, states: Iterable[EditionState]) -> list[Edition]:
    """The oldest week first."""
    wanted = [state.value for state in states]
    return _editions(db, f"state IN {in_list(len(wanted))} ORDER BY week", wanted)


def of_weeks(db: Database, first: Week, last: Week) -> list[Edition]:
    """Those that went out or are going out, from the first week to the last, both included."""
    return _editions(
        db, "week BETWEEN ? AND ? AND state IN ('approved', 'sent') ORDER BY week", [str(first), str(last)]
    )


# Those that are going out, or went out; with the moment from which they may be read.
_RELEASED = "state IN ('approved', 'sent') AND released_at <= ?"


def released(db: Database, by: datetime, limit: int, offset: int) -> tuple[list[Edition], int]:
    """Those released by a moment, the newest week first, and how many there are."""
    total = db.execute(f"SELECT count(*) FROM editions WHERE {_RELEASED}", [stamp(by)]).fetchone()[0]  # noqa: S608
    return _editions(db, f"{_RELEASED} ORDER BY week DESC LIMIT ? OFFSET ?", [stamp(by), limit, offset]), total


def told(db: Database, first: Week, before: Week) -> dict[int, set[str]]:
    """The gems that editions of these weeks told, each with the fingerprints of its words then."""
    rows = db.execute(
        "SELECT object_id, mark FROM edition_items JOIN editions ON editions.id = edition_id"
        " WHERE section = 'gem' AND dropped = 0 AND state IN ('approved', 'sent') AND week >= ? AND week < ?",
        [str(first), str(before)],
    )
    found: dict[int, set[str]] = {}
    for id, mark in rows:
        found.setdefault(id, set()).add(mark)
    return found


def change_state(
    db: Database, id: int, *, was: Iterable[EditionState], state: EditionState, **columns: datetime | str | None
) -> bool:
    """Compare and set: False, and nothing changed, when the edition is in none of the states any more."""
    old = [one.value for one in was]
    sets = ", ".join(["state = ?", *(f"{name} = ?" for name in columns)])
    values = [stamp(value) if isinstance(value, datetime) else value for value in columns.values()]
    done = db.conn.execute(
        f"UPDATE editions SET {sets} WHERE id = ? AND state IN {in_list(len(old))}",  # noqa: S608 - our own names
        [state.value, *values, id, *old],
    )
    return done.rowcount == 1


def set_queued(db: Database, id: int, now: datetime) -> bool:
    """Whether it was this call that did it."""
    done = db.conn.execute(
        "UPDATE editions SET queued_at = ? WHERE id = ? AND state = 'approved' AND queued_at IS NULL", [stamp(now), id]
    )
    return done.rowcount == 1


def set_opening(db: Database, id: int, opening: str) -> None:
    db.conn.execute("UPDATE editions SET opening = ? WHERE id = ?", [opening, id])


def neighbours(db: Database, week: Week, by: datetime) -> tuple[Week | None, Week | None]:
    """The nearest weeks before and after that have an edition which was released by a moment."""
    row = db.execute(
        "SELECT max(iif(week < ?, week, NULL)), min(iif(week > ?, week, NULL)) FROM editions"  # noqa: S608
        f" WHERE {_RELEASED}",
        [str(week), str(week), stamp(by)],
    ).fetchone()
    before, after = (Week.parse(text) if text else None for text in row)
    return before, after


def touch(db: Database, id: int, version: int) -> bool:
    """Count an edit that started from this version. False when somebody else was quicker."""
    done = db.conn.execute("UPDATE editions SET version = version + 1 WHERE id = ? AND version = ?", [id, version])
    return done.rowcount == 1


def set_trouble(db: Database, id: int, trouble: str) -> None:
    db.conn.execute("UPDATE editions SET trouble = ? WHERE id = ?", [trouble, id])


def add_items(db: Database, edition_id: int, items: Iterable[Item]) -> None:
    """Ids of the items are ignored. One that is there already, or was dropped, is shown again with the new facts."""
    db.conn.executemany(
        "INSERT INTO edition_items (edition_id, section, object_id, position, facts, score, mark)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (edition_id, section, object_id) DO UPDATE SET"
        " dropped = 0, position = excluded.position, facts = excluded.facts, mark = excluded.mark",
        [
            [edition_id, item.section.value, item.object_id, item.position,
             json.dumps(dict(item.facts), ensure_ascii=False), item.score, item.mark]
            for item in items
        ],
    )  # fmt: skip


def clear_items(db: Database, edition_id: int) -> None:
    db.conn.execute("DELETE FROM edition_items WHERE edition_id = ?", [edition_id])


def place_items(db: Database, ids: Sequence[int]) -> None:
    """Put items in this order."""
    db.conn.executemany(
        "UPDATE edition_items SET position = ? WHERE id = ?", [[place, id] for place, id in enumerate(ids)]
    )


def set_dropped(db: Database, item_id: int, dropped: bool) -> None:
    db.conn.execute("UPDATE edition_items SET dropped = ? WHERE id = ?", [int(dropped), item_id])


def set_credit(db: Database, item_id: int, member_id: int | None) -> None:
    db.conn.execute("UPDATE edition_items SET credit_id = ? WHERE id = ?", [member_id, item_id])


def renew(
    db: Database,
    id: int,
    *,
    state: EditionState,
    since: datetime,
    until: datetime,
    now: datetime,
    send_at: datetime,
    numbers: Mapping[str, int],
) -> None:
    """A draft that is chosen anew; the curator's opening words stay."""
    db.conn.execute(
        "UPDATE editions SET state = ?, since = ?, until = ?, drafted_at = ?, send_at = ?, numbers = ? WHERE id = ?",
        [state.value, stamp(since), stamp(until), stamp(now), stamp(send_at), json.dumps(dict(numbers)), id],
    )
