"""The keys of the interchange, and how other spellings of them are known again."""

from __future__ import annotations

import re
from functools import lru_cache

REVIEW_KEYS = (
    "type", "id", "kind", "title", "body", "date", "reviewer", "reviewee", "customer", "case_id", "case_url",
    "channel", "product", "team", "language", "cycle", "tags", "scorecard", "score", "feedback", "turns", "gems",
    "comments", "updated_at", "extra",
)  # fmt: skip
TAG_KEYS = ("type", "name", "definition", "aliases", "parent")
GEM_KEYS = ("type", "id", "title", "body", "quote", "tags", "status")


def folded(name: str) -> str:
    """`Case ID`, `case-id` and `caseId` are all `caseid`."""
    return re.sub("[\\s_\u200b\u2060\ufeff-]+", "", name).casefold()


_FOLDED = {folded(key): key for key in (*REVIEW_KEYS, *TAG_KEYS, *GEM_KEYS)}


def key_of(name: str) -> str:
    """The interchange's key that `name` is a spelling of; `name` itself where it is none."""
    return _key_of(name) if len(name) <= 40 else name  # a cache must not hold on to keys of megabytes


@lru_cache(maxsize=4096)
def _key_of(name: str) -> str:
    return _FOLDED.get(folded(name), name)
