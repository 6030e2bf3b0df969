"""Searching the library: from what a person typed to hits with their passages, facets and a way on."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kb.errors import SearchIndexError
from kb.finding import asking, fusion, grouping, indexing, meaning, narrowing, reader_language, spelling, synonyms
from kb.finding import hits as hit_loading
from kb.finding.asking import Answer
from kb.finding.fusion import Meant
from kb.finding.grouping import Entry
from kb.finding.hits import FoundHit
from kb.finding.narrowing import Bar, Narrowed
from kb.languages import Said
from kb.library import Library
from kb.search import query
from kb.search.base import DEFAULT_FACETS, Hit, Query
from kb.search.nodes import DateRange, Node
from kb.search.query import Parsed
from kb.tags import unknown as unknown_topics

BROKEN = Said("Search is being repaired just now, so nothing can be found yet. Try again in a minute.")
STARTING = Said(
    "Finding by meaning is just being started: this was found by its words alone. Search again in a moment for the rest."
)
BY_MEANING = Said("Nothing has these words. What follows was found by meaning.")


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search. `notes` are sentences on what was not understood; `relaxed` says that nothing had all the
    words and the hits have some of them; `did_you_mean` is the question with words that the library does not have read
    as likely ones that it has, which is then what was searched (`corrected`), unless it has operators or quotation
    marks; `exact` that only what was typed was searched; `only_meant` that its words found nothing and the hits are near
    to it by meaning. In `facets` the values of a facet that was narrowed by keep their counts; `days` are those asked
    for, and `prefers` the language whose finds stand higher (kb/finding/reader_language.py). `entries` are the hits as they
    stand together, and `hits` are in their order."""

    question: str
    hits: tuple[FoundHit, ...] = ()
    entries: tuple[Entry, ...] = ()
    total: int = 0
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    did_you_mean: str | None = None
    notes: tuple[str, ...] = ()
    relaxed: bool = False
    corrected: bool = False
    exact: bool = False
    only_meant: bool = False
    took_ms: float = 0.0
    limit: int = 10
    offset: int = 0
    prefers: str = ""
    node: Node | None = field(default=None, repr=False)
    days: DateRange | None = None


def search(
    library: Library,
    question: str,
    *,
    unmasked: bool,
    filters: Mapping[str, tuple[str, ...]] | None = None,
    sort: str = "relevance",
    limit: int = 10,
    offset: int = 0,
    months: bool = False,
    exact: bool = False,
    reads: str = "",
) -> Found:
    """Find reviews and gems. Nothing that is typed is an error; an index that cannot be read is said in `notes`.

    `unmasked` searches and shows scores and reviewees, too; `filters` are the facets chosen, those
    left out and the days (kb/finding/narrowing.py). `exact` searches all the words as they are typed, in their forms:
    nothing is corrected, widened, looked up by meaning or by words that mean the same. With `months` the facets have
    `month`, too, over every day (`by_month`). `reads` is the language of whoever asks ("" unknown), which counts
    where a question of a few words does not tell its own.
    """
    began = time.perf_counter()
    parsed = query.parse(question, today=library.today())
    node = asking.with_names_resolved(library, parsed.node)
    narrowed = narrowing.of(library, filters or {})
    asked = Query(
        node=node, filters=narrowed.filters, days=narrowed.days, unmasked=unmasked, sort=sort, limit=limit,
        offset=offset, beside=parsed.beside, reads=reads, facets=(*DEFAULT_FACETS, "month") if months else DEFAULT_FACETS,
    )  # fmt: skip
    unknown, better = unknown_topics.look(library, question, parsed.node)
    notes = (*parsed.notes, *narrowed.notes, *unknown)
    text = fusion.text_of(parsed, question, asked) if meaning.is_on(library) and not exact else ""
    starting = bool(text) and meaning.is_starting(library)
    prefers = "" if exact else reader_language.preferred(question, asked)
    try:
        answer, both, marked, prefers = _answer(
            library, question, parsed, asked, "" if starting else text, prefers, exact=exact
        )
        own = _beside_chosen(library, asked, narrowed, answer, both)
        hits = hit_loading.shown(
            library, both.page.hits, marked, unmasked=unmasked, meant=both.passages, only_meant=both.added
        )
    except SearchIndexError:
        return Found(question, notes=(*notes, BROKEN), exact=exact, limit=limit, offset=offset)
    only_meant = bool(both.added) and not answer.page.total
    entries = grouping.entries(hits)
    passages = (text for hit in hits for text in (hit.title, hit.snippet))
    put_right = answer.better and spelling.as_written(answer.better, question, passages)
    return Found(
        question=question,
        hits=tuple(hit for entry in entries for hit in (entry.lead, *entry.within)),
        entries=entries,
        total=both.page.total,
        facets={**both.page.facets, **own},
        did_you_mean=put_right if answer.corrected else better or put_right,
        notes=(*notes, *answer.notes, *_on_meaning(only_meant, len(both.added), starting)),
        relaxed=answer.relaxed,
        corrected=answer.corrected,
        exact=exact,
        only_meant=only_meant,
        prefers=prefers,
        node=answer.node,
        days=narrowed.days,
        took_ms=round((time.perf_counter() - began) * 1000, 2),
        limit=limit,
        offset=offset,
    )


