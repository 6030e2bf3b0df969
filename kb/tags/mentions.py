"""Which tags a text names: by their name or an alias, as it stands or, for a single word, in another form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kb.models import Tag
from kb.search.analysis import stream
from kb.tags.rules import Readable


def mentions(review: Readable, everything: Sequence[Tag]) -> dict[int, int]:
    """For each tag that the text names: how often (another form of a single word counts once)."""
    found: dict[int, int] = {}
    for tag in everything:
        said = sum(_times(review, name) for name in (tag.name, *tag.aliases))
        if said:
            found[tag.id] = said
    return found


@lru_cache(maxsize=16_384)
def _name(name: str, language: str) -> tuple[str, str, frozenset[str]]:
    """A tag's name as it stands in a text of that language with blanks around it, its first word, and, if it has but
    one, its forms."""
    found = stream(name, language)
    forms = {*found.words, *" ".join(found.stems).split()} if len(found.words) == 1 else set()
    return f" {' '.join(found.words)} ", found.words[0] if found.words else "", frozenset(forms)


def _times(review: Readable, name: str) -> int:
    wanted, first, forms = _name(name, review.language)
    if forms and not forms.isdisjoint(review.forms):
        return max(review.words.count(wanted), 1)
    # Most names are not in most texts: their first word says so more cheaply than looking for the whole.
    return review.words.count(wanted) if first in review.forms else 0
