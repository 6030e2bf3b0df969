"""Whether what a gem says shows again in a review: by the telling words that they share, close together.

Every gem is reduced to its most telling terms (rare among reviews and gems), which an inverted index leads back from. A
paragraph's terms are looked up there; only gems that share enough are compared sentence by sentence. No network, nothing
learned: a term's worth is its inverse document frequency (Spärck Jones, 1972).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate, chain
from operator import add
from typing import NamedTuple, TypeVar

from kb.search.analysis import GRAM_CHARACTERS, GRAMS, stems_of, stream, tokens
from kb.search.folding import MAX_TERM, simplify

TELLING = 32  # terms a gem is known by
LEADING = 14  # of them, the most telling, lead to the gem
_MANY = 2_000  # gems; where there are more, fewer terms lead to each: else they would cost too much of an ingest
_LEADING_TO_MANY = 9
ENOUGH = 0.25  # share of a gem's worth that a few sentences must hold
AT_LEAST = 3.0  # times the worth of a term that is in ten reviews: a gem of everyday words needs more of them
FEWEST = 3  # different terms; one rare word alone says nothing
_SELDOM = 4  # gems, or one in fifty: a term that no more gems have leads to them
_RARE = 3  # such terms, before a gem is weighed
_CANDIDATES = 4
_SENTENCES = 3  # a passage is so many in a row, at most
_SHORTEST = 20  # code points: a greeting says nothing
_LONGEST = 600  # code points of a passage
_SENTENCE = re.compile(r".+?(?:[.!?]+(?=\s)|[。！？]+|\n+|\Z)", re.DOTALL)
_LETTERS = bytes(ord(chr(n).lower() if chr(n).isalnum() else " ") if n < 128 else n for n in range(256))
_SPACED = re.compile(rf"[^\W{GRAM_CHARACTERS}](?:[^\W{GRAM_CHARACTERS}]|['’+#])*")  # words amid unspaced scripts
_TO_COMPOSE = re.compile("[\u1100-\u11ff\u3099\u309a\uff66-\uff9f]")  # characters that become others when read together
_REMEMBERED = 100_000
_KANA = re.compile("[\u3041-\u309f\u30fc]+")
_Word = bytes | str  # a word in bytes as it stands in a text, or a term
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Saying:
    """What a gem says: its title and passages name the problem, its workaround the answer."""

    id: int
    language: str
    title: str
    quotes: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Echo:
    """A passage of a review that seems to say what a gem says. `place` is the number of the text that it stands in."""

    gem_id: int
    score: float
    place: int
    quote: str


def terms_of(text: str, language: str) -> set[str]:
    """The different terms of a text, words and stems, as the index has them."""
    found = stream(text, language)
    terms = set(found.words)
    for stems in found.stems:
        terms.update(stems.split())
    return terms


def frequencies(texts: Iterable[tuple[str, str]]) -> tuple[Counter[str], int]:
    """In how many of the texts (text, language) each term is, and how many they are."""
    counted: Counter[str] = Counter()
    number = 0
    for text, language in texts:
        counted.update(terms_of(text, language))
        number += 1
    return counted, number


class Listener:
    """Knows what all gems say; asked for one review after the other. Read-only once made."""

    def __init__(self, sayings: Iterable[Saying], common: Mapping[str, int], texts: int) -> None:
        known = [(saying.id, _concepts(saying)) for saying in sayings]
        counted = Counter(common)
        for _, concepts in known:
            counted.update(concepts.keys())
        number = texts + len(known)
        leading = LEADING if len(known) <= _MANY else _LEADING_TO_MANY
        postings: dict[str, list[int]] = {}
        self._telling: dict[int, dict[str, float]] = {}
        self._needed: dict[int, int] = {}
        least = AT_LEAST * math.log(1 + number / 10) ** 2
        for gem_id, concepts in known:
            # Squared, as in a cosine: three rare words weigh more than ten of every day's. A word that only this gem has
            # is taken for as rare as one that two have: else a slip of the pen would weigh most.
            worth = {
                term: (part * math.log(1 + number / (max(counted[term], 2) + 0.5))) ** 2
                for term, part in concepts.items()
            }
            telling = sorted(worth.items(), key=lambda pair: -pair[1])[:TELLING]
            total = max(sum(value for _, value in telling), least / ENOUGH)
            if len(telling) < FEWEST:
                continue
            self._telling[gem_id] = {term: value / total for term, value in telling}
            self._needed[gem_id] = _needed([value / total for _, value in telling])
            for place, (term, _) in enumerate(telling):
                found = postings.setdefault(term, [])
                if place < leading:
                    found.append(gem_id)
        seldom = max(_SELDOM, len(known) // 50)
        self._numbered = list(self._telling)
        bit = {gem_id: 1 << number for number, gem_id in enumerate(self._numbered)}
        rare: dict[str, int] = {}
        self._leading: dict[int, set[str]] = {gem_id: set() for gem_id in self._telling}
        for term, ids in postings.items():
            if 0 < len(ids) <= seldom:
                rare[term] = sum(bit[gem_id] for gem_id in ids)
                for gem_id in ids:
                    self._leading[gem_id].add(term)
        self._terms = {gem_id: frozenset(telling) for gem_id, telling in self._telling.items()}
        self._vocabulary = frozenset(postings)
        self._pairs = frozenset(term for term in self._vocabulary if GRAMS.match(term))
        self._ears = _Ears(self._vocabulary, rare)

    def __len__(self) -> int:
        return len(self._telling)

    def hear(self, places: Sequence[str], language: str, without: Set[int] = frozenset()) -> list[Echo]:
        """The gems that show in a review (its body, then its turns), the likeliest first; not those of `without`."""
        best: dict[int, Echo] = {}
        for place, text in enumerate(places):
            for paragraph in text.split("\n\n"):
                if len(paragraph) < _SHORTEST:
                    continue
                for echo in self._in_paragraph(place, paragraph, language, without):
                    known = best.get(echo.gem_id)
                    if known is None or echo.score > known.score:
                        best[echo.gem_id] = echo
        return sorted(best.values(), key=lambda echo: -echo.score)

    def _in_paragraph(self, place: int, text: str, language: str, without: Set[int]) -> Iterator[Echo]:
        words, ear = self._words(text, language), self._ears[language]
        # A term that two words are forms of counts twice here: never too few, and most paragraphs are done with.
        led = self._thrice([*chain.from_iterable(map(ear.leads.__getitem__, words))])
        if not led:
            return
        likely = list(self._likely(led - without, ear.terms_of(words)))
        if not likely:
            return
        spans = [found for found in _SENTENCE.finditer(text) if not found.group().isspace()]
        sentences = [_Sentence(found.start(), found.end(), self._shared(found.group(), language)) for found in spans]
        for _, gem_id in nlargest(_CANDIDATES, likely):
            if found := self._best(gem_id, sentences):
                start, stop, score = found
                yield Echo(gem_id, round(score, 3), place, text[start : min(stop, start + _LONGEST)].strip())

    def _thrice(self, sets: Sequence[int]) -> set[int]:
        """The gems that are in three of these sets, which are integers of a bit for each gem: the fewer steps, the
        quicker, and here a step is done for all gems at once."""
        found: set[int] = set()
        if len(sets) < _RARE:
            return found
        once = twice = thrice = 0
        for bits in sets:
            thrice |= twice & bits
            twice |= once & bits
            once |= bits
        while thrice:
            lowest = thrice & -thrice
            found.add(self._numbered[lowest.bit_length() - 1])
            thrice ^= lowest
        return found

    def _likely(self, led: Iterable[int], shared: Set[str]) -> Iterator[tuple[float, int]]:
        """Those of the gems that share enough with a paragraph, each with how much."""
        leading, terms, needed = self._leading, self._terms, self._needed
        for gem_id in led:
            held = terms[gem_id] & shared
            # How many they are is found out in a third of the time of what they are worth, and tells nearly as much.
            if len(held) >= needed[gem_id] and len(held & leading[gem_id]) >= _RARE:
                worth = sum(map(self._telling[gem_id].__getitem__, held))
                if worth >= ENOUGH:
                    yield worth, gem_id

    def _shared(self, text: str, language: str) -> set[str]:
        """The gems' terms that stand in a text."""
        return self._ears[language].terms_of(self._words(text, language))

    def _words(self, text: str, language: str) -> set[_Word]:
        """The words of a text as an ear takes them; of unspaced scripts only what is in some gem."""
        if text.isascii() or not GRAMS.search(text):
            # Bytes are cut many times quicker than characters; what is no ASCII letter is looked at once a word.
            return set(text.encode(errors="replace").translate(_LETTERS).split())
        if _TO_COMPOSE.search(text):
            return set(terms_of(text, language) & self._vocabulary)
        unspaced = simplify(text)
        found: set[_Word] = {word.encode(errors="replace") for word in _SPACED.findall(text)}
        return found.union(self._pairs.intersection(map(add, unspaced, unspaced[1:])))

    def _best(self, gem_id: int, sentences: Sequence[_Sentence]) -> tuple[int, int, float] | None:
        """The shortest run of sentences that holds most of what the gem says: where it begins and ends, and how much."""
        telling = self._telling[gem_id]
        matched = [self._terms[gem_id] & sentence.terms for sentence in sentences]
        least, best = ENOUGH, None
        for first, here in enumerate(matched):
            if not here:
                continue
            held: set[str] = set()
            for last in range(first, min(first + _SENTENCES, len(sentences))):
                held |= matched[last]
                score = sum(map(telling.__getitem__, held))
                if len(held) >= FEWEST and score >= least:
                    least = score + 0.02  # a longer run must be worth its length
                    best = sentences[first].start, sentences[last].stop, score
        return best


