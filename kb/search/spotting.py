"""Where the words of a text stand that may be what is looked for: without looking at each of its words.

What may match begins as one of the terms does, and beginnings are found by `str.find`, many times quicker than words
are cut. That needs a text in which a letter's folded form stands where the letter does: ASCII, and what Latin-1 has
with the usual punctuation. Of other scripts the different words are had by an expression instead, and pairs of
characters are looked for as they are. How words are cut is as in kb/search/analysis.py; texts that need more care than
that (combining marks, half-width kana) are not for this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kb.search.analysis import ENDING, GRAM_CHARACTERS, GRAMS, folded, has_marks
from kb.search.folding import fold, simplify
from kb.search.passages import Spot

_WORD = re.compile(rf"[^\W_]+{ENDING}")
_SPACED = re.compile(rf"[^\W_{GRAM_CHARACTERS}]+{ENDING}")
_WORD_BEFORE = re.compile(rf"[^\W_{GRAM_CHARACTERS}]")
_GOES_ON = re.compile(rf"[^\W_{GRAM_CHARACTERS}]|['’][^\W\d_]|\+\+(?!\+)|#(?!\w)")
_HALF_WIDTH = re.compile("[\uff66-\uff9f]")
# What is not Latin-1 nor punctuation, and the letters of Latin-1 that fold to two; ß, which does, too, is seen to.
_BEYOND = re.compile("[ªº²³¹¼-¾ÆÞæþ\u0100-\u1fff\u2100-\u2bff\u2c00-\U0010ffff]")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30fe]+")
_LONG = 3  # letters of a beginning


def _plain_bytes() -> bytes:
    """Each letter of Latin-1 -> the first letter of its folded form."""
    folded_ones = ((code, fold(chr(code))[:1]) for code in range(256))
    return bytes(ord(first) if first and first.isascii() else code for code, first in folded_ones)


_PLAIN = _plain_bytes()


class Beginnings:
    """What a word must begin with to match: three letters, or fewer for patterns and short words; folded."""

    def __init__(self, starts: Iterable[str]) -> None:
        # Cut before what may be one letter in the text: strasse, Straße.
        spaced = {start[:_LONG].partition("ss")[0] + "s" * ("ss" in start[:_LONG]) for start in starts if start}
        spaced = {start for start in spaced if not GRAMS.match(start)}
        self.starts = tuple(sorted(start for start in spaced if not start.startswith(tuple(spaced - {start}))))
        self.letters = frozenset(start[0] for start in spaced)
        # O'Brien is obrien.
        self.apart = tuple(f"{start[:at]}'{start[at:]}" for start in self.starts for at in range(1, len(start)))


def can_be_spotted(text: str) -> bool:
    """Whether `words_in` and `pairs_in` see all of the text as the index does."""
    return text.isascii() or not (has_marks(text) or _HALF_WIDTH.search(text))


def words_in(text: str, beginnings: Beginnings) -> Iterator[tuple[str, int]]:
    """The words of the text that may match, as they are written, each with its place."""
    if not beginnings.letters:
        return iter(())
    if text.isascii():
        return _by_beginning(text, text.lower(), beginnings)
    if _BEYOND.search(text) is None:
        plain = text.replace("’", "'").encode("latin-1", "replace").translate(_PLAIN).decode("latin-1")
        return _by_beginning(text, plain, beginnings)
    return _by_spelling(text, beginnings)


def _by_beginning(text: str, plain: str, beginnings: Beginnings) -> Iterator[tuple[str, int]]:
    for start in (*beginnings.starts, *beginnings.apart) if "'" in plain else beginnings.starts:
        at = plain.find(start)
        while at >= 0:
            if not at or not plain[at - 1].isalnum():
                word = _WORD.match(text, at)
                if word is not None:
                    yield word.group(), at
            at = plain.find(start, at + 1)


def _by_spelling(text: str, beginnings: Beginnings) -> Iterator[tuple[str, int]]:
    letters = beginnings.letters
    for word in set(_SPACED.findall(text)):
        if folded(word)[:1] not in letters:
            continue
        at, size = text.find(word), len(word)
        while at >= 0:
            if not (at and _WORD_BEFORE.match(text, at - 1)) and not _GOES_ON.match(text, at + size):
                yield word, at
            at = text.find(word, at + size)


def are_chained(pairs: Iterable[str]) -> bool:
    """Whether some of these pairs of katakana are parts of one longer word: ログ, グイ, イン."""
    kana = [pair for pair in pairs if len(pair) == 2 and _KATAKANA.fullmatch(pair)]
    firsts = {pair[0] for pair in kana}
    return any(pair[1] in firsts for pair in kana)


def without_stray(spots: Sequence[Spot], text: str) -> list[Spot]:
    """The matches in order without a pair of a longer katakana word that stands by chance in another: イン of ドメイン."""
    kept: list[Spot] = []
    for at, spot in enumerate(spots):
        before, after = spots[at - 1] if at else None, spots[at + 1] if at + 1 < len(spots) else None
        joins = (before is not None and before.end > spot.start) or (after is not None and after.start < spot.end)
        within = _KATAKANA.match(text, spot.end) or (spot.start and _KATAKANA.match(text, spot.start - 1))
        if joins or not within or spot.end - spot.start != 2 or not _KATAKANA.fullmatch(text, spot.start, spot.end):
            kept.append(spot)
    return kept


def pairs_in(text: str, pairs: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Where pairs of characters of unspaced scripts stand."""
    if text.isascii() or not pairs:
        return
    plain = simplify(text)
    for pair in pairs:
        at = plain.find(pair)
        while at >= 0:
            yield pair, at
            at = plain.find(pair, at + 1)
