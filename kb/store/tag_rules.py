"""Rules that suggest tags, and pairs of tags that are to be kept apart, in the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import TagRule
from kb.store.database import remember, remembered, stamp

_SELECT = (
    "SELECT tag_rules.id, tag_id, tags.name, kind, pattern, product, team, trouble"
    " FROM tag_rules JOIN tags ON tags.id = tag_id"
)


def all_rules(db: Database, tag_id: int | None = None) -> list[TagRule]:
    """Every rule, or those of one tag, in the order of the tags' names."""
    where, values = (" WHERE tag_id = ?", [tag_id]) if tag_id is not None else ("", [])
    return [TagRule(*row) for row in db.execute(f"{_SELECT}{where} ORDER BY tags.key, tag_rules.id", values)]


def get(db: Database, id: int) -> TagRule:
    """Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE tag_rules.id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is no rule %(id)s. Somebody may have taken it out.", id=id)
    return TagRule(*row)


def insert(db: Database, tag_id: int, rule: TagRule, now: datetime) -> int:
    cursor = db.conn.execute(
        "INSERT INTO tag_rules (tag_id, kind, pattern, product, team, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        [tag_id, rule.kind, rule.pattern, rule.product, rule.team, stamp(now)],
    )
    return int(cursor.lastrowid or 0)


def delete(db: Database, id: int) -> None:
    db.conn.execute("DELETE FROM tag_rules WHERE id = ?", [id])


def set_trouble(db: Database, ids: Sequence[int], trouble: str) -> None:
    db.conn.executemany("UPDATE tag_rules SET trouble = ? WHERE id = ?", [(trouble, id) for id in ids])


def refusals(db: Database) -> dict[int, tuple[int, int]]:
    """For each tag: how often a suggestion of it was taken, and how often refused."""
    taken = dict(
        db.execute("SELECT tag_id, count(*) FROM review_tags WHERE origin = 'suggestion' GROUP BY tag_id").fetchall()
    )
    refused = dict(db.execute("SELECT tag_id, count(*) FROM tag_refusals GROUP BY tag_id").fetchall())
    return {id: (taken.get(id, 0), refused.get(id, 0)) for id in taken.keys() | refused.keys()}


def keep_apart(db: Database, first: int, second: int) -> None:
    db.conn.execute("INSERT OR IGNORE INTO tags_kept_apart VALUES (?, ?)", sorted((first, second)))


def kept_apart(db: Database) -> set[tuple[int, int]]:
    return {(min(row), max(row)) for row in db.execute("SELECT tag_id, other_id FROM tags_kept_apart")}


def followed(db: Database) -> int:
    """The last review that was looked at for the tags that kb puts on by itself."""
    return int(remembered(db, "auto_tagged") or 0)


def set_followed(db: Database, review_id: int) -> None:
    remember(db, "auto_tagged", str(review_id))
