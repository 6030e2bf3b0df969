"""What is kept of searching, as plain values: words that mean the same, searches counted, searches that were saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Words that mean the same; `away` when it was taken out."""

    id: int
    words: tuple[str, ...]
    changed_at: datetime
    changed_by: str = ""
    version: int = 1
    away: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What was searched, by nobody in particular: how often, how often a find of it was opened, how many there were the
    last time, and when that was."""

    text: str
    language: str
    asked: int
    clicked: int
    found: int
    last: Day


@dataclass(frozen=True, slots=True)
class Fresh:
    """A find that is new in a saved search; `told` when its member had a notice since it came."""

    type: str
    id: int
    told: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A search that a member saved. `fresh` are the finds that are new since they looked last; `seen` is the number of the
    last change that it was looked through for; `alert` says whether to tell."""

    id: int
    member_id: int
    name: str
    question: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    alert: bool = True
    looked_at: datetime | None = None
    told_at: datetime | None = None
    seen: int = 0
    fresh: tuple[Fresh, ...] = ()
    away: bool = False
