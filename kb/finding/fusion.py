"""What a question means joined to what its words find: one order, one total, the same filters (docs/findability.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kb.finding import meaning, reader_language, synonyms
from kb.library import Library
from kb.search.analysis import GRAMS
from kb.search.base import Hit, Page, Query
from kb.search.languages import detect_language
from kb.search.meaning import LANGUAGES
from kb.search.nodes import And, Keys, Maybe, Node, Word, both, either, leaves, written_otherwise
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
# The order is by words + (70 + 1.5 * best by words) * likeness. The model knows Japanese less well (measured), so there it
# counts a quarter; and in languages that it was not trained on a tenth, and nothing joins what the words found.
_WEIGHT, _OF_THE_BEST = 70.0, 1.5
_IN_KANA = 0.25
_IN_OTHERS = 0.1
# What is in another language than the question has few of its words, so that likeness must speak for it: as before where
# something in the question's own language is 0.9 times as near, 1.8 times as much where nothing is 0.6 times as near.
_ELSEWHERE = 1.8
_AS_NEAR, _NOT_AS_NEAR = 0.9, 0.6
# Where several come this near to the best by words and by meaning both, the one in the question's language is meant.
_RIVAL = 0.7
_OTHER_LANGUAGE = 22.0
_MOSTLY = 0.6  # of what its words find is in one language: that of a question that is too short to tell
_EXACT = 1000.0  # more than all of that together: what has all the words of a short question stands first
_ALIKE = frozenset({"ja", "zh"})  # a short question in either cannot be told from one in the other
_KANA = re.compile("[\u3040-\u30ff]")
_TELLING = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
_CODE = re.compile(r"\S*\d\S*")
_SIGNS = re.compile(r'(?<![\w.])\w+:(?:"[^"]*"|\S*)|(?<!\S)-\S+|</?[a-z][^<>]*>|"', re.IGNORECASE)
_AGAIN = re.compile(r"(?<!\w)(\w{1,3}?)\1{3,}\w?(?!\w)")  # aaaaaaaa, hahahaha: a key that stuck, or laughter


@dataclass(frozen=True, slots=True)
class Meant:
    """A page in its joint order. `passages` names, by key, the nearest passage of what was found by meaning, and `added`
    the keys that no word found."""

    page: Page
    passages: Mapping[str, int] = field(default_factory=dict)
    added: frozenset[str] = frozenset()


def text_of(parsed: Parsed, question: str, asked: Query) -> str:
    """What to look up by its meaning, or "": a question with operators, quotation marks or words of one section says
    exactly what is wanted, and one of codes, numbers, markup or letters again and again means nothing beyond them."""
    words = leaves(asked.node)
    plain = words and all(isinstance(leaf, Word) and not leaf.field for leaf in words if not _is_run(leaf))
    if parsed.exact or asked.sort != "relevance" or not plain:
        return ""
    text = " ".join(_AGAIN.sub(" ", _SIGNS.sub(" ", question)).split())
    is_code = _CODE.fullmatch(text) and not GRAMS.search(text)  # a sentence of a script without spaces is one run, too
    return text if _TELLING.search(text) and not is_code else ""


def _is_run(leaf: object) -> bool:
    """Words written in one, or a script without spaces, are searched as a phrase though nobody quoted anything."""
    return not isinstance(leaf, Word) and not getattr(leaf, "field", "") and hasattr(leaf, "terms")


def widest(asked: Query) -> Query:
    """The question as it is asked of the words, so that there is enough to put in order."""
    return replace(asked, offset=0, limit=max(POOL, asked.offset + asked.limit)) if asked.limit else asked


def joined(library: Library, text: str, asked: Query, page: Page, node: Node | None, prefers: str = "") -> Meant:
    """The page asked for, of what the words found (`page`, by `widest`; `node` is what was searched in the end) and of
    what means the same. `prefers` is the language that a question of a few words is preferred in (reader_language.py).
    Raises SearchIndexError."""
    near = {meaning.key(each): each for each in meaning.nearest(library, text, _LOOKED_AT)} if asked.limit else {}
    near = _allowed(library, asked, near)
    if prefers and not near:
        page, prefers = reader_language.first(library, page, prefers), ""
    language, probably = detect_language(text), _language_of(page)
    is_known = _is_known({language, probably})
    share = _IN_KANA if _KANA.search(text) else 1.0 if is_known else _IN_OTHERS
    added = _added(library, asked, page, node, near) if is_known or not page.total else set()
    pool = _pool(page.hits, near, added, _by_words(library, asked, added))
    spoken = reader_language.languages(library, {*near, *(hit.key for hit in pool if prefers)})
    worths = _worths(pool, near, share, spoken, language, probably)
    for key in (hit.key for hit in pool if prefers and spoken.get(hit.key) == prefers):
        worths[key] += share * _OTHER_LANGUAGE
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
    return {hit.key for hit in found.hits}


def _added(library: Library, asked: Query, page: Page, node: Node | None, near: Mapping[str, Near]) -> set[str]:
    """The few that are near enough and that no word found."""
    best = max((each.likeness for each in near.values()), default=0.0)
    least = max(_LEAST_BESIDE_FEW if page.total < _FEW else _LEAST, _SHARE * best)
    enough = [key for key, each in near.items() if each.likeness >= least][:_MOST_ADDED]
    shown = {hit.key for hit in page.hits}
    unknown = [key for key in enough if key not in shown]
    if page.total > len(page.hits) and unknown and node is not None:
        unknown_too = _among(library, asked, both([node, Keys(tuple(unknown))]), len(unknown))
        return set(unknown) - unknown_too
    return set(unknown)


def _by_words(library: Library, asked: Query, added: set[str]) -> dict[str, float]:
    """What those that joined have of the question's words, which do not all find: those that many have only rank."""
    # Of a script without spaces the leaves are pairs of characters and single ones, whose parts in a question differ.
    words = either([leaf for leaf in leaves(asked.node) if isinstance(leaf, Word) and not GRAMS.search(leaf.text)])
    if not added or words is None:
        return {}
    optional = synonyms.of(library).expand(words)
    node = both([*conditions(asked.node), Maybe(Keys(tuple(sorted(added))), optional or words)])
    found = library.engine.search(replace(asked, node=node, limit=len(added), offset=0, facets=()))
    return {hit.key: hit.score for hit in found.hits}


