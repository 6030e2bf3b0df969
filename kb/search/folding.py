"""One spelling for what people read as the same: NFKC, case folding, accents, a few letters that do not decompose.

`fold` is for running text (of its words become index terms), `fold_value` for exact values such as tag names.
Both are alike for index, query and highlight, so they are the only places that decide what "the same" means.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

MAX_TERM = 64  # longer runs (base64, hashes glued together) are cut, on both sides alike

# Letters that carry their stroke or ligature in one code point, so that no decomposition takes it off.
_LETTERS = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe",
        "ĸ": "k", "ŋ": "n", "\u0640": None,  # Arabic tatweel, which only stretches a word
        "\u00ad": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,  # invisible joiners
    }
)  # fmt: skip
# Marks that writers leave out: accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs. Marks of other
# scripts (Devanagari vowels, kana voicing) are letters in their own right and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+")
_SPACES = re.compile(r"[\s_\-\u2010-\u2015]+")


_HAN = re.compile("[\u3400-\u9fff]")


@lru_cache(maxsize=1)
def _to_simplified() -> dict[int, str]:
    """Traditional characters to simplified ones, one to one (OpenCC's dictionary)."""
    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    found = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(a): b for a, b in zip(characters, found, strict=True) if a != b and len(b) == 1}


def simplify(text: str) -> str:
    """Chinese in traditional characters as in simplified ones: `數據` is `数据`. Of the same length."""
    return text.translate(_to_simplified()) if _HAN.search(text) else text


def fold(text: str) -> str:
    """Any text folded, its words and separators left in place.

    >>> fold("Résumé STRASSE ﬁn")
    'resume strasse fin'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return simplify(unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed).translate(_LETTERS)))


def fold_value(text: str) -> str:
    """An exact value as typed queries are compared with it: `Data-Strategy ` and `data  strategy` are one.

    >>> fold_value("Data_Strategy ")
    'data strategy'
    """
    return _SPACES.sub(" ", fold(text)).strip()


def clean(text: str) -> str:
    """Text without lone surrogates and NULs, which neither an index nor a page can hold.

    Each becomes one space, so that every offset stays as it was.
    """
    if text.isascii():
        return text.replace("\0", " ") if "\0" in text else text
    return _UNUSABLE.sub(" ", text)


_UNUSABLE = re.compile("[\0\ud800-\udfff]")
