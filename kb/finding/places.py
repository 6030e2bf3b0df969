"""Where a review says what was searched for: every place, which of them belong together, and which shows it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.finding import synonyms
from kb.library import Library
from kb.search.highlight import LONGEST, Marker
from kb.search.nodes import Node
from kb.search.passages import Spot, best_window

_NEAR = 160  # characters; matches so near each other in one paragraph are one place to go to
_MOST = 200  # places to go to; what comes after is only marked
_WEIGHED = 400  # matches of one text, as a snippet weighs them


@dataclass(frozen=True, slots=True)
class Match:
    """Words that were looked for: `text[start:end]`. `stop` is the number, from 1, of the place that begins with them;
    0 where they belong to the place before."""

    start: int
    end: int
    stop: int = 0


@dataclass(frozen=True, slots=True)
class Sought:
    """The matches in each text, how many places there are to go to, and the number of the one that answers best."""

    matches: Sequence[Sequence[Match]]
    stops: int = 0
    best: int = 0


def places(library: Library, node: Node | None, texts: Sequence[str], language: str) -> Sought:
    """Where the texts, in the order in which they are read, have what `node` looks for. They are matched as the index
    does; where nothing stands as a word of its own, also within longer words."""
    marker = Marker(synonyms.of(library).expand(node))
    if marker.empty:
        return Sought([()] * len(texts))
    found = [marker.spots(text[:LONGEST], language) for text in texts]
    if not any(found) and marker.within:
        found = [marker.spots(text[:LONGEST], language, inside=True) for text in texts]
    matches: list[list[Match]] = []
    stops, best, worth = 0, 0, -1.0
    for text, spots in zip(texts, found, strict=True):
        own = _grouped(text, spots, stops)
        matches.append(own)
        if own:
            value, window = best_window(spots[:_WEIGHED])
            if value > worth:
                at = [match.stop for match in own if match.stop and match.start <= window[0].start]
                worth, best = value, at[-1] if at else best
            stops = max(stops, *(match.stop for match in own))
    return Sought(matches, stops, best)


def _grouped(text: str, spots: Sequence[Spot], stops: int) -> list[Match]:
    """The matches in order, none over another, each that begins a place with its number after `stops`."""
    made: list[Match] = []
    for start, end, _leaf in spots:
        if made and start <= made[-1].end:
            last = made.pop()
            made.append(Match(last.start, max(last.end, end), last.stop))
            continue
        together = bool(made) and start - made[-1].end <= _NEAR and "\n" not in text[made[-1].end : start]
        fresh = not together and stops < _MOST
        stops += fresh
        made.append(Match(start, end, stops if fresh else 0))
    return made
