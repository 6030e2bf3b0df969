"""The languages of the interface, and their catalogs (`de/LC_MESSAGES/kb.po` and so on), read as they lie here.

English is written in the templates and modules themselves and needs no catalog. A catalog is compiled in memory when its
language is first asked for, some tens of milliseconds once a process: so a checkout needs no build step, and no compiled
file can be older than what it was made from. docs/translating.md tells how to change or add one.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from kb.languages import LANGUAGES

DOMAIN = "kb"
FOLDER = Path(__file__).resolve().parent


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
