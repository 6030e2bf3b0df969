"""How words and texts of the library are shown: kinds and languages by name, marked passages, one-line excerpts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup, escape

from kb import dialects, markup
from kb.finding.hits import FoundHit
from kb.languages import N_
from kb.models import Role
from kb.search.unmarking import has_signs, unmarked
from kb.web import languages
from kb.web.languages import gettext as _

_KINDS = {
    "peer": N_("Peer review"),
    "self": N_("Self review"),
    "manager": N_("Manager review"),
    "calibration": N_("Calibration"),
    "call": N_("Call note"),
}
# Who speaks in a conversation
_SPEAKERS = {"customer": N_("Customer"), "agent": N_("Agent"), "bot": N_("Bot"), "note": N_("Internal note")}
_ROLES = {
    Role.READER: N_("reader"),
    Role.REVIEWER: N_("reviewer"),
    Role.CURATOR: N_("curator"),
    Role.ADMIN: N_("admin"),
}

_HEALTH = {
    "fresh": N_("Fresh"),
    "due": N_("Due"),
    "overdue": N_("Overdue"),
    "nominated": N_("Nominated"),
    "published": N_("Published"),
    "retired": N_("Retired"),
}

# Codes of ISO 639-1, of the languages that support teams write in.
_WRITTEN = (
    "ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv"
    " ms nb nl pl pt ro ru sk sl sr sv th tr uk vi zh"
)
_CODE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def kind_word(kind: object) -> str:
    known = _KINDS.get(str(kind))
    return _(known) if known else str(kind).capitalize()


def role_word(role: str) -> str:
    """Who speaks in a turn of a conversation."""
    known = _SPEAKERS.get(role)
    return _(known) if known else role.capitalize()


def role_name(role: Role) -> str:
    """What a member is called by what they may do."""
    return _(_ROLES[role])


def health_name(state: object) -> str:
    """Fresh, Due, Overdue; or the status of what is not published. At the beginning of a line."""
    return _(_HEALTH[str(state)])


def language_word(code: str) -> str:
    """The name of a language, in the language of the page; at the beginning of a line."""
    name = languages.locale().languages.get(code.partition("-")[0].lower(), code)
    return str(name[:1].upper() + name[1:])


def language_names() -> dict[str, str]:
    """The languages that a review can be in, by code."""
    return {code: language_word(code) for code in _WRITTEN.split()}


def lang(code: str) -> Markup:
    """The attribute that tells a browser and a screen reader the language of what follows; none when it is unknown."""
    return Markup(' lang="{}"').format(code) if _CODE.fullmatch(code or "") else Markup("")


_KANA_OR_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")


def name_lang(name: str) -> Markup:
    """The same attribute for a name that says no language, where its script tells: a topic called 請求 on a German page."""
    code = "ja" if _KANA_OR_HAN.search(name) else "ko" if _HANGUL.search(name) else ""
    return lang(code) if code != languages.code() else Markup("")


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


def without_marks(text: str) -> str:
    """A quoted passage of a Markdown text as a person reads it, its lines kept."""
    return unmarked(text, 0, len(text)).strip() if has_signs(text, 0, len(text)) else text


def plain(text: str, longest: int = 280) -> str:
    """The first words of a Markdown text on one line, without its marks: as excerpts show it."""
    words = " ".join(unmarked(text, 0, min(len(text), longest * 4)).split())
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.·") + " …"


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
    return Markup(named(releveled(markup.to_html(text), top)))  # noqa: S704 - sanitised there


_NOTES = {
    "note": N_("Note"),
    "tip": N_("Tip"),
    "important": N_("Important"),
    "caution": N_("Caution"),
    "warning": N_("Warning"),
}


def named(source: str) -> str:
    """Sanitised HTML with the names of its notes in the language of the page."""
    if "aside-name" in source:
        for name, words in _NOTES.items():
            source = source.replace(
                dialects.name_of_note(name), dialects.name_of_note(name, _(words), str(lang(languages.code())))
            )
    return source


_PLACES = {
    "": "",
    "body": "",
    "comments": N_("in the comments"),
    "feedback": N_("in the customer's words"),
    "scorecard": N_("in the scorecard"),
    "evidence": N_("in its evidence"),
}


def place_words(place: str) -> str:
    """Where in a review or gem the found words stand, when it is worth saying."""
    known = _PLACES.get(place)
    if known is not None:
        return _(known) if known else ""
    turn = place.removeprefix("turn ")
    return _("in turn %(number)s", number=turn) if turn != place else _("in %(place)s", place=place)


def place_anchor(place: str) -> str:
    """The anchor on its page of the place that a find names: `turn 14` -> `#turn-14`."""
    return f"#{place.replace(' ', '-')}" if place and place != "body" else ""


def landing(hit: FoundHit) -> str:
    """The anchor on its page where a result leads: the place that answers, as the page finds it (kb/finding/places.py)."""
    found = hit.type == "review" and hit.spans and hit.place != "scorecard"
    return "#found" if found else place_anchor(hit.place)


def score_word(value: float | None) -> str:
    """4.0 as 4, 4.25 as 4.25."""
    return "" if value is None else f"{value:g}"


FILTERS: dict[str, Callable[..., Any]] = {
    "kind_word": kind_word,
    "role_word": role_word,
    "health_name": health_name,
    "role_name": role_name,
    "language_word": language_word,
    "lang": lang,
    "marked": marked,
    "name_lang": name_lang,
    "plain": plain,
    "landing": landing,
    "place_anchor": place_anchor,
    "place_words": place_words,
    "prose": prose,
    "score_word": score_word,
    "unmarked": without_marks,
}
