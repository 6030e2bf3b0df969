"""A small library with tags of every sort, and a picture of all that is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tag_picture import everything

from kb import reviews
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft, TagDraft
from kb.tags import tags


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
