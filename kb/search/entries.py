"""A document as engines index it: its text as terms, its values as filter terms. Made once here, alike for all of them.

Fields of an engine's index:

    key        "review:12"; what a document is replaced and removed by
    number     the same as a whole number, for reading hits quickly (`to_number`)
    newest     what "newest" sorts by: the day, then the id
    title tags gem text restricted    streams of terms (kb/search/analysis.py); `text` is body, turns and comments
    lead       a title that is only the beginning of the text, for `title:` alone: it says nothing that the text does not
    forms      what the words of `text` may be looked for as besides: their stems, and words of several parts in one
               (`signin`). Without places, which are a third of an index and no phrase may stand on these; the small
               sections hold theirs themselves, `text` still the single characters of unspaced scripts, which, apart,
               would be weighed by the length of other languages' stems
    grams      the words of title, tags, gem and text in runs of four characters (`analysis.grams_of`)
    filter     `tag~gdpr`, folded, for typed filters, for every filter field; chosen values are looked for as they are
    besides    of its different words those that `text` has not. Both together are for "did you mean" and "similar"
    tails      its long words written backwards, so that what ends alike begins alike
    display    words of titles, tags and gems with the spelling they have there, for suggestions
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain

from kb.search.analysis import COMMON, WITH_FORMS, Stream, grams_of_all, stream, telling_words, tokens
from kb.search.base import FILTER_FIELDS, TEXT_FIELDS, Document, Query
from kb.search.folding import clean, fold, fold_value
from kb.search.nodes import Filter, FilterPattern, Leaf, Pattern, walk
from kb.search.ways_of_writing import also_written

SCHEMA = 18  # raise it when anything here or in the analysis changes what an index holds
TYPES = ("review", "gem")
_GEM = TYPES.index("gem")
SECTIONS = {
    "title": ("title",),
    "tags": ("tags",),
    "gem": ("gem",),
    "text": ("body", "turns", "comments"),
    "restricted": ("restricted",),
}
WEIGHTS = {section: max(TEXT_FIELDS[field] for field in fields) for section, fields in SECTIONS.items()}
OPEN_SECTIONS = ("title", "tags", "gem", "text")
_MARKS = " #>*-_=\t\n"  # before the words of a line
STREAMS = (*SECTIONS, "lead")
WEIGHTS["lead"] = WEIGHTS["title"]
WEIGHTS["forms"] = WEIGHTS["tails"] = WEIGHTS["text"]
SCOPES = {"": (*OPEN_SECTIONS, "forms"), "title": ("title", "lead"), "body": ("text", "forms"), "gem": ("gem",)}
TWINS = {"text": "forms", "forms": "text"}  # two fields of one text: `ranking.weighed`
KNOWN = ("text", "besides")  # where a document's different words are, each in one of them
# What a gem says is its text, too: few documents have a `gem` section or even a title, and BM25, which measures a
# section's length by the average over all documents, makes little of those.
_GEM_TEXT = ("title", "gem")
TAIL = 7  # letters of the shortest word there: it may be made of two, one of them of four letters or more
SPELLED = "\x1f"  # parts a word from its spelling in `display`; no analysis leaves it in a term
_MAX_VOCABULARY = 400
_MAX_VALUE = 200
_MAX_DISPLAYED = 2000
_FIELDS = frozenset(FILTER_FIELDS)
_RUNS = re.compile("[\u30a1-\u30ff\u4e00-\u9fff]{2,16}|[\uac00-\ud7a3]{2,16}")
_DISPLAYED_ASCII = re.compile(r"[A-Za-z][A-Za-z0-9]{2,63}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it goes into an index; see the module. `vocabulary` are its different words, wherever they are."""

    key: str
    number: int
    newest: int
    sections: dict[str, list[str]]
    filters: list[str]
    values: dict[str, list[str]]
    vocabulary: list[str]
    besides: str
    display: str
    forms: str
    grams: str
    tails: str


