"""How else people write a word of several parts: in one, or each part by itself (sign-in, signin; OAuth2, OAuth 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from kb.search.analysis import GRAMS, folded, stems_of
from kb.search.folding import fold

# A sign that joins two parts to one word: sign-in, ERR_42, node.js, 50,000.
_JOIN = re.compile(r"[-_.,\u2010\u2011](?=[^\W_])")
_JOINED = re.compile(r"[^\W_]+(?:[-_.,\u2010\u2011][^\W_]+)+")
_MOST_PARTS = 5  # of a word that is also written in one; more are rather a path, a list or a number of its own
_LONGEST_JOINED = 32
_SIGNS = re.compile(r"[-_.,\u2010\u2011]")
_POINTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")  # 50.000, as a number is written in German or Spanish
_TURNS = re.compile(r"[^\W\d_]+|\d+")


def also_written(text: str, words: Iterable[str], language: str = "") -> tuple[list[str], list[str]]:
    """How else people write what a text has (`words` are those of its stream that are no pairs of characters): words of
    several parts in one, with their stems (`sign-ins` as `signins` and `signin`, `ERR_42` as `err42`), and words of letters
    and digits in their parts (`OAuth2.0` as `oauth 2 0`, `v2.3.1` as `v 2 3 1`), each to stand by itself."""
    one: dict[str, None] = {}
    parts: dict[str, None] = {}
    for found in several_parts(text):
        term, split = _otherwise(found[0])
        if term:
            one.update(dict.fromkeys((term, *stems_of(term, language).split())))
        if split:
            parts[split] = None
    for word in [word for word in words if not word.isalpha()]:
        if in_turns := turns(word):
            parts[" ".join(in_turns)] = None
    return list(one), sorted(parts)


@lru_cache(maxsize=20_000)
def _otherwise(raw: str) -> tuple[str, str]:
    """A word of several parts in one, and wholly in its parts; "" for what it has not."""
    split = [turns(piece) or (piece,) for part in _SIGNS.split(raw) if (piece := folded(part))]
    worth_it = len(split) <= _MOST_PARTS and any(len(each) > 1 for each in split)
    return joined(raw), " ".join(chain.from_iterable(split)) if worth_it else ""


def several_parts(text: str) -> Iterator[re.Match[str]]:
    """Where words with a sign within them stand. The signs are looked for, which are few, and not the words."""
    end = 0
    for sign in _JOIN.finditer(text):
        at = sign.start()
        if at < end or not text[at - 1 : at].isalnum():
            continue
        start = at
        while start and text[start - 1].isalnum():
            start -= 1
        if match := _JOINED.match(text, start):
            end = match.end()
            if len(match[0]) <= _LONGEST_JOINED:
                yield match


def joined(raw: str) -> str:
    """One such word as one; "" when it is none, or a number with a point (2.5 is not 25, but 50.000 is 50000 in most
    languages) or a script without spaces."""
    if len(raw) > _LONGEST_JOINED or "://" in raw or GRAMS.search(raw):
        return ""
    parts = [part for part in _SIGNS.split(raw) if part]
    if not 1 < len(parts) <= _MOST_PARTS:
        return ""
    if all(part.isdigit() for part in parts) and not (_POINTED.fullmatch(raw) or ("," in raw and _thousands(parts))):
        return ""
    if "," in raw and not all(part.isdigit() for part in parts):
        return ""
    term = fold("".join(parts))
    return term if term.isalnum() else ""


def _thousands(parts: list[str]) -> bool:
    return all(len(part) == 3 for part in parts[1:])


@lru_cache(maxsize=20_000)
def turns(term: str) -> tuple[str, ...]:
    """A word of letters and digits in its parts: `oauth2` is `oauth` and `2`; nothing for any other, for `19th` and `80s`,
    nor for what is rather a key or a hash."""
    if term.isalpha() or term.isdigit() or len(term) > _LONGEST_JOINED:
        return ()
    parts = tuple(_TURNS.findall(term))
    begins_well = parts and (parts[0].isalpha() or parts[:2] == ("0", "x"))
    return parts if begins_well and 1 < len(parts) <= 3 and "".join(parts) == term else ()