def _needed(worth: Sequence[float]) -> int:
    """How many terms it takes to hold enough of a gem, at least. `worth` of each, the most telling first."""
    held = enumerate(accumulate(worth), 1)
    return max(FEWEST, next((number for number, together in held if together >= ENOUGH), len(worth)))


class _Ear:
    """For a word as it stands in a text of one language: those of the gems' terms that it is a form of, and the gems that
    these lead to. Found out once, then remembered, since the same few thousand words come in every review."""

    def __init__(self, vocabulary: Set[str], rare: Mapping[str, int], language: str) -> None:
        self._vocabulary = vocabulary
        self._rare = rare
        self._language = language
        self._terms: dict[_Word, tuple[str, ...]] = _Remembered(self._terms_of)
        self.leads: dict[_Word, tuple[int, ...]] = _Remembered(self._leads_of)

    def terms_of(self, words: Iterable[_Word]) -> set[str]:
        return set(chain.from_iterable(map(self._terms.__getitem__, words)))

    def _terms_of(self, raw: _Word) -> tuple[str, ...]:
        if isinstance(raw, str):
            return (raw,)
        word = raw.decode(errors="replace")
        if raw.isalnum() and len(raw) <= MAX_TERM:  # of ASCII letters, as most are: no need of the whole analysis
            word = word.lower()
            found = {word, *stems_of(word, self._language).split()}
        else:
            found = terms_of(word, self._language)
        return tuple(found & self._vocabulary)

    def _leads_of(self, raw: _Word) -> tuple[int, ...]:
        return tuple(self._rare[term] for term in self._terms[raw] if term in self._rare)


