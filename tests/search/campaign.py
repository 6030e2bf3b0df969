"""Made-up questions to made-up documents, on every engine: no error, no disagreement, no span outside its text."""

from __future__ import annotations

from datetime import date
from random import Random

from documents import TODAY, document, fill

from benchmarks.made_up import WORDS, Nasty, question
from kb.search.base import Document, Page, Query
from kb.search.engines import ENGINES, open_engine
from kb.search.highlight import Marker
from kb.search.nodes import Phrase, nearest_of, walk
from kb.search.query import parse


def run(random: Random, *, questions: int) -> None:
    documents = [a_document(random, number) for number in range(1, 61)]
    engines = [open_engine(name, None, "library") for name in ENGINES]
    for engine in engines:
        fill(engine, *documents)
    nasty = Nasty([text for each in documents for text in each.text.values()])
    for _ in range(questions):
        text = question(random) if random.random() < 0.6 else nasty.question(random)[1]
        node = parse(text, today=TODAY).node
        if node is not None and random.random() < 0.3:
            node = nearest_of(node)
        query = Query(
            node,
            unmasked=random.random() < 0.5,
            limit=100,
            sort=random.choice(("relevance", "newest")),
            facets=("tag",),
        )
        answers = [engine.search(query) for engine in engines]
        # tantivy lets "a b"~2 go on from the end of one part of a document to the next; docs/query-language.md says so.
        if not any(isinstance(each, Phrase) and each.slop for each in walk(node)):
            assert all(summary(answer) == summary(answers[0]) for answer in answers), text
        marker = Marker(node)
        for each in documents[:3]:
            for piece in each.text.values():
                assert all(0 <= start < end <= len(piece) for start, end in marker.spans(piece, each.language)), text


def summary(page: Page) -> tuple[int, frozenset[tuple[str, int]], object]:
    return page.total, frozenset((hit.type, hit.id) for hit in page.hits), page.facets


def a_document(random: Random, number: int) -> Document:
    def words(most: int) -> str:
        return " ".join(random.choices(WORDS, k=random.randint(0, most)))

    return document(
        random.choice(("review", "gem")),
        number,
        words(12),
        language=random.choice(("en", "de", "ja", "", "fr", "ru", "pl")),
        day=random.choice((None, date(2026, random.randint(1, 12), random.randint(1, 28)))),
        title=words(3),
        turns=words(6),
        gem=words(2),
        restricted=words(3),
        tag=random.choice(((), ("GDPR",), ("GDPR", "Data strategy"))),
        kind=random.choice(("peer", "call")),
        status=random.choice(("published", "retired")),
        reviewee="Jo",
    )
