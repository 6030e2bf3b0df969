"""How far the search for answers has come in the list of changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database


def place(db: Database) -> tuple[int, int, int]:
    """The number of the last change that was looked through for all questions; and, when a look was broken off, the
    question to go on with and the change up to which it looks."""
    row = db.execute("SELECT value FROM library WHERE name = 'questions_matched'").fetchone()
    numbers = [int(number) for number in row[0].split()] if row else []
    here, question, there = (*numbers, 0, 0, 0)[:3]
    return here, question, there


def watermark(db: Database) -> int:
    return place(db)[0]


def set_place(db: Database, here: int, question: int = 0, there: int = 0) -> None:
    db.conn.execute(
        "INSERT OR REPLACE INTO library (name, value) VALUES ('questions_matched', ?)", [f"{here} {question} {there}"]
    )


def changed(db: Database, after: int, until: int) -> dict[str, set[int]]:
    """Which reviews and gems changed in between."""
    found: dict[str, set[int]] = {"review": set(), "gem": set()}
    for type, id in db.execute(
        "SELECT DISTINCT type, object_id FROM changes WHERE seq > ? AND seq <= ?", [after, until]
    ):
        found[type].add(id)
    return found


def able_to_answer(db: Database, found: Iterable[tuple[int, str, int, float]]) -> list[tuple[int, str, int, float]]:
    """Those of the finds (question, type, number, score) that came after the question: reviews that the library did not
    have when it was asked, and published gems."""
    return [row for row in found if _is_new(db, row)]


def _is_new(db: Database, row: Sequence[object]) -> bool:
    question_id, type, id, _ = row
    if type == "gem":
        wanted = "SELECT 1 FROM gems WHERE id = ? AND status = 'published' AND trashed_at IS NULL AND ? > 0"
    else:
        wanted = (
            "SELECT 1 FROM reviews WHERE id = ? AND trashed_at IS NULL"
            " AND created_at > (SELECT created_at FROM questions WHERE id = ? AND state = 'open')"
        )
    return db.execute(wanted, [id, question_id]).fetchone() is not None
