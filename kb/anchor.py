"""Finding a quoted passage in a text that may have been edited since, without ever pointing at other words.

A review is looked at as one text: its body, then its turns, parted by a sign that stands in no text. A passage is its
words, where they stood, and a little of what stood around them. It is looked for as it is, then with blanks, line ends
and the way accents are encoded left out of account, in the body also as its Markdown reads. Where the same words stand
several times, what stands around them decides, then the old place.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.words import MASK

BODY = -1
CONTEXT = 48  # code points kept on either side
_PARTED = "\x1e"
_UNSPACED = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3000-\u30ff\u3400-\u9fff\uac00-\ud7ff\uff00-\uffef]")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_MARKS = frozenset("*_`~#>\\")
_WORD = re.compile(r"\w+")
_NAME = 80  # the longest name, in signs
_TELLING = 12  # so many signs beside the names tell a passage
_LIKE = 0.5  # so many of its words must still stand together for a passage to count as changed rather than gone


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a passage stands. `place` is BODY or the 0-based turn, `start` and `stop` code points in it, `before` and
    `after` what stands around it; `nth` says how many times the same words stand earlier in that place."""

    place: int
    start: int
    stop: int
    before: str = ""
    after: str = ""
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a passage: `there` with its anchor, `changed` with the place where most of its words are, `gone`."""

    state: str
    anchor: Anchor | None = None
    place: int | None = None


class Whole:
    """The body and turns of a review as one text, in forms for comparing that remember where each sign came from."""

    def __init__(self, body: str, turns: Sequence[str]) -> None:
        self.places = [body, *turns]
        self.text = _PARTED.join(self.places)
        self._starts: list[int] = []
        at = 0
        for text in self.places:
            self._starts.append(at)
            at += len(text) + 1
        self._forms: dict[bool, _Form] = {}

    def form(self, read: bool) -> _Form:
        """The text without what does not count; with `read` the body also without its Markdown."""
        if read not in self._forms:
            skipped = _markdown(self.places[0]) if read else frozenset[int]()
            self._forms[read] = _Form(self.text, skipped)
        return self._forms[read]

    def anchor(self, start: int, stop: int, nth: int) -> Anchor:
        place = self.place_of(start)
        offset = self._starts[place + 1]
        return Anchor(
            place,
            start - offset,
            stop - offset,
            self.text[max(0, start - CONTEXT) : start],
            self.text[stop : stop + CONTEXT],
            nth,
        )

    def position(self, place: int, start: int) -> int | None:
        """Where a place's offset is in the whole; None when there is no such place any more."""
        return self._starts[place + 1] + start if 0 <= place + 1 < len(self._starts) else None

    def place_of(self, position: int) -> int:
        """The place that this offset of the whole is in."""
        return bisect_right(self._starts, position) - 2  # the first is BODY


class _Form:
    """A text brought to a form for comparing: its signs (base and marks together, NFC), each with where it stands."""

    def __init__(self, text: str, skipped: frozenset[int] = frozenset()) -> None:
        signs: list[str] = []
        starts: list[int] = []
        stops: list[int] = []
        blank: tuple[int, int] | None = None
        for start, stop in _clusters(text):
            if start in skipped:
                continue
            sign = unicodedata.normalize("NFC", text[start:stop])
            if sign.isspace() and sign != _PARTED:
                blank = blank or (start, stop)
                continue
            if blank is not None and signs and not (_UNSPACED.match(sign) and _UNSPACED.match(signs[-1])):
                signs.append(" ")
                starts.append(blank[0])
                stops.append(blank[1])
            blank = None
            signs.append(sign)
            starts.append(start)
            stops.append(stop)
        self.signs, self.starts, self.stops = signs, starts, stops
        self.joined = "".join(signs)
        self._index = [at for at, sign in enumerate(signs) for _ in sign]
        self._begins: list[int] = []
        at = 0
        for sign in signs:
            self._begins.append(at)
            at += len(sign)

    def occurrences(self, other: _Form) -> Iterator[tuple[int, int]]:
        """Where the other's signs stand in a row here, as code points of the text; overlapping ones too."""
        wanted, at = other.joined, -1
        while wanted and (at := self.joined.find(wanted, at + 1)) >= 0:
            first, last = self._index[at], self._index[at + len(wanted) - 1]
            whole = self._begins[first] == at and self._begins[last] + len(self.signs[last]) == at + len(wanted)
            if whole:  # else it begins or ends amid a letter and its accent
                yield self.starts[first], self.stops[last]


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A letter with its marks, an emoji with what is joined to it: stretches that must not be cut."""
    if text.isascii():
        yield from ((at, at + 1) for at in range(len(text)))
        return
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and _clings(text, at):
            continue
        yield start, at
        start = at


def _clings(text: str, at: int) -> bool:
    sign = text[at]
    if sign < "\u0300":
        return False
    return (
        unicodedata.category(sign)[0] == "M"
        or sign in _JOINERS
        or text[at - 1] == "\u200d"
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
    )


def _markdown(body: str) -> frozenset[int]:
    """The places of a body's signs that do not show when its Markdown is read."""
    hidden = {at for at, sign in enumerate(body) if sign in _MARKS}
    for link in _LINK.finditer(body):
        hidden.update(range(link.start(), link.start(1)))
        hidden.update(range(link.end(1), link.end()))
    return frozenset(hidden)


def cite(whole: Whole, quote: str, place: int | None = None, nth: int | None = None) -> Anchor | None:
    """Where newly quoted words stand; None when they stand nowhere. `place` and `nth` say which of several was meant."""
    found = [whole.anchor(*span) for span in _numbered(whole, quote)]
    if not found:
        return None
    kept = [one for one in found if not _cuts(whole, one)] or found
    return min(kept, key=lambda one: (one.place != place, nth is not None and one.nth != nth))


