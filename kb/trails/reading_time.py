"""How long a text takes to read.

Words a minute by language, and characters a minute for Chinese and Japanese, are the means of 436 adults in 17 languages:
S. Trauzettel-Klosinski, K. Dietz and the IReST Study Group, "Standardized Assessment of Reading Performance: The New
International Reading Speed Texts IReST", Investigative Ophthalmology & Visual Science 53(9), 2012, pp. 5452-5461,
https://doi.org/10.1167/iovs.11-8284. They read aloud, so whoever reads in silence is done a little sooner. A language that
was not measured gets the mean of all, 184 words; a script that has neither words parted by blanks nor its own figure, such
as Thai, the mean of the alphabets, 68 ms a character.
"""

from __future__ import annotations

import re
from math import ceil

WORDS_A_MINUTE = {
    "ar": 138, "de": 179, "en": 228, "es": 218, "fi": 161, "fr": 195, "he": 187, "it": 188, "nl": 202, "pl": 166,
    "pt": 181, "ru": 184, "sl": 180, "sv": 199, "tr": 166,
}  # fmt: skip
MEAN = 184
CHARACTERS_A_MINUTE = {"ja": 357, "zh": 255}
SECONDS_A_LETTER = 0.068

_CJK = re.compile("[\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
# Thai, Lao, Burmese and Khmer write without blanks between words.
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


def seconds(text: str, language: str = "") -> float:
    """How long it takes to read a text of this language (ISO 639-1; "" when it is not known). A text in two scripts takes
    the time of each: Latin product names in a Japanese review are words."""
    code = language.partition("-")[0].lower()
    if text.isascii():  # quicker, and most text is
        return 60 * len(_WORD.findall(text)) / WORDS_A_MINUTE.get(code, MEAN)
    signs = len(_CJK.findall(text))
    letters = len(_UNPARTED.findall(text))
    words = len(_WORD.findall(_UNPARTED.sub(" ", _CJK.sub(" ", text))))
    by_sign = CHARACTERS_A_MINUTE.get(code) or CHARACTERS_A_MINUTE["ja" if _KANA.search(text) else "zh"]
    by_word = WORDS_A_MINUTE.get(code, MEAN)
    return 60 * (signs / by_sign + words / by_word) + letters * SECONDS_A_LETTER


def minutes(seconds: float) -> int:
    """Whole minutes, at least one of what is not empty."""
    return ceil(seconds / 60) if seconds > 0 else 0
