"""Next and previous: within a topic, or within the search that somebody came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb import privacy
from kb.finding import finding
from kb.gems import worth
from kb.library import Library
from kb.search.nodes import Node
from kb.store import gems, reviews, topics

_PAGE = 10  # results are looked at as the search page shows them


@dataclass(frozen=True, slots=True)
class Step:
    """A gem or review to go to. `place` is its number in the search, from 0."""

    type: str
    id: int
    title: str
    language: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Of a search `node` is what was searched, and `row` the number on its page, from 0, of the entry that it stands in."""

    before: Step | None = None
    after: Step | None = None
    node: Node | None = None
    row: int | None = None


def in_topics(library: Library, tag_ids: Sequence[int], type: str, id: int, *, unmasked: bool) -> Neighbours:
    """Beside a gem the gems of these topics by worth; beside a review their reviews, newest first."""
    if type == "gem":
        ids = worth.order(library, tag_ids)
        at = ids.index(id) if id in ids else None
        around = (
            (None, None) if at is None else (ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None)
        )
    else:
        around = topics.around_review(library.db, tag_ids, id)
    steps = _steps(library, type, [id for id in around if id is not None], unmasked)
    before, after = around
    return Neighbours(steps.get(before or 0), steps.get(after or 0))


def _steps(library: Library, type: str, ids: Sequence[int], unmasked: bool) -> Mapping[int, Step]:
    if type == "gem":
        found = gems.get_many(library.db, ids).values()
        shown = found if unmasked else [privacy.gem_for_reader(gem) for gem in found]
        return {gem.id: Step("gem", gem.id, gem.title, gem.language) for gem in shown}
    return {
        id: Step(
            "review",
            id,
            review.title if unmasked else privacy.mask(review.title, privacy.hidden_names(review)),
            review.language,
        )
        for id, review in reviews.get_many(library.db, ids, {}).items()
    }


def in_search(
    library: Library,
    question: str,
    *,
    filters: Mapping[str, tuple[str, ...]],
    sort: str,
    place: int,
    type: str,
    id: int,
    unmasked: bool,
    exact: bool = False,
    reads: str = "",
) -> Neighbours:
    """Beside the result that stood at `place` (from 0): what stood before and after it on the search page. Nothing when it
    is not found near there any more. `reads` is as it was there."""

    def page(first: int) -> finding.Found:
        return finding.search(
            library, question, unmasked=unmasked, filters=filters, sort=sort, limit=_PAGE, offset=first, exact=exact,
            reads=reads,
        )  # fmt: skip

    def results(found: finding.Found) -> list[Step]:
        hits = enumerate(found.hits, found.offset)
        return [Step(hit.type, hit.id, hit.title, hit.language, number) for number, hit in hits]

    first = place - place % _PAGE
    found = page(first)
    row = results(found)
    at = next((n for n, step in enumerate(row) if (step.type, step.id) == (type, id)), None)
    if at is None:
        return Neighbours(node=found.node)
    before = row[at - 1] if at else next(iter(results(page(first - _PAGE))[-1:]), None) if first else None
    after = row[at + 1] if at + 1 < len(row) else next(iter(results(page(first + _PAGE))), None)
    here = (type, id)
    shown = ([(hit.type, hit.id) for hit in (entry.lead, *entry.within)] for entry in found.entries)
    return Neighbours(before, after, found.node, next(number for number, hits in enumerate(shown) if here in hits))