def _answer(
    library: Library, question: str, parsed: Parsed, asked: Query, text: str, prefers: str, *, exact: bool
) -> tuple[Answer, Meant, Node | None, str]:
    """What the words find, that joined to what `text` means ("" for nothing to look up), what is marked in it, and
    the language that stands higher: `prefers`, unless what was found tells another."""
    if exact:
        page = library.engine.search(asked)
        return Answer(page, asked.node), Meant(page), asked.node, ""
    answer = asking.answer(library, question, parsed, fusion.widest(asked) if text or prefers else asked)
    prefers = reader_language.meant(answer.page, prefers) if prefers else ""
    marked = synonyms.of(library).expand(answer.node)
    if text:
        return answer, fusion.joined(library, text, asked, answer.page, marked, prefers), marked, prefers
    page = answer.page
    if prefers and asked.limit:
        ordered = reader_language.first(library, page, prefers)
        page = replace(ordered, hits=ordered.hits[asked.offset : asked.offset + asked.limit])
    return answer, Meant(page), marked, prefers


def _beside_chosen(
    library: Library, asked: Query, narrowed: Narrowed, answer: Answer, both: Meant
) -> dict[str, tuple[tuple[str, int], ...]]:
    """The counts of facets of which a value is chosen: as if none were."""
    searched = replace(asked, node=answer.lean or answer.node)
    return {
        name: narrowing.counts(library, searched, both.added, name)
        for name in both.page.facets
        if narrowed.filters.get(name) or (name == "month" and narrowed.days)
    }


def _on_meaning(only: bool, added: int, starting: bool) -> tuple[Said, ...]:
    """What is said of finds that none of the words found, or of what could not be looked up."""
    if only or starting:
        return (BY_MEANING if only else STARTING,)
    joined = Said.several(
        "%(num)s of these was found by meaning, not by these words.",
        "%(num)s of these were found by meaning, not by these words.",
        added,
    )
    return (joined,) if added else ()


def matching_reviews(
    library: Library, question: str, *, filters: Mapping[str, tuple[str, ...]], unmasked: bool, most: int
) -> tuple[list[int], int]:
    """The numbers of the reviews that a search finds, best first, at most so many; and how many there are.

    Raises SearchIndexError.
    """
    node = asking.read(library, question)
    narrowed = narrowing.of(library, {**filters, "type": ("review",)})
    # Never relaxed: what has only some of the words was not asked for, and this is for changing what is found.
    asked = Query(node=node, filters=narrowed.filters, days=narrowed.days, unmasked=unmasked, limit=most, facets=())
    page = asking.ask(library, asked)
    return [hit.id for hit in page.hits], page.total


def by_node(library: Library, node: Node, *, limit: int) -> Sequence[Hit]:
    """The best finds of a question that was read before, as any reader may find them. Raises SearchIndexError."""
    return asking.ask(library, Query(node=node, limit=limit, facets=())).hits


def newest(
    library: Library, question: str, *, filters: Mapping[str, tuple[str, ...]], unmasked: bool, limit: int
) -> Sequence[Hit]:
    """The newest of what has all the words of a question. Raises SearchIndexError."""
    narrowed = narrowing.of(library, filters)
    asked = Query(
        node=asking.read(library, question), filters=narrowed.filters, days=narrowed.days, unmasked=unmasked,
        sort="newest", limit=limit, facets=(),
    )  # fmt: skip
    return asking.ask(library, asked).hits


def by_month(found: Found) -> list[Bar]:
    """What a search with `months` finds, month by month, whichever days were asked for."""
    return narrowing.bars(found.facets.get("month", ()), found.days)


def similar(
    library: Library, type: str, id: int, *, unmasked: bool, limit: int = 5, but: Collection[tuple[str, int]] = ()
) -> list[FoundHit]:
    """Reviews and gems like this one, by what they mean where that is known, else by the rare words that they have in
    common, without those (type, id) that are shown with it anyway; none while the index cannot be read."""
    known, wanted = set(but), limit + len(but)
    try:
        like = [hit for hit in fusion.alike(library, type, id, limit=wanted) if (hit.type, hit.id) not in known]
        known |= {(hit.type, hit.id) for hit in like}
        more = indexing.similar(library, type, id, wanted) if len(like) < limit else ()
        like = [*like, *(hit for hit in more if (hit.type, hit.id) not in known)][:limit]
    except SearchIndexError:
        return []
    return list(hit_loading.shown(library, like, None, unmasked=unmasked))


def said(found: Found) -> tuple[str, ...]:
    """The sentences on how a question was read, where no page says some of them with a link."""
    searched_as = Said("Searched as “%(better)s”.", better=found.did_you_mean or "")
    return (searched_as, *found.notes) if found.corrected else found.notes


def as_json(found: Found) -> dict[str, Any]:
    """The shape that `kb search --json` and the API give (docs/operations.md)."""
    return {
        "total": found.total,
        "took_ms": found.took_ms,
        "did_you_mean": found.did_you_mean,
        "corrected": found.corrected,
        "relaxed": found.relaxed,
        "notes": list(said(found)),
        "facets": {name: [list(pair) for pair in values] for name, values in found.facets.items()},
        "hits": [
            {
                "type": hit.type,
                "id": hit.id,
                "external_id": hit.external_id,
                "title": hit.title,
                "snippet": hit.snippet,
                "score": round(hit.score, 4),
                "tags": list(hit.tags),
                "date": hit.date.isoformat() if hit.date else None,
                "kind": hit.kind,
                "language": hit.language,
                "url": hit.url,
                "found_by": hit.found_by,
                "from": [{"type": "review", "id": source.id} for source in hit.sources],
            }
            for hit in found.hits
        ],
    }