def sections_of(leaf: Leaf, *, unmasked: bool) -> tuple[str, ...]:
    """The fields of an index in which a leaf is looked for, those that readers may not search only `unmasked`."""
    sections = ("tails", *SCOPES[""]) if isinstance(leaf, Pattern) and leaf.backwards else SCOPES[leaf.field]
    return (*sections, "restricted") if unmasked and not leaf.field else sections


def shape_of(leaf: Pattern, section: str) -> str:
    """A pattern as a regular expression for the words of a section. Of one that is looked for by its end, long words are in
    `tails`; so elsewhere only the short ones need looking at, which are found after a few letters."""
    if section == "restricted" or not leaf.backwards:
        return glob(leaf.pattern)
    return glob(leaf.backwards) if section == "tails" else glob(leaf.pattern, longest=TAIL - 1)


def glob(pattern: str, *, longest: int | None = None) -> str:
    """`exp?rt*` as a regular expression, in a syntax that Python's and Rust's have in common. With `longest` it matches all
    that have so many letters or fewer, and hardly any others."""
    letters = len(pattern.replace("*", ""))
    some = ".*" if longest is None else f".{{0,{max(longest - letters, 0)}}}"
    return "".join({"*": some, "?": "."}.get(c) or re.escape(c) for c in pattern)


def to_number(type_: str, id_: int) -> int:
    """Raises ValueError for a type that no index knows."""
    return id_ * len(TYPES) + TYPES.index(type_)


def from_number(number: int) -> tuple[str, int]:
    return TYPES[number % len(TYPES)], number // len(TYPES)


def to_key(number: int) -> str:
    """The key of the document that has this number."""
    return "{}:{}".format(*from_number(number))


def is_gem(number: int) -> bool:
    return number % len(TYPES) == _GEM


def day_bounds(first: date | None, last: date | None) -> tuple[int, int]:
    """The lowest `newest` of a range of days and the first one above it. Documents without a day are in no range."""
    return (first or date.min).toordinal() << 32, ((last or date.max).toordinal() + 1) << 32


def shown_value(value: str) -> str:
    """A value as it is shown, and chosen."""
    return clean(value).strip()[:_MAX_VALUE]


def folded_term(field: str, value: str) -> str:
    """The filter term of a value as it is typed; `value` is folded already (`fold_value`)."""
    return f"{field}~{value}"


def asks_for_status(query: Query) -> bool:
    """Whether the question names a status itself; otherwise retired gems are left out."""
    asked = any(isinstance(n, Filter | FilterPattern) and n.field == "status" for n in walk(query.node))
    return asked or bool(query.filters.get("status"))


def entry(document: Document) -> Entry:
    """Whatever the document holds, what comes out fits every engine's fields."""
    sections: dict[str, list[str]] = {}
    forms = ""
    in_text: set[str] = set()
    spaced: list[str] = []
    mixed = False
    for section, fields in SECTIONS.items():
        if section == "text" and document.type == "gem":
            fields = (*_GEM_TEXT, *fields)
        pieces: list[str] = []
        stems: list[str] = []
        in_parts: dict[str, None] = {}
        for field in fields:
            if text := document.text.get(field):
                found = (_stream_of_tags if field == "tags" else stream)(text, document.language)
                pieces.append(" ".join(found.words))
                if section == "text":
                    in_text.update(found.words)
                stems.extend(found.stems)
                one, parts = also_written(text, found.spaced, document.language)
                stems.extend(one)
                in_parts.update(dict.fromkeys(parts))
                if section != "restricted":
                    spaced.extend(found.spaced)
                    mixed = mixed or len(found.spaced) < len(found.words)
        if section == "text":
            forms = " ".join([stem for stem in stems if len(stem) > 1])
            stems = [single for single in stems if len(single) == 1]
            in_text.update(chain.from_iterable(map(str.split, in_parts)))
        if stems:
            pieces.append(" ".join(stems))
        pieces += in_parts
        if pieces:
            sections[section] = pieces
    if _is_lead(document):
        sections["lead"] = sections.pop("title", [])
    values, filters = _exact(document)
    different = dict.fromkeys(spaced)
    vocabulary = _vocabulary(different, mixed, document)
    return Entry(
        key=document.key,
        number=to_number(document.type, document.id),
        newest=((document.day.toordinal() << 32) if document.day else 0) + (document.id & 0xFFFFFFFF),
        sections=sections,
        filters=filters,
        values=values,
        vocabulary=vocabulary,
        besides=" ".join([word for word in vocabulary if word not in in_text]),
        display=_display(document),
        forms=forms,
        grams=grams_of_all(spaced),
        tails=" ".join([word[::-1] for word in different if len(word) >= TAIL]),
    )


