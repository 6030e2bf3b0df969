"""Names and codes of languages, as people write them, to the two letters of ISO 639-1."""

from __future__ import annotations

import re

# code: ISO 639-2 codes, the English name, the language's own name and other usual ones
_NAMES = {
    "ar": "ara arabic العربية",
    "bg": "bul bulgarian български",
    "ca": "cat catalan català",
    "cs": "cze ces czech čeština česky",
    "da": "dan danish dansk",
    "de": "ger deu german deutsch",
    "el": "gre ell greek ελληνικά",
    "en": "eng english englisch inglés anglais 英語",
    "es": "spa spanish español castellano spanisch",
    "et": "est estonian eesti",
    "fa": "per fas persian farsi فارسی",
    "fi": "fin finnish suomi",
    "fr": "fre fra french français französisch",
    "he": "heb hebrew iw עברית",
    "hi": "hin hindi हिन्दी",
    "hr": "hrv croatian hrvatski",
    "hu": "hun hungarian magyar",
    "id": "ind indonesian",
    "it": "ita italian italiano italienisch",
    "ja": "jpn japanese 日本語 japanisch",
    "ko": "kor korean 한국어",
    "lt": "lit lithuanian lietuvių",
    "lv": "lav latvian latviešu",
    "nl": "dut nld dutch nederlands niederländisch",
    "no": "nor norwegian norsk nb nn",
    "pl": "pol polish polski",
    "pt": "por portuguese português portugiesisch",
    "ro": "rum ron romanian română",
    "ru": "rus russian русский russisch",
    "sk": "slo slk slovak slovenčina",
    "sl": "slv slovenian slovenščina",
    "sr": "srp serbian српски srpski",
    "sv": "swe swedish svenska schwedisch",
    "th": "tha thai ไทย",
    "tr": "tur turkish türkçe",
    "uk": "ukr ukrainian українська",
    "vi": "vie vietnamese",
    "zh": "chi zho chinese 中文 汉语 漢語 chinesisch cn",
}
_CODES = {name: code for code, names in _NAMES.items() for name in [code, *names.split()]}
_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]+)?")


def code(text: str) -> str | None:
    """`EN-us` -> "en", `Deutsch` -> "de", `zh-Hans-CN` -> "zh"; an unknown code of two or three letters as it is.

    None for a word that names no language known here.
    """
    word = text.strip().casefold()
    if word in _CODES:
        return _CODES[word]
    first = re.split(r"[\s(,;/]", word, maxsplit=1)[0]  # "English (United States)"
    if first in _CODES:
        return _CODES[first]
    match = _CODE.fullmatch(word)
    return _CODES.get(match[1], match[1]) if match else None
