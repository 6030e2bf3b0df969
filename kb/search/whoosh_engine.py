"""The engine for places without a tantivy wheel: Whoosh 2.7.4, pure Python (https://whoosh.readthedocs.io).

It answers the same questions with the same totals; scores differ in detail. Its own locks are not relied on: the
shelf sees to one writer. Facets are counted on bitmaps of the filter terms.
"""

from __future__ import annotations

import heapq
import shutil
import tempfile
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.analysis import Token
from whoosh.fields import ID, NUMERIC, TEXT, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import EmptyIndexError
from whoosh.query import Term

from kb.search.base import RESTRICTED_FIELDS, Hit, Page, Query
from kb.search.entries import KNOWN, SCHEMA, STREAMS, Entry, stem_languages
from kb.search.nodes import leaves
from kb.search.ranking import POOL, adjusted
from kb.search.stored import StoredEngine, Writer
from kb.search.vocabulary import Lookup, telling
from kb.search.whoosh_query import Answering, chosen_term

_ATTEMPTS = 20


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
    streams = {section: TEXT(analyzer=_Pieces()) for section in STREAMS}
    bags = {name: TEXT(analyzer=_Pieces(), phrase=False) for name in ("forms", "grams", "besides", "display", "tails")}
    return Schema(
        key=ID(unique=True, stored=True),
        newest=NUMERIC(int, bits=64, sortable=True),
        filter=TEXT(phrase=False),  # given as a list: each item is a term
        **streams,
        **bags,
    )


class _Memory(RamStorage):  # type: ignore[misc]
    """Files in memory, with a folder of its own for what a writer puts aside: Whoosh's has a fixed name in the common
    temporary folder, where two processes get into each other's way."""

    def __init__(self) -> None:
        super().__init__()
        self.aside = tempfile.mkdtemp(prefix="kb-")
        weakref.finalize(self, shutil.rmtree, self.aside, ignore_errors=True)

    def temp_storage(self, name: str | None = None) -> Any:
        return FileStorage(self.aside).temp_storage(name)


@dataclass(slots=True)
class _Reader:
    """One commit of one generation. `bitmaps` keeps, for a facet field, its values and which documents have them."""

    searcher: Any
    languages: tuple[str, ...]
    bitmaps: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _newest: list[int] | None = None

    def newest(self) -> Sequence[int]:
        """What documents are sorted by, by document number."""
        if self._newest is None:
            column = self.searcher.reader().column_reader("newest")
            self._newest = [int(column[number]) for number in range(self.searcher.doc_count_all())]
        return self._newest


class WhooshEngine(StoredEngine[_Reader]):
    name = "whoosh"

    def __init__(self, folder: Path | None, library_id: str) -> None:
        super().__init__(folder, f"{SCHEMA}-whoosh-2.7", library_id)
        self.asking = threading.RLock()  # its readers share a place in their files

    def _storage(self, generation: str) -> Any:
        path = self.shelf.path(generation)
        if path is not None:
            return FileStorage(str(path))
        if generation not in self.memory:
            self.memory[generation] = _Memory()
        return self.memory[generation]

    def open_reader(self, generation: str, previous: _Reader | None) -> _Reader:  # noqa: ARG002 - none can be renewed
        for attempt in range(_ATTEMPTS):
            try:
                searcher = self._storage(generation).open_index().searcher()
                break
            except (OSError, EmptyIndexError):
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.01)  # a commit has just removed the files that the table of contents named
        stems = stem_languages(term.decode() for term in searcher.reader().expand_prefix("filter", "stems="))
        return _Reader(searcher, stems)

    def close_reader(self, reader: _Reader) -> None:
        """Nothing to do: its files are closed when the last search that uses it is done."""

    def open_writer(self, generation: str, *, create: bool, large: bool) -> Writer:
        if create:
            self.memory.pop(generation, None)
        storage = self._storage(generation)
        index = storage.create_index(_schema()) if create else storage.open_index()
        return _Writer(index, 128 if large else 16)

    def search_in(self, reader: _Reader, query: Query) -> Page:
        answering = self._answering(reader, unmasked=query.unmasked)
        found = answering.matching(query)
        hits: tuple[Hit, ...] = ()
        if query.limit > 0 and query.offset < len(found):
            scores = {} if query.sort == "newest" else _scores(reader, answering, query, found)
            hits = _best(reader, found, scores, query.limit, query.offset)
        bits = _bitmap(found, reader.searcher.doc_count_all())
        return Page(hits, len(found), {name: self._facet(reader, name, bits, query) for name in query.facets})

    @staticmethod
    def _answering(reader: _Reader, *, unmasked: bool) -> Answering:
        return Answering(reader.searcher, reader.languages, reader.newest, unmasked=unmasked)

    def _facet(self, reader: _Reader, name: str, found: int, query: Query) -> tuple[tuple[str, int], ...]:
        if name in RESTRICTED_FIELDS and not query.unmasked:
            return ()
        counts = [(value, count) for value, docs in _values(reader, name) if (count := (docs & found).bit_count())]
        return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[: query.size_of(name)])

    def lookup_in(self, reader: _Reader, field: str) -> Lookup:
        texts = reader.searcher.reader()

        def look_up(start: str, most: int) -> list[tuple[str, int]]:
            found = texts.iter_prefix(field, start)
            return [(term.decode(), int(info.doc_frequency())) for term, info in islice(found, most)]

        return look_up

    def holds_in(self, reader: _Reader, word: str) -> bool:
        return self._answering(reader, unmasked=False).holds(word)

    def similar_in(self, reader: _Reader, like: Entry, limit: int) -> Sequence[Hit]:
        searcher = reader.searcher
        texts = searcher.reader()
        words = telling(
            like.vocabulary,
            lambda word: sum(int(texts.doc_frequency(name, word)) for name in KNOWN),
            int(searcher.doc_count()),
        )
        scores: defaultdict[int, float] = defaultdict(float)
        for word, worth in words.items():
            for name in KNOWN:
                if (name, word) in texts:
                    for number in texts.postings(name, word).all_ids():
                        scores[number] += worth
        own = {searcher.document_number(key=like.key)}
        others = scores.keys() - own - self._answering(reader, unmasked=False).retired()
        return _best(reader, others, scores, limit)

    def keys_in(self, reader: _Reader) -> list[str]:
        return [str(stored["key"]) for _, stored in reader.searcher.reader().iter_docs()]


