"""What ranks one document above another besides its words: shared by the engines, explained in docs/findability.md.

An engine finds and scores by words first (BM25 over the sections). The best of that, `POOL` of them, are then scored
anew with what would be too dear for all: words that stand near each other, and runs of characters. Last come the worth
of a published gem and, gently, how new a document is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.search.analysis import GRAMS, grams_of, tokens
from kb.search.entries import TWINS
from kb.search.languages import is_vietnamese
from kb.search.nodes import And, Boost, Fuzzy, Leaf, Node, Pattern, Phrase, Telling, Word, otherwise, walk

POOL = 100  # documents that are scored anew
TIE = 0.3  # what a word's other sections and forms add to its best one
_NEAR = 0.3  # weight of two words of the question that stand near each other
_SYLLABLES = 1.0  # the same in Vietnamese, which parts its words at each syllable: two are mostly one word
_BETWEEN = 2  # words that may stand between them
BESIDE = 0.3  # weight of a function word of a short question
GRAM_WEIGHT = 0.5
COVERAGE = 0.5  # what a word adds for being there at all, times how telling it is
TELLING = 0.4  # a word is telling that is at least so rare as the rarest, by inverse document frequency
ALL = 100.0  # added where nothing of a short question is missing: such documents stand first
_MOST = 5.0  # the same for a long one, which a long text may hold by chance
SHORT = 3  # words
MOST_WORDS = 64  # of a question of which some suffice, the rarest; and as many of those that count less
_RARE = 3  # a word that so few documents have is looked for by its runs of characters, too
_ALIKE = 0.5  # share of these that a document must have
GEM = 1.4  # times, for a gem: what its review gains by having its words twice, and a little more
_FRESH = 0.05  # at most this share more, for the newest
_HALF_LIFE = 365.0  # days


@dataclass(frozen=True, slots=True)
class Likeness:
    """At least so many of these runs of characters."""

    grams: tuple[str, ...]
    least: int


@dataclass(slots=True)
class Parts:
    """A `Telling` sorted out by the frequencies of one index: what finds, what only ranks, and how much each adds for
    being there."""

    finding: list[Node]
    ranking: list[Node]
    alike: list[Likeness]
    worths: list[tuple[Node, float]]


def sort_out(node: Telling, frequency: Callable[[Leaf], int], documents: int) -> Parts:
    """`frequency` tells how many documents have a leaf, about."""
    counted = _rarest([(kid, leaf, frequency(leaf)) for kid in node.children if (leaf := _leaf_of(kid)) is not None])
    worths = [(kid, _worth(count, documents)) for kid, _, count in counted if count]
    least = TELLING * max((worth for kid, worth in worths if not isinstance(kid, Boost)), default=0.0)
    rare = _RARE if len(counted) > 1 else 0  # one word that is there says what is wanted
    alike = [
        like
        for _, leaf, count in counted
        if count <= rare and isinstance(leaf, Word) and (like := _likeness(leaf)) is not None
    ]
    weak = [kid for kid, worth in worths if worth < least]
    longer = [(otherwise(others), word in weak) for word, others in node.compounds]
    return Parts(
        finding=[kid for kid, worth in worths if worth >= least]
        + [kid for kids, few in longer if not few for kid in kids],
        ranking=weak + [kid for kids, few in longer if few for kid in kids],
        alike=alike,
        worths=[(kid, COVERAGE * worth) for kid, worth in worths if not isinstance(kid, Boost)],
    )


def _rarest(counted: list[tuple[Node, Leaf, int]]) -> list[tuple[Node, Leaf, int]]:
    """Of a very long question the words that say most, in their order: each of them costs as much as any. Patterns are the
    dearest, and nobody knows how many words they stand for."""
    if len(counted) <= MOST_WORDS:
        return counted
    counted = [each for each in counted if not isinstance(each[1], Pattern | Fuzzy)]
    kept: set[Node] = set()
    for weak in (False, True):
        some = [each for each in counted if isinstance(each[0], Boost) is weak]
        kept.update(kid for kid, _, _ in sorted(some, key=lambda each: each[2])[:MOST_WORDS])
    return [each for each in counted if each[0] in kept]


def is_cut(node: Telling) -> bool:
    """Whether some of its words are left out."""
    return sum(not isinstance(kid, Boost) for kid in node.children) > MOST_WORDS


def for_all(node: Telling) -> float:
    """What is added where nothing of the question is missing."""
    return ALL if sum(not isinstance(kid, Boost) for kid in node.children) <= SHORT else _MOST


def weighed(
    field: str, forms: Mapping[str, float], count: Callable[[str, str], int], documents: int
) -> dict[str, float]:
    """What each form of a word that a field has counts times there, besides what BM25 makes of it. `forms` are the word as
    typed, then what else it may stand as, each with its share (`analysis.variants`); `count` tells how many documents have
    a term in a field.

    BM25 weighs a term by how rare it is in its field. But of one text there may be two fields (`entries.TWINS`), so a form
    is as rare as it is in both, about; and one form of a word is no more telling than another, so the word as typed and
    its stem, which all forms have, are as rare as on their average. The stem may be of any language. In a text of its own
    one every document with the word has it: so it is the rarest of those that are no rarer than the word.
    """
    found = {term: made for term in forms if (made := _in_both(field, term, count, documents))}
    rarities = {term: _rarity(made, documents) for term, made in found.items()}
    typed = next(iter(forms), "")
    if typed in found:
        stems = [(made, term) for term, made in found.items() if forms[term] < 1 and made >= found[typed]]
        stem = min((pair for pair in stems if pair[1] != typed), default=(0, typed))[1]
        rarities[typed] = rarities[stem] = (rarities[typed] + rarities[stem]) / 2
    return {
        term: forms[term] * rarity / _rarity(here, documents)
        for term, rarity in rarities.items()
        if (here := count(field, term))
    }


def _in_both(field: str, term: str, count: Callable[[str, str], int], documents: int) -> int:
    """How many documents have a term in a field or its twin, about."""
    return min(count(field, term) + (count(TWINS[field], term) if field in TWINS else 0), documents)


def _rarity(count: int, documents: int) -> float:
    """Inverse document frequency as Lucene's BM25 has it."""
    return math.log(1 + (max(documents - count, 0) + 0.5) / (count + 0.5))


