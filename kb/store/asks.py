"""Who asked a question, in the store; and what may answer it.

Nothing here gives a name for an ask that was made without one; `members_of` is for telling them, and for that alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlite_utils import Database

from kb.store.database import in_list, stamp
from kb.values.questions import Own, Wording


def add(db: Database, question_id: int, member_id: int, text: str, *, named: bool, now: datetime) -> bool:
    """Note that a member asks it; False when they have asked it before, then only whether with their name changes."""
    here = db.execute(
        "SELECT id FROM question_asks WHERE question_id = ? AND member_id = ?", [question_id, member_id]
    ).fetchone()
    if here is not None:
        db.conn.execute("UPDATE question_asks SET named = ? WHERE id = ?", [int(named), here[0]])
        return False
    db.conn.execute(
        "INSERT INTO question_asks (question_id, asked_as, member_id, named, text, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (asked_as, member_id) DO UPDATE SET question_id = excluded.question_id, named = excluded.named",
        [question_id, question_id, member_id, int(named), text, stamp(now)],
    )
    return True


def remove(db: Database, question_id: int, member_id: int) -> bool:
    cursor = db.conn.execute(
        "DELETE FROM question_asks WHERE question_id = ? AND member_id = ?", [question_id, member_id]
    )
    return bool(cursor.rowcount)


def recount(db: Database, question_id: int, now: datetime | None = None) -> int:
    """Bring a question's number of askers up to date, and, with `now`, when it was last asked; gives the number."""
    count: int = db.execute(
        "SELECT count(DISTINCT coalesce(member_id, -id)) FROM question_asks WHERE question_id = ?", [question_id]
    ).fetchone()[0]
    db.conn.execute(
        "UPDATE questions SET asked = ?, asked_at = coalesce(?, asked_at) WHERE id = ?",
        [count, stamp(now), question_id],
    )
    return count


def move(db: Database, asked_as: Sequence[int], to: int) -> None:
    """Let the asks that were made as these questions belong to another one."""
    db.conn.execute(
        f"UPDATE question_asks SET question_id = ? WHERE asked_as IN {in_list(len(asked_as))}",  # noqa: S608
        [to, *asked_as],
    )


def own(db: Database, question_id: int, member_id: int) -> Own:
    row = db.execute(
        "SELECT max(named) FROM question_asks WHERE question_id = ? AND member_id = ?", [question_id, member_id]
    ).fetchone()
    return Own(row[0] is not None, bool(row[0]))


def members_of(db: Database, question_id: int) -> list[int]:
    """Whom to tell."""
    rows = db.execute(
        "SELECT DISTINCT member_id FROM question_asks WHERE question_id = ? AND member_id IS NOT NULL ORDER BY 1",
        [question_id],
    )
    return [row[0] for row in rows]


def names(db: Database, question_id: int) -> list[str]:
    """What those are called who asked with their name."""
    rows = db.execute(
        "SELECT DISTINCT coalesce(nullif(members.name, ''), members.email) FROM question_asks"
        " JOIN members ON members.id = member_id WHERE question_id = ? AND named = 1 ORDER BY 1",
        [question_id],
    )
    return [row[0] for row in rows]


def wordings(db: Database, question_id: int, text: str, member_id: int) -> list[Wording]:
    """The other words in which it was asked, in the order of their letters: not of their time, which could tell of whom
    they are."""
    rows = db.execute(
        "SELECT id, text, member_id = ? FROM question_asks WHERE question_id = ? AND asked_as = question_id"
        " AND text <> ? ORDER BY text, id",
        [member_id, question_id, text],
    )
    return [Wording(id, words, bool(mine)) for id, words, mine in rows]


def reword(db: Database, question_id: int, before: str, text: str) -> None:
    """Who asked in the question's words asks in its new ones."""
    db.conn.execute(
        "UPDATE question_asks SET text = ? WHERE question_id = ? AND asked_as = question_id AND text = ?",
        [text, question_id, before],
    )


def get(db: Database, ask_id: int, question_id: int) -> tuple[str, int | None] | None:
    """The words of an ask and its member, when it belongs to that question."""
    row = db.execute(
        "SELECT text, member_id FROM question_asks WHERE id = ? AND question_id = ?", [ask_id, question_id]
    ).fetchone()
    return (row[0], row[1]) if row else None


