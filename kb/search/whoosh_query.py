"""A parsed question answered from Whoosh's postings.

Whoosh keeps the terms, their places and the statistics, and scores each posting (BM25F). Which documents match is
worked out here with sets: its own matchers let an excluded document through when the exclusion begins before it, drop
documents that score nothing, and have no "at least so many".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from kb.search import ranking
from kb.search.analysis import variants
from kb.search.base import RESTRICTED_FIELDS, WITHOUT, Query
from kb.search.entries import (
    WEIGHTS,
    asks_for_status,
    day_bounds,
    folded_term,
    glob,
    sections_of,
    shape_of,
    shown_value,
)
from kb.search.nodes import (
    And,
    Boost,
    DateRange,
    Everything,
    Filter,
    FilterPattern,
    Fuzzy,
    Keys,
    Leaf,
    Maybe,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Some,
    Telling,
    Word,
    children,
    walk,
)
from kb.search.vocabulary import slips_between

Numbers = set[int]


def chosen_term(field: str, value: str) -> str:
    """The filter term of a value as it is shown and chosen; the folded ones are `entries.folded_term`."""
    return f"{field}={shown_value(value)}"


class Answering:
    """One question to one searcher. `languages` are those whose stems the index holds; `newest` gives what documents
    are sorted by, by document number."""

    def __init__(
        self, searcher: Any, languages: Sequence[str], newest: Callable[[], Sequence[int]], *, unmasked: bool
    ) -> None:
        self.searcher = searcher
        self.reader = searcher.reader()
        self.languages = tuple(languages)
        self.newest = newest
        self.unmasked = unmasked
        self._everything: Numbers | None = None
        self._found: dict[Leaf, Numbers] = {}

    def matching(self, query: Query) -> Numbers:
        """The numbers of all documents that the question with its filters finds."""
        found = self._node(query.node) if query.node is not None else self.everything()
        for field, values in query.filters.items():
            if values:
                name = field.removeprefix(WITHOUT)
                having = self._filed(name, [chosen_term(name, value) for value in values])
                found = found - having if field.startswith(WITHOUT) else found & having
        if query.days is not None:
            found = found & self._node(query.days)
        return found if asks_for_status(query) else found - self.retired()

    def retired(self) -> Numbers:
        return self._with_term("filter", folded_term("status", "retired"))

    def gems(self) -> Numbers:
        return self._with_term("filter", folded_term("type", "gem"))

    def everything(self) -> Numbers:
        if self._everything is None:
            self._everything = set(self.reader.all_doc_ids())
        return self._everything

    def _node(self, node: Node) -> Numbers:  # a fresh set or one that nobody changes
        match node:
            case And(kids):
                wanted = [self._node(kid) for kid in kids if not isinstance(kid, Not)]
                excluded = [self._node(kid.child) for kid in kids if isinstance(kid, Not)]
                found = reduce(set.intersection, sorted(wanted, key=len)) if wanted else self.everything()
                return found.difference(*excluded)
            case Or(kids):
                return set().union(*map(self._node, kids))
            case Some(kids, least):
                counts = Counter(number for kid in kids for number in self._node(kid))
                return {number for number, count in counts.items() if count >= least}
            case Telling():
                return self._telling(node)
            case Maybe(required, _):
                return self._node(required)
            case Not(child):
                return self.everything() - self._node(child)
            case Boost(child, _):
                return self._node(child)
            case Filter(field, values):
                return self._filed(field, [folded_term(field, value) for value in values])
            case FilterPattern(field, pattern):
                term = folded_term(field, pattern)
                return self._of_shape("filter", term, glob(term)) if self._may_see(field) else set()
            case DateRange(first, last):
                low, high = day_bounds(first, last)
                newest = self.newest()
                return {number for number in self.everything() if low <= newest[number] < high}
            case Keys(keys):
                return set().union(*(self._with_term("key", key) for key in keys))
            case Everything():
                return self.everything()
            case _:
                return self._leaf(node)

    def _telling(self, node: Telling) -> Numbers:
        parts = ranking.sort_out(node, self._frequency, self.searcher.doc_count())
        found: Numbers = set().union(*map(self._node, parts.finding))
        for like in parts.alike:
            counts = Counter(number for gram in like.grams for number in self._with_term("grams", gram))
            found.update(number for number, count in counts.items() if count >= like.least)
        return found | self._node(node.whole) if node.whole is not None else found

    def holds(self, word: str) -> bool:
        """Whether any document has the word in one of its forms."""
        return self._frequency(Word(word)) > 0

    def _frequency(self, leaf: Leaf) -> int:
        """In how many documents a leaf is, about: of a word the commonest form in the section that has it most."""
        match leaf:
            case Word(text):
                terms = variants(text, self.languages)
                return max(self._count(section, term) for section in self._sections(leaf) for term in terms)
            case Phrase(terms):
                return max(min(self._count(section, term) for term in terms) for section in self._sections(leaf))
            case _:
                return 1

    def _count(self, section: str, term: str) -> int:
        return int(self.reader.doc_frequency(section, term))

    # Leaves: which documents, and what for

    def _leaf(self, leaf: Leaf) -> Numbers:
        if leaf not in self._found:
            found: Numbers = set()
            for section in self._sections(leaf):
                found.update(*self._in_section(leaf, section))
            self._found[leaf] = found
        return self._found[leaf]

    def _sections(self, leaf: Leaf) -> tuple[str, ...]:
        return sections_of(leaf, unmasked=self.unmasked)

    def _in_section(self, leaf: Leaf, section: str) -> Iterator[Iterable[int]]:
        match leaf:
            case Word(text):
                for term in variants(text, self.languages):
                    yield self._with_term(section, term)
            case Phrase() if section == "forms":
                return  # nothing has a place there
            case Phrase(terms, slop):
                yield self._with_phrase(section, terms, slop)
            case Pattern(pattern):
                begins = (leaf.backwards or pattern) if section == "tails" else pattern
                yield self._of_shape(section, begins, shape_of(leaf, section))
            case Fuzzy(text, distance):
                for term in self._terms(section):
                    if slips_between(text, term, distance) <= distance:
                        yield self._with_term(section, term)

    def _with_term(self, section: str, term: str) -> Numbers:
        return set(self.reader.postings(section, term).all_ids()) if (section, term) in self.reader else set()

    def _with_phrase(self, section: str, terms: Sequence[str], slop: int) -> Numbers:
        candidates = reduce(set.intersection, sorted((self._with_term(section, term) for term in terms), key=len))
        if not candidates:
            return candidates
        places: list[dict[int, list[int]]] = []
        for term in terms:
            matcher = self.reader.postings(section, term)
            at: dict[int, list[int]] = {}
            while matcher.is_active():
                if (number := matcher.id()) in candidates:
                    at[number] = matcher.value_as("positions")
                matcher.next()
            places.append(at)
        return {number for number in candidates if _in_a_row([at[number] for at in places], slop)}

    def _of_shape(self, section: str, pattern: str, expression: str) -> Numbers:
        shape = re.compile(expression, re.DOTALL)
        literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
        found: Numbers = set()
        for term in self.reader.expand_prefix(section, literal):
            if shape.fullmatch(text := term.decode()):
                found |= self._with_term(section, text)
        return found

    def _terms(self, section: str) -> Iterator[str]:
        return (term.decode() for term in self.reader.lexicon(section))

    def _filed(self, field: str, terms: Sequence[str]) -> Numbers:
        return set().union(*(self._with_term("filter", term) for term in terms)) if self._may_see(field) else set()

    def _may_see(self, field: str) -> bool:
        return self.unmasked or field not in RESTRICTED_FIELDS

    # Scores

    def scores(self, node: Node | None, matching: Numbers) -> dict[int, float]:
        """What each of the matching documents is worth: the sum of what its leaves are."""
        totals: defaultdict[int, float] = defaultdict(float)
        for leaf, factor in _scored(node, 1.0):
            self._add_leaf(totals, leaf, factor, matching)
        for each in walk(node, negated=False):
            if isinstance(each, Telling):
                self._add_constants(totals, each, matching)
        return totals

    def add_what_is_dear(
        self, totals: dict[int, float], node: Node | None, beside: Sequence[Word], pool: Numbers
    ) -> None:
        """For a few documents: what only ranks, words near each other, and runs of characters (kb/search/ranking.py)."""
        for word in beside:
            self._add_leaf(totals, word, ranking.BESIDE, pool)
        for pair, weight in ranking.near(node):
            self._add_leaf(totals, pair, weight, pool)
        for gram in ranking.grams(node):
            self._add(totals, "grams", gram, ranking.GRAM_WEIGHT, pool)

    def _add_leaf(self, totals: dict[int, float], leaf: Leaf, factor: float, matching: Numbers) -> None:
        """A leaf counts by its best section and form; the others add a little."""
        having = matching & self._leaf(leaf)
        best: defaultdict[int, list[float]] = defaultdict(list)
        for section in self._sections(leaf):
            weights = ranking.weighed(section, self._forms(leaf), self._count, self.searcher.doc_count())
            for term, weight in weights.items():
                found: dict[int, float] = {}
                self._add(found, section, term, weight * factor * WEIGHTS[section], having)
                for number, score in found.items():
                    best[number].append(score)
        for number, scores in best.items():
            highest = max(scores)
            totals[number] = totals.get(number, 0.0) + highest + ranking.TIE * (sum(scores) - highest)

    def _add_constants(self, totals: dict[int, float], node: Telling, matching: Numbers) -> None:
        parts = ranking.sort_out(node, self._frequency, self.searcher.doc_count())
        worths = [*parts.worths, *([(node.whole, ranking.for_all(node))] if node.whole is not None else [])]
        for kid, worth in worths:
            for number in matching & self._node(kid):
                totals[number] = totals.get(number, 0.0) + worth

    def _forms(self, leaf: Leaf) -> Mapping[str, float]:
        """What a leaf scores by, each with its share."""
        match leaf:
            case Word(text):
                return variants(text, self.languages)
            case Phrase(terms, _):
                return dict.fromkeys(terms, 1.0)
            case Pattern() | Fuzzy():
                return {}

    def _add(self, totals: dict[int, float], section: str, term: str, weight: float, matching: Numbers) -> None:
        if not matching or (section, term) not in self.reader:
            return
        matcher = self.searcher.postings(section, term)
        if len(matching) > 1000:
            while matcher.is_active():
                if (number := matcher.id()) in matching:
                    totals[number] = totals.get(number, 0.0) + weight * matcher.score()
                matcher.next()
            return
        for number in sorted(matching):
            if matcher.is_active() and matcher.id() < number:
                matcher.skip_to(number)
            if not matcher.is_active():
                return
            if matcher.id() == number:
                totals[number] = totals.get(number, 0.0) + weight * matcher.score()


def _scored(node: Node | None, factor: float) -> Iterator[tuple[Leaf, float]]:
    match node:
        case None | Not():
            return
        case And() | Or() | Some() | Telling():
            for kid in children(node):
                yield from _scored(kid, factor)
        case Maybe(required, optional):
            yield from _scored(required, factor)
            yield from _scored(optional, factor)
        case Boost(child, more):
            yield from _scored(child, factor * more)
        case Word() | Phrase() | Pattern() | Fuzzy():
            yield node, factor


def _in_a_row(places: Sequence[Sequence[int]], slop: int) -> bool:
    """Whether the terms stand in order with at most `slop` other words between all of them."""
    for start in places[0]:
        here, spare = start, slop
        for at in places[1:]:
            following = min((place for place in at if place > here), default=-1)
            spare -= following - here - 1
            if following < 0 or spare < 0:
                break
            here = following
        else:
            return True
    return False
