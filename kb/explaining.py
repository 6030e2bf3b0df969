"""Why a search found something: which words of the question stand where in it, and what else put it where it is."""

from __future__ import annotations

from dataclasses import dataclass

from kb.hits import FoundHit
from kb.indexing import LibraryFeed
from kb.library import Library
from kb.search.analysis import stream
from kb.search.highlight import Marker
from kb.search.nodes import Node

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
    marker = Marker(node)
    places: list[tuple[str, tuple[str, ...]]] = []
    there: set[int] = set()
    for section in SECTIONS:
        text = document.text.get(section, "")
        spots = marker.spots(text, document.language) if text else []
        if spots:
            there |= {spot.leaf for spot in spots}
            written = {_key(text[spot.start : spot.end]): text[spot.start : spot.end] for spot in reversed(spots)}
            places.append((section, tuple(written.values())[::-1][:_MOST]))
    missing = tuple(dict.fromkeys(words for number, words in enumerate(marker.looks_for) if number not in there))
    return Why(tuple(places), missing, hit.type == "gem")


def _key(written: str) -> str:
    return " ".join(stream(written).words)
