"""Which tags a review might want: by rule, by name, by what was learned, and by what its like carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kb.errors import SearchIndexError
from kb.finding import indexing
from kb.library import Library
from kb.models import Review, Tag, TagRef, TagRule
from kb.store import tag_rules as rule_rows
from kb.store import tags
from kb.tags import learning
from kb.tags import rules as tag_rules
from kb.tags.learning import Model
from kb.tags.mentions import mentions
from kb.tags.rules import Readable

# Whose word counts how much: what a curator wrote down is surest, then the tag's own name, then what was learned.
_RULE, _NAMED, _LEARNED = 20.0, 6.0, 4.0
_SAID_AT_MOST = 5
_ALIKE_AT_LEAST = 2


def for_review(library: Library, review: Review, limit: int = 5) -> list[TagRef]:
    """Suggested tags, the likeliest first; without those that are on it or were refused.

    `origin` says why: rule, name (the text holds the tag's name or an alias), learned, or like (at least two of the five
    most similar reviews carry it). A broken index only takes the last sort away.
    """
    db = library.db
    there = {tag.id for tag in review.tags} | tags.refused(db, review.id)
    everything = tags.all_tags(db)
    readable = Readable.of(review)
    votes = by_rule(tag_rules.matching(library, readable, rule_rows.all_rules(db)))
    by_name, by_learning = by_text(review, readable, everything, learning.model(library))
    add(votes, "name", by_name)
    add(votes, "learned", by_learning)
    add(votes, "like", _of_similar(library, review))
    names = {tag.id: tag.name for tag in everything if tag.id not in there}
    return [TagRef(id, names[id], why) for id, (_, why) in best(votes) if id in names][:limit]


Votes = dict[int, tuple[float, str]]


def by_rule(found: Iterable[int]) -> Votes:
    return dict.fromkeys(found, (_RULE, "rule"))


def add(votes: Votes, why: str, more: Mapping[int, float]) -> None:
    """Count further votes in; the strongest voice gives the reason."""
    for id, worth in more.items():
        before, reason = votes.get(id, (0.0, why))
        votes[id] = (before + worth, reason)


def best(votes: Votes) -> list[tuple[int, tuple[float, str]]]:
    return sorted(votes.items(), key=lambda item: (-item[1][0], item[0]))


def by_text(
    review: Review, readable: Readable, everything: Sequence[Tag], model: Model | None
) -> tuple[dict[int, float], dict[int, float]]:
    """By name and by learning. A name that stands in many texts of other topics is learned to say nothing by itself."""
    named = mentions(readable, everything)
    learned = dict(model.suggest(review, named)) if model is not None else {}
    misnamed = model.misnamed if model is not None else frozenset()
    by_name = {id: _NAMED + min(n, _SAID_AT_MOST) for id, n in named.items() if id in learned or id not in misnamed}
    return by_name, {id: _LEARNED + min(sure, 2.0) for id, sure in learned.items()}


def _of_similar(library: Library, review: Review) -> dict[int, float]:
    try:
        similar = [hit.id for hit in indexing.similar(library, "review", review.id, 5) if hit.type == "review"]
    except SearchIndexError:
        return {}
    found = tags.of_reviews(library.db, similar)
    counts = Counter(tag.id for refs in found.values() for tag in refs)
    return {id: float(count) for id, count in counts.items() if count >= _ALIKE_AT_LEAST}


def shown_rules(library: Library) -> list[tuple[TagRule, int, int]]:
    """Every rule, with how often suggestions of its tag were taken and refused."""
    counts = rule_rows.refusals(library.db)
    return [(rule, *counts.get(rule.tag_id, (0, 0))) for rule in rule_rows.all_rules(library.db)]
