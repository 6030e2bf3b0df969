"""Which tags a review might want: those its text names, and those that its like carry."""

from __future__ import annotations

from collections import Counter

from kb.errors import SearchIndexError
from kb.library import Library
from kb.models import Review, TagRef
from kb.search.analysis import stream
from kb.store import tags


def for_review(library: Library, review: Review, limit: int = 5) -> list[TagRef]:
    """Suggested tags, the likeliest first; without those that are on it or were refused.

    A tag is likely when the text holds its name or an alias of it, or when at least two of the five most similar reviews
    carry it. A broken index only takes the second sort away.
    """
    db = library.db
    there = {tag.id for tag in review.tags} | tags.refused(db, review.id)
    text = _terms("\n\n".join([review.title, review.body, *(t.text for t in review.turns)]), review.language)
    votes: Counter[int] = Counter()
    names: dict[int, str] = {}
    for tag in tags.all_tags(db):
        names[tag.id] = tag.name
        found = sum(_mentions(text, name, review.language) for name in (tag.name, *tag.aliases))
        if found:
            votes[tag.id] += 3 + min(found, 5)
    for tag_id, count in _of_similar(library, review).items():
        if count >= 2:
            votes[tag_id] += count
    return [TagRef(id, names[id], "suggestion") for id, _ in votes.most_common() if id not in there and id in names][
        :limit
    ]


def _terms(text: str, language: str) -> tuple[str, frozenset[str]]:
    """The words of a text in a row, blanks around each, and its stems."""
    found = stream(text, language)
    return f" {' '.join(found.words)} ", frozenset(" ".join(found.stems).split())


def _mentions(text: tuple[str, frozenset[str]], name: str, language: str) -> int:
    """How often a name stands in a text; a single word also by its stem (`export` in "exporting")."""
    words, stems = text
    wanted, forms = _terms(name, language)
    if not wanted.strip():
        return 0
    return words.count(wanted) or int(" " not in wanted.strip() and bool({wanted.strip(), *forms} & stems))


def _of_similar(library: Library, review: Review) -> Counter[int]:
    try:
        similar = [hit.id for hit in library.engine.similar("review", review.id, 5) if hit.type == "review"]
    except SearchIndexError:
        return Counter()
    found = tags.of_reviews(library.db, similar)
    return Counter(tag.id for refs in found.values() for tag in refs)
