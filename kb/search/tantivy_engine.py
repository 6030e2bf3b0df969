"""The default engine: tantivy (https://github.com/quickwit-oss/tantivy-py), a Lucene-like library in Rust.

Traps met on purpose here: a value whose type does not fit its field would kill the writer (documents are made with the
schema, from `entries.entry`); an integer key is silently not deleted by term (keys are text); merges still under way
when a writer ends would leave segments and files growing (every writer waits for them); its own file watcher is off,
since the shelf's state says when to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import tantivy

from kb.search import ranking, tantivy_files
from kb.search.base import FILTER_FIELDS, RESTRICTED_FIELDS, Hit, Page, Query
from kb.search.entries import KNOWN, SCHEMA, STREAMS, Entry, from_number, is_gem, stem_languages, to_key
from kb.search.nodes import leaves
from kb.search.ranking import POOL, adjusted
from kb.search.stored import StoredEngine, Writer
from kb.search.tantivy_query import SHOULD, Q, Translator, facet_request
from kb.search.vocabulary import Lookup, telling

_ONE_GO = 20_000  # documents, whose words are looked at for standing near each other; of more, only the best
_HEAP_SMALL = 15_000_000  # the least that tantivy takes
_HEAP_LARGE = 128_000_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("newest", fast=True)
    for section in STREAMS:
        builder.add_text_field(section, tokenizer_name="spaces", index_option="position")
    for bag in ("forms", "grams"):
        builder.add_text_field(bag, tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("filter", tokenizer_name="raw", index_option="basic")
    for field in FILTER_FIELDS:
        builder.add_text_field(f"value_{field}", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("besides", tokenizer_name="spaces", index_option="basic")
    builder.add_text_field("display", tokenizer_name="spaces", index_option="basic")
    builder.add_text_field("tails", tokenizer_name="spaces", index_option="basic")
    return builder.build()


_SCHEMA = _schema()
_VERSION = f"{SCHEMA}-tantivy-{'.'.join(version('tantivy').split('.')[:2])}"  # its files change with minor versions


@dataclass(frozen=True, slots=True)
class _Reader:
    """One commit of one generation."""

    index: tantivy.Index
    searcher: tantivy.Searcher
    languages: tuple[str, ...]


class TantivyEngine(StoredEngine[_Reader]):
    name = "tantivy"

    def __init__(self, folder: Path | None, library_id: str) -> None:
        super().__init__(folder, _VERSION, library_id)

    def _index(self, generation: str, *, create: bool) -> tantivy.Index:
        path = self.shelf.path(generation)
        if path is None:
            if create:
                self.memory[generation] = tantivy.Index(_SCHEMA)
            index: tantivy.Index = self.memory[generation]
        else:
            index = tantivy.Index(_SCHEMA, str(path), reuse=False) if create else tantivy.Index.open(str(path))
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("spaces", spaces)
        index.config_reader("manual")
        return index

    def open_reader(self, generation: str, previous: _Reader | None) -> _Reader:
        index = previous.index if previous is not None else self._index(generation, create=False)
        index.reload()
        searcher = index.searcher()
        stems = stem_languages(term for term, _ in searcher.terms_with_prefix("filter", "stems="))
        return _Reader(index, searcher, stems)

    def damaged(self) -> Sequence[str]:
        state = self.shelf.usable()
        path = self.shelf.path(state.generation) if state is not None else None
        return list(tantivy_files.damaged(path)) if path is not None else ()

    def close_reader(self, reader: _Reader) -> None:
        """Nothing to do: its files are closed when the last search that uses it is done."""

    def open_writer(self, generation: str, *, create: bool, large: bool) -> Writer:
        return _Writer(self._index(generation, create=create), _HEAP_LARGE if large else _HEAP_SMALL)

    def search_in(self, reader: _Reader, query: Query) -> Page:
        translator = Translator(_SCHEMA, reader.searcher, reader.languages, unmasked=query.unmasked)
        translated = translator.whole(query)
        shown = [field for field in query.facets if query.unmasked or field not in RESTRICTED_FIELDS]
        found: Any = reader.searcher.aggregate(
            translated, facet_request({field: query.size_of(field) for field in shown})
        )
        total = int(found["total"]["value"])
        hits: Sequence[Hit] = ()
        if query.limit > 0 and query.offset < total:
            if query.sort == "newest" or not leaves(query.node):
                hits = self._hits(reader, translated, query.limit, query.offset, newest=query.sort == "newest")
            else:
                hits = self._best(reader, translator, translated, query, total)
        facets = {field: _counts(found.get(f"facet {field}"), query.size_of(field)) for field in query.facets}
        return Page(tuple(hits), total, facets)

    @staticmethod
    def _best(
        reader: _Reader, translator: Translator, translated: tantivy.Query, query: Query, total: int
    ) -> list[Hit]:
        """The page asked for of the best by words, the first of them ranked anew (kb/search/ranking.py)."""
        searcher = reader.searcher
        assert query.node is not None
        extras = translator.extras(query.node, query.beside) if total > 1 else []
        few = POOL if ranking.grams(query.node) else _ONE_GO
        if extras and total <= few:  # then all are scored with it at once
            translated, extras = translator.with_extras(translated, extras), []
        rows = _rows(searcher, translated, max(POOL, query.offset + query.limit))
        pool, rest = rows[:POOL], rows[POOL:]
        if extras:
            keys = [to_key(number) for _, number, _ in pool]
            more = {number: score for score, number, _ in _rows(searcher, translator.among(keys, extras), POOL)}
            pool = [(score + more.get(number, 0.0), number, newest) for score, number, newest in pool]
        scores = adjusted([(score, is_gem(number), newest) for score, number, newest in pool])
        ranked = sorted(zip(scores, pool, strict=True), key=_first_best)
        wanted = slice(query.offset, query.offset + query.limit)
        found = [(score, row[1]) for score, row in ranked] + [(score, number) for score, number, _ in rest]
        return [Hit(*from_number(number), score) for score, number in found[wanted]]

    @staticmethod
    def _hits(
        reader: _Reader, query: tantivy.Query, limit: int, offset: int = 0, *, newest: bool = False
    ) -> tuple[Hit, ...]:
        by = "newest" if newest else None
        found = reader.searcher.search(query, limit, count=False, offset=offset, order_by_field=by).hits
        numbers = reader.searcher.fast_field_values("number", [address for _, address in found])
        scores = [0.0 if newest else float(score) for score, _ in found]
        return tuple(Hit(*from_number(int(number or 0)), score) for number, score in zip(numbers, scores, strict=True))

    def lookup_in(self, reader: _Reader, field: str) -> Lookup:
        return lambda start, most: reader.searcher.terms_with_prefix(field, start, limit=most)

    def holds_in(self, reader: _Reader, word: str) -> bool:
        return Translator(_SCHEMA, reader.searcher, reader.languages, unmasked=False).holds(word)

    def similar_in(self, reader: _Reader, like: Entry, limit: int) -> Sequence[Hit]:
        searcher = reader.searcher
        words = telling(
            like.vocabulary, lambda word: sum(searcher.doc_freq(field, word) for field in KNOWN), searcher.num_docs
        )
        if not words:
            return ()
        parts = [
            (SHOULD, Q.boost_query(Q.const_score_query(Q.term_query(_SCHEMA, field, word, "basic"), 1.0), worth))
            for word, worth in words.items()
            for field in KNOWN
            if searcher.doc_freq(field, word)
        ]
        others = Translator(_SCHEMA, searcher, reader.languages, unmasked=False).without_retired(
            Q.boolean_query(parts), Q.term_query(_SCHEMA, "key", like.key, "basic")
        )
        return self._hits(reader, others, limit)

    def keys_in(self, reader: _Reader) -> list[str]:
        count = reader.searcher.num_docs
        if not count:
            return []
        found = reader.searcher.search(Q.all_query(), count, count=False).hits
        numbers = reader.searcher.fast_field_values("number", [address for _, address in found])
        return [to_key(int(number or 0)) for number in numbers]


def _rows(searcher: tantivy.Searcher, query: tantivy.Query, most: int) -> list[tuple[float, int, int]]:
    """Score, number and `newest` of the best."""
    found = searcher.search(query, most, count=False).hits
    places = [address for _, address in found]
    numbers = cast("list[int]", searcher.fast_field_values("number", places))  # every document has both
    newest = cast("list[int]", searcher.fast_field_values("newest", places))
    return list(zip([cast("float", score) for score, _ in found], numbers, newest, strict=True))


def _first_best(ranked: tuple[float, tuple[float, int, int]]) -> tuple[float, int]:
    return -ranked[0], -ranked[1][2]


def _counts(found: Any, size: int) -> tuple[tuple[str, int], ...]:
    if not found:
        return ()
    counts = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in found["buckets"]]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:size])


class _Writer(Writer):
    replaces_uncommitted = True  # deletions go by the order of operations

    def __init__(self, index: tantivy.Index, heap: int) -> None:
        self.writer = index.writer(heap, 1)
        self.pending = False
        # tantivy gives a writer's first operation the number of the last commit. A merge that is begun meanwhile (one is,
        # where a kill left many segments) takes it for done in segments with deletions of that commit, and brings what
        # was deleted back. So the first operation is one that nobody misses: there is no such key.
        self.writer.delete_documents_by_term("key", "")

    def put(self, entries: Iterable[Entry], *, fresh: bool = False) -> None:
        self.pending = True
        for made in entries:
            if not fresh:
                self.writer.delete_documents_by_term("key", made.key)
            row: dict[str, Any] = {
                "key": made.key, "number": made.number, "newest": made.newest, "filter": made.filters,
                "besides": made.besides, "display": made.display, "forms": made.forms, "grams": made.grams,
                "tails": made.tails,
                **made.sections,
            }  # fmt: skip
            for field, values in made.values.items():
                row[f"value_{field}"] = values
            self.writer.add_document(tantivy.Document.from_dict(row, _SCHEMA))

    def remove(self, keys: Sequence[str]) -> None:
        self.pending = self.pending or bool(keys)
        for key in keys:
            self.writer.delete_documents_by_term("key", key)

    def commit(self) -> None:
        self.writer.commit()
        self.pending = False

    def close(self) -> None:
        """Take back what was not committed, and wait for merges, so that segments and files do not pile up."""
        if self.pending:
            self.writer.rollback()  # only then: it breaks merges off
        self.writer.wait_merging_threads()
