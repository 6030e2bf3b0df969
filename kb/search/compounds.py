"""Words that have a word at one of their ends (Portal: Kundenportal), and the two words that one is made of.

Engines bring the look-ups of `kb/search/vocabulary.py`; `tails` gives words written backwards, so that what ends alike
is found as quickly as what begins alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product

from kb.search.analysis import GRAMS, tokens, variants
from kb.search.entries import TAIL
from kb.search.languages import FUNCTION_WORDS
from kb.search.nodes import Leaf, Phrase, Word
from kb.search.vocabulary import Lookup

_SHORTEST = 4  # letters of a word that is looked for in others
_LEAST_REST = TAIL - _SHORTEST  # letters of what stands beside it
_LONG = 5  # letters of a word that is looked for beside what the library has not as a word
_LONG_REST = 4
_MANY = 2_000  # words looked at that begin or end with one
_MOST = 24  # of them that are looked for, the commonest
_FORMS = 3  # of each of two parts
_BETWEEN = 2  # words that may stand between two parts: Portal für Kunden
_LINKS = ("s", "es", "n", "en", "er", "e")  # between two parts: Kündigung-s-frist
_ENDINGS = ("", "s", "e", "n", "en", "es", "er", "ern", "em")
_FORM_ENDINGS = ("e", "n", "en", "s", "es")  # of a word as typed, which its compounds may lack: Schule, Schuljahr
# What makes a form or another meaning of a word, and is mostly no word that it is put together with.
_BEFORE = re.compile("con|com|dis|pro|pre|per|sub|sup|res|rep|inter|trans|super|contra|retro")
_AFTER = re.compile(
    "(?:(?:i[sz]|ic)?(?:at|it)?(?:ion|ional|ive|ively|or|ing|able|ed)|(?:al|ion|at)?(?:ist|ism|i[sz]ed?)|"
    ".{0,3}(?:ment|[ae]nce|[ai]bly|ness|ally|ual|ually|ingly|edly|fully|ship|ility)|"  # English
    ".{0,3}(?:mente|cion|ciones|miento|idad|idade|aron|[ai]e?ndo|izad[oa]|nci[ao]|nciale?)|(?:a|ie|e)?nt[aei]?|"
    "[aei]?dor[ae]?|a?mo|ista|ismo|izar|istic[oa]|itari[oa]"  # Spanish
    ")s?|lich(?:e[mnrs]?)?|isch(?:e[mnrs]?)?|chen"  # German
)
# Words that are an ending, too: without care a rating would be in all that is generating.
_LIKE_AN_ENDING = re.compile(r"(?:ing|tion|able|ible|ment|ness|ship|mente|cion|ward|less)s?\Z")

_Candidate = tuple[str, str, re.Pattern[str], int]  # a longer word, what stands in it beside the one asked for …


def compounds(word: str, known: Lookup, tails: Lookup, languages: tuple[str, ...]) -> tuple[Leaf, ...]:
    """What else of a library a word may be looked for by; nothing for a code, a short word or another script."""
    term = _term(word)
    if not term:
        return ()
    there = _Vocabulary(known, languages)
    longer = [Word(one) for one in _longer(word, there, tails, sure=False)]
    return (*longer, *_in_two(term, there))


def is_part(word: str, known: Lookup, tails: Lookup, languages: tuple[str, ...]) -> bool:
    """Whether a word of the library is this one and another of its words: then this is no slip of the pen."""
    return bool(_term(word) and _longer(word, _Vocabulary(known, languages), tails, sure=True))


def _term(word: str) -> str:
    """A word as it may be in others or made of others, folded; else ""."""
    found = list(tokens(word))
    term = found[0].term if len(found) == 1 and not GRAMS.search(word) else ""
    return term if len(term) >= _SHORTEST and term.isalpha() and term not in FUNCTION_WORDS else ""


class _Vocabulary:
    """What is asked of the words of a library about one word."""

    def __init__(self, known: Lookup, languages: tuple[str, ...]) -> None:
        self.known = known
        self.languages = languages
        self._is_word: dict[str, bool] = {}

    def has(self, word: str) -> bool:
        if word not in self._is_word:
            there = len(word) >= _LEAST_REST and word not in FUNCTION_WORDS
            self._is_word[word] = there and any(one == word for one, _ in self.known(word, 1))
        return self._is_word[word]

    def forms(self, word: str) -> list[str]:
        """The words of the library that are this one in another form, the commonest first."""
        if len(word) < _LEAST_REST or word in FUNCTION_WORDS:
            return []
        near = self.known(word, _MANY)
        same = [(count, one) for one, count in near if one[len(word) :] in _ENDINGS]
        return [one for _, one in sorted(same, key=lambda pair: (-pair[0], pair[1]))[:_FORMS]]

    def variants(self, word: str) -> Collection[str]:
        return variants(word, self.languages)


def _longer(word: str, there: _Vocabulary, tails: Lookup, *, sure: bool) -> list[str]:
    """The library's words that this one begins or ends; `sure`: only where what stands beside it is a word, too."""
    term, own = _term(word), set(there.variants(word))
    shorter = (term.removesuffix(ending) for ending in _FORM_ENDINGS if term.endswith(ending))
    counts: dict[str, int] = {}
    for base in (term, *own.intersection(shorter)):
        if len(base) >= _SHORTEST:
            for longer, rest, affix, count in (*_beginning(base, there.known), *_ending(base, tails)):
                if longer.isalpha() and _is_word(rest, base, affix, there, sure):
                    counts[longer] = count
    best = sorted(counts, key=lambda longer: (-counts[longer], longer))
    return [longer for longer in best if own.isdisjoint(there.variants(longer))][:_MOST]