def _worth(count: int, documents: int) -> float:
    """Inverse document frequency."""
    return math.log(1 + documents / (count + 0.5))


def _leaf_of(node: Node) -> Leaf | None:
    while isinstance(node, Boost):
        node = node.child
    return node if isinstance(node, Leaf) else None


def _likeness(word: Word) -> Likeness | None:
    grams = grams_of(term).split() if (term := _term(word)) else []
    return Likeness(tuple(grams), max(2, math.ceil(len(grams) * _ALIKE))) if len(grams) > 3 and not word.field else None


def _term(word: Word) -> str:
    return next((token.term for token in tokens(word.text)), "")


def near(node: Node | None) -> Iterator[tuple[Phrase, float]]:
    """The words of a question that follow each other in it, two by two, and how much each pair weighs."""
    for each in walk(node, negated=False):
        if isinstance(each, And | Telling):
            for one, other in pairwise(each.children):
                if isinstance(one, Word) and isinstance(other, Word) and one.field == other.field:
                    terms = (_term(one), _term(other))
                    if not any(GRAMS.match(term) for term in terms) and all(terms):
                        if is_vietnamese(one.text) or is_vietnamese(other.text):
                            yield Phrase(terms, field=one.field), _SYLLABLES
                        else:
                            yield Phrase(terms, _BETWEEN, field=one.field), _NEAR


def grams(node: Node | None) -> dict[str, None]:
    """The runs of characters that rank the documents of a widened question; not of one word with compounds, whose own
    documents keep their order above those of the compounds."""
    found: dict[str, None] = {}
    for each in walk(node, negated=False):
        if isinstance(each, Telling) and not (each.compounds and len(each.children) == 1):
            for kid in each.children:
                if isinstance(leaf := _leaf_of(kid), Word) and not leaf.field:
                    found.update(dict.fromkeys(grams_of(_term(leaf)).split()))
    return found


def adjusted(rows: Sequence[tuple[float, bool, int]]) -> list[float]:
    """Scores with the worth of a gem and of what is new. Given are the score, whether it is a gem, and `newest`
    (entries.py)."""
    latest = max((newest >> 32 for _, _, newest in rows), default=0)
    scores = []
    for score, gem, newest in rows:
        age = latest - (newest >> 32)
        factor = (GEM if gem else 1.0) * (1 + _FRESH * 0.5 ** (age / _HALF_LIFE))
        base = ALL if score >= ALL else 0.0  # a gem's worth is a share of its words' score, not of this
        scores.append(base + (score - base) * factor)
    return scores
