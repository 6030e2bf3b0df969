"""Searching the library: from what a person typed to hits with their passages, facets and a way on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kb import privacy
from kb.errors import SearchIndexError
from kb.library import Library
from kb.models import Gem, Review
from kb.search import highlight, query
from kb.search.base import Hit, Page, Query
from kb.search.folding import fold_value
from kb.search.nodes import And, Boost, Filter, Maybe, Node, Not, Or, Some
from kb.store import gems, reviews, tags

BROKEN = "Search is being repaired just now, so nothing can be found yet. Try again in a minute."


@dataclass(frozen=True, slots=True)
class FoundHit:
    """One result. `title_spans` and `spans` mark what matched in title and snippet (code points, end excluded);
    `place` says where the snippet stands: body, turn 14, comments."""

    type: str
    id: int
    external_id: str
    title: str
    title_spans: tuple[tuple[int, int], ...]
    snippet: str
    spans: tuple[tuple[int, int], ...]
    place: str
    score: float
    tags: tuple[str, ...]
    date: datetime | None
    kind: str
    language: str
    product: str
    team: str
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search. `notes` are sentences on what was not understood; `relaxed` says that nothing had all the
    words and the hits have some of them."""

    question: str
    hits: tuple[FoundHit, ...] = ()
    total: int = 0
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    did_you_mean: str | None = None
    notes: tuple[str, ...] = ()
    relaxed: bool = False
    took_ms: float = 0.0
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Suggested:
    """A way to go on while typing. `kind` is tag, gem, review or word."""

    kind: str
    text: str
    url: str = ""
    count: int = 0


def search(
    library: Library,
    question: str,
    *,
    restricted: bool,
    filters: Mapping[str, tuple[str, ...]] | None = None,
    sort: str = "relevance",
    limit: int = 10,
    offset: int = 0,
) -> Found:
    """Find reviews and gems. Nothing that is typed is an error; an index that cannot be read is said in `notes`.

    `restricted` says that this reader may search and see scores and reviewees; `filters` are the facets chosen.
    """
    began = time.perf_counter()
    parsed = query.parse(question, today=library.now().astimezone(library.zone).date())
    node = _with_tags_resolved(library, parsed.node)
    asked = Query(
        node=node, filters=dict(filters or {}), restricted=restricted, sort=sort, limit=limit, offset=offset
    )
    try:
        page, relaxed = _run(library, asked)
        # The question relaxed decides what is marked, too.
        shown = query.any_of(node) if relaxed and node is not None else node
        hits = _shown(library, page.hits, shown, restricted)
        better = _did_you_mean(library, question, parsed.words, asked, page, relaxed)
    except SearchIndexError:
        return Found(question, notes=(*parsed.notes, BROKEN), limit=limit, offset=offset)
    return Found(
        question=question,
        hits=hits,
        total=page.total,
        facets=page.facets,
        did_you_mean=better,
        notes=parsed.notes,
        relaxed=relaxed,
        took_ms=round((time.perf_counter() - began) * 1000, 2),
        limit=limit,
        offset=offset,
    )


def _run(library: Library, asked: Query) -> tuple[Page, bool]:
    page = library.engine.search(asked)
    if page.total or asked.node is None:
        return page, False
    looser = query.any_of(asked.node)
    if looser == asked.node:
        return page, False
    page = library.engine.search(replace(asked, node=looser))
    return page, page.total > 0


def _with_tags_resolved(library: Library, node: Node | None) -> Node | None:
    """`tag:dsgvo` means the tag GDPR when that is its alias."""
    if node is None or not any(isinstance(n, Filter) and n.field == "tag" for n in query.walk(node)):
        return node
    names = {
        fold_value(alias): fold_value(tag.name) for tag in tags.all_tags(library.db) for alias in tag.aliases
    }

    def resolve(node: Node) -> Node:
        match node:
            case Filter("tag", values):
                return Filter("tag", tuple(names.get(value, value) for value in values))
            case And(kids):
                return And(tuple(map(resolve, kids)))
            case Or(kids):
                return Or(tuple(map(resolve, kids)))
            case Some(kids, least):
                return Some(tuple(map(resolve, kids)), least)
            case Maybe(required, optional):
                return Maybe(resolve(required), resolve(optional))
            case Not(child):
                return Not(resolve(child))
            case Boost(child, factor):
                return Boost(resolve(child), factor)
            case _:
                return node

    return resolve(node)


def _did_you_mean(
    library: Library, question: str, words: tuple[str, ...], asked: Query, page: Page, relaxed: bool
) -> str | None:
    """The question with the words that the library does not have brought to their nearest, if that finds more."""
    if not words or (page.total and not relaxed) or asked.offset:
        return None
    better = question
    for word in words:
        if nearest := library.engine.correct(word):
            better = better.replace(word, nearest)
    if better == question:
        return None
    node = query.parse(better, today=library.now().astimezone(library.zone).date()).node
    again = replace(asked, node=_with_tags_resolved(library, node), limit=0, facets=())
    return better if library.engine.search(again).total else None
