"""A parsed question as a query of Whoosh."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from whoosh import matching
from whoosh import query as wq

from kb.search.analysis import variants
from kb.search.base import RESTRICTED_FIELDS, Query
from kb.search.entries import SCOPES, WEIGHTS, asks_for_status, day_bounds, exact_term, folded_term
from kb.search.nodes import (
    And,
    Boost,
    DateRange,
    Everything,
    Filter,
    FilterPattern,
    Fuzzy,
    Leaf,
    Maybe,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Some,
    Word,
)
from kb.search.vocabulary import slips_between


class Translator:
    """Turns nodes into queries over one searcher. `languages` are those whose stems the index holds."""

    def __init__(self, searcher: Any, languages: Sequence[str], *, restricted: bool) -> None:
        self.reader = searcher.reader()
        self.languages = languages
        self.restricted = restricted

    def whole(self, query: Query) -> wq.Query:
        """The question with its filters, without retired gems unless it asks for a status."""
        wanted = self.node(query.node) if query.node is not None else wq.Every()
        narrowed = [
            self._values(field, [exact_term(field, value) for value in values])
            for field, values in query.filters.items()
            if values
        ]
        if narrowed:
            wanted = wq.And([wanted, *map(_unscored, narrowed)])
        return wanted if asks_for_status(query) else self.without_retired(wanted)

    def without_retired(self, wanted: wq.Query, *excluded: wq.Query) -> wq.Query:
        return wq.AndNot(wanted, wq.Or([wq.Term("filter", folded_term("status", "retired")), *excluded]))

    def node(self, node: Node) -> wq.Query:
        match node:
            case And(kids):
                return self._all(kids)
            case Or(kids):
                return wq.Or([self.node(kid) for kid in kids])
            case Some(kids, least):
                wanted = [self.node(kid) for kid in kids]
                return wq.And([wq.Or(wanted), _AtLeast(wanted, least)])
            case Maybe(required, optional):
                return wq.AndMaybe(self.node(required), self.node(optional))
            case Not():
                return self._all((node,))
            case Boost(child, factor):
                return _boosted(self.node(child), factor)
            case Filter(field, values):
                return _unscored(self._values(field, [folded_term(field, value) for value in values]))
            case FilterPattern(field, pattern):
                return (
                    _unscored(_Shape("filter", _glob(folded_term(field, pattern)))) if self._may_see(field) else _none()
                )
            case DateRange(first, last):
                low, high = day_bounds(first, last)
                return _unscored(wq.NumericRange("newest", low, high, endexcl=True))
            case Everything():
                return _unscored(wq.Every())
            case _:
                return self._leaf(node)

    def _all(self, nodes: Iterable[Node]) -> wq.Query:
        wanted = [self.node(kid) for kid in nodes if not isinstance(kid, Not)]
        excluded = [self.node(kid.child) for kid in nodes if isinstance(kid, Not)]
        joined = wanted[0] if len(wanted) == 1 else wq.And(wanted) if wanted else _unscored(wq.Every())
        return wq.AndNot(joined, wq.Or(excluded)) if excluded else joined

    def _leaf(self, leaf: Leaf) -> wq.Query:
        sections = SCOPES[leaf.field] + (("restricted",) if self.restricted and not leaf.field else ())
        found = [query for section in sections for query in self._in_section(leaf, section, WEIGHTS[section])]
        return wq.Or(found) if found else _none()

    def _in_section(self, leaf: Leaf, section: str, weight: float) -> list[wq.Query]:
        match leaf:
            case Word(text):
                several = variants(text, self.languages)
                return [
                    wq.Term(section, term, boost=weight * share)
                    for term, share in several.items()
                    if self.reader.doc_frequency(section, term)
                ]
            case Phrase(terms, slop):
                known = all(self.reader.doc_frequency(section, term) for term in terms)
                return [wq.Phrase(section, list(terms), slop=slop + 1, boost=weight)] if known else []
            case Pattern(pattern):
                return [_Shape(section, _glob(pattern), weight)]
            case Fuzzy(text, distance):
                return [_Near(section, text, distance, weight)]

    def _values(self, field: str, terms: Sequence[str]) -> wq.Query:
        return wq.Or([wq.Term("filter", term) for term in terms]) if self._may_see(field) else _none()

    def _may_see(self, field: str) -> bool:
        return self.restricted or field not in RESTRICTED_FIELDS


def _none() -> wq.Query:
    return wq.Or([])


def _unscored(query: wq.Query) -> wq.Query:
    return wq.ConstantScoreQuery(query, 0.0)


def _boosted(query: wq.Query, factor: float) -> wq.Query:
    return _Boosted([query], factor)


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")), re.DOTALL)


class _Boosted(wq.Or):  # type: ignore[misc]
    """Multiplies the score of any query; Whoosh's own boost is ignored by some of them."""

    def __init__(self, subqueries: list[wq.Query], factor: float) -> None:
        super().__init__(subqueries)
        self.factor = factor

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        inner = self.subqueries[0].matcher(searcher, context)
        return matching.WrappingMatcher(inner, boost=self.factor) if inner.is_active() else inner


class _AtLeast(wq.Or):  # type: ignore[misc]
    """Documents that match at least so many of the subqueries, without a score (Whoosh's `minmatch` does nothing)."""

    def __init__(self, subqueries: list[wq.Query], least: int) -> None:
        super().__init__(subqueries)
        self.least = least

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        counts: Counter[int] = Counter()
        for query in self.subqueries:
            counts.update(query.matcher(searcher, context).all_ids())
        return _unweighted(sorted(number for number, count in counts.items() if count >= self.least), 0.0)


class _Terms(wq.MultiTerm):  # type: ignore[misc]
    """Documents with any term of a field that passes a test, at a constant score."""

    def __init__(self, fieldname: str, weight: float = 1.0) -> None:
        self.fieldname = fieldname
        self.boost = weight

    def field(self) -> str:
        return self.fieldname

    def passes(self, term: str) -> bool:
        raise NotImplementedError

    def _btexts(self, reader: Any) -> Iterator[bytes]:
        for term in reader.lexicon(self.fieldname):
            if self.passes(term.decode()):
                yield term

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        numbers: set[int] = set()
        for term in self._btexts(searcher.reader()):
            numbers.update(searcher.reader().postings(self.fieldname, term).all_ids())
        return _unweighted(sorted(numbers), self.boost)


class _Shape(_Terms):
    def __init__(self, fieldname: str, shape: re.Pattern[str], weight: float = 1.0) -> None:
        super().__init__(fieldname, weight)
        self.shape = shape

    def passes(self, term: str) -> bool:
        return self.shape.match(term) is not None


class _Near(_Terms):
    def __init__(self, fieldname: str, text: str, distance: int, weight: float) -> None:
        super().__init__(fieldname, weight)
        self.text = text
        self.distance = distance

    def passes(self, term: str) -> bool:
        return slips_between(self.text, term, self.distance) <= self.distance


def _unweighted(numbers: list[int], score: float) -> Any:
    return _Constant(numbers, score) if numbers else matching.NullMatcher()


class _Constant(matching.ListMatcher):  # type: ignore[misc]
    """Documents at one score."""

    def __init__(self, numbers: list[int], score: float, position: int = 0) -> None:
        super().__init__(numbers, position=position)
        self.constant = score

    def copy(self) -> _Constant:
        return _Constant(self._ids, self.constant, self._i)

    def replace(self, minquality: float = 0) -> Any:
        return self if self.is_active() else matching.NullMatcher()

    def supports_block_quality(self) -> bool:
        return False

    def weight(self) -> float:
        return self.constant

    def score(self) -> float:
        return self.constant
