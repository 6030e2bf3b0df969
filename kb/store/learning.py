"""What there is to learn tags from."""

# ruff: noqa: S608 - the names in these statements are our own; values are bound
from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from kb.store.database import as_list

# What kb put on by itself is no evidence of what people want.
_BY_PEOPLE = "origin <> 'learned'"


def to_learn_from(db: Database, limit: int) -> list[int]:
    """The newest live reviews on which somebody put a tag or refused one."""
    rows = db.execute(
        "SELECT id FROM reviews WHERE trashed_at IS NULL AND"
        f" (EXISTS (SELECT 1 FROM review_tags WHERE review_id = id AND {_BY_PEOPLE})"
        " OR EXISTS (SELECT 1 FROM tag_refusals WHERE review_id = id)) ORDER BY date DESC, id DESC LIMIT ?",
        [limit],
    )
    return [row[0] for row in rows]


def _grouped(db: Database, statement: str, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for review_id, tag_id in db.execute(statement, [as_list(ids)]):
        found.setdefault(review_id, set()).add(tag_id)
    return {id: frozenset(tags) for id, tags in found.items()}


def tags_of(db: Database, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """The tags that people put on these reviews."""
    return _grouped(
        db,
        f"SELECT review_id, tag_id FROM review_tags WHERE {_BY_PEOPLE}"
        " AND review_id IN (SELECT value FROM json_each(?))",
        ids,
    )


def refused_on(db: Database, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """The tags that people refused on these reviews."""
    return _grouped(
        db, "SELECT review_id, tag_id FROM tag_refusals WHERE review_id IN (SELECT value FROM json_each(?))", ids
    )
