"""What is in the language of whoever asks first, where a question of a few words may be of any (`GDPR`, `export`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kb.library import Library
from kb.search.base import Page, Query
from kb.search.languages import detect_language
from kb.search.nodes import leaves, written_otherwise
from kb.search.ranking import ALL, POOL, SHORT
from kb.store import gems, reviews

_MOSTLY = 0.75  # of what is found is in one language: that of the question, whoever asks
_OWN = 2.0  # times its score: before what is somewhat better in another language, not before what is much better


def preferred(question: str, asked: Query) -> str:
    """The language to prefer; "" where the question tells its own, is long, or nobody said what they read."""
    words = len(set(leaves(asked.node)) - written_otherwise(asked.node))
    is_short = asked.sort == "relevance" and 0 < words <= SHORT
    return asked.reads if asked.reads and is_short and not detect_language(question) else ""


def meant(page: Page, reads: str) -> str:
    """The language that three quarters of what was found are in, else the reader's."""
    counts = page.facets.get("language", ())
    language, most = counts[0] if counts else ("", 0)
    return language if language and most > 1 and most >= _MOSTLY * sum(count for _, count in counts) else reads


def first(library: Library, page: Page, language: str) -> Page:
    """The page with the best hundred ordered anew; the rest stays below."""
    best = page.hits[:POOL]
    own = languages(library, (hit.key for hit in best))
    scored = [replace(hit, score=_raised(hit.score)) if own.get(hit.key) == language else hit for hit in best]
    return replace(page, hits=(*sorted(scored, key=lambda hit: -hit.score), *page.hits[POOL:]))


def _raised(score: float) -> float:
    base = ALL if score >= ALL else 0.0  # what has all the words stays before what has some
    return base + (score - base) * _OWN


def languages(library: Library, keys: Iterable[str]) -> dict[str, str]:
    """The language of each of these reviews and gems (`review:12`); those are left out in which it could not be told."""
    ids: dict[str, list[int]] = {"review": [], "gem": []}
    for key in keys:
        type, _, id = key.partition(":")
        ids[type].append(int(id))
    known = {"review": reviews.languages(library.db, ids["review"]), "gem": gems.languages(library.db, ids["gem"])}
    return {f"{type}:{id}": language for type, found in known.items() for id, language in found.items() if language}