def follow(whole: Whole, quote: str, was: Anchor | None, before: Whole | None = None) -> Outcome:
    """What became of a passage. `was` is where it stood last (None when it was lost), `before` the text as it was."""
    spans = _numbered(whole, quote)
    if was is not None and spans:
        spans = [span for span in spans if not _newly_cuts(whole, span, was)]
    if spans:
        if was is None:
            return Outcome("there", cite(whole, quote))
        expected = _carried(before, whole, was) if before is not None else None
        here = whole.position(was.place, was.start)
        best = max(spans, key=lambda span: _likeness(whole, span, was, expected, here))
        return Outcome("there", whole.anchor(*best))
    where = _most_of_it(whole, quote, was)
    return Outcome("gone") if where is None else Outcome("changed", place=where)


def _numbered(whole: Whole, quote: str) -> list[tuple[int, int, int]]:
    """Every place of the words, as exactly as they can be found: (start, stop, how many before it in its place)."""
    wanted = _Form(quote)
    if not wanted.joined:
        return []
    spans = list(_exactly(whole.text, quote)) or list(whole.form(read=False).occurrences(wanted))
    if not spans:
        read = _Form(quote, _markdown(quote))
        spans = list(whole.form(read=True).occurrences(read)) if read.joined else []
    spans = spans or list(around_names(whole.text, quote))
    # How often before it: what a page needs that shows the text rendered or with names taken out.
    counted: dict[int, int] = {}
    numbered = []
    for start, stop in spans:
        place = whole.place_of(start)
        numbered.append((start, stop, counted.get(place, 0)))
        counted[place] = counted.get(place, 0) + 1
    return numbered


def _exactly(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where the words stand sign by sign: the usual case, and much quicker than comparing forms."""
    at = -1
    while (at := text.find(quote, at + 1)) >= 0:
        stop = at + len(quote)
        if not (at and _clings(text, at)) and not (stop < len(text) and _clings(text, stop)):
            yield at, stop


def around_names(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where words stand out of which names were taken: anything short may stand for a name. A name that they begin or
    end with is not among what is given. What is left without the names must be enough to be told by.
    """
    pieces = [piece for piece in quote.split(MASK) if piece.strip()]
    if MASK not in quote or sum(map(len, pieces)) < _TELLING:
        return
    pieces[0] = pieces[0].lstrip()
    pieces[-1] = pieces[-1].rstrip()
    at = -1
    while (at := text.find(pieces[0], at + 1)) >= 0:
        stop = at + len(pieces[0])
        for piece in pieces[1:]:
            begins = text.find(piece, stop + 1, stop + _NAME + len(piece))
            if begins < 0:
                break
            stop = begins + len(piece)
        else:
            if _PARTED not in text[at:stop]:
                yield at, stop


def _splits(left: str, right: str) -> bool:
    """Whether a cut between these two would part a word."""
    if not left or not right or not (left[-1].isalnum() and right[0].isalnum()):
        return False
    return not (_UNSPACED.match(left[-1]) or _UNSPACED.match(right[0]))


def _cuts(whole: Whole, one: Anchor) -> bool:
    text = whole.places[one.place + 1]
    return any(_splits(text[max(0, at - 1) : at], text[at : at + 1]) for at in (one.start, one.stop))


def _newly_cuts(whole: Whole, span: tuple[int, int, int], was: Anchor) -> bool:
    """`night` is not the same words in `tonight`, unless it was cut out of a longer word from the beginning."""
    start, stop, _ = span
    text = whole.text
    left = _splits(text[max(0, start - 1) : start], text[start : start + 1])
    right = _splits(text[stop - 1 : stop], text[stop : stop + 1])
    first, last = text[start : start + 1], text[stop - 1 : stop]
    return (left and not _splits(was.before, first)) or (right and not _splits(last, was.after))


def _carried(before: Whole, whole: Whole, was: Anchor) -> int | None:
    """Where one edit, wherever it was made, has carried the passage; None when the edit was in it."""
    old, new = before.text, whole.text
    start = before.position(was.place, was.start)
    if start is None:
        return None
    stop = start + was.stop - was.start
    same = _common(old, new)
    if stop <= same:
        return start
    rest = _common(old[::-1], new[::-1])
    return start + len(new) - len(old) if start >= len(old) - rest else None


def _common(one: str, other: str) -> int:
    """How many signs two texts begin with alike, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _likeness(
    whole: Whole, span: tuple[int, int, int], was: Anchor, expected: int | None, here: int | None
) -> tuple[int, int, int, int]:
    start, stop, _ = span
    around = _common(was.before[::-1], whole.text[max(0, start - CONTEXT) : start][::-1])
    around += _common(was.after, whole.text[stop : stop + CONTEXT])
    return (
        start == expected,
        around,
        whole.place_of(start) == was.place,
        -abs(start - here) if here is not None else 0,
    )


def _most_of_it(whole: Whole, quote: str, was: Anchor | None) -> int | None:
    """The place that still holds a good part of the words, in their order, the old one first."""
    words = _WORD.findall(quote.casefold()) if not _UNSPACED.search(quote) else list("".join(quote.split()))
    best: tuple[float, bool, int] | None = None
    for index, text in enumerate(whole.places):
        there = _WORD.findall(text.casefold()) if not _UNSPACED.search(quote) else list("".join(text.split()))
        if not words or not set(words) & set(there):
            continue
        matcher = SequenceMatcher(None, words, there[:5000], autojunk=False)
        share = sum(block.size for block in matcher.get_matching_blocks()) / len(words)
        rank = (share, was is not None and was.place == index - 1, -index)
        if share >= _LIKE and (best is None or rank > best):
            best = rank
    return -best[2] - 1 if best is not None else None
