"""Where a text has what was asked for, and the passage of it that shows that best. Plain text and offsets, never HTML.

It matches as the index does: folded words, stems in the language of the text, phrases, patterns, fuzzy words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.search.analysis import GRAMS, Token, has_marks, stems_of, tokens, variants
from kb.search.folding import clean, fold, simplify
from kb.search.nodes import KANA, SINGLE, Boost, Fuzzy, Leaf, Maybe, Node, Pattern, Phrase, Telling, Word, leaves, walk
from kb.search.passages import Spot, best_window, tidy
from kb.search.vocabulary import slips_between

Span = tuple[int, int]
LONGEST = 60_000  # characters of one hit that are looked through
_INSIDE = 5  # letters of the least part of a compound
_MANY = 400  # matches in one text that are weighed for its best passage


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage: its text, the spans of it to mark (code points, end excluded), and which piece it is from."""

    text: str
    spans: tuple[Span, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Sequence:
    terms: tuple[str, ...]
    slop: int


class Marker:
    """Knows what one question looks for; made once a search, used for every text of its results."""

    def __init__(self, node: Node | None) -> None:
        self.terms: dict[str, int] = {}  # term -> which leaf of the question it stands for
        self.sequences: list[tuple[_Sequence, int]] = []
        self.shapes: list[tuple[re.Pattern[str], int]] = []
        self.near: list[tuple[Fuzzy, int]] = []
        self.singles: dict[str, int] = {}  # characters of scripts without spaces, asked for one at a time
        self.within: dict[str, int] = {}  # what may stand inside a longer word, when the question was widened
        self._known: dict[str, dict[str, int | None]] = {}  # by language: a word as written -> its leaf
        starts: set[str] | None = set()
        wanted = list(_looked_for(node))
        for number, leaf in enumerate(wanted):
            starts = _join(starts, self._learn(leaf, number))
        if any(isinstance(each, Telling) for each in walk(node, negated=False)):
            self._learn_compounds(wanted)
        # A passage worth so much answers the whole question (a single word: twice); what comes after is not looked at.
        self._enough = len(wanted) if len(wanted) > 1 else 1.05
        self._in_ascii = _candidates_in_ascii(starts) if starts else None
        self._in_letters = _candidates(starts) if starts else None
        self.empty = not (self.terms or self.sequences or self.shapes or self.near or self.singles)

    def _learn(self, leaf: object, number: int) -> set[str] | None:
        """Take in one leaf; gives the beginnings of the words it may match, None when any word may."""
        match leaf:
            case Word(text) if len(text) == 1 and GRAMS.match(text):
                self.singles[simplify(text)] = number
                return None
            case Word(text):
                found = variants(text)
                for term in found:
                    self.terms.setdefault(term, number)
                return {term[:3] for term in found}
            case Phrase(terms, slop):
                self.sequences.append((_Sequence(terms, slop), number))
                return {term[:3] for term in terms}
            case Pattern(pattern):
                self.shapes.append((_shape(pattern), number))
                literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
                return {literal[:3]} if literal else None
            case Fuzzy():
                self.near.append((leaf, number))
                return None
            case _:
                return set()

    def _learn_compounds(self, wanted: Sequence[Leaf]) -> None:
        for number, leaf in enumerate(wanted):
            if isinstance(leaf, Word):
                for term in variants(leaf.text):
                    if len(term) >= _INSIDE and not GRAMS.match(term):
                        self.within.setdefault(term, number)

    def spans(self, text: str, language: str = "") -> tuple[Span, ...]:
        """The parts of the text to mark, in order, not overlapping. Only its first LONGEST characters are read."""
        text = text[:LONGEST]
        return _merged((spot.start, spot.end) for spot in self.spots(text, language))

    def snippet(self, pieces: Iterable[tuple[str, str]], language: str = "") -> Snippet:
        """The best passage of some texts, each given with its place; the beginning of the first when none matches."""
        several = list(pieces)
        found = self._best_passage(several, language, inside=False)
        if not found.spans and self.within:  # slower, so only where no word is there as a whole
            found = self._best_passage(several, language, inside=True)
        return found

    def _best_passage(self, pieces: Iterable[tuple[str, str]], language: str, *, inside: bool) -> Snippet:
        best: tuple[float, Sequence[Spot], str, str] | None = None
        first: tuple[str, str] | None = None
        left = LONGEST
        for place, whole in pieces:
            text = clean(whole[: max(left, 0)])
            left -= len(text)
            if not text.strip():
                continue
            first = first or (place, text)
            found = self.spots(text, language, inside=inside)[:_MANY] if not self.empty else []
            if found:
                worth, window = best_window(found)
                if best is None or worth > best[0]:
                    best = (worth, window, place, text)
                if worth >= self._enough:
                    break
        if best is None:
            return Snippet(tidy(first[1], 0, 0), (), first[0]) if first is not None else Snippet("")
        _, window, place, text = best
        shown = tidy(text, window[0].start, window[-1].end)
        marks = _merged((spot.start, spot.end) for spot in self.spots(shown, language, inside=inside))
        return Snippet(shown, marks, place)

    def spots(self, text: str, language: str, *, inside: bool = False) -> list[Spot]:
        """Every match in the text, in order; with `inside` also where a word is only part of another."""
        quick = self._in_ascii if text.isascii() else None if has_marks(text) else self._in_letters
        quick = None if inside else quick
        if quick is not None and not (self.sequences or self.singles):
            return self._quick_spots(quick, text, language)
        if quick is not None:
            found = [Token(_term(m.group()), m.start(), m.end()) for m in quick.finditer(text)]
        else:
            found = list(tokens(text))
        spots = [
            Spot(token.start, token.end, number)
            for token in found
            if (number := self._leaf_of(token, text, language, inside)) is not None
        ]
        for sequence, number in self.sequences:
            spots += [Spot(start, end, number) for start, end in _runs(sequence, found, text)]
        if self.singles:
            spots += [Spot(at, at + 1, self.singles[c]) for at, c in enumerate(simplify(text)) if c in self.singles]
        spots.sort()
        return spots

    def _quick_spots(self, candidates: re.Pattern[str], text: str, language: str) -> list[Spot]:
        """Matches of single words only: each spelling is looked at once a search, however often it stands there."""
        known = self._known.setdefault(language, {})
        spots: list[Spot] = []
        for match in candidates.finditer(text):
            raw = match.group()
            if raw not in known:
                known[raw] = self._leaf_of(Token(_term(raw), 0, len(raw)), raw, language, False)
            number = known[raw]
            if number is not None:
                spots.append(Spot(match.start(), match.end(), number))
        return spots

    def _leaf_of(self, token: Token, text: str, language: str, inside: bool) -> int | None:
        number = self.terms.get(token.term)
        if number is not None or token.gram:
            return number
        for stem in stems_of(text[token.start : token.end], language).split():
            if stem in self.terms:
                return self.terms[stem]
        if inside and len(token.term) >= _INSIDE:
            for term, number in self.within.items():
                if term in token.term or token.term in term:
                    return number
        for shape, number in self.shapes:
            if shape.fullmatch(token.term):
                return number
        for leaf, number in self.near:
            if slips_between(leaf.text, token.term, leaf.distance) <= leaf.distance:
                return number
        return None


def _looked_for(node: Node | None) -> list[Leaf]:
    """The leaves to mark: not the characters that only rank a Japanese or Chinese sentence."""
    weak = {
        each.child for each in walk(node, negated=False) if isinstance(each, Boost) and each.factor in (SINGLE, KANA)
    }
    ranking = [leaf for each in walk(node, negated=False) if isinstance(each, Maybe) for leaf in leaves(each.optional)]
    aside = {leaf for leaf in ranking if isinstance(leaf, Word) and GRAMS.match(leaf.text)}
    aside |= {leaf for leaf in weak if isinstance(leaf, Word) and GRAMS.match(leaf.text)}
    return [leaf for leaf in leaves(node) if leaf not in aside]


def _join(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    return None if one is None or other is None else one | other


# Looking at every word of a text is slow, so that the words that cannot match are passed over: those that do not begin
# as a term does. Signs that follow a word are as in kb/search/analysis.py.
_ENDING = r"(?:['’][^\W\d_]+|\+\+(?!\+)|#(?!\w))?"


def _candidates_in_ascii(starts: set[str]) -> re.Pattern[str]:
    plain = "|".join(sorted("'?".join(map(re.escape, start)) for start in starts if start.isascii()))
    return re.compile(rf"(?<![a-z0-9])(?:{plain})[a-z0-9]*{_ENDING}" if plain else "(?!)", re.IGNORECASE | re.ASCII)


def _candidates(starts: set[str]) -> re.Pattern[str] | None:
    """For text with other letters: by the first one. None for scripts without spaces."""
    firsts = {start[0] for start in starts if start}
    if any(GRAMS.match(first) for first in firsts):
        return None
    spelled = "".join(re.escape(first) + _spellings().get(first, "") for first in sorted(firsts))
    return re.compile(rf"(?<![^\W_])[{spelled}][^\W_]*{_ENDING}")


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Which letters fold to a word that begins with a letter: `e` -> EÉéÈè…"""
    found: dict[str, str] = {}
    for code in (*range(0x41, 0x5B), *range(0xAA, 0x530), *range(0x1E00, 0x2000), *range(0xFF10, 0xFF5B)):
        if (letter := chr(code)).isalnum() and (first := fold(letter)[:1]) and first != letter:
            found[first] = found.get(first, "") + letter
    return found


@lru_cache(maxsize=20_000)
def _term(raw: str) -> str:
    return next((token.term for token in tokens(raw)), "")


@lru_cache(maxsize=500)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _runs(sequence: _Sequence, found: Sequence[Token], text: str) -> Iterator[Span]:
    """Where the terms stand one after the other; with slop, where they stand in order and not much further apart."""
    first, *rest = sequence.terms
    for at, token in enumerate(found):
        if token.term != first:
            continue
        end, here, spare = token.end, at, sequence.slop
        for term in rest:
            here = next((i for i in range(here + 1, min(here + 2 + spare, len(found))) if found[i].term == term), -1)
            if here < 0 or (not sequence.slop and not _adjacent(found[here], end, text)):
                break
            end = found[here].end
        else:
            yield token.start, end


_LETTER = re.compile(r"[^\W_]")


def _adjacent(token: Token, end: int, text: str) -> bool:
    return token.start <= end or _LETTER.search(text, end, token.start) is None


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
