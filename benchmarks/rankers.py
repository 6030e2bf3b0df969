"""Plain engines, each as its documentation shows: any of the question's words, the best ten by BM25."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import tantivy
from whoosh import fields, index, qparser

TOP = 10
_WORD = re.compile(r"\w+")
Rank = Callable[[str], list[str]]
Texts = Mapping[str, tuple[str, str]]


def fts5(tokenizer: str) -> Callable[[Texts, Path], Rank]:
    """SQLite FTS5 with one of its tokenizers; with `trigram` the question is its trigrams."""

    def make(texts: Texts, folder: Path) -> Rank:  # noqa: ARG001 - it stays in memory
        db = sqlite3.connect(":memory:")
        db.execute(f"CREATE VIRTUAL TABLE words USING fts5(id UNINDEXED, title, body, tokenize = '{tokenizer}')")
        db.executemany("INSERT INTO words VALUES (?, ?, ?)", ((id, *text) for id, text in texts.items()))

        def rank(question: str) -> list[str]:
            words = _trigrams(question) if tokenizer == "trigram" else _WORD.findall(question)
            if not words:
                return []
            match = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
            found = db.execute(f"SELECT id FROM words WHERE words MATCH ? ORDER BY rank LIMIT {TOP}", [match])
            return [row[0] for row in found]

        return rank

    return make


def _trigrams(question: str) -> list[str]:
    text = question.replace('"', " ")
    return [text[at : at + 3] for at in range(len(text) - 2)]


def whoosh(texts: Texts, folder: Path) -> Rank:
    """Whoosh with its standard analyzer."""
    schema = fields.Schema(id=fields.ID(stored=True), title=fields.TEXT, body=fields.TEXT)
    made = index.create_in(str(folder), schema)
    writer = made.writer(limitmb=128)
    for id, (title, body) in texts.items():
        writer.add_document(id=id, title=title, body=body)
    writer.commit()
    searcher = made.searcher()
    parser = qparser.MultifieldParser(["title", "body"], schema, group=qparser.OrGroup)

    def rank(question: str) -> list[str]:
        words = " ".join(_WORD.findall(question)).lower()
        return [hit["id"] for hit in searcher.search(parser.parse(words), limit=TOP)]

    return rank


def plain_tantivy(texts: Texts, folder: Path) -> Rank:  # noqa: ARG001 - it stays in memory
    """tantivy with its default tokenizer."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("title")
    builder.add_text_field("body")
    schema = builder.build()
    made = tantivy.Index(schema)
    writer = made.writer(64_000_000, 1)
    for id, (title, body) in texts.items():
        writer.add_document(tantivy.Document(id=id, title=title, body=body))
    writer.commit()
    made.reload()
    searcher = made.searcher()

    def rank(question: str) -> list[str]:
        words = [word.lower() for word in _WORD.findall(question)]
        terms = [tantivy.Query.term_query(schema, field, word) for word in words for field in ("title", "body")]
        wanted = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        found = searcher.search(wanted, TOP, count=False).hits if words else []
        return [str(searcher.doc(address).get_first("id")) for _, address in found]

    return rank


RANKERS: Mapping[str, Callable[[Texts, Path], Rank]] = {
    "FTS5 unicode61": fts5("unicode61"),
    "FTS5 porter": fts5("porter"),
    "FTS5 trigram": fts5("trigram"),
    "Whoosh": whoosh,
    "tantivy": plain_tantivy,
}
