"""Words that begin so, and the words that tell a text from others. Engines bring the look-up.

A `Lookup` gives the terms of a vocabulary that begin with some letters, in order, each with how many documents have it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from kb.search.base import Suggestion
from kb.search.entries import SPELLED
from kb.search.folding import clean, fold
from kb.search.languages import FUNCTION_WORDS

Lookup = Callable[[str, int], list[tuple[str, int]]]
_MANY = 20_000


def both(one: Lookup, other: Lookup) -> Lookup:
    """The look-up of two vocabularies in one. No document has a word in both, so that their counts add up."""

    def look_up(start: str, most: int) -> list[tuple[str, int]]:
        found, more = one(start, most), other(start, most)
        if not (found and more):
            return found or more
        counts = dict(found)
        for term, count in more:
            counts[term] = counts.get(term, 0) + count
        return sorted(counts.items())[:most]

    return look_up


def suggestions(prefix: str, limit: int, lookup: Lookup) -> tuple[Suggestion, ...]:
    """Words that begin with the last word of `prefix`, the commonest first, in the spelling most often used."""
    typed = fold(clean(prefix)).split()
    if not typed or limit < 1:
        return ()
    totals: dict[str, int] = {}
    spellings: dict[str, tuple[int, str]] = {}
    for term, count in lookup(typed[-1], _MANY):
        word, _, spelling = term.partition(SPELLED)
        totals[word] = totals.get(word, 0) + count
        spellings[word] = max(spellings.get(word, (0, "")), (count, spelling))
    best = sorted(totals, key=lambda word: (-totals[word], word))[:limit]
    return tuple(Suggestion(spellings[word][1] or word, totals[word]) for word in best)


def slips_between(one: str, other: str, most: int) -> int:
    """Letters more, less, other, or two neighbours swapped, between two words; `most + 1` when there are more.

    Optimal string alignment (Damerau-Levenshtein without editing a pair twice), by rows, giving up early.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return min(last[-1], most + 1)


def telling(words: Iterable[str], frequency: Callable[[str], int], documents: int, most: int = 20) -> dict[str, float]:
    """The rarest words of a text that other texts have too, with their worth (inverse document frequency)."""
    worth: dict[str, float] = {}
    for word in words:
        if word in FUNCTION_WORDS or word.isdigit():
            continue
        count = frequency(word)
        if 1 < count <= max(documents // 5, 10):
            worth[word] = math.log(1 + documents / count)
    best = sorted(worth, key=lambda word: (-worth[word], word))[:most]
    return {word: worth[word] for word in best}
