"""Words that were read off a page or an excerpt, as their review has them.

A page shows a list without its marks and a table in cells; an excerpt puts lines in one. What is quoted from there has the
same words in the same order, and other signs between them. The review's own signs are what a gem cites: these are found
again after every edit (kb/anchor.py).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from kb import anchor
from kb.anchor import Whole

_WORD = re.compile(r"\w+")
_TARGET = r"\((?:[^()\n]|\([^()\n]{0,200}\)){0,600}\)"  # of a link
# What a reader does not see: where links lead, tags, what stands around the words of a picture, entities.
_UNSEEN = re.compile(
    rf"(?<=\]){_TARGET}|"
    r"<!--.{0,1000}?-->|</?[a-zA-Z][^<>\n]{0,600}>|:::[a-z][^\"\n]{0,300}(?:\"[^\"\n]{0,600}\"[^\"\n]{0,100}?)*?"
    r"(?:alt-text=\"|:::)|```\w*$|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});",
    re.MULTILINE | re.DOTALL,
)
_NUMBER = re.compile(r"^[ \t>]*\d{1,3}(?=[.)][ \t])", re.MULTILINE)  # of a list: what is selected on a page has none
_BEFORE = re.compile(r"[*_`|\"'“„«(\[]*\Z")
_AFTER = re.compile(rf"(?:\]{_TARGET}|[.!?…。！？\"'”»)\]*_`|]){{0,12}}")
_MOST_BEFORE = 12


def as_it_stands(whole: Whole, quote: str) -> str:
    """The passage of the text that these words are, sign by sign, or the quote as it is where they stand as it says, or
    nowhere in this order."""
    if not quote.strip() or anchor.cite(whole, quote) is not None:
        return quote
    wanted = [_form(word) for word in _WORD.findall(quote)]
    for numbered in (True, False):
        for text in whole.places:
            span = _found(text, wanted, numbered=numbered)
            if span is not None:
                return text[span[0] : span[1]]
    return quote


def _found(text: str, wanted: list[str], *, numbered: bool) -> tuple[int, int] | None:
    words = list(_words(text, numbered))
    forms = [_form(text[start:end]) for start, end in words]
    begins = list(accumulate((len(form) + 1 for form in forms), initial=0))
    joined = f" {' '.join(forms)} "
    at = joined.find(f" {' '.join(wanted)} ") if wanted else -1
    if at < 0:
        return None
    first = bisect_right(begins, at) - 1
    start, end = words[first][0], words[first + len(wanted) - 1][1]
    before = _BEFORE.search(text, max(0, start - _MOST_BEFORE), start)
    after = _AFTER.match(text, end)
    return (before.start() if before else start), (after.end() if after else end)


def _words(text: str, numbered: bool) -> Iterator[tuple[int, int]]:
    unseen = [found.span() for found in _UNSEEN.finditer(text)]
    if not numbered:
        unseen = sorted([*unseen, *(found.span() for found in _NUMBER.finditer(text))])
    at = 0
    for begin, end in [*unseen, (len(text), len(text))]:
        for word in _WORD.finditer(text, at, max(begin, at)):
            yield word.span()
        at = max(at, end)


def _form(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()
