"""What is a member's own, in the store. Every statement names the member: there is no way to another's rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import instant, moment, stamp
from kb.values.mine import MemberSettings, Visit

_COLUMNS = "language, zone, theme, density, history, known"


def settings(db: Database, member_id: int) -> MemberSettings:
    row = db.execute(f"SELECT {_COLUMNS} FROM member_settings WHERE member_id = ?", [member_id]).fetchone()  # noqa: S608
    if row is None:
        return MemberSettings()
    language, zone, theme, density, history, known = row
    return MemberSettings(language, zone, theme, density, bool(history), bool(known))


def save_settings(db: Database, member_id: int, chosen: MemberSettings, now: datetime) -> None:
    db.conn.execute(
        f"INSERT INTO member_settings (member_id, changed_at, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (member_id) DO UPDATE SET changed_at = excluded.changed_at, language = excluded.language,"
        " zone = excluded.zone, theme = excluded.theme, density = excluded.density, history = excluded.history,"
        " known = excluded.known",
        [
            member_id, stamp(now), chosen.language, chosen.zone, chosen.theme, chosen.density, int(chosen.history),
            int(chosen.known),
        ],
    )  # fmt: skip


# -- Bookmarks -------------------------------------------------------------------------------------------------------


def bookmark(db: Database, member_id: int, type: str, id: int) -> str | None:
    """The note of a bookmark; None when there is none."""
    row = db.execute(
        "SELECT note FROM bookmarks WHERE member_id = ? AND type = ? AND object_id = ? AND dropped_at IS NULL",
        [member_id, type, id],
    ).fetchone()
    return str(row[0]) if row else None


def put_bookmark(db: Database, member_id: int, type: str, id: int, note: str | None, now: datetime) -> None:
    """A further one of the same thing changes its note, not its place in the list; None leaves the note as it was."""
    db.conn.execute(
        "INSERT INTO bookmarks (member_id, type, object_id, note, at) VALUES (:member, :type, :id, coalesce(:note, ''), :at)"
        " ON CONFLICT (member_id, type, object_id) DO UPDATE SET note = coalesce(:note, note), dropped_at = NULL",
        {"member": member_id, "type": type, "id": id, "note": note, "at": stamp(now)},
    )


def drop_bookmark(db: Database, member_id: int, type: str, id: int, now: datetime) -> None:
    """Put a bookmark aside, where it waits to be brought back; the one that was put aside before goes for good."""
    db.conn.execute("DELETE FROM bookmarks WHERE member_id = ? AND dropped_at IS NOT NULL", [member_id])
    db.conn.execute(
        "UPDATE bookmarks SET dropped_at = ? WHERE member_id = ? AND type = ? AND object_id = ?",
        [stamp(now), member_id, type, id],
    )


def bookmarks(
    db: Database, member_id: int, limit: int, offset: int
) -> tuple[list[tuple[str, int, datetime, str]], int]:
    """(type, id, at, note) each, the newest first, and how many there are."""
    where = "member_id = ? AND dropped_at IS NULL"
    total = db.execute(f"SELECT count(*) FROM bookmarks WHERE {where}", [member_id]).fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"SELECT type, object_id, at, note FROM bookmarks WHERE {where} ORDER BY at DESC, type, object_id"  # noqa: S608
        " LIMIT ? OFFSET ?",
        [member_id, limit, offset],
    ).fetchall()
    return [(type, id, instant(at), note) for type, id, at, note in rows], total


# -- What was read ---------------------------------------------------------------------------------------------------


def add_history(db: Database, rows: Iterable[tuple[int, str, int, datetime]], keep: int) -> None:
    """(member, type, id, at) each, where the member lets kb keep it and has not cleared it since; the newest `keep`
    stay."""
    rows = list(rows)
    db.conn.executemany(
        "INSERT INTO reading_history (member_id, type, object_id, at) SELECT :member, :type, :id, :at WHERE NOT EXISTS"
        " (SELECT 1 FROM member_settings WHERE member_id = :member AND (history = 0 OR cleared_at >= :at))"
        " ON CONFLICT (member_id, type, object_id) DO UPDATE SET at = max(at, excluded.at)",
        [{"member": member_id, "type": type, "id": id, "at": stamp(at)} for member_id, type, id, at in rows],
    )
    db.conn.executemany(
        "DELETE FROM reading_history WHERE member_id = :member AND at < (SELECT at FROM reading_history"
        " WHERE member_id = :member ORDER BY at DESC LIMIT 1 OFFSET :keep)",
        [{"member": member_id, "keep": keep - 1} for member_id in {row[0] for row in rows}],
    )


def history(db: Database, member_id: int, limit: int, offset: int) -> tuple[list[tuple[str, int, datetime]], int]:
    """(type, id, at) each, what was last read first, and how many there are."""
    total = db.execute("SELECT count(*) FROM reading_history WHERE member_id = ?", [member_id]).fetchone()[0]
    rows = db.execute(
        "SELECT type, object_id, at FROM reading_history WHERE member_id = ? ORDER BY at DESC, type, object_id"
        " LIMIT ? OFFSET ?",
        [member_id, limit, offset],
    ).fetchall()
    return [(type, id, instant(at)) for type, id, at in rows], total


def clear_history(db: Database, member_id: int, now: datetime) -> int:
    """Forget all that a member read and searched for, also what some process has not written down yet.
    Says how many things that were read."""
    db.conn.execute(
        "INSERT INTO member_settings (member_id, cleared_at, changed_at) VALUES (:member, :now, :now)"
        " ON CONFLICT (member_id) DO UPDATE SET cleared_at = excluded.cleared_at",
        {"member": member_id, "now": stamp(now)},
    )
    db.conn.execute("DELETE FROM past_searches WHERE member_id = ?", [member_id])
    return int(db.conn.execute("DELETE FROM reading_history WHERE member_id = ?", [member_id]).rowcount)


def add_searches(db: Database, rows: Iterable[tuple[int, str, str, datetime]], keep: int) -> None:
    """(member, key, text, at) each, on the same terms as what was read; searches of one key are one."""
    rows = list(rows)
    db.conn.executemany(
        "INSERT INTO past_searches (member_id, key, text, at) SELECT :member, :key, :text, :at WHERE NOT EXISTS"
        " (SELECT 1 FROM member_settings WHERE member_id = :member AND (history = 0 OR cleared_at >= :at))"
        " ON CONFLICT (member_id, key) DO UPDATE SET text = excluded.text, at = max(at, excluded.at)",
        [{"member": member_id, "key": key, "text": text, "at": stamp(at)} for member_id, key, text, at in rows],
    )
    db.conn.executemany(
        "DELETE FROM past_searches WHERE member_id = :member AND at < (SELECT at FROM past_searches"
        " WHERE member_id = :member ORDER BY at DESC LIMIT 1 OFFSET :keep)",
        [{"member": member_id, "keep": keep - 1} for member_id in {row[0] for row in rows}],
    )


def searches(db: Database, member_id: int) -> list[str]:
    """What a member searched for, the last first."""
    rows = db.execute("SELECT text FROM past_searches WHERE member_id = ? ORDER BY at DESC, key", [member_id])
    return [row[0] for row in rows]


# -- Visits ----------------------------------------------------------------------------------------------------------


def visit(db: Database, member_id: int) -> Visit | None:
    row = db.execute("SELECT last_at, before_at FROM visits WHERE member_id = ?", [member_id]).fetchone()
    return Visit(instant(row[0]), moment(row[1])) if row else None


def note_visits(db: Database, seen: Iterable[tuple[int, datetime]], gap_seconds: float) -> None:
    """(member, when they clicked) each. After a pause longer than the gap a new visit begins."""
    db.conn.executemany(
        "INSERT INTO visits (member_id, last_at) VALUES (:member, :at) ON CONFLICT (member_id) DO UPDATE SET"
        " before_at = iif((julianday(excluded.last_at) - julianday(last_at)) * 86400 > :gap, last_at, before_at),"
        " last_at = max(last_at, excluded.last_at)",
        [{"member": member_id, "at": stamp(at), "gap": gap_seconds} for member_id, at in seen],
    )


# -- Follows (the table is the digest's) -------------------------------------------------------------------------------


def follows(db: Database, member_id: int) -> set[int]:
    """The topics that a member follows."""
    return {row[0] for row in db.execute("SELECT tag_id FROM follows WHERE member_id = ?", [member_id])}


def set_follow(db: Database, member_id: int, tag_id: int, *, on: bool) -> None:
    if on:
        db.conn.execute("INSERT OR IGNORE INTO follows (member_id, tag_id) VALUES (?, ?)", [member_id, tag_id])
    else:
        db.conn.execute("DELETE FROM follows WHERE member_id = ? AND tag_id = ?", [member_id, tag_id])
