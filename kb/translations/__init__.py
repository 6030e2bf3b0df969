"""The languages of the interface, and their catalogs (`de/LC_MESSAGES/kb.po` and so on), read as they lie here.

English is written in the templates and modules themselves and needs no catalog. A catalog is compiled in memory when its
language is first asked for, some tens of milliseconds once a process: so a checkout needs no build step, and no compiled
file can be older than what it was made from. docs/translating.md tells how to change or add one.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_interval
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from kb.languages import LANGUAGES, Count, Days, Said

DOMAIN = "kb"
FOLDER = Path(__file__).resolve().parent


def say(text: str, language: str) -> str:
    """What a use case says (Said, Days), in this language; any other text as it is."""
    if isinstance(text, Days) and language != "en":
        return str(format_interval(text.first, text.last, text.skeleton, locale=language))
    if not isinstance(text, Said):
        return text
    book = catalog(language)
    found = book.ungettext(text.message, text.plural, text.num) if text.plural else book.ugettext(text.message)
    return found % {name: _value(value, language) for name, value in text.values.items()} if text.values else str(found)


def _value(value: object, language: str) -> object:
    if isinstance(value, Count):
        return format_decimal(int(value), locale=language)
    return say(value, language) if isinstance(value, str) else value


@lru_cache(maxsize=len(LANGUAGES))
def catalog(language: str) -> NullTranslations:
    """What the interface says in this language; English for `en` and for one that kb does not speak."""
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if language not in LANGUAGES or not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
