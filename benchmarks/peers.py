"""What kb is measured against: each peer used as its own documentation shows, doing the same work as a search page.

The work: all words must be there (or any of them, where that is asked), the best ten by BM25, a highlighted passage for
each, how many there are in all, and how many of each kind, product, team and language among them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import tantivy
import whoosh
from whoosh import fields, index, qparser
from whoosh.analysis import StemmingAnalyzer

FACETS = ("kind", "product", "team", "language")
TOP = 10


@dataclass(frozen=True, slots=True)
class Text:
    """A review as the peers get it: the same words as kb, in two fields."""

    number: int
    title: str
    body: str
    values: tuple[str, str, str, str]  # those of FACETS


def read(path: Path) -> Iterator[Text]:
    """The reviews of a file that benchmarks.grow wrote."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            said = [record["body"], *(turn["text"] for turn in record.get("turns", ()))]
            said += [comment["body"] for comment in record.get("comments", ())]
            values = tuple(record[name] for name in FACETS)
            yield Text(number, record["title"], "\n\n".join(said), values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer found, for checking that all of them did the work."""

    total: int
    hits: int
    passages: int
    counted: int


class Peer(Protocol):
    name: str
    version: str

    def add(self, texts: Iterable[Text]) -> None:
        """Index everything, from an empty folder to searchable."""

    def search(self, words: Sequence[str], *, any_of: bool = False) -> Answer: ...

    def close(self) -> None: ...


class Fts5:
    """SQLite's own full text index, with its default tokenizer."""

    name = "SQLite FTS5"
    version = sqlite3.sqlite_version

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "fts5.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA cache_size = -64000")
        self._db.execute(f"CREATE TABLE reviews (id INTEGER PRIMARY KEY, title, body, {', '.join(FACETS)})")
        self._db.execute("CREATE VIRTUAL TABLE words USING fts5(title, body, content='reviews', content_rowid='id')")

    def add(self, texts: Iterable[Text]) -> None:
        rows = ((text.number, text.title, text.body, *text.values) for text in texts)
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT INTO reviews VALUES (?, ?, ?, {', '.join('?' * len(FACETS))})", rows)
        self._db.execute("INSERT INTO words (words) VALUES ('rebuild')")
        self._db.execute("COMMIT")
        self._db.execute("ANALYZE")

    def search(self, words: Sequence[str], *, any_of: bool = False) -> Answer:
        match = (" OR " if any_of else " ").join(f'"{word}"' for word in words)
        hits = self._db.execute(
            "SELECT rowid, bm25(words), snippet(words, 1, '[', ']', '…', 32) FROM words"
            f" WHERE words MATCH ? ORDER BY rank LIMIT {TOP}",
            [match],
        ).fetchall()
        total = self._db.execute("SELECT count(*) FROM words WHERE words MATCH ?", [match]).fetchone()[0]
        counts = [
            self._db.execute(
                f"SELECT {facet}, count(*) FROM words JOIN reviews ON reviews.id = words.rowid"
                f" WHERE words MATCH ? GROUP BY {facet}",
                [match],
            ).fetchall()
            for facet in FACETS
        ]
        marked = sum("[" in hit[2] for hit in hits)
        return Answer(total, len(hits), marked, sum(count for _, count in counts[0]))

    def close(self) -> None:
        self._db.close()


class Whoosh:
    """Whoosh with its stemming analyzer, facets by `groupedby`, its own highlighter."""

    name = "Whoosh"
    version = whoosh.versionstring()

    def __init__(self, folder: Path) -> None:
        stemmed = {"analyzer": StemmingAnalyzer(), "stored": True}
        schema = fields.Schema(
            number=fields.NUMERIC(stored=True),
            title=fields.TEXT(**stemmed),
            body=fields.TEXT(**stemmed),
            **{facet: fields.ID(sortable=True) for facet in FACETS},
        )
        self._index = index.create_in(str(folder), schema)
        self._parser = qparser.MultifieldParser(["title", "body"], schema)

    def add(self, texts: Iterable[Text]) -> None:
        writer = self._index.writer(limitmb=256)
        for text in texts:
            values = dict(zip(FACETS, text.values, strict=True))
            writer.add_document(number=text.number, title=text.title, body=text.body, **values)
        writer.commit()
        self._searcher = self._index.searcher()

    def search(self, words: Sequence[str], *, any_of: bool = False) -> Answer:
        query = self._parser.parse((" OR " if any_of else " ").join(words))
        found = self._searcher.search(query, limit=TOP, groupedby=list(FACETS))
        passages = [hit.highlights("body", top=1) or hit.highlights("title", top=1) for hit in found[:TOP]]
        counted = sum(len(numbers) for numbers in found.groups(FACETS[0]).values())
        return Answer(len(found), len(passages), sum(map(bool, passages)), counted)

    def close(self) -> None:
        self._searcher.close()
        self._index.close()


class Tantivy:
    """tantivy used directly with its default tokenizer: the limit of what its users can reach."""

    name = "tantivy alone"
    version = tantivy.__version__.split(",")[0].removeprefix("tantivy v")

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("number", stored=True)
        builder.add_text_field("title", stored=True)
        builder.add_text_field("body", stored=True)
        for facet in FACETS:
            builder.add_text_field(facet, tokenizer_name="raw", fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, str(folder))
        self._counts = {facet: {"terms": {"field": facet, "size": 20}} for facet in FACETS}

    def add(self, texts: Iterable[Text]) -> None:
        writer = self._index.writer(128_000_000, 1)
        for text in texts:
            values = dict(zip(FACETS, text.values, strict=True))
            row: dict[str, Any] = {"number": text.number, "title": text.title, "body": text.body, **values}
            writer.add_document(tantivy.Document.from_dict(row, self._schema))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, words: Sequence[str], *, any_of: bool = False) -> Answer:
        query = self._index.parse_query(" ".join(word if any_of else f"+{word}" for word in words), ["title", "body"])
        found = self._searcher.search(query, TOP, count=True)
        counts = self._searcher.aggregate(query, self._counts)
        maker = tantivy.SnippetGenerator.create(self._searcher, query, self._schema, "body")
        passages = [maker.snippet_from_doc(self._searcher.doc(address)).to_html() for _, address in found.hits]
        counted = sum(bucket["doc_count"] for bucket in counts[FACETS[0]]["buckets"])
        return Answer(int(found.count or 0), len(found.hits), sum(map(bool, passages)), counted)

    def close(self) -> None:
        """Nothing to close."""
