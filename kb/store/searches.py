"""What was searched, by day, in the store; never by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Day

from sqlite_utils import Database

from kb.values.search import Missing

# Of what has only some of the words, or means something near to them (found = 0), one may be the answer: that it was opened
# on the day of the newest search says so.
_FEW = {
    "nothing": "HAVING found = 0 AND clicked = 0",
    "unopened": "HAVING found > 0 AND sum(clicked) = 0",
    "both": "HAVING (found = 0 AND clicked = 0) OR sum(clicked) = 0",
    "all": "",
}


def add(db: Database, day: Day, rows: Iterable[tuple[str, str, str, int, int, int | None]]) -> None:
    """(key, text, language, asked, clicked, found) each; `found` is None when only a find was opened."""
    db.conn.executemany(
        "INSERT INTO searches (key, day, text, language, asked, clicked, found) VALUES (?, ?, ?, ?, ?, ?, coalesce(?, 1))"
        " ON CONFLICT (key, day) DO UPDATE SET asked = asked + excluded.asked, clicked = clicked + excluded.clicked,"
        " found = iif(excluded.asked > 0, excluded.found, found)",
        [(key, day.isoformat(), text, language, asked, clicked, found)
         for key, text, language, asked, clicked, found in rows],
    )  # fmt: skip


def listed(db: Database, which: str, since: Day, limit: int, offset: int = 0) -> tuple[list[Missing], int]:
    """What was searched since that day, the most often first, and how much of it there is. `which` is nothing (found),
    unopened (none of the finds was opened), both or all; what the newest search found counts."""
    # With max() alone, SQLite takes the other columns from the row that has it (sqlite.org/lang_select.html#bareagg).
    select = (
        "SELECT text, language, sum(asked) AS asked, sum(clicked), found, max(day) AS last FROM searches WHERE day >= ?"  # noqa: S608
        f" GROUP BY key {_FEW[which]}"
    )
    total = db.execute(f"SELECT count(*) FROM ({select})", [since.isoformat()]).fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"{select} ORDER BY asked DESC, last DESC, key LIMIT ? OFFSET ?", [since.isoformat(), limit, offset]
    )
    return [
        Missing(text, language, asked, clicked, found, Day.fromisoformat(last))
        for text, language, asked, clicked, found, last in rows
    ], total


def take_out(db: Database, key: str) -> Missing | None:
    """Forget one search; what there was of it, None for nothing."""
    row = db.execute(
        "SELECT text, language, sum(asked), sum(clicked), found, max(day) FROM searches WHERE key = ? GROUP BY key",
        [key],
    ).fetchone()
    db.conn.execute("DELETE FROM searches WHERE key = ?", [key])
    if row is None:
        return None
    text, language, asked, clicked, found, last = row
    return Missing(text, language, asked, clicked, found, Day.fromisoformat(last))


def forget(db: Database, before: Day) -> None:
    db.conn.execute("DELETE FROM searches WHERE day < ?", [before.isoformat()])


def any_before(db: Database, before: Day) -> bool:
    return db.execute("SELECT 1 FROM searches WHERE day < ? LIMIT 1", [before.isoformat()]).fetchone() is not None
