"""Gems that may say the same as one that is being made, or that waits: found by the index, then compared word by word."""

from __future__ import annotations

from kb import privacy
from kb.finding import finding
from kb.library import Library
from kb.models import Gem
from kb.search.echo import terms_of
from kb.store import gems

_ASKED = 14  # words that the index is asked for
_LOOKED_AT = 8
_ALIKE = 0.3  # of the shorter one's telling words, both must have


def to_text(
    library: Library, text: str, language: str, *, unmasked: bool, without: int | None = None, limit: int = 3
) -> list[Gem]:
    """Published gems that share much of a text's words, the likeliest first."""
    own = _telling(text, language)
    if len(own) < 2:
        return []
    question = " OR ".join(f'"{word}"' for word in sorted(own, key=len, reverse=True)[:_ASKED])
    found = finding.search(library, question, unmasked=unmasked, filters={"type": ("gem",)}, limit=_LOOKED_AT)
    ranked = []
    for gem in gems.get_many(library.db, [hit.id for hit in found.hits if hit.status == "published"]).values():
        said = [gem.title, *(passage.quote for passage in gem.evidence)]
        share = max(_share(own, _telling(words, gem.language or language)) for words in [*said, " ".join(said)])
        if share >= _ALIKE and gem.id != without and gem.trashed_at is None:
            ranked.append((share, gem))
    ranked.sort(key=lambda pair: -pair[0])
    return [gem if unmasked else privacy.gem_for_reader(gem) for _, gem in ranked[:limit]]


def to_gem(library: Library, gem: Gem, *, limit: int = 3) -> list[Gem]:
    """Published gems that say what this one says."""
    text = " ".join([gem.title, *(passage.quote for passage in gem.evidence)])
    return to_text(library, text, gem.language, unmasked=True, without=gem.id, limit=limit)


def _telling(text: str, language: str) -> set[str]:
    """The terms that are no mere particles: longer words, pairs of characters."""
    return {term for term in terms_of(text, language) if len(term) > 3 or (len(term) > 1 and not term.isascii())}


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 3)