def _beginning(base: str, known: Lookup) -> Iterator[_Candidate]:
    return ((longer, longer[len(base) :], _AFTER, count) for longer, count in known(base, _MANY))


def _ending(base: str, tails: Lookup) -> Iterator[_Candidate]:
    for ending in _ENDINGS:
        whole = base + ending
        yield from ((tail[::-1], tail[len(whole) :][::-1], _BEFORE, count) for tail, count in tails(whole[::-1], _MANY))


def _is_word(rest: str, base: str, affix: re.Pattern[str], there: _Vocabulary, sure: bool) -> bool:
    """Whether what stands beside a word is one, too; where both are long, that is taken for granted unless `sure`."""
    if len(rest) < _LEAST_REST:
        return False
    if len(rest) >= _LONG_REST and there.has(rest):
        return True
    if affix.fullmatch(rest) or _LIKE_AN_ENDING.search(base):
        return False
    return (not sure and len(base) >= _LONG and len(rest) >= _LONG_REST) or any(map(there.has, _unlinked(rest)))


def _unlinked(part: str) -> Iterable[str]:
    """What a part may be as a word: `kundigungs` the Kündigung, `sprach` the Sprache."""
    yield part
    yield part + "e"
    for link in _LINKS:
        yield part.removesuffix(link)
        yield part.removeprefix(link)


def _in_two(term: str, there: _Vocabulary) -> Iterator[Leaf]:
    """The parts of a word near each other, either way round: `data bases` for database, `Portal für Kunden` for
    Kundenportal. Of several ways to part it, the one whose shorter part is the longest."""
    for at in sorted(range(_LEAST_REST, len(term) - _LEAST_REST + 1), key=lambda at: abs(2 * at - len(term))):
        first, second = term[:at], term[at:]
        if max(len(first), len(second)) < _SHORTEST:
            continue
        heads = list(dict.fromkeys(form for one in _unlinked_end(first) for form in there.forms(one)))[:_FORMS]
        ends = there.forms(second) if heads else []
        if heads and ends:
            for one, other in product(heads, ends):
                yield Phrase((one, other), _BETWEEN)
                yield Phrase((other, one), _BETWEEN)
            return


def _unlinked_end(part: str) -> Sequence[str]:
    return [part, *(part.removesuffix(link) for link in _LINKS if part.endswith(link))]
