"""Helpers to bring in pieces of text as a run would."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from kb.ingest.base import Input, Located, Options
from kb.ingest.pipeline import items
from kb.models import SkippedRow

BringIn = Callable[..., list[Any]]


def located(content: bytes | str, name: str = "notes.md", format_: str | None = None, **options: Any) -> list[Located]:
    """What the pipeline finds in one file called `name` that holds `content`."""
    data = content.encode() if isinstance(content, str) else content
    return list(items([Input(name, None, len(data), BytesIO(data))], Options(**options), format_))


@pytest.fixture
def bring_in() -> BringIn:
    """bring_in(content, name, format_, **options) -> the items: drafts and skipped rows."""

    def run(content: bytes | str, name: str = "notes.md", format_: str | None = None, **options: Any) -> list[Any]:
        return [found.item for found in located(content, name, format_, **options)]

    return run


@pytest.fixture
def reason_of(bring_in: BringIn) -> Callable[..., str]:
    """The reason of the one row that was skipped."""

    def run(*args: Any, **options: Any) -> str:
        (item,) = bring_in(*args, **options)
        assert isinstance(item, SkippedRow)
        return item.reason

    return run
