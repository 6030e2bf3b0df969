"""Where a text has what was asked for, and the passage of it that shows that best. Plain text and offsets, never HTML.

It matches as the index does: folded words, stems in the language of the text, phrases, patterns, fuzzy words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from kb.search.analysis import COMMON, GRAMS, WITH_FORMS, Token, stems_of, tokens, variants
from kb.search.entries import glob
from kb.search.folding import clean, simplify
from kb.search.nodes import (
    KANA,
    SINGLE,
    Boost,
    Fuzzy,
    Leaf,
    Maybe,
    Node,
    Pattern,
    Phrase,
    Telling,
    Word,
    leaves,
    walk,
    written_otherwise,
)
from kb.search.passages import Spot, best_window, tidy
from kb.search.spotting import Beginnings, are_chained, can_be_spotted, pairs_in, without_stray, words_in
from kb.search.vocabulary import slips_between
from kb.search.ways_of_writing import joined, several_parts

Span = tuple[int, int]
LONGEST = 60_000  # characters of one hit that are looked through
_INSIDE = 5  # letters of the least part of a compound
_MANY = 400  # matches in one text that are weighed for its best passage
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage: its text, the spans of it to mark (code points, end excluded), and which piece it is from."""

    text: str
    spans: tuple[Span, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class _Sequence:
    terms: tuple[str, ...]
    slop: int

    @cached_property
    def spaced(self) -> frozenset[str]:
        """Those of its terms that are words of their own, no characters of scripts without spaces."""
        return frozenset(term for term in self.terms if not GRAMS.match(term))


class Marker:
    """Knows what one question looks for; made once a search, used for every text of its results."""

    def __init__(self, node: Node | None, languages: tuple[str, ...] = COMMON) -> None:
        """`languages` are those in whose forms words are looked for, beside the language of a text."""
        self._node, self._languages = node, languages
        self._markers: dict[str, Marker] = {}  # by language of a text
        self.terms: dict[str, int] = {}  # term -> which leaf of the question it stands for
        self.sequences: list[tuple[_Sequence, int]] = []
        self.shapes: list[tuple[re.Pattern[str], int]] = []
        self.near: list[tuple[Fuzzy, int]] = []
        self.singles: dict[str, int] = {}  # characters of scripts without spaces, asked for one at a time
        self.within: dict[str, int] = {}  # what may stand inside a longer word, when the question was widened
        self._known: dict[str, dict[str, int | None]] = {}  # by language: a word as written -> its leaf
        self._ends_alike = False  # a word is looked for, and what it ends with as another writing of it: email, mail
        starts: set[str] | None = set()
        wanted, other = _looked_for(node), written_otherwise(node)
        self.looks_for = tuple(_said(leaf) for leaf in wanted if leaf not in other)  # a Spot's `leaf` is a place in it
        numbered = list(_numbered(wanted, other))
        for number, leaf in numbered:
            starts = _join(starts, self._learn(leaf, number))
        if any(isinstance(each, Telling) for each in walk(node, negated=False)):
            self._learn_compounds([pair for pair in numbered if pair[1] not in other])
        # A passage worth so much answers the whole question (a single word: twice); what comes after is not looked at.
        self._enough = len(self.looks_for) if len(self.looks_for) > 1 else 1.05
        # Looking at every word of a text is slow, so that those are passed over that do not begin as any term does.
        self._beginnings = Beginnings(starts) if starts is not None else None
        self._pairs = {term: number for term, number in self.terms.items() if GRAMS.match(term)}
        self._chained = are_chained(self._pairs)
        self.empty = not (self.terms or self.sequences or self.shapes or self.near or self.singles)

    def _learn(self, leaf: object, number: int) -> set[str] | None:
        """Take in one leaf; gives the beginnings of the words it may match, None when any word may."""
        match leaf:
            case Word(text) if len(text) == 1 and GRAMS.match(text):
                self.singles[simplify(text)] = number
                return None
            case Word(text):
                found = variants(text, self._languages)
                for term in found:
                    self.terms.setdefault(term, number)
                self._ends_alike |= any(one != other and one.endswith(other) for one in found for other in found)
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

    def _learn_compounds(self, wanted: Iterable[tuple[int, Leaf]]) -> None:
        for number, leaf in wanted:
            if isinstance(leaf, Word):
                for term in variants(leaf.text, self._languages):
                    if len(term) >= _INSIDE and not GRAMS.match(term):
                        self.within.setdefault(term, number)

    def spans(self, text: str, language: str = "") -> tuple[Span, ...]:
        """The parts of the text to mark, in order, not overlapping. Only its first LONGEST characters are read."""
        text = text[:LONGEST]
        return _merged((spot.start, spot.end) for spot in self.spots(text, language))

    def _for(self, language: str) -> Marker:
        """The one that knows the forms of this language, too."""
        if language in self._languages or language not in WITH_FORMS:
            return self
        if language not in self._markers:
            self._markers[language] = Marker(self._node, (*self._languages, language))
        return self._markers[language]

    def snippet(self, pieces: Iterable[tuple[str, str]], language: str = "") -> Snippet:
        """The best passage of some texts, each given with its place; the beginning of the first when none matches."""
        several, marker = list(pieces), self._for(language)
        found = marker._best_passage(several, language, inside=False)
        if not found.spans and marker.within:  # slower, so only where no word is there as a whole
            found = marker._best_passage(several, language, inside=True)
        return found

    def _best_passage(self, pieces: Iterable[tuple[str, str]], language: str, *, inside: bool) -> Snippet:
        places, texts = _readable(pieces)
        if not texts:
            return Snippet("")
        found = self._by_text(texts, language, inside) if not self.empty else {}
        best: tuple[float, Sequence[Spot], int] | None = None
        for number, spots in found.items():
            worth, window = best_window(spots[:_MANY])
            if best is None or worth > best[0]:
                best = (worth, window, number)
            if worth >= self._enough:
                break
        if best is None:
            return Snippet(tidy(texts[0], 0, 0), (), places[0])
        _, window, number = best
        shown = tidy(texts[number], window[0].start, window[-1].end)
        marks = _merged((spot.start, spot.end) for spot in self.spots(shown, language, inside=inside))
        return Snippet(shown, marks, places[number])

    def _by_text(self, texts: Sequence[str], language: str, inside: bool) -> dict[int, list[Spot]]:
        """The matches in each of the texts that has any, in order. They are looked through as one, which is quicker."""
        begins = list(accumulate((len(text) + len(_BETWEEN) for text in texts[:-1]), initial=0))
        found: dict[int, list[Spot]] = {}
        for start, end, leaf in self.spots(_BETWEEN.join(texts), language, inside=inside):
            number = bisect_right(begins, start) - 1
            offset = begins[number]
            if end - offset <= len(texts[number]):  # no phrase goes on in the next text
                found.setdefault(number, []).append(Spot(start - offset, end - offset, leaf))
        return found

    def spots(self, text: str, language: str, *, inside: bool = False) -> list[Spot]:
        """Every match in the text, in order; with `inside` also where a word is only part of another."""
        if (marker := self._for(language)) is not self:
            return marker.spots(text, language, inside=inside)
        sequences = self.sequences
        if self._beginnings is not None and not inside and can_be_spotted(text):
            spots, there = self._spotted(text, self._beginnings, language)
            # Cutting all words of a text is slow, and many phrases are looked for where a question was widened.
            sequences = [each for each in sequences if there.issuperset(each[0].spaced)]
            found = list(tokens(text)) if sequences else []
        else:
            found = list(tokens(text))
            spots = [
                Spot(token.start, token.end, number)
                for token in found
                if (number := self._leaf_of(token, text, language, inside)) is not None
            ]
        spots += _in_sequence(sequences, found, text)
        if self.singles:
            spots += [Spot(at, at + 1, self.singles[c]) for at, c in enumerate(simplify(text)) if c in self.singles]
        # The mail of an e-mail, which is found by itself, is only a part of the match.
        if len({spot.leaf for spot in spots}) < len(self.looks_for) or self._ends_alike:
            spots += self._in_one(text, language)
        spots.sort()
        return without_stray(spots, text) if self._chained else spots

    def _in_one(self, text: str, language: str) -> list[Spot]:
        """Where the text parts by signs what is looked for in one: `sign-in` for signin."""
        spots = []
        for found in several_parts(text):
            term = joined(found[0])
            form = next((form for form in (term, *stems_of(term, language).split()) if form in self.terms), None)
            if form is not None:
                spots.append(Spot(found.start(), found.end(), self.terms[form]))
        return spots

    def _spotted(self, text: str, beginnings: Beginnings, language: str) -> tuple[list[Spot], set[str]]:
        """Matches of single words, and the terms of all words that may be in one of several. Each spelling is looked at
        once a search, however often it stands there."""
        known = self._known.setdefault(language, {})
        spots = [Spot(at, at + len(pair), self._pairs[pair]) for pair, at in pairs_in(text, self._pairs)]
        there: set[str] = set()
        for word, at in words_in(text, beginnings):
            if self.sequences:
                there.add(_term(word))
            if word not in known:
                known[word] = self._leaf_of(Token(_term(word), 0, len(word)), word, language, False)
            number = known[word]
            if number is not None:
                spots.append(Spot(at, at + len(word), number))
        return spots, there

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


def _numbered(wanted: Iterable[Leaf], otherwise: Set[Leaf]) -> Iterator[tuple[int, Leaf]]:
    """Each with its number; another way to write the one before has the number of that."""
    number = -1
    for leaf in wanted:
        number += leaf not in otherwise or number < 0
        yield number, leaf


def _said(leaf: Leaf) -> str:
    match leaf:
        case Word(text) | Fuzzy(text):
            return text
        case Phrase(terms):
            return " ".join(terms)
        case Pattern(pattern):
            return pattern


def _join(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    return None if one is None or other is None else one | other


def _readable(pieces: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The places and texts that are looked through: those that say anything, LONGEST characters together."""
    places: list[str] = []
    texts: list[str] = []
    left = LONGEST
    for place, whole in pieces:
        text = clean(whole[: max(left, 0)])
        left -= len(text)
        if text and not text.isspace():
            places.append(place)
            texts.append(text)
    return places, texts


@lru_cache(maxsize=20_000)
def _term(raw: str) -> str:
    return next((token.term for token in tokens(raw)), "")


@lru_cache(maxsize=500)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(glob(pattern), re.DOTALL)


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


def _in_sequence(sequences: Iterable[tuple[_Sequence, int]], found: Sequence[Token], text: str) -> Iterator[Spot]:
    """Phrases; of two words near each other not those that reach from one such pair to the next."""
    nearest: dict[int, list[Spot]] = {}
    for sequence, number in sequences:
        for start, end in _runs(sequence, found, text):
            if sequence.slop:
                nearest.setdefault(number, []).append(Spot(start, end, number))
            else:
                yield Spot(start, end, number)
    for spots in nearest.values():
        kept: list[Spot] = []
        for spot in sorted(spots, key=lambda spot: (spot.end - spot.start, spot.start))[:_MANY]:
            if not any(spot.start < other.end and other.start < spot.end for other in kept):
                kept.append(spot)
                yield spot


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
