"""Questions in the store: what is asked, by how many, under which topics, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import TagRef
from kb.store.database import in_list, moment, stamp
from kb.values.questions import Question, QuestionState

_TIMES = ("created_at", "asked_at", "changed_at", "closed_at")
_COLUMNS = (
    "id", "text", "language", "key", "state", "asked", "version", "closed_for", "answer", "answered_by", "answered_by_id",
    "gem_id", "review_id", "joined_into", "was", *_TIMES,
)  # fmt: skip
_OPEN_PROPOSALS = (
    "(SELECT count(*) FROM question_proposals AS p WHERE p.question_id = questions.id AND p.state = 'proposed')"
)
_SELECT = f"SELECT {', '.join(f'questions.{name}' for name in _COLUMNS)}, {_OPEN_PROPOSALS} FROM questions"  # noqa: S608
# A tag that was merged into another: what carried its number carries the other one.
_OF_TAG = (
    "id IN (SELECT question_id FROM question_tags WHERE tag_id = ?"
    " OR tag_id IN (SELECT old_id FROM tag_redirects WHERE tag_id = ?))"
)
_ASKED_BY = "id IN (SELECT question_id FROM question_asks WHERE member_id = ?)"
_MOST_ASKED = "asked DESC, asked_at DESC, id DESC"


def insert(db: Database, text: str, language: str, key: str, now: datetime) -> int:
    at = stamp(now)
    cursor = db.conn.execute(
        "INSERT INTO questions (text, language, key, created_at, asked_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)",
        [text, language, key, at, at, at],
    )
    return int(cursor.lastrowid or 0)


def change(db: Database, id: int, now: datetime, **columns: Any) -> None:
    """Set columns of a question as they are given, and count the edit."""
    names = "".join(f"{name} = ?, " for name in columns)
    values = [stamp(value) if isinstance(value, datetime) else value for value in columns.values()]
    db.conn.execute(
        f"UPDATE questions SET {names}changed_at = ?, version = version + 1 WHERE id = ?",  # noqa: S608 - arguments' names
        [*values, stamp(now), id],
    )


def get(db: Database, id: int) -> Question:
    """Raises NotFound."""
    found = get_many(db, [id])
    if id not in found:
        raise NotFound("There is no question %(id)s.", id=id)
    return found[id]


def get_many(db: Database, ids: Iterable[int]) -> dict[int, Question]:
    """Those of the questions that are there, by number."""
    wanted = list(ids)
    rows = db.execute(f"{_SELECT} WHERE questions.id IN {in_list(len(wanted))}", wanted).fetchall()
    tags = _tags(db, wanted)
    return {row[0]: _question(row, tags.get(row[0], [])) for row in rows}


def _question(row: Sequence[Any], tags: Sequence[TagRef]) -> Question:
    *values, proposals = row
    named: dict[str, Any] = dict(zip(_COLUMNS, values, strict=True))
    named |= {name: moment(named[name]) for name in _TIMES}
    return Question(**named | {"state": QuestionState(named["state"])}, proposals=proposals, tags=tuple(tags))


def _tags(db: Database, ids: Sequence[int]) -> dict[int, list[TagRef]]:
    rows = db.execute(
        "SELECT DISTINCT question_id, tags.id, tags.name FROM question_tags"  # noqa: S608 - bound values
        " LEFT JOIN tag_redirects ON old_id = question_tags.tag_id"
        " JOIN tags ON tags.id = coalesce(tag_redirects.tag_id, question_tags.tag_id)"
        f" WHERE question_id IN {in_list(len(ids))} ORDER BY tags.key",
        list(ids),
    )
    found: dict[int, list[TagRef]] = {}
    for question_id, tag_id, name in rows:
        found.setdefault(question_id, []).append(TagRef(tag_id, name))
    return found


def listed(
    db: Database,
    *,
    state: QuestionState | None = None,
    tag_id: int | None = None,
    asked_by: int | None = None,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[Question], int]:
    """A page of questions and how many there are: open ones by how many asked, others the last changed first."""
    where, values = ["state <> 'joined'" if state is None else "state = ?"], [] if state is None else [state.value]
    bound: list[Any] = list(values)
    if tag_id is not None:
        where.append(_OF_TAG)
        bound += [tag_id, tag_id]
    if asked_by is not None:
        where.append(_ASKED_BY)
        bound.append(asked_by)
    clause = " AND ".join(where)
    order = _MOST_ASKED if state is QuestionState.OPEN else "changed_at DESC, id DESC"
    total = db.execute(f"SELECT count(*) FROM questions WHERE {clause}", bound).fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"SELECT id FROM questions WHERE {clause} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608
        [*bound, limit, offset],
    ).fetchall()
    return in_order(db, [row[0] for row in rows]), total


def in_order(db: Database, ids: Sequence[int]) -> list[Question]:
    found = get_many(db, ids)
    return [found[id] for id in ids if id in found]


def counts(db: Database) -> dict[str, int]:
    """How many questions there are in each state."""
    return dict(db.execute("SELECT state, count(*) FROM questions GROUP BY state").fetchall())


def for_member(db: Database, member_id: int, limit: int) -> list[int]:
    """Open questions that the member did not ask: first those of topics that they follow, keep, or have gems in."""
    mine = (
        "SELECT tag_id FROM follows WHERE member_id = ? UNION SELECT id FROM tags WHERE owner_id = ?"
        " UNION SELECT tag_id FROM gem_tags JOIN gems ON gems.id = gem_id WHERE owner_id = ? OR nominated_by = ?"
    )
    rows = db.execute(
        f"WITH mine (tag_id) AS ({mine}) SELECT id FROM questions WHERE state = 'open' AND NOT {_ASKED_BY}"  # noqa: S608
        " ORDER BY EXISTS (SELECT 1 FROM question_tags JOIN mine USING (tag_id) WHERE question_id = questions.id) DESC,"
        f" {_MOST_ASKED} LIMIT ?",
        [member_id] * 5 + [limit],
    )
    return [row[0] for row in rows]


def of_key(db: Database, key: str) -> tuple[int, QuestionState] | None:
    """The question with these words: the open one, else the one last answered or closed."""
    row = db.execute(
        "SELECT id, state FROM questions WHERE key = ? AND state IN ('open', 'answered', 'closed')"
        " ORDER BY state = 'open' DESC, changed_at DESC LIMIT 1",
        [key],
    ).fetchone()
    return (row[0], QuestionState(row[1])) if row else None


def open_texts(db: Database, limit: int) -> list[tuple[int, str, str]]:
    """(number, text, language) of open questions, the most asked first."""
    rows = db.execute(
        f"SELECT id, text, language FROM questions WHERE state = 'open' ORDER BY {_MOST_ASKED} LIMIT ?",  # noqa: S608
        [limit],
    )
    return [(id, text, language) for id, text, language in rows]


def set_tags(db: Database, id: int, tag_ids: Iterable[int]) -> None:
    db.conn.execute("DELETE FROM question_tags WHERE question_id = ?", [id])
    db.conn.executemany("INSERT INTO question_tags VALUES (?, ?)", [(id, tag_id) for tag_id in set(tag_ids)])


def joined_to(db: Database, id: int) -> list[Question]:
    """The questions that were joined to this one."""
    rows = db.execute(
        "SELECT id FROM questions WHERE state = 'joined' AND joined_into = ? ORDER BY id", [id]
    ).fetchall()
    return in_order(db, [row[0] for row in rows])


def with_those_joined(db: Database, id: int) -> list[int]:
    """The number, and those of all that was joined to it, step by step."""
    rows = db.execute(
        "WITH RECURSIVE within (id) AS (VALUES (?) UNION"
        " SELECT questions.id FROM questions JOIN within ON joined_into = within.id WHERE state = 'joined')"
        " SELECT id FROM within",
        [id],
    )
    return [row[0] for row in rows]


def stale(db: Database, before: datetime, limit: int) -> list[int]:
    """Open questions that nobody has asked since."""
    rows = db.execute(
        "SELECT id FROM questions WHERE state = 'open' AND asked_at < ? ORDER BY id LIMIT ?", [stamp(before), limit]
    )
    return [row[0] for row in rows]


def keep_apart(db: Database, one: int, other: int) -> None:
    """Do not propose to join these two."""
    db.conn.execute("INSERT OR IGNORE INTO questions_kept_apart VALUES (?, ?)", [min(one, other), max(one, other)])


def compare_again(db: Database, one: int, other: int) -> None:
    db.conn.execute(
        "DELETE FROM questions_kept_apart WHERE question_id = ? AND other_id = ?", [min(one, other), max(one, other)]
    )


def kept_apart(db: Database, id: int) -> set[int]:
    rows = db.execute(
        "SELECT question_id, other_id FROM questions_kept_apart WHERE question_id = ? OR other_id = ?", [id, id]
    )
    return {number for pair in rows for number in pair} - {id}


def thrown_before(db: Database, before: datetime) -> list[int]:
    """Rubbish that was thrown away before."""
    rows = db.execute("SELECT id FROM questions WHERE state = 'rubbish' AND changed_at < ? LIMIT 500", [stamp(before)])
    return [row[0] for row in rows]


def erase(db: Database, ids: Sequence[int]) -> None:
    """Take questions out for good, with all that belongs to them and what their history says of them."""
    marks, values = in_list(len(ids)), list(ids)
    for table in ("question_asks", "question_tags", "question_proposals", "questions_kept_apart"):
        db.conn.execute(f"DELETE FROM {table} WHERE question_id IN {marks}", values)  # noqa: S608 - our own names
    db.conn.execute(f"DELETE FROM question_asks WHERE asked_as IN {marks}", values)  # noqa: S608
    db.conn.execute(f"DELETE FROM questions_kept_apart WHERE other_id IN {marks}", values)  # noqa: S608
    for table in ("notices", "history"):
        db.conn.execute(f"DELETE FROM {table} WHERE type = 'question' AND object_id IN {marks}", values)  # noqa: S608
    db.conn.execute(f"UPDATE questions SET joined_into = NULL WHERE joined_into IN {marks}", values)  # noqa: S608
    db.conn.execute(f"DELETE FROM questions WHERE id IN {marks}", values)  # noqa: S608


def ever_answered_by(db: Database, type: str) -> dict[int, set[int]]:
    """For each review or gem (`type` says which) the questions that it answers, or did before they were opened again."""
    column = {"review": "review_id", "gem": "gem_id"}[type]
    rows = db.execute(
        f"SELECT {column}, id FROM questions WHERE {column} IS NOT NULL UNION"  # noqa: S608 - our own names
        f" SELECT json_extract(fields, '$.{type}[1]'), object_id FROM history"
        f" WHERE type = 'question' AND action = 'answered' AND json_extract(fields, '$.{type}[1]') IS NOT NULL"
    )
    found: dict[int, set[int]] = {}
    for object_id, question_id in rows:
        found.setdefault(object_id, set()).add(question_id)
    return found


def answers(db: Database, ids: Sequence[int]) -> dict[int, str]:
    """What was answered to these questions in words, "" where nothing was."""
    return dict(db.execute(f"SELECT id, answer FROM questions WHERE id IN {in_list(len(ids))}", ids).fetchall())  # noqa: S608


def rewrite_answer(db: Database, id: int, answer: str) -> None:
    """What must not be read in it any more is taken out; that is nobody's change of the question."""
    db.conn.execute("UPDATE questions SET answer = ? WHERE id = ?", [answer, id])
