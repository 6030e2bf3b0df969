"""A small library with tags of every sort, and a picture of all that is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb import gems, reviews, tags
from kb.library import Library
from kb.models import Draft, GemDraft, TagDraft

# They tell what happened, not what is: they grow with an undo, too.
_LOGS = {"history", "changes", "deeds", "deed_tags", "deed_parts", "sqlite_sequence", "_sqlite_migrations"}


def everything(library: Library) -> dict[str, list[Any]]:
    """Every row of every table, but for the logs and the count of a review's edits."""
    db = library.db
    found = {}
    for table in sorted(set(db.table_names()) - _LOGS):
        columns = [
            name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table]) if name != "version"
        ]
        found[table] = sorted(db.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall(), key=repr)  # noqa: S608
    return found


@pytest.fixture
def picture(opened: Library) -> Callable[[], dict[str, list[Any]]]:
    return lambda: everything(opened)


@pytest.fixture
def tag(opened: Library) -> Callable[..., int]:
    """Make a tag: tag("GDPR", "DSGVO", parent="privacy")."""

    def make(name: str, *aliases: str, parent: str = "", definition: str = "") -> int:
        tags.bring_in(opened, [TagDraft(name, definition, aliases, parent)], "ada")
        return tags.named(opened, name).id

    return make


@pytest.fixture
def review(opened: Library) -> Callable[..., int]:
    """Write a review: review("GDPR", "export", body="…")."""

    def write(*names: str, body: str = "They ask what we keep.", **fields: Any) -> int:
        draft = Draft(title="A case", body=body, language="en", tags=names, **fields)
        return reviews.add(opened, draft, "ada").id

    return write


@pytest.fixture
def gem(opened: Library) -> Callable[..., int]:
    """Lift a gem from a review: gem(review, "GDPR")."""

    def lift(review: int, *names: str) -> int:
        draft = GemDraft(title=f"Gem of {review}", body="Do this.", tags=names)
        return gems.lift(opened, review, draft, who="ada", publish=True).id

    return lift


def names_on(library: Library, review: int) -> list[str]:
    return [tag.name for tag in reviews.get(library, review).tags]
