"""Brings pieces of text in as a run would."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from kb.ingest.base import Input, Located, Options
from kb.ingest.pipeline import items

BringIn = Callable[..., list[Any]]
ReasonOf = Callable[..., str]


def located(content: bytes | str, name: str = "notes.md", format_: str | None = None, **options: Any) -> list[Located]:
    """What the pipeline finds in one file called `name` that holds `content`."""
    data = content.encode() if isinstance(content, str) else content
    return list(items([Input(name, None, len(data), BytesIO(data))], Options(**options), format_))