def make_own(db: Database, ask_id: int, question_id: int) -> None:
    """Let an ask stand on its own, as a question of its own."""
    db.conn.execute(
        "UPDATE question_asks SET question_id = ?, asked_as = ? WHERE id = ?", [question_id, question_id, ask_id]
    )


def to_forget(db: Database, before: datetime, limit: int = 500) -> list[int]:
    """Questions that were answered or closed before, and of which it is still known who asked without their name."""
    rows = db.execute(
        "SELECT id FROM questions WHERE state IN ('answered', 'closed', 'rubbish') AND closed_at < ?"
        " AND forgotten_at IS NULL LIMIT ?",
        [stamp(before), limit],
    )
    return [row[0] for row in rows]


def forget(db: Database, before: datetime, now: datetime) -> int:
    """Forget who asked those without their name, and what they were told of it; gives of how many questions."""
    ids = to_forget(db, before)
    marks = in_list(len(ids))
    db.conn.execute(
        f"DELETE FROM notices WHERE type = 'question' AND object_id IN {marks} AND EXISTS"  # noqa: S608 - bound values
        " (SELECT 1 FROM question_asks AS a WHERE a.question_id = object_id AND a.member_id = notices.member_id"
        "  AND named = 0)",
        ids,
    )
    db.conn.execute(
        f"UPDATE question_asks SET member_id = NULL WHERE named = 0 AND question_id IN {marks}",  # noqa: S608
        ids,
    )
    db.conn.execute(f"UPDATE questions SET forgotten_at = ? WHERE id IN {marks}", [stamp(now), *ids])  # noqa: S608
    return len(ids)


def forget_unread(db: Database, question_id: int) -> None:
    """Take back what was told of a question and not read yet."""
    db.conn.execute("DELETE FROM notices WHERE type = 'question' AND object_id = ? AND read_at IS NULL", [question_id])


def answered_for(db: Database, member_id: int, since: datetime, until: datetime) -> list[int]:
    """The questions of a member that were answered in the span, the last first."""
    rows = db.execute(
        "SELECT questions.id FROM questions JOIN question_asks ON question_id = questions.id"
        " WHERE member_id = ? AND state = 'answered' AND closed_at > ? AND closed_at <= ?"
        " GROUP BY questions.id ORDER BY closed_at DESC",
        [member_id, stamp(since), stamp(until)],
    )
    return [row[0] for row in rows]


# -- What may answer it ----------------------------------------------------------------------------------------------


def propose(db: Database, found: Iterable[tuple[int, str, int, float]], now: datetime) -> set[int]:
    """(question, type, number, score) each; what was proposed or judged before stays. Gives the questions that had
    nothing proposed until now."""
    rows = list(found)
    without = {row[0] for row in rows} - _with_proposals(db)
    fresh: set[int] = set()
    for question_id, type, object_id, score in rows:
        cursor = db.conn.execute(
            "INSERT OR IGNORE INTO question_proposals (question_id, type, object_id, score, at) VALUES (?, ?, ?, ?, ?)",
            [question_id, type, object_id, score, stamp(now)],
        )
        if cursor.rowcount and question_id in without:
            fresh.add(question_id)
    return fresh


def _with_proposals(db: Database) -> set[int]:
    return {
        row[0] for row in db.execute("SELECT DISTINCT question_id FROM question_proposals WHERE state = 'proposed'")
    }


def drop_proposed(db: Database, question_id: int) -> None:
    """Take out what is proposed and nobody has judged."""
    db.conn.execute("DELETE FROM question_proposals WHERE question_id = ? AND state = 'proposed'", [question_id])


def proposed(db: Database, question_id: int, limit: int) -> list[tuple[str, int]]:
    """What may answer a question, the likeliest first: (type, number)."""
    rows = db.execute(
        "SELECT type, object_id FROM question_proposals WHERE question_id = ? AND state = 'proposed'"
        " ORDER BY type = 'gem' DESC, score DESC, object_id DESC LIMIT ?",
        [question_id, limit],
    )
    return [(type, id) for type, id in rows]


def judge(db: Database, question_id: int, type: str, object_id: int, state: str) -> bool:
    """`state` is proposed, refused or taken; False when it was never proposed."""
    cursor = db.conn.execute(
        "UPDATE question_proposals SET state = ? WHERE question_id = ? AND type = ? AND object_id = ?",
        [state, question_id, type, object_id],
    )
    return bool(cursor.rowcount)
