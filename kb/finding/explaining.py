"""Why a search found something: which words of the question stand where in it, and what else put it where it is."""

from __future__ import annotations

from dataclasses import dataclass

from kb.finding import synonyms
from kb.finding.hits import FoundHit
from kb.finding.indexing import LibraryFeed
from kb.library import Library
from kb.search.analysis import stream
from kb.search.highlight import Marker
from kb.search.nodes import Boost, Maybe, Node, Or, Telling, walk

# The texts of a document that are searched (kb/search/base.py), those that weigh most first.
SECTIONS = ("title", "tags", "gem", "body", "turns", "comments")
_MOST = 6  # spellings of one section


@dataclass(frozen=True, slots=True)
class Why:
    """`places` are (section, words as they stand there); `missing` the words of the question that are nowhere in it."""

    places: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]
    gem: bool


def why(library: Library, hit: FoundHit, node: Node | None) -> Why | None:
    """Explain one result of a search whose question was read as `node` (`Found.node`).

    What only some may see is explained to nobody; None when the document is gone meanwhile.
    """
    document = LibraryFeed(library).document(hit.type, hit.id)
    if document is None or node is None:
        return None
    marker = Marker(synonyms.of(library).expand(node))
    texts = [(section, text) for section in SECTIONS if (text := document.text.get(section, ""))]
    found = [(section, text, marker.spots(text, document.language)) for section, text in texts]
    if marker.within and not any(spots for _, _, spots in found):  # as in the passage that is shown: in longer words
        found = [(section, text, marker.spots(text, document.language, inside=True)) for section, text in texts]
    places: list[tuple[str, tuple[str, ...]]] = []
    there: set[int] = set()
    for section, text, spots in found:
        if spots:
            there |= {spot.leaf for spot in spots}
            written = {_key(text[spot.start : spot.end]): text[spot.start : spot.end] for spot in reversed(spots)}
            places.append((section, tuple(written.values())[::-1][:_MOST]))
    return Why(
        tuple(places), _missing(library, node, {marker.looks_for[number] for number in there}), hit.type == "gem"
    )


def _missing(library: Library, node: Node, there: set[str]) -> tuple[str, ...]:
    """What was typed and is not there, in any word that means the same."""
    meant: set[str] = set()
    wholes = [each.whole for each in walk(node) if isinstance(each, Telling)]
    for whole in (node, *wholes):
        for each in walk(synonyms.of(library).expand(whole), negated=False):
            if isinstance(each, Or) and any(there.issuperset(_required(way)) for way in each.children):
                meant.update(word for way in each.children for word in _required(way))
    return tuple(dict.fromkeys(word for word in Marker(node).looks_for if word not in there | meant))


def _required(node: Node) -> tuple[str, ...]:
    """The words of one way to say something, without those that only rank it higher."""
    while isinstance(node, Boost | Maybe):
        node = node.child if isinstance(node, Boost) else node.required
    return Marker(node).looks_for


def _key(written: str) -> str:
    return " ".join(stream(written).words)
