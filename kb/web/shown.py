"""How words and texts of the library are shown: kinds and languages by name, marked passages, one-line excerpts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup, escape

from kb import markup

KINDS = {
    "peer": "Peer review",
    "self": "Self review",
    "manager": "Manager review",
    "calibration": "Calibration",
    "call": "Call note",
}
ROLES = {"customer": "Customer", "agent": "Agent", "bot": "Bot", "note": "Internal note"}

# English names of ISO 639-1 codes, for the languages that support teams write in.
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nb": "Norwegian",
    "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def kind_word(kind: object) -> str:
    return KINDS.get(str(kind), str(kind).capitalize())


def role_word(role: str) -> str:
    return ROLES.get(role, role.capitalize())


def language_word(code: str) -> str:
    return LANGUAGES.get(code.partition("-")[0].lower(), code)


def lang(code: str) -> Markup:
    """The attribute that tells a browser and a screen reader the language of what follows; none when it is unknown."""
    return Markup(' lang="{}"').format(code) if _CODE.fullmatch(code or "") else Markup("")


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The text, escaped, with these stretches in <mark>. Spans may overlap, be unsorted or run past the end."""
    pieces: list[Markup] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start < end:
            pieces += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            at = end
    pieces.append(escape(text[at:]))
    return Markup("").join(pieces)


_INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|i|kbd|mark|q|s|samp|strong|sub|sup|var)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def plain(text: str, longest: int = 280) -> str:
    """The first words of a Markdown text on one line, without its marks."""
    words = " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", markup.to_html(text[: longest * 4])))).split())
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"


_HEADING = re.compile(r"<(/?)h([2-6])>")


def releveled(source: str, top: int) -> str:
    """Sanitised HTML with its headings where they belong on a page: the highest becomes `top`, and none skips a step.

    People begin a text with whatever heading looks right; a screen reader's outline of the page needs them in order.
    """
    used = sorted({int(level) for _, level in _HEADING.findall(source)})
    above = top - 1

    def place(found: re.Match[str]) -> str:
        nonlocal above
        if not found[1]:
            above = min(used.index(int(found[2])) + top, above + 1, 6)
        return f"<{found[1]}h{above}>"

    return _HEADING.sub(place, source)


def prose(text: str, top: int = 2) -> Markup:
    """A Markdown text as HTML, its headings from `top` on."""
    return Markup(releveled(markup.to_html(text), top))  # noqa: S704 - sanitised there


_PLACES = {
    "": "",
    "body": "",
    "comments": "in the comments",
    "feedback": "in the customer's words",
    "scorecard": "in the scorecard",
    "evidence": "in its evidence",
}


def place_words(place: str) -> str:
    """Where in a review or gem the found words stand, when it is worth saying."""
    return _PLACES.get(place, f"in {place}")


def place_anchor(place: str) -> str:
    """The anchor on its page of the place that a find names: `turn 14` -> `#turn-14`."""
    return f"#{place.replace(' ', '-')}" if place and place != "body" else ""


def score_word(value: float | None) -> str:
    """4.0 as 4, 4.25 as 4.25."""
    return "" if value is None else f"{value:g}"


FILTERS: dict[str, Callable[..., Any]] = {
    "kind_word": kind_word,
    "role_word": role_word,
    "language_word": language_word,
    "lang": lang,
    "marked": marked,
    "plain": plain,
    "place_anchor": place_anchor,
    "place_words": place_words,
    "prose": prose,
    "score_word": score_word,
}
