"""What happened, as the library keeps it: changes of a thing, deeds that can be undone, runs of an ingest, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a thing's history. `fields` maps a field to its (before, after)."""

    at: datetime
    who: str
    action: str
    fields: Mapping[str, tuple[Any, Any]]
    id: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done in one go and can be undone. `state` is planned, done or undone; `about` says what it did."""

    id: int
    kind: str
    state: str
    who: str
    at: datetime
    total: int = 0
    about: Mapping[str, Any] = field(default_factory=dict)
    undone_by: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One ingest from a source, with its report. `state` is planned or dropped; starting, running or stopping; done,
    stopped or failed."""

    id: int
    source: str
    state: str
    started_at: datetime
    finished_at: datetime | None = None
    who: str = ""
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    message: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.state in ("starting", "running", "stopping")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a member should know: `kind` says what happened, `type` and `object_id` to what."""

    id: int
    kind: str
    type: str
    object_id: int
    who: str
    words: str
    at: datetime
    title: str = ""
    read: bool = False
