"""The engine for places without a tantivy wheel: Whoosh 2.7.4, pure Python (https://whoosh.readthedocs.io).

It answers the same questions with the same totals; scores differ in detail. Its own locks are not relied on: the shelf
sees to one writer. Facets are counted on bitmaps of the filter terms, which Whoosh's own grouping takes 20 times as long
for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh import query as wq
from whoosh.analysis import Token
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage

from kb.search.base import RESTRICTED_FIELDS, Hit, Page, Query, Suggestion
from kb.search.entries import SCHEMA, SECTIONS, Entry, exact_term, stem_languages
from kb.search.stored import StoredEngine, Writer
from kb.search.vocabulary import Lookup, nearest, suggestions, telling
from kb.search.whoosh_query import Translator


class _Pieces:
    """The analyzer of a field whose terms are made already, parted by spaces, in pieces a line each: with a gap
    between pieces that no phrase spans. (A list is not possible: Whoosh takes its items for words.)"""

    def __call__(self, value: str, positions: bool = False, **_: Any) -> Iterator[Token]:
        token = Token(positions)
        at = 0
        for piece in value.split("\n"):
            for term in piece.split(" "):
                if term:
                    token.text, token.pos, token.boost = term, at, 1.0
                    yield token
                    at += 1
            at += 100


def _schema() -> Schema:
    streams = {section: TEXT(analyzer=_Pieces()) for section in SECTIONS}
    bags = {name: TEXT(analyzer=_Pieces(), phrase=False) for name in ("vocabulary", "display")}
    return Schema(
        key=ID(unique=True, stored=True),
        newest=NUMERIC(int, bits=64, sortable=True),
        filter=TEXT(phrase=False),  # given as a list: each item is a term
        words=STORED,
        **streams,
        **bags,
    )


@dataclass(slots=True)
class _Reader:
    """One commit of one generation. `bitmaps` keeps, for a facet field, its values and which documents have them."""

    searcher: Any
    languages: tuple[str, ...]
    bitmaps: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)


class WhooshEngine(StoredEngine[_Reader]):
    name = "whoosh"

    def __init__(self, folder: Path | None, library_id: str) -> None:
        super().__init__(folder, f"{SCHEMA}-whoosh-2.7", library_id)
        self._memory: dict[str, RamStorage] = {}

    def _storage(self, generation: str) -> Any:
        path = self.shelf.path(generation)
        if path is not None:
            return FileStorage(str(path))
        return self._memory.setdefault(generation, RamStorage())

    def open_reader(self, generation: str, previous: _Reader | None) -> _Reader:
        searcher = self._storage(generation).open_index().searcher()
        stems = stem_languages(term.decode() for term in searcher.reader().expand_prefix("filter", "stems="))
        return _Reader(searcher, stems)

    def close_reader(self, reader: _Reader) -> None:
        """Nothing to do: its files are closed when the last search that uses it is done."""

    def open_writer(self, generation: str, *, create: bool, large: bool) -> Writer:
        storage = self._storage(generation)
        if create and self.shelf.folder is None:
            self._memory = {generation: storage}
        index = storage.create_index(_schema()) if create else storage.open_index()
        return _Writer(index, 128 if large else 16)

    def search_in(self, reader: _Reader, query: Query) -> Page:
        searcher = reader.searcher
        translated = Translator(searcher, reader.languages, restricted=query.restricted).whole(query)
        found = _bitmap(searcher.docs_for_query(translated), searcher.doc_count_all())
        total = found.bit_count()
        hits: tuple[Hit, ...] = ()
        if query.limit > 0 and query.offset < total:
            hits = self._hits(reader, translated, query)
        facets = {name: self._facet(reader, name, found, query) for name in query.facets}
        return Page(hits, total, facets)

    @staticmethod
    def _hits(reader: _Reader, translated: Any, query: Query) -> tuple[Hit, ...]:
        newest = query.sort == "newest"
        results = reader.searcher.search(
            translated,
            limit=query.offset + query.limit,
            sortedby="newest" if newest else None,
            reverse=newest,
        )
        return tuple(
            _hit(found["key"], 0.0 if newest else float(found.score or 0.0))
            for found in islice(results, query.offset, None)
        )

    def _facet(self, reader: _Reader, name: str, found: int, query: Query) -> tuple[tuple[str, int], ...]:
        if name in RESTRICTED_FIELDS and not query.restricted:
            return ()
        counts = [(value, count) for value, docs in _values(reader, name) if (count := (docs & found).bit_count())]
        return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[: query.facet_size])

    def suggest_in(self, reader: _Reader, prefix: str, limit: int) -> Sequence[Suggestion]:
        return suggestions(prefix, limit, _lookup(reader, "display"))

    def correct_in(self, reader: _Reader, word: str) -> str | None:
        return nearest(word, _lookup(reader, "vocabulary"), _lookup(reader, "display"))

    def similar_in(self, reader: _Reader, type: str, id: int, limit: int) -> Sequence[Hit]:
        searcher = reader.searcher
        stored = searcher.document(key=f"{type}:{id}")
        if stored is None:
            return ()
        texts = searcher.reader()
        words = telling(
            str(stored.get("words", "")).split(),
            lambda word: int(texts.doc_frequency("vocabulary", word)),
            int(searcher.doc_count()),
        )
        if not words:
            return ()
        alike = wq.Or([wq.ConstantScoreQuery(wq.Term("vocabulary", word), worth) for word, worth in words.items()])
        others = Translator(searcher, reader.languages, restricted=False).without_retired(
            alike, wq.Term("key", f"{type}:{id}")
        )
        return tuple(_hit(found["key"], float(found.score)) for found in searcher.search(others, limit=limit))

    def keys_in(self, reader: _Reader) -> set[str]:
        return {str(stored["key"]) for _, stored in reader.searcher.reader().iter_docs()}


def _hit(key: str, score: float) -> Hit:
    type_, _, id_ = key.partition(":")
    return Hit(type_, int(id_), score)


def _bitmap(numbers: Iterable[int], size: int) -> int:
    bits = bytearray(size // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _values(reader: _Reader, name: str) -> list[tuple[str, int]]:
    with reader.guard:
        if name not in reader.bitmaps:
            searcher = reader.searcher
            start = exact_term(name, "")
            reader.bitmaps[name] = [
                (
                    (value := term.decode())[len(start) :],
                    _bitmap(searcher.docs_for_query(wq.Term("filter", value)), searcher.doc_count_all()),
                )
                for term in searcher.reader().expand_prefix("filter", start)
            ]
        return reader.bitmaps[name]


def _lookup(reader: _Reader, name: str) -> Lookup:
    texts = reader.searcher.reader()

    def look_up(start: str, most: int) -> list[tuple[str, int]]:
        found = texts.iter_prefix(name, start)
        return [(term.decode(), int(info.doc_frequency())) for term, info in islice(found, most)]

    return look_up


class _Writer(Writer):
    """Whoosh's writer ends with its commit, so that each commit has its own."""

    def __init__(self, index: Any, megabytes: int) -> None:
        self.index = index
        self.megabytes = megabytes
        self.writer: Any = None

    def _open(self) -> Any:
        if self.writer is None:
            self.writer = whoosh_index.FileIndex.writer(self.index, limitmb=self.megabytes)
        return self.writer

    def put(self, entries: Iterable[Entry], *, fresh: bool = False) -> None:
        writer = self._open()
        for made in entries:
            if not fresh:
                writer.delete_by_term("key", made.key)
            writer.add_document(
                key=made.key,
                newest=made.newest,
                filter=made.filters,
                words=made.vocabulary,
                vocabulary=made.vocabulary,
                display=made.display,
                **{section: "\n".join(pieces) for section, pieces in made.sections.items()},
            )

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._open().delete_by_term("key", key)

    def commit(self) -> None:
        self._open().commit()
        self.writer = None

    def close(self) -> None:
        if self.writer is not None:
            self.writer.cancel()
            self.writer = None
