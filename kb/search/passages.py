"""Choosing and cutting a passage: where the matches are densest, ended where a sentence or a word ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from kb.search import layout
from kb.search.analysis import GRAMS
from kb.search.unmarking import has_signs, unmarked

WIDTH = 230  # characters; half as many of the wide ones
_BEFORE = 70  # how much may stand before the first match
_EMPTY = 8  # passages of signs alone, as a comment is, that are passed over
_FURTHER = 120  # characters more for a sentence to begin or end in
_SENTENCE = re.compile(r"(?:[.!?…]['\")\]]*\s+|[。！？]|\n\s*)")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\n\s*\d{1,3}[.)]\s*\Z")  # of a list, whose point ends no sentence


class Spot(NamedTuple):
    """A match: `text[start:end]` is what leaf number `leaf` of the question looks for."""

    start: int
    end: int
    leaf: int


def best_window(spots: Sequence[Spot]) -> tuple[float, Sequence[Spot]]:
    """The run of matches, no wider than a passage, with most different parts of the question; then with most matches.

    Gives its worth, to be compared between texts.
    """
    best: tuple[float, int, int] = (-1.0, 0, 1)
    counts: dict[int, int] = {}
    first = 0
    for last, spot in enumerate(spots):
        counts[spot.leaf] = counts.get(spot.leaf, 0) + 1
        while spot.end - spots[first].start > WIDTH - 30 and first < last:
            dropped = spots[first].leaf
            counts[dropped] -= 1
            if not counts[dropped]:
                del counts[dropped]
            first += 1
        worth = len(counts) + min(last - first, 9) / 20
        if worth > best[0]:
            best = (worth, first, last + 1)
    return best[0], spots[best[1] : best[2]]


def tidy(text: str, start: int, end: int) -> str:
    """The passage around `text[start:end]`, without the signs of Markdown and HTML, with … where text was left out."""
    low, high, passage = _shown(text, start, end)
    for _ in range(_EMPTY):
        if passage or not text[high:].strip():
            break
        low, high, passage = _shown(text, high, high)
    if not passage:
        return ""
    return f"{'… ' if text[:low].strip() else ''}{passage}{' …' if text[high:].strip() else ''}"


def _shown(text: str, start: int, end: int) -> tuple[int, int, str]:
    wide = len(GRAMS.findall(text[start : start + 300])) > 5
    width = WIDTH // 2 if wide else WIDTH
    low = _begin(text, start, max(0, start - (_BEFORE // 2 if wide else _BEFORE)))
    high = _finish(text, max(end, low + 1), min(len(text), max(low + width, end)))
    high = layout.without_left_over(text, max(end, low), high)
    if number := _NUMBER.search(text, end, high):
        high = number.start()
    passage = unmarked(text, low, high) if has_signs(text, low, high) else text[low:high]
    return low, high, _SPACE.sub(" ", passage).strip()


def _begin(text: str, start: int, low: int) -> int:
    """Where to begin: with the sentence of the first match, if it began not long ago; else after a blank."""
    if low == 0:
        return 0
    if (row := layout.row_begin(text, start)) is not None:
        return row
    far = max(0, low - _FURTHER)
    ends = [match.end() for match in _SENTENCE.finditer(text, far, start)]
    near = [end for end in ends if end >= low]
    if near or ends:
        return near[0] if near else ends[-1]
    if far == 0:
        return 0
    blank = _SPACE.search(text, low, start)
    return blank.end() if blank else low


def _finish(text: str, end: int, high: int) -> int:
    """Where to stop: after the last sentence that ends in the passage, or a little later; else at a blank."""
    if high == len(text):
        return high
    ends = [match.end() for match in _SENTENCE.finditer(text, end, high)]
    if ends and ends[-1] - end > (high - end) // 2:
        return ends[-1]
    if later := _SENTENCE.search(text, high, min(len(text), high + _FURTHER)):
        return later.end()
    if ends:
        return ends[-1]
    if high + _FURTHER >= len(text):
        return len(text)
    return max((match.start() for match in _SPACE.finditer(text, end, high)), default=high)