def _scores(reader: _Reader, answering: Answering, query: Query, found: set[int]) -> Mapping[int, float]:
    """What the documents are worth by words, the first of them weighed anew (kb/search/ranking.py)."""
    scores = answering.scores(query.node, found)
    if not leaves(query.node):
        return scores
    newest = reader.newest()
    pool = heapq.nlargest(POOL, found, key=lambda number: (scores.get(number, 0.0), newest[number]))
    answering.add_what_is_dear(scores, query.node, query.beside, set(pool))
    gems = answering.gems()
    rows = [(scores.get(number, 0.0), number in gems, newest[number]) for number in pool]
    scores.update(zip(pool, adjusted(rows), strict=True))
    if len(found) > len(pool):  # what was not weighed stays below
        lowest = min(scores[number] for number in pool)
        for number in found.difference(pool):
            scores[number] = min(scores.get(number, 0.0), lowest)
    return scores


def _best(
    reader: _Reader, found: Set[int], scores: Mapping[int, float], limit: int, offset: int = 0
) -> tuple[Hit, ...]:
    """The documents with the highest scores, of equal ones the newest."""
    newest = reader.newest()
    order = heapq.nlargest(offset + limit, found, key=lambda number: (scores.get(number, 0.0), newest[number]))
    hits = []
    for number in order[offset:]:
        type_, _, id_ = str(reader.searcher.stored_fields(number)["key"]).partition(":")
        hits.append(Hit(type_, int(id_), float(scores.get(number, 0.0))))
    return tuple(hits)


def _bitmap(numbers: Iterable[int], size: int) -> int:
    bits = bytearray(size // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _values(reader: _Reader, name: str) -> list[tuple[str, int]]:
    if name not in reader.bitmaps:
        texts, size = reader.searcher.reader(), reader.searcher.doc_count_all()
        start = chosen_term(name, "")
        reader.bitmaps[name] = [
            (term.decode()[len(start) :], _bitmap(texts.postings("filter", term.decode()).all_ids(), size))
            for term in texts.expand_prefix("filter", start)
        ]
    return reader.bitmaps[name]


class _Writer(Writer):
    """Whoosh's writer ends with its commit, so that each commit has its own."""

    def __init__(self, index: Any, megabytes: int) -> None:
        self.index = index
        self.megabytes = megabytes
        self.writer: Any = None
        self.before: Any = None

    def _open(self) -> Any:
        if self.writer is None:
            self.writer = whoosh_index.FileIndex.writer(self.index, limitmb=self.megabytes)
            self.before = self.index.searcher()  # one for all: by itself, each deletion opens its own
        return self.writer

    def put(self, entries: Iterable[Entry], *, fresh: bool = False) -> None:
        writer = self._open()
        for made in entries:
            if not fresh:
                self._delete(made.key)
            chosen = [chosen_term(name, value) for name, values in made.values.items() for value in values]
            writer.add_document(
                key=made.key,
                newest=made.newest,
                filter=made.filters + chosen,
                besides=made.besides,
                display=made.display,
                forms=made.forms,
                grams=made.grams,
                tails=made.tails,
                **{section: "\n".join(pieces) for section, pieces in made.sections.items()},
            )

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._delete(key)

    def _delete(self, key: str) -> None:
        writer = self._open()
        if ("key", key) in self.before.reader():
            writer.delete_by_query(Term("key", key), searcher=self.before)

    def commit(self) -> None:
        self._open().commit()
        self._ended()

    def close(self) -> None:
        if self.writer is not None:
            self.writer.cancel()
            self._ended()

    def _ended(self) -> None:
        self.before.close()
        self.writer = self.before = None
