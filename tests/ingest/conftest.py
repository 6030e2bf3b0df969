"""Fixtures to bring in pieces of text as a run would."""

from __future__ import annotations

from typing import Any

import pytest
from bringing import BringIn, ReasonOf, located

from kb.models import SkippedRow


@pytest.fixture
def bring_in() -> BringIn:
    """bring_in(content, name, format_, **options) -> the items: drafts and skipped rows."""

    def run(content: bytes | str, name: str = "notes.md", format_: str | None = None, **options: Any) -> list[Any]:
        return [found.item for found in located(content, name, format_, **options)]

    return run


@pytest.fixture
def reason_of(bring_in: BringIn) -> ReasonOf:
    """The reason of the one row that was skipped."""

    def run(*args: Any, **options: Any) -> str:
        (item,) = bring_in(*args, **options)
        assert isinstance(item, SkippedRow)
        return item.reason

    return run