def _pool(found: Sequence[Hit], near: Mapping[str, Near], added: set[str], by_words: Mapping[str, float]) -> list[Hit]:
    """What is put in order: the best by words, and what joins them."""
    there = {hit.key for hit in found}
    joining = (key for key in near if key in added and key not in there)
    return [*found[:POOL], *(Hit(*_parts(key), by_words.get(key, 0.0)) for key in joining)]


def _worths(
    pool: Sequence[Hit],
    near: Mapping[str, Near],
    share: float,
    languages: Mapping[str, str],
    language: str,
    probably: str,
) -> dict[str, float]:
    """What each is worth: its words and its likeness, which must say more where the question is in another language;
    `probably` is the language of a question that is too short to tell, `share` how much likeness counts."""
    weight = share * (_WEIGHT + _OF_THE_BEST * max((hit.score for hit in pool), default=0.0))
    likeness = {key: max(each.likeness, 0.0) for key, each in near.items()}
    elsewhere = _not_in(language, languages)
    nearest = max((likeness[key] for key in near if key not in elsewhere), default=0.0)
    worths = {}
    for hit in pool:
        key = hit.key
        alike = likeness.get(key, 0.0)
        if key in elsewhere and alike:
            alone = (_AS_NEAR - nearest / alike) / (_AS_NEAR - _NOT_AS_NEAR)
            alike *= 1 + (_ELSEWHERE - 1) * min(max(alone, 0.0), 1.0)
        worths[key] = hit.score + weight * alike
    for key in _held_back(pool, likeness, elsewhere if language else _not_in(probably, languages)):
        worths[key] -= _OTHER_LANGUAGE
    return worths


def _is_known(spoken: Set[str]) -> bool:
    """Whether the model was trained on a language of these, or nobody can tell them: that of a question and that of what its
    words find. A question in another language is hardly like its answer."""
    told = spoken - {""}
    return not told or not told.isdisjoint(LANGUAGES)


def _not_in(language: str, languages: Mapping[str, str]) -> set[str]:
    own = {language, *(_ALIKE if language in _ALIKE else ())}
    return {key for key, spoken in languages.items() if language and spoken not in own}


def _held_back(pool: Sequence[Hit], likeness: Mapping[str, float], elsewhere: Set[str]) -> set[str]:
    """Of the best by words and meaning both, those that are not in the language of the question while others of them are:
    the same may be said in several. Where none is, or the language cannot be told, nothing is held back."""
    best = _RIVAL * max((hit.score for hit in pool), default=0.0)
    nearest = _RIVAL * max(likeness.values(), default=0.0)
    rivals = {key for hit in pool if hit.score >= best and likeness.get(key := hit.key, -1.0) >= nearest}
    return rivals & elsewhere if rivals - elsewhere else set()


def _language_of(page: Page) -> str:
    """The language that most of what the words found is in; "" where it is in several."""
    counts = page.facets.get("language", ())
    language, most = counts[0] if counts else ("", 0)
    return language if most > 1 and most >= _MOSTLY * sum(count for _, count in counts) else ""


def _exact(library: Library, asked: Query, pool: Sequence[Hit]) -> set[str]:
    """Those that have all the words of a short question, as typed; a long one's words a text may have by chance."""
    if len(set(leaves(asked.node)) - written_otherwise(asked.node)) > SHORT:
        return set()
    found = [hit.key for hit in pool if hit.score]
    whole = synonyms.of(library).expand(asked.node)
    return _among(library, asked, both([whole, Keys(tuple(found))]), len(found)) if whole and found else set()


def _in_order(pool: Sequence[Hit], worths: Mapping[str, float], last: set[str], rest: Sequence[Hit]) -> tuple[Hit, ...]:
    """By their worth; those that are hardly near stand `last`."""
    ranked = sorted(pool, key=lambda hit: (hit.key in last, -worths[hit.key]))
    return (*(replace(hit, score=round(worths[hit.key], 6)) for hit in ranked), *rest)


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


def _parts(key: str) -> tuple[str, int]:
    type, _, id = key.partition(":")
    return type, int(id)
