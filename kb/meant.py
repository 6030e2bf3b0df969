"""What a question means joined to what its words find: one order, one total, the same filters (docs/findability.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kb import meaning, synonyms
from kb.library import Library
from kb.search.analysis import GRAMS
from kb.search.base import Hit, Page, Query
from kb.search.languages import detect_language
from kb.search.nodes import And, Filter, Keys, Node, Word, both, leaves, written_otherwise
from kb.search.query import Parsed
from kb.search.ranking import POOL, SHORT

if TYPE_CHECKING:
    from kb.search.vectors import Near

_LOOKED_AT = 50  # documents by meaning that may move what the words found
_MOST_ADDED = 10  # of them that may join although none of the words found them
_LEAST = 0.25  # likeness of one that joins what the words found
_LEAST_BESIDE_FEW = 0.15  # and where they found fewer than so many; it then stands below these
_FEW = 10
_SHARE = 0.6  # and as a share of the nearest one's
# The order is by words / (best by words + 20) + 2 * likeness. What the words find weighs less where all of it is weak, as it
# is in another language. The model knows Japanese less well (measured), so there it counts a third.
_WEAK = 20.0
_WEIGHT = 2.0
_WEIGHT_IN_KANA = 0.7
# Where several come this near to the best by words and by meaning both, the one in the question's language is meant.
_RIVAL = 0.7
_OTHER_LANGUAGE = 0.1
_MOSTLY = 0.6  # of what its words find is in one language: that of a question that is too short to tell
_EXACT = (
    10.0  # more than all of that together: what has all the words of a short question stands first, what is not that
)
# near last
_KANA = re.compile("[\u3040-\u30ff]")
_TELLING = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
_CODE = re.compile(r"\S*\d\S*")
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
    is_code = _CODE.fullmatch(text) and not GRAMS.search(text)  # a sentence of a script without spaces is one run, too
    return text if _TELLING.search(text) and not is_code else ""


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
    pool = _pool(page.hits, near, added)
    worths = _worths(pool, near, _WEIGHT_IN_KANA if _KANA.search(text) else _WEIGHT)
    for key in _in_another_language(library, asked, text, page, pool, near):
        worths[key] -= _OTHER_LANGUAGE
    for key in _exact(library, asked, pool) if near else ():
        worths[key] += _EXACT
    last = {key for key in added if near[key].likeness < _LEAST}
    hits = _in_order(pool, worths, last, page.hits[POOL:])[asked.offset : asked.offset + asked.limit]
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
    # By date: no score is needed.
    found = library.engine.search(replace(asked, node=node, sort="newest", limit=limit, offset=0, facets=()))
    return {_key(hit) for hit in found.hits}


def _added(library: Library, asked: Query, page: Page, node: Node | None, near: Mapping[str, Near]) -> set[str]:
    """The few that are near enough and that no word found."""
    best = max((each.likeness for each in near.values()), default=0.0)
    least = max(_LEAST_BESIDE_FEW if page.total < _FEW else _LEAST, _SHARE * best)
    enough = [key for key, each in near.items() if each.likeness >= least][:_MOST_ADDED]
    shown = {_key(hit) for hit in page.hits}
    unknown = [key for key in enough if key not in shown]
    if page.total > len(page.hits) and unknown and node is not None:
        unknown_too = _among(library, asked, both([node, Keys(tuple(unknown))]), len(unknown))
        return set(unknown) - unknown_too
    return set(unknown)


def _pool(found: Sequence[Hit], near: Mapping[str, Near], added: set[str]) -> list[Hit]:
    """What is put in order: the best by words, and what joins them."""
    there = {_key(hit) for hit in found}
    return [*found[:POOL], *(Hit(*_parts(key), 0.0) for key in near if key in added and key not in there)]


def _worths(pool: Sequence[Hit], near: Mapping[str, Near], weight: float) -> dict[str, float]:
    best = max((hit.score for hit in pool), default=0.0)
    return {
        key: hit.score / (best + _WEAK) + weight * (max(near[key].likeness, 0.0) if key in near else 0.0)
        for hit in pool
        for key in [_key(hit)]
    }


def _in_another_language(
    library: Library, asked: Query, text: str, page: Page, pool: Sequence[Hit], near: Mapping[str, Near]
) -> set[str]:
    """Of the best by words and meaning both, those that are not in the language of the question while others of them are:
    the same may be said in several. Where none is, or the language cannot be told, nothing is held back."""
    best = _RIVAL * max((hit.score for hit in pool), default=0.0)
    nearest = _RIVAL * max((each.likeness for each in near.values()), default=0.0)
    rivals = {key for hit in pool if hit.score >= best and (key := _key(hit)) in near and near[key].likeness >= nearest}
    language = (detect_language(text) or _language_of(page)) if len(rivals) > 1 else ""
    if not language:
        return set()
    in_it = [*conditions(asked.node), Filter("language", (language,)), Keys(tuple(rivals))]
    own = _among(library, asked, both(in_it), len(rivals))
    return rivals - own if own else set()


def _language_of(page: Page) -> str:
    """The language that most of what the words found is in; "" where it is in several."""
    counts = page.facets.get("language", ())
    language, most = counts[0] if counts else ("", 0)
    return language if most > 1 and most >= _MOSTLY * sum(count for _, count in counts) else ""


def _exact(library: Library, asked: Query, pool: Sequence[Hit]) -> set[str]:
    """Those that have all the words of a short question, as typed; a long one's words a text may have by chance."""
    if len(set(leaves(asked.node)) - written_otherwise(asked.node)) > SHORT:
        return set()
    found = [_key(hit) for hit in pool if hit.score]
    whole = synonyms.of(library).expand(asked.node)
    return _among(library, asked, both([whole, Keys(tuple(found))]), len(found)) if whole and found else set()


def _in_order(pool: Sequence[Hit], worths: Mapping[str, float], last: set[str], rest: Sequence[Hit]) -> tuple[Hit, ...]:
    """By their worth; those that are hardly near stand `last`."""
    ranked = sorted(pool, key=lambda hit: (_key(hit) in last, -worths[_key(hit)]))
    return (*(replace(hit, score=round(worths[_key(hit)], 6)) for hit in ranked), *rest)


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