class _Ears(dict[str, _Ear]):
    """One for each language that reviews come in."""

    def __init__(self, vocabulary: Set[str], rare: Mapping[str, int]) -> None:
        super().__init__()
        self._made_of = vocabulary, rare

    def __missing__(self, language: str) -> _Ear:
        found = self[language] = _Ear(*self._made_of, language)
        return found


class _Remembered(dict[_Word, _Found]):
    """What `find` gives for a word. Bounded: when full it starts afresh."""

    def __init__(self, find: Callable[[_Word], _Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, raw: _Word) -> _Found:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[raw] = self._find(raw)
        return found


class _Sentence(NamedTuple):
    start: int
    stop: int
    terms: set[str]


def _concepts(saying: Saying) -> dict[str, float]:
    """The terms of a gem, each with how much it counts: title and passages fully, the workaround less."""
    found: dict[str, float] = {}
    texts = [(saying.title, 1.0), *((quote, 1.0) for quote in saying.quotes[:3]), (saying.body[:600], 0.8)]
    for text, part in texts:
        for token in tokens(text):
            if token.gram:
                if len(token.term) < 2 or _KANA.fullmatch(token.term):
                    continue
                term = token.term
            else:
                stems = stems_of(text[token.start : token.end], saying.language).split()
                term = stems[-1] if stems else token.term
                if len(term) < 2:
                    continue
            found[term] = max(found.get(term, 0.0), part)
    return found
