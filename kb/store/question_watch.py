"""How far the search for answers has come in the list of changes, and which of its finds may be answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from kb.store.database import remember, remembered


def place(db: Database) -> tuple[int, int, int]:
    """The number of the last change that was looked through for all questions; and, when a look was broken off, the
    question to go on with and the change up to which it looks."""
    here, question, there = (*map(int, remembered(db, "questions_matched").split()), 0, 0, 0)[:3]
    return here, question, there


def watermark(db: Database) -> int:
    return place(db)[0]


def set_place(db: Database, here: int, question: int = 0, there: int = 0) -> None:
    remember(db, "questions_matched", f"{here} {question} {there}")


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
