"""Which known words a word that is not known may be a slip for, and how likely each is. Engines bring the look-up.

A slip costs by how likely it is to be made: two neighbours swapped least, then a letter doubled or a double one left out,
one that sounds alike, one letter more or less or one beside it on the keyboard, and most another letter altogether. How
much may be spent on a word grows with its length, for most short words that are one letter apart are words of their own
(portal and postal, hdd and add), above all with another first letter (refund and Befund), where few people slip.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator

from kb.search.analysis import GRAMS, tokens
from kb.search.base import Correction
from kb.search.entries import SPELLED
from kb.search.languages import FUNCTION_WORDS
from kb.search.vocabulary import Lookup, slips_between

MOST = 5  # candidates
_MANY = 20_000
_LONG = 8  # letters, from which on there may be two slips, and one in the first letter
_PARTINGS = 3

_SWAPPED, _DOUBLED, _SOUNDING, _ONE, _OTHER = 0.6, 0.7, 0.8, 0.9, 1.6
# Letters of the shorter of two words -> what the slips between them may cost: where nothing else speaks for the one that
# is known, where it stands in a text with another word of the question, and with two.
_ALONE = {1: 0.0, 2: 0.0, 3: 0.0, 4: 0.65, 5: 0.95, 6: 0.95, 7: 1.6, 8: 1.7, 9: 1.7}
_IN_COMPANY = {3: 0.65, 4: 0.95, 5: 0.95, 6: 0.95}
_IN_MUCH_COMPANY = {5: 1.6, 6: 1.6}
_LONGER = 2.6
_FIRST = 0.95  # what a slip in the first letter may cost, but in words beyond those above
_SHORT = 7  # letters; up to here another first letter needs company

_KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
)
_OFFSETS = (0.0, 0.25, 0.75)  # of the rows, in keys
_ALIKE = ("ckq", "cs", "sz", "xs", "dt", "bp", "bv", "fv", "vw", "mn", "gj", "ae", "ei", "iy", "ou", "еи", "ао", "тд")
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "αβγδεζηθικλμνξοπρστυφχψως")


def _neighbours() -> Iterator[tuple[tuple[str, str], float]]:
    """What it costs to type the one letter for the other, where they are beside each other or sound alike."""
    for rows in _KEYBOARDS:
        places = {key: (x + _OFFSETS[y], y) for y, row in enumerate(rows) for x, key in enumerate(row)}
        for one, (x, y) in places.items():
            yield from (((one, key), _ONE) for key, (u, v) in places.items() if abs(v - y) <= 1 and abs(u - x) <= 1)
    for group in _ALIKE:
        yield from (((one, other), _SOUNDING) for one in group for other in group)


_FOR_ANOTHER = dict(_neighbours())


def corrections(word: str, lookup: Lookup, spelled: Lookup, held: Callable[[str], bool]) -> list[Correction]:
    """The known words that this one may be a slip for, the likeliest first and of several alike the commonest; then those
    that it runs together. Nothing when the word itself is known or held in another form, or is no plain word."""
    found = list(tokens(word))
    if len(found) != 1 or GRAMS.search(word):
        return []
    term = found[0].term
    if len(term) < 3 or not term.isalpha() or _count(term, lookup) or held(word):
        return []
    best = sorted(_near(term, lookup), key=lambda one: (one[0], -one[1], one[2]))[:MOST]
    return [
        *(Correction(_spelling(known, spelled), count, cost, _needs(term, known, cost)) for cost, count, known in best),
        *_parted(word, term, lookup),
    ]


def _near(term: str, lookup: Lookup) -> Iterator[tuple[float, int, str]]:
    """(cost, count, word) of those that a slip in this one may have been."""
    slips = 1 if len(term) < _LONG else 2
    for start in _starts(term):
        for known, count in lookup(start, _MANY):
            if abs(len(known) - len(term)) > slips or len(set(known) ^ set(term)) > 2 * slips or not _tells(known):
                continue
            if slips_between(term, known, slips) <= slips and (cost := cost_of(term, known)) <= _most(term, known):
                yield cost, count, known


def _most(term: str, known: str) -> float:
    """What the slips between the two may cost at most, whatever stands beside them."""
    length = min(len(term), len(known))
    most = _IN_MUCH_COMPANY.get(length, _IN_COMPANY.get(length, _alone(length)))
    return min(most, _FIRST) if _at_first(term, known) and length in _ALONE else most


def _needs(term: str, known: str, cost: float) -> int:
    """How many other words must stand with it (`Correction.needs`)."""
    length = min(len(term), len(known))
    if cost > _IN_COMPANY.get(length, _LONGER):
        return 2
    return 0 if cost <= _alone(length) and (length > _SHORT or not _at_first(term, known)) else 1


def _alone(length: int) -> float:
    return _ALONE.get(length, _LONGER)


def _at_first(typed: str, meant: str) -> bool:
    """Whether the first letter is another, by more than a swap with the next."""
    return typed[0] != meant[0] and typed[:2] != meant[1::-1]


def cost_of(typed: str, meant: str) -> float:
    """How unlikely it is that who meant the one word typed the other: the cheapest alignment (Damerau-Levenshtein without
    editing a pair twice) with the costs above."""
    before_last: list[float] = []
    last = [0.0]
    for j in range(len(meant)):
        last.append(last[-1] + _missed(meant, j))
    for i, a in enumerate(typed):
        row = [last[0] + _missed(typed, i)]
        for j, b in enumerate(meant):
            changed = 0.0 if a == b else _FOR_ANOTHER.get((a, b), _OTHER)
            cost = min(last[j + 1] + _missed(typed, i), row[j] + _missed(meant, j), last[j] + changed)
            if i and j and a == meant[j - 1] and typed[i - 1] == b:
                cost = min(cost, before_last[j - 1] + _SWAPPED)
            row.append(cost)
        before_last, last = last, row
    return round(last[-1], 2)


def _missed(word: str, at: int) -> float:
    """A letter that only one of the two has."""
    return _DOUBLED if at and word[at] == word[at - 1] else _ONE


def _spelling(term: str, spelled: Lookup) -> str:
    """The word as titles, tags and gems write it, the commonest way."""
    shown = [(count, found.partition(SPELLED)[2]) for found, count in spelled(term + SPELLED, 20)]
    return max(shown)[1] if shown else term


def _tells(known: str) -> bool:
    """Whether a word may be proposed: a text also has function words, codes and numbers."""
    return known.isalpha() and known not in FUNCTION_WORDS


def _count(term: str, lookup: Lookup) -> int:
    return next((count for known, count in lookup(term, 1) if known == term and _tells(known)), 0)


def _parted(word: str, term: str, lookup: Lookup) -> list[Correction]:
    """`dataexport` -> `data export`, as it was typed: the partings whose rarer half is the commonest."""
    typed = unicodedata.normalize("NFC", word).strip()
    shown = typed if len(typed) == len(term) else term  # a letter that folds to two: nobody knows where to part it
    halves = [(min(_count(term[:at], lookup), _count(term[at:], lookup)), -at) for at in range(3, len(term) - 2)]
    best = sorted((pair for pair in halves if pair[0]), reverse=True)[:_PARTINGS]
    return [Correction(f"{shown[:-at]} {shown[-at:]}", count, _LONGER, 1) for count, at in best]


def _starts(term: str) -> Iterable[str]:
    """The first three letters of the words that may be meant: as typed, or with one slip in them."""
    letters = next((alphabet for alphabet in _ALPHABETS if term[0] in alphabet), "")
    starts = {term[:3]: None}
    for at in range(3):
        head, tail = term[:at], term[at + 1 :]
        starts[(head + tail)[:3]] = None
        starts[(head + tail[:1] + term[at] + tail[1:])[:3]] = None
        for letter in letters if at or len(term) not in _ALONE else _beside(term[0], letters):
            starts[(head + letter + tail)[:3]] = None
        for letter in letters:
            starts[(head + letter + term[at:])[:3]] = None
    return starts


def _beside(letter: str, letters: str) -> Iterable[str]:
    return (other for other in letters if (letter, other) in _FOR_ANOTHER)
