"""Whether what a gem says shows again in a review: by the telling words that they share, close together.

Every gem is reduced to its most telling terms (rare among reviews and gems), which an inverted index leads back from. A
review's terms are looked up there; only gems that share enough are compared sentence by sentence. No network, nothing
learned: a term's worth is its inverse document frequency (Spärck Jones, 1972).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.search.analysis import stems_of, stream, tokens

TELLING = 32  # terms a gem is known by
ENOUGH = 0.23  # share of a gem's worth that a few sentences must hold
_FEWEST = 3  # different terms; one rare word alone says nothing
_ANYWHERE = 0.8  # of ENOUGH must the whole review hold before its sentences are looked at
_CANDIDATES = 6
_SENTENCES = 3  # a passage is so many in a row, at most
_LONGEST = 600  # code points of a passage
_COMMON = 0.2  # a term in more of the reviews than that tells nothing
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?]+(?=\s|$)|[。！？]+|\n+|$)|[^\n]")
_KANA = re.compile("[\u3041-\u309f\u30fc]+")


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
        known = [(saying, _concepts(saying)) for saying in sayings]
        counted = Counter(common)
        for _, concepts in known:
            counted.update(concepts.keys())
        number = texts + len(known)
        self._worth = {term: math.log(1 + number / (count + 0.5)) for term, count in counted.items()}
        self._unknown = math.log(1 + number / 0.5)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._whole: dict[int, tuple[dict[str, float], float]] = {}
        often = max(_COMMON * number, 12)
        for saying, concepts in known:
            weights = {
                term: part * self._worth[term]
                for term, part in concepts.items()
                if counted[term] <= often or number < 50
            }
            telling = dict(sorted(weights.items(), key=lambda pair: -pair[1])[:TELLING])
            if len(telling) < _FEWEST:
                continue
            total = sum(telling.values())
            self._whole[saying.id] = (telling, total)
            for term, weight in telling.items():
                self._postings.setdefault(term, []).append((saying.id, weight / total))
        self._vocabulary = self._postings.keys()

    def __len__(self) -> int:
        return len(self._whole)

    def hear(self, places: Sequence[str], language: str) -> list[Echo]:
        """The gems that show in a review (its body, then its turns), the likeliest first."""
        shares: dict[int, float] = {}
        shared = self._vocabulary & terms_of("\n".join(places), language)
        if len(shared) < _FEWEST:
            return []
        for term in shared:
            for gem_id, share in self._postings[term]:
                shares[gem_id] = shares.get(gem_id, 0.0) + share
        likely = [(share, gem_id) for gem_id, share in shares.items() if share >= _ANYWHERE * ENOUGH]
        if not likely:
            return []
        likely.sort(reverse=True)
        windows = list(_windows(places, language))
        found = [echo for _, gem_id in likely[:_CANDIDATES] if (echo := self._best(gem_id, windows))]
        return sorted(found, key=lambda echo: -echo.score)

    def _best(self, gem_id: int, windows: Sequence[tuple[int, str, set[str]]]) -> Echo | None:
        telling, total = self._whole[gem_id]
        best: Echo | None = None
        for place, text, terms in windows:
            matched = telling.keys() & terms
            if len(matched) < _FEWEST:
                continue
            score = sum(telling[term] for term in matched) / total
            if score >= ENOUGH and (best is None or score > best.score + 0.02):
                best = Echo(gem_id, round(score, 3), place, text)
        return best


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


def _windows(places: Sequence[str], language: str) -> Iterator[tuple[int, str, set[str]]]:
    """Passages of one, two and three sentences, with their terms; the shorter ones first."""
    for place, text in enumerate(places):
        spans = [(m.start(), m.end()) for m in _SENTENCE.finditer(text) if m.group().strip()]
        terms = [terms_of(text[start:end], language) for start, end in spans]
        for length in range(1, _SENTENCES + 1):
            for first in range(len(spans) - length + 1):
                start, stop = spans[first][0], spans[first + length - 1][1]
                passage = text[start:stop].strip()
                if len(passage) <= _LONGEST or length == 1:
                    yield place, passage[:_LONGEST], set().union(*terms[first : first + length])