def _exact(document: Document) -> tuple[dict[str, list[str]], list[str]]:
    """The values that a document can be narrowed to, by field; and the terms by which they are found."""
    values: dict[str, list[str]] = {}
    filters = [f"stems={_stem_language(document.language)}"]
    for field, given in document.values.items():
        if field in _FIELDS:
            for value in given:
                shown, folded = _value(field, str(value))
                if shown:
                    values.setdefault(field, []).append(shown)
                    filters.append(folded)
    return values, filters


def _is_lead(document: Document) -> bool:
    """Whether the title is what somebody cut off the beginning of the text, having none; of a conversation, off the
    beginning of a line in it."""
    title = document.text.get("title", "")
    if not title.endswith("…"):
        return False
    beginning = title[:-1].rstrip()
    text = document.text.get("body") or document.text.get("turns", "")
    if text[: len(title) + 40].lstrip(_MARKS).startswith(beginning):
        return True
    if document.text.get("body"):
        return False
    at = text.find(beginning, 1)
    while at > 0 and text[max(0, at - 40) : at].rstrip(_MARKS[:-1])[-1:] != "\n":
        at = text.find(beginning, at + 1)
    return at > 0


@lru_cache(maxsize=5_000)  # the same tags stand together over and over
def _stream_of_tags(text: str, language: str) -> Stream:
    return stream(text, language)


def _stem_language(language: str) -> str:
    """Whose stems the document was given: a language's, `en` for Latin words amid unspaced scripts, all, or none."""
    if language in ("ja", "zh", "ko", "th"):
        return "en"
    return language if language in WITH_FORMS else "*" if language == "" else "none"


def stem_languages(filters: Iterable[str]) -> tuple[str, ...]:
    """From the `stems=…` terms of an index: the languages whose stems a question must be tried in."""
    found = {term.partition("=")[2] for term in filters}
    return tuple(language for language in WITH_FORMS if language in found or ("*" in found and language in COMMON))


@lru_cache(maxsize=20_000)  # values repeat over the library
def _value(field: str, value: str) -> tuple[str, str]:
    """A value as it is shown, and its filter term."""
    shown = shown_value(value)
    return shown, folded_term(field, fold_value(shown))


def _vocabulary(spaced: Iterable[str], mixed: bool, document: Document) -> list[str]:
    """The different words of the document, at most so many. Of unspaced scripts, runs that are likely words."""
    telling = telling_words(spaced)[:_MAX_VOCABULARY]
    if not mixed:
        return telling
    runs = chain.from_iterable(_RUNS.findall(text) for field, text in document.text.items() if field != "restricted")
    return list(dict.fromkeys([*telling, *list(dict.fromkeys(runs))[:_MAX_VOCABULARY]]))


def _display(document: Document) -> str:
    get = document.text.get
    shown = chain(displayed_words(get("title", "")), _displayed_tags(get("tags", "")), displayed_words(get("gem", "")))
    return " ".join(dict.fromkeys(shown))


@lru_cache(maxsize=5_000)
def _displayed_tags(text: str) -> list[str]:
    return displayed_words(text)


def displayed_words(text: str) -> list[str]:
    """`resume\\x1fRésumé`: the words of a text as they are suggested, each behind the form that a prefix is compared
    with."""
    text = clean(text[:_MAX_DISPLAYED])
    if text.isascii():
        return [f"{word.lower()}{SPELLED}{word}" for word in _DISPLAYED_ASCII.findall(text)]
    found = [f"{fold(run)}{SPELLED}{run}" for run in _RUNS.findall(text)]
    for token in tokens(text):
        if not token.gram and len(token.term) > 2:
            found.append(f"{token.term}{SPELLED}{text[token.start : token.end]}")
    return found
