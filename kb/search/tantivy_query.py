"""A parsed question as a query of tantivy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import tantivy

from kb.search import ranking
from kb.search.analysis import variants
from kb.search.base import FILTER_FIELDS, RESTRICTED_FIELDS, WITHOUT, Query
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
    walk,
)

Q = tantivy.Query
MUST, SHOULD, MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
RETIRED = folded_term("status", "retired")


class Translator:
    """Turns nodes into queries over one schema and one commit of it. `languages` are those whose stems the index
    holds."""

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, languages: Sequence[str], *, unmasked: bool
    ) -> None:
        self.schema = schema
        self.searcher = searcher
        self.languages = tuple(languages)
        self.unmasked = unmasked
        self._counts: dict[tuple[str, str], int] = {}
        self.nothing = Q.empty_query()  # known by identity: a word that no document has makes all that needs it empty

    def whole(self, query: Query) -> tantivy.Query:
        """The question with its filters, without retired gems unless it asks for a status."""
        wanted = self.node(query.node) if query.node is not None else None
        if wanted is self.nothing:
            return wanted
        parts = [(MUST, wanted)] if wanted is not None else []
        for field, values in query.filters.items():
            if values:
                occur = MUST_NOT if field.startswith(WITHOUT) else MUST
                parts.append((occur, self._chosen(field.removeprefix(WITHOUT), values)))
        if query.days is not None:
            parts.append((MUST, self.node(query.days)))
        if not asks_for_status(query):
            parts.append((MUST_NOT, Q.term_query(self.schema, "filter", RETIRED, "basic")))
        if query.node is None:
            parts.append((MUST, Q.all_query()))
        return parts[0][1] if len(parts) == 1 else Q.boolean_query(parts)

    def extras(self, node: Node, beside: Sequence[Word] = ()) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        """What ranks besides words and is too dear for all that is found (kb/search/ranking.py)."""
        more = [(SHOULD, Q.boost_query(self._leaf(word), ranking.BESIDE)) for word in beside]
        near = [(SHOULD, Q.boost_query(self._leaf(pair), weight)) for pair, weight in ranking.near(node)]
        return more + near + [(SHOULD, self._gram(gram)) for gram in ranking.grams(node) if self._count("grams", gram)]

    @staticmethod
    def with_extras(found: tantivy.Query, extras: list[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
        """What is found, scored with the extras, too."""
        return Q.boolean_query([(MUST, found), *extras])

    def among(self, keys: Sequence[str], extras: list[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
        """The documents with these keys, scored with the extras alone."""
        return Q.boolean_query([(MUST, self._unscored(Q.term_set_query(self.schema, "key", list(keys)))), *extras])

    def _gram(self, gram: str) -> tantivy.Query:
        return Q.boost_query(Q.term_query(self.schema, "grams", gram, "freq"), ranking.GRAM_WEIGHT)

    def without_retired(self, query: tantivy.Query, *excluded: tantivy.Query) -> tantivy.Query:
        retired = Q.term_query(self.schema, "filter", RETIRED, "basic")
        return Q.boolean_query([(MUST, query), *((MUST_NOT, other) for other in (retired, *excluded))])

    def node(self, node: Node) -> tantivy.Query:
        match node:
            case And(kids):
                parts = self._all(kids)
                return Q.boolean_query(parts) if parts else self.nothing
            case Or(kids):
                return Q.boolean_query([(SHOULD, self.node(kid)) for kid in kids])
            case Some(kids, least):
                return Q.boolean_query([(SHOULD, self.node(kid)) for kid in kids], least)
            case Telling():
                return self._telling(node)
            case Maybe(required, optional):
                return Q.boolean_query([(MUST, self.node(required)), (SHOULD, self.node(optional))])
            case Not():
                return Q.boolean_query(self._all([node]))
            case Boost(child, factor):
                return Q.boost_query(self.node(child), factor)
            case Filter(field, values):
                folded = [folded_term(field, value) for value in values]
                return self._unscored(self._any_of("filter", folded)) if self._may_see(field) else Q.empty_query()
            case FilterPattern(field, pattern):
                if not self._may_see(field):
                    return Q.empty_query()
                return self._unscored(Q.regex_query(self.schema, "filter", glob(folded_term(field, pattern))))
            case DateRange(first, last):
                low, high = day_bounds(first, last)
                kind = tantivy.FieldType.Unsigned
                return self._unscored(Q.range_query(self.schema, "newest", kind, low, high, include_upper=False))
            case Keys(keys):
                return self._unscored(Q.term_set_query(self.schema, "key", list(keys)))
            case Everything():
                return self._unscored(Q.all_query())
            case _:
                return self._leaf(node)

    def _all(self, nodes: Iterable[Node]) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        """What must and what must not be found; empty where that cannot be."""
        parts: list[tuple[tantivy.Occur, tantivy.Query]] = []
        cheap: list[Node] = []
        dear: list[Node] = []
        for kid in nodes:
            (dear if _is_dear(kid) else cheap).append(kid)
        for place, kid in enumerate((*cheap, *dear)):
            if place == len(cheap) and not self._any(parts):
                return []
            parts.append((MUST_NOT, self.node(kid.child)) if isinstance(kid, Not) else (MUST, self.node(kid)))
            if parts[-1][1] is self.nothing and not isinstance(kid, Not):
                return []
        if all(occur == MUST_NOT for occur, _ in parts):
            parts.append((MUST, self._unscored(Q.all_query())))
        return parts

    def _any(self, parts: Sequence[tuple[tantivy.Occur, tantivy.Query]]) -> bool:
        """Whether anything is found by several parts together."""
        musts = [part for part in parts if part[0] == MUST]
        return len(musts) < 2 or bool(self.searcher.search(Q.boolean_query(musts), 1, count=False).hits)

    def _telling(self, node: Telling) -> tantivy.Query:
        parts = ranking.sort_out(node, self._frequency, self.searcher.num_docs)
        # A pattern scores the same wherever it is, and looking for its words is dear: so it is asked for once.
        shaped = {kid: 1.0 + worth for kid, worth in parts.worths if isinstance(kid, Pattern | Fuzzy)}
        finding = [
            (SHOULD, Q.const_score_query(self.node(kid), shaped[kid]) if kid in shaped else self.node(kid))
            for kid in parts.finding
        ]
        finding += [
            (SHOULD, Q.boolean_query([(SHOULD, self._gram(gram)) for gram in like.grams], like.least))
            for like in parts.alike
        ]
        if node.whole is not None:
            finding.append((SHOULD, Q.const_score_query(self.node(node.whole), ranking.for_all(node))))
        ranked = [(SHOULD, self.node(kid)) for kid in parts.ranking]
        ranked += [
            (SHOULD, Q.const_score_query(self.node(kid), worth)) for kid, worth in parts.worths if kid not in shaped
        ]
        if not finding:
            return Q.empty_query()
        return Q.boolean_query([(MUST, Q.boolean_query(finding)), *ranked])

    def holds(self, word: str) -> bool:
        """Whether any document has the word in one of its forms."""
        return self._frequency(Word(word)) > 0

    def _frequency(self, leaf: Leaf) -> int:
        """In how many documents a leaf is, about: of a word the commonest form in the section that has it most."""
        sections = sections_of(leaf, unmasked=self.unmasked)
        match leaf:
            case Word(text):
                return max(
                    self._count(section, term) for section in sections for term in variants(text, self.languages)
                )
            case Phrase(terms):
                return max(min(self._count(section, term) for term in terms) for section in sections)
            case _:
                return 1

    def _count(self, section: str, term: str) -> int:
        pair = (section, term)
        if pair not in self._counts:
            self._counts[pair] = int(self.searcher.doc_freq(section, term))
        return self._counts[pair]

    def _leaf(self, leaf: Leaf) -> tantivy.Query:
        """A leaf counts by its best section and form; the others add a little."""
        found: list[tantivy.Query] = []
        for section in sections_of(leaf, unmasked=self.unmasked):
            weight = WEIGHTS[section]
            for query, share in self._in_section(leaf, section):
                found.append(Q.boost_query(query, weight * share) if weight * share != 1.0 else query)
        if len(found) < 2:
            return found[0] if found else self.nothing
        return Q.disjunction_max_query(found, ranking.TIE)

    def _in_section(self, leaf: Leaf, section: str) -> Iterator[tuple[tantivy.Query, float]]:
        match leaf:
            case Word(text):
                forms = variants(text, self.languages)
                for term, share in ranking.weighed(section, forms, self._count, self.searcher.num_docs).items():
                    yield Q.term_query(self.schema, section, term, "freq"), share
            case Phrase((term,), _):
                yield Q.term_query(self.schema, section, term, "freq"), 1.0  # a phrase of one makes it panic
            case Phrase() if section == "forms":
                return  # nothing has a place there
            case Phrase(terms, slop):
                if all(self._count(section, term) for term in terms):
                    yield Q.phrase_query(self.schema, section, list(terms), slop), 1.0
            case Pattern():
                yield Q.regex_query(self.schema, section, shape_of(leaf, section)), 1.0
            case Fuzzy(text, distance):
                yield Q.fuzzy_term_query(self.schema, section, text, distance), 1.0

    def _chosen(self, field: str, values: Sequence[str]) -> tantivy.Query:
        if field not in FILTER_FIELDS or not self._may_see(field):
            return Q.empty_query()
        return self._unscored(self._any_of(f"value_{field}", [shown_value(value) for value in values]))

    def _any_of(self, field: str, terms: list[str]) -> tantivy.Query:
        if len(terms) == 1:
            return Q.term_query(self.schema, field, terms[0], "basic")
        return Q.term_set_query(self.schema, field, terms)

    def _may_see(self, field: str) -> bool:
        return self.unmasked or field not in RESTRICTED_FIELDS

    @staticmethod
    def _unscored(query: tantivy.Query) -> tantivy.Query:
        return Q.const_score_query(query, 0.0)


def _is_dear(node: Node) -> bool:
    """Whether the index's words must be gone through for it: so it is asked for last, and not at all where the rest finds
    nothing."""
    return any(isinstance(each, Pattern | Fuzzy) for each in walk(node))


def facet_request(sizes: Mapping[str, int]) -> dict[str, object]:
    """One aggregation for all facets and the total."""
    wanted: dict[str, object] = {"total": {"value_count": {"field": "number"}}}
    for field, size in sizes.items():
        wanted[f"facet {field}"] = {"terms": {"field": f"value_{field}", "size": size, "segment_size": 20_000}}
    return wanted
