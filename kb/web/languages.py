"""The language of a page: the member's own, else one that the browser asks for, else the library's."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_decimal
from babel.support import NullTranslations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup

from kb import translations
from kb.errors import KbError
from kb.languages import LANGUAGES, Count
from kb.settings import Settings
from kb.web import chosen

_ENGLISH = Locale("en")


class _Catalogs(Domain):  # type: ignore[misc]
    """Flask-Babel's way to the catalogs, by ours: they are compiled in memory."""

    def get_translations(self) -> NullTranslations:
        return translations.catalog(code())


def install(app: Flask, settings: Settings) -> None:
    """Templates have `_` and `ngettext` after this, and `language()` for `<html lang>`."""
    babel = Babel()
    babel.init_app(
        app,
        default_locale=settings.language,
        default_timezone=settings.timezone,
        locale_selector=lambda: _chosen(settings),
    )
    babel.domain_instance = _Catalogs(domain=translations.DOMAIN)
    # A page says some hundred things: by Flask-Babel's own way, which looks for its context anew for each, that took a tenth
    # of its time; by Jinja's, which makes a context anew for each that is said in a loop, still a twentieth.
    app.jinja_env.globals |= {"_": _on_page, "gettext": _on_page, "ngettext": _several_on_page, "language": code}
    app.jinja_env.filters["said"] = said
    app.after_request(_says_what_it_depends_on)


def locale() -> Locale:
    """The locale of the answer that is being made; English where none is."""
    if not has_request_context():
        return _ENGLISH
    here = g._get_current_object()
    if not hasattr(here, "locale_of_answer"):
        here.locale_of_answer = get_locale() or _ENGLISH
    found: Locale = here.locale_of_answer
    return found


def answer_in(language: str) -> None:
    """Give this answer in a language, whatever the program that asks for it would like."""
    g.locale_of_answer = Locale(language)


def code() -> str:
    """Its language: en, de, es or ja."""
    language: str = locale().language
    return language


def gettext(message: str, **values: Any) -> str:
    """What the page says for this English sentence; `values` fill its %(name)s."""
    said = str(translations.catalog(code()).ugettext(message))
    return said % values if values else said


def ngettext(one: str, several: str, num: int, **values: Any) -> str:
    """The same for a sentence with a number in it: %(num)d as it stands, or %(count)s as numbers are written."""
    said = str(translations.catalog(code()).ungettext(one, several, num))
    return said % ({"num": num, "count": format_decimal(num, locale=locale())} | values)


def _on_page(message: str, /, **values: Any) -> Markup:
    """A sentence as a template says it: its own HTML stands, that of `values` is escaped. As with Jinja's own, %% is a per
    cent sign."""
    said = _marked(message, code())
    return said % values if values or "%" in said else said


def _several_on_page(one: str, several: str, num: int, /, **values: Any) -> Markup:
    """The same for a sentence with a number in it."""
    said = Markup(translations.catalog(code()).ungettext(one, several, num))  # noqa: S704 - of a template, as above
    return said % ({"num": num} | values)


@lru_cache(maxsize=5_000)
def _marked(message: str, language: str) -> Markup:
    return Markup(translations.catalog(language).ugettext(message))  # noqa: S704 - written in a template or catalog


def of_error(error: Exception) -> str:
    """The sentence of an error. What is not ours, or was never marked for the catalogs, is said as it is: in English."""
    if not isinstance(error, KbError) or not error.message:
        return str(error)
    return gettext(error.message, **{name: _value(value) for name, value in error.values.items()})


def said(text: str) -> str:
    """What a use case says, in the language of the page; any other text as it is."""
    return translations.say(text, code())


def _value(value: object) -> object:
    if isinstance(value, Count):
        return format_decimal(int(value), locale=locale())
    if isinstance(value, Exception):
        return of_error(value)
    return said(value) if isinstance(value, str) else value


def zone(settings: Settings) -> ZoneInfo:
    """The zone in which the answer tells times."""
    return ZoneInfo(chosen.of_request().zone or settings.timezone)


def _chosen(settings: Settings) -> str:
    if request.path.startswith("/api/"):
        return "en"  # scripts read these words, and compare them
    if (own := chosen.of_request().language) in LANGUAGES:
        return own
    # In the order of the wish: `es-MX` before `en` is a wish for Spanish.
    wished = (tag.partition("-")[0].lower() for tag, weight in request.accept_languages if weight)
    return next((language for language in wished if language in LANGUAGES), settings.language)


def _says_what_it_depends_on(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response
