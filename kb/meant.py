"""What a question means joined to what its words find: one order, one total, the same filters (docs/findability.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kb import meaning
from kb.library import Library
from kb.search.base import Hit, Page, Query
from kb.search.nodes import And, Keys, Node, Word, both, leaves
from kb.search.query import Parsed
from kb.search.ranking import POOL

if TYPE_CHECKING:
    from kb.search.vectors import Near

_LOOKED_AT = 50  # documents by meaning that may move what the words found
_MOST_ADDED = 10  # of them that may join although none of the words found them
_LEAST = 0.25  # likeness of one that joins what the words found
_LEAST_ALONE = 0.15  # and where they found nothing
_SHARE = 0.6  # and as a share of the nearest one's
# The order is by words / (best by words + 20) + 2 * likeness. What the words find weighs less where all of it is weak, as it
# is in another language. The model knows Japanese less well (measured), so there it counts a third.
_WEAK = 20.0
_WEIGHT = 2.0
_WEIGHT_IN_KANA = 0.7
_KANA = re.compile("[\u3040-\u30ff]")
_TELLING = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
_SIGNS = re.compile(r'(?<![\w.])\w+:(?:"[^"]*"|\S*)|(?<!\S)-\S+|"')


@dataclass(frozen=True, slots=True)
class Meant:
    """A page in its joint order. `passages` names, by key, the nearest passage of what was found by meaning, and `added`
    the keys that no word found."""

    page: Page
    passages: Mapping[str, int] = field(default_factory=dict)
    added: frozenset[str] = frozenset()


def text_of(parsed: Parsed, question: str, asked: Query) -> str:
    """What to look up by its meaning, or "": a question with operators, quotation marks or words of one section says
    exactly what is wanted, and one of codes and numbers means nothing beyond them."""
    words = leaves(asked.node)
    plain = words and all(isinstance(leaf, Word) and not leaf.field for leaf in words if not _is_run(leaf))
    if parsed.exact or asked.sort != "relevance" or not plain:
        return ""
    text = " ".join(_SIGNS.sub(" ", question).split())
    return text if _TELLING.search(text) and not re.fullmatch(r"\S*\d\S*", text) else ""


def _is_run(leaf: object) -> bool:
    """Words written in one, or a script without spaces, are searched as a phrase though nobody quoted anything."""
    return not isinstance(leaf, Word) and not getattr(leaf, "field", "") and hasattr(leaf, "terms")


def widest(asked: Query) -> Query:
    """The question as it is asked of the words, so that there is enough to put in order."""
    return replace(asked, offset=0, limit=max(POOL, asked.offset + asked.limit)) if asked.limit else asked


def joined(library: Library, text: str, asked: Query, page: Page, node: Node | None) -> Meant:
    """The page asked for, of what the words found (`page`, by `widest`; `node` is what was searched in the end) and of
    what means the same. Raises SearchIndexError."""
    near = {meaning.key(each): each for each in meaning.nearest(library, text, _LOOKED_AT)} if asked.limit else {}
    near = _allowed(library, asked, near)
    added = _added(library, asked, page, node, near)
    weight = _WEIGHT_IN_KANA if _KANA.search(text) else _WEIGHT
    hits = _in_order(page.hits, near, added, weight)[asked.offset : asked.offset + asked.limit]
    whole = _with(library, asked, page, sorted(added)) if added else page
    return Meant(replace(whole, hits=hits), {key: each.passage for key, each in near.items()}, frozenset(added))


def _allowed(library: Library, asked: Query, near: Mapping[str, Near]) -> dict[str, Near]:
    """Those that this reader may find with these filters, in their order."""
    if not near:
        return {}
    found = _among(library, asked, both([*conditions(asked.node), Keys(tuple(near))]), len(near))
    return {key: each for key, each in near.items() if key in found}


def alike(library: Library, type: str, id: int, *, limit: int) -> list[Hit]:
    """What means most nearly the same as a review or gem, among what every reader finds; nothing where it has no vector.
    Raises SearchIndexError."""
    near = {meaning.key(each): each.likeness for each in meaning.alike(library, type, id, 4 * limit)}
    seen = _among(library, Query(limit=0, facets=()), Keys(tuple(near)), len(near)) if near else set()
    return [Hit(*_parts(key), likeness) for key, likeness in near.items() if key in seen][:limit]


def conditions(node: Node | None) -> list[Node]:
    """What a question asks for besides words: filters, dates, exclusions."""
    kids = node.children if isinstance(node, And) else (node,)
    return [kid for kid in kids if kid is not None and not leaves(kid)]


def _among(library: Library, asked: Query, node: Node | None, limit: int) -> set[str]:
    found = library.engine.search(replace(asked, node=node, limit=limit, offset=0, facets=()))
    return {_key(hit) for hit in found.hits}


def _added(library: Library, asked: Query, page: Page, node: Node | None, near: Mapping[str, Near]) -> set[str]:
    """The few that are near enough and that no word found."""
    best = max((each.likeness for each in near.values()), default=0.0)
    least = max(_LEAST if page.total else _LEAST_ALONE, _SHARE * best)
    enough = [key for key, each in near.items() if each.likeness >= least][:_MOST_ADDED]
    shown = {_key(hit) for hit in page.hits}
    unknown = [key for key in enough if key not in shown]
    if page.total > len(page.hits) and unknown and node is not None:
        unknown_too = _among(library, asked, both([node, Keys(tuple(unknown))]), len(unknown))
        return set(unknown) - unknown_too
    return set(unknown)


def _in_order(found: Sequence[Hit], near: Mapping[str, Near], added: set[str], weight: float) -> tuple[Hit, ...]:
    pool, rest = list(found[:POOL]), found[POOL:]
    there = {_key(hit) for hit in found}
    best = max((hit.score for hit in pool), default=0.0)
    pool += [Hit(*_parts(key), 0.0) for key in near if key in added and key not in there]

    def worth(hit: Hit) -> float:
        likeness = near[_key(hit)].likeness if _key(hit) in near else 0.0
        return hit.score / (best + _WEAK) + weight * max(likeness, 0.0)

    ranked = sorted(((worth(hit), hit) for hit in pool), key=lambda pair: -pair[0])
    return (*(replace(hit, score=round(score, 6)) for score, hit in ranked), *rest)


def _with(library: Library, asked: Query, page: Page, added: Sequence[str]) -> Page:
    """Total and facets with those that joined."""
    node = both([*conditions(asked.node), Keys(tuple(added))])
    more = library.engine.search(replace(asked, node=node, limit=0, offset=0))
    facets = {
        name: summed(page.facets.get(name, ()), counts, asked.size_of(name)) for name, counts in more.facets.items()
    }
    return Page(page.hits, page.total + more.total, facets)


def summed(
    counts: Sequence[tuple[str, int]], more: Sequence[tuple[str, int]], size: int
) -> tuple[tuple[str, int], ...]:
    """Both counts together. A value that was cut off the end of a full list stays off: its count is not known."""
    total = dict(counts)
    for value, count in more:
        if value in total or len(counts) < size:
            total[value] = total.get(value, 0) + count
    return tuple(sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:size])


def _key(hit: Hit) -> str:
    return f"{hit.type}:{hit.id}"


def _parts(key: str) -> tuple[str, int]:
    type, _, id = key.partition(":")
    return type, int(id)
