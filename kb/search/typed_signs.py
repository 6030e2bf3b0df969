"""What somebody typed, put as the parser takes it: quotation marks, names of fields, days in several words, a minus."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from kb.languages import Said
from kb.search import days
from kb.search.base import FILTER_FIELDS
from kb.search.folding import clean

MAX_LENGTH = 2000
TEXT_SCOPES = {"title": "title", "body": "body", "gem": "gem"}
ALIASES = {"tag": ("tags", "topic"), "language": ("lang",), "after": ("since",), "before": ("until",)}
DATES = ("date", "after", "before")
_FIELD_NAMES = "|".join(
    sorted({*TEXT_SCOPES, *FILTER_FIELDS, *DATES, *(alias for names in ALIASES.values() for alias in names)})
)
_FIELD = re.compile(rf"(?<![\w.])({_FIELD_NAMES})(?=:)", re.IGNORECASE)
_DATE_FIELD = re.compile(rf"(?<![\w.])({'|'.join(('since', 'until', *DATES))}):(?=\S)", re.IGNORECASE)
_DATE_WORDS = 5  # at most: "el mes de marzo pasado"
_FILED = re.compile(rf'(?<![\w.])(?!(?:{"|".join(TEXT_SCOPES)}):)(?:{_FIELD_NAMES}):"[^"]*"')
_EXCLUDED = re.compile(r"(?<![^\s(])-(?=[^\W\d_])")
_COMPOUND = re.compile(r"(?<=[^\W_]) -(?=[^\W\d_]{2})")  # Finnish after a name in two words: `Google Sheets -taulukko`
_EXCLUDED_BEFORE_QUOTES = re.compile(r"(?<![^\s(])-(?=[^\W\d_]|\Z)")
# The parser takes `a^3 OR b` for `(a OR b)^3`; brackets keep the boost where it was typed.
_BOOSTED = re.compile(r"(?<![^\s(])([^\s()\[\]{}^]+\^[0-9.]+)(?![^\s)])")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂〝〞", '"') | {"（": "(", "）": ")", "：": ":"})
# Brackets by themselves are only brackets, as in any text: they group what operators join, the words of a section or what
# a boost is for.
_EXACT = re.compile(r'"|\w:\(|\b(?:AND|OR|NOT|ANDNOT|ANDMAYBE|REQUIRE)\b|[\w)][*~^]|\*\w')
# file(s), Kunde(n): an ending that may be there or not, in the scripts that have such.
_MAYBE_ENDING = re.compile(r"(?<=[a-z\u00df-\u024f]{2})\([a-z]{1,2}\)(?!\w)")


def prepare(text: str, today: date, note: Callable[[str], None], language: str = "") -> str:
    """The question as the parser takes it; `note` is told in a sentence what was left out. `language` is that of the
    question, if it can be told."""
    text = clean(text).translate(_QUOTES)
    if len(text) > MAX_LENGTH:
        note(Said("The question is very long; only its first %(most)s characters were searched.", most=MAX_LENGTH))
        text = text[:MAX_LENGTH].rpartition(" ")[0] or text[:MAX_LENGTH]
    if text.count('"') % 2:
        before, _, after = text.rpartition('"')
        text = f"{before} {after}"
        if text.strip():
            note(Said("A quotation mark has no partner and was left out."))
    parts = text.split('"')  # every second part stands in quotes and stays as typed
    parts[::2] = (_with_dates_quoted(part, today) for part in parts[::2])
    parts = '"'.join(parts).split('"')
    for at in range(0, len(parts), 2):
        plain = _FIELD.sub(lambda match: match[1].lower(), _MAYBE_ENDING.sub("", parts[at]))
        plain = _BOOSTED.sub(r"(\1)", plain)
        if language == "fi":
            plain = _COMPOUND.sub(" ", plain)
        before_quotes = at + 1 < len(parts)
        parts[at] = (_EXCLUDED_BEFORE_QUOTES if before_quotes else _EXCLUDED).sub("NOT ", plain)
    return '"'.join(parts)


def _with_dates_quoted(text: str, today: date) -> str:
    """`after:last month export` as `after:"last month" export`: as many words as name days together."""
    for found in reversed(list(_DATE_FIELD.finditer(text))):
        rest = text[found.end() :]
        for many in range(_DATE_WORDS, 1, -1):
            words = re.match(rf'[^\s"()\[\]]+(?: +[^\s"()\[\]]+){{{many - 1}}}(?![^\s)])', rest)
            if words and days.span(words[0], today):
                text = f'{text[: found.end()]}"{words[0]}"{rest[words.end() :]}'
                break
    return text


def is_exact(prepared: str) -> bool:
    """Whether signs of the language (operators, quotation marks, brackets that group) say exactly what is wanted."""
    return _EXACT.search(_FILED.sub("", prepared)) is not None
