"""Text into index terms, the same way for every engine and for index, query and highlight.

A field of running text becomes one `Stream`:

- `words`: folded words in the order of the text, so that phrases work. Anything that is not a letter or digit parts
  words (`SSO_ERR_42` is `sso err 42`, and a query for it is that phrase), but for `C++`, `C#` and an apostrophe inside
  a word. Scripts that do not part words by spaces (Chinese, Japanese, Korean, Thai ...) give overlapping pairs of
  characters instead.
- `stems`: what may match besides, without a place in the text: the stems that differ from their word, in the
  language of the document, and the single characters of those scripts.

Stems are Snowball's (https://snowballstem.org), by PyStemmer; both the stem of the word as written, folded, and the
stem of the folded word are kept, since people leave accents out.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import Stemmer

from kb.search.folding import MAX_TERM, clean, fold, simplify
from kb.search.languages import FUNCTION_WORDS, is_vietnamese

# Words whose language nobody could tell may be of any of the first, which most libraries have; of the others only what is
# in a library counts, or each word would be looked for in a dozen forms more.
COMMON = ("en", "de", "es", "fr", "pt", "nl", "it", "sv", "fi", "ru")
_OTHERS = ("ar", "ca", "cs", "da", "el", "et", "fa", "hi", "hu", "id", "lt", "nb", "no", "pl", "ro", "sr", "ta", "tr")
STEMMED = COMMON + _OTHERS
_TONED = "vi"  # its words differ by their marks alone, which many leave out: each is looked for as written and folded
WITH_FORMS = (*STEMMED, _TONED)
_TONELESS = 0.3  # of what is typed with its marks, a word without them, or with others
STEM_WEIGHT = 0.8
_MAIL = ("email", "mail", "emails", "mails")  # one in all of these languages, and written both ways in one text
GRAM = 4  # characters
_CACHE_SIZE = 60_000

# Scripts written without spaces between words (and Hangul, whose endings cling to the word).
GRAM_CHARACTERS = (
    "\u0e00-\u0e4e\u0e80-\u0ece\u1000-\u109f\u1780-\u17dd\u1100-\u11ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa"
    "\u30fc-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
GRAMS = re.compile(f"[{GRAM_CHARACTERS}]+")
_GRAM_PARTS = re.compile(f"[{GRAM_CHARACTERS}]+|[^{GRAM_CHARACTERS}]+")
_SIMPLE_GRAMS = re.compile("[\u1200-\u3098\u309b-\uf8ff]+")  # neither wide nor composed by NFKC


def _mark_ranges() -> str:
    """The combining marks of the basic plane as ranges of a character class: `\\w` leaves them out."""
    ranges: list[list[int]] = []
    for code in (
        *range(0x300, 0x1E00),
        *range(0x20D0, 0x20F1),
        *range(0x302A, 0x309B),
        *range(0xA66F, 0xFE30),
    ):
        if unicodedata.category(chr(code)).startswith("M"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_MARKS = _mark_ranges() + "\u00ad\u200c\u200d\u2060\uff9e\uff9f"
_HAS_MARK = re.compile(f"[{_MARKS}]")
ENDING = r"(?:['’][^\W\d_]+|\+\+(?!\+)|#(?!\w))?"
_WORDS_ASCII = re.compile(r"[a-z0-9]+(?:'[a-z]+|\+\+(?!\+)|#(?!\w))?")
_LOWER = str.maketrans({c: c.lower() if c.isalnum() else " " for c in map(chr, range(128))})  # twice as quick
# A picture is a word, in whatever skin and whether it is drawn as text or in colour. Ranges: unicode.org/reports/tr51.
_EMOJI = "\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934-\u2b55\U0001f000-\U0001faff"
_PICTURE = rf"[{_EMOJI}][\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*"
_IS_PICTURE = re.compile(f"[{_EMOJI}]")
_WORDS = re.compile(rf"[^\W_]+{ENDING}|{_PICTURE}")
_WORDS_MARKED = re.compile(rf"{_PICTURE}|(?:[^\W_]|[{_MARKS}])+(?:['’](?:[^\W\d_]|[{_MARKS}])+|\+\+(?!\+)|#(?!\w))?")
# サーバー and サーバ are one: a long mark at the end of a word of four kana or more is left out, as many write it and as
# JIS Z 8301 did. Of shorter words it is part: コピー, エラー.
_KANA = "\u30a1-\u30fa\u30fc"
_LONG_MARK = re.compile(f"(?<=[{_KANA}]{{3}})\u30fc(?![{_KANA}])")
# l'export, dell'utente: the article is not part of the word.
_ELISION = re.compile("[ldcjmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|[dnsqc]?[aeou]ll|quest")
_CLITIC = re.compile("s|d|ll|re|ve|m")  # what's, I'd, we'll, they're, I've, I'm


class Stream(NamedTuple):
    """The terms of one piece of text; see the module. `spaced` are those of the words that are no pairs of characters."""

    words: list[str]
    stems: list[str]
    spaced: list[str]


class Token(NamedTuple):
    """One word of a text where it stands: `text[start:end]` folds to `term`; `gram` for a pair of characters."""

    term: str
    start: int
    end: int
    gram: bool = False


def _fold_word(raw: str) -> str:
    """A word as the expressions above cut it -> its term; "" when nothing of it is left."""
    if _IS_PICTURE.match(raw):
        return raw[0]
    term = fold(raw).replace("’", "'")
    if term[-1:] in "+#" and len(term.rstrip("+#")) > 2:
        term = term.rstrip("+#")  # a list++ or ticket# is its word; only C++, C#, F# and their like are names
    if "'" in term:
        before, _, after = term.rpartition("'")
        if _CLITIC.fullmatch(after):
            term = before
        elif _ELISION.fullmatch(before) and len(after) > 1:
            term = after
        term = term.replace("'", "")
    return term[:MAX_TERM]


class _Memo(dict[str, str]):
    """Remembers what `make` gives for a word. Bounded: when full it starts afresh, which is quicker than ageing."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, raw: str) -> str:
        if len(self) >= _CACHE_SIZE:
            self.clear()
        value = self.make(raw)
        if len(raw) <= MAX_TERM:
            self[raw] = value
        return value


_folded = _Memo(_fold_word)
_NAMES = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "fa": "persian", "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
_local = threading.local()


def _stemmer(language: str) -> Callable[[str], str]:
    """The language's stemmer. One a thread: a Stemmer object is not safe to share."""
    stemmers: dict[str, Callable[[str], str]] | None = getattr(_local, "stemmers", None)
    if stemmers is None:
        stemmers = _local.stemmers = {}
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_NAMES[language]).stemWord
    return stemmers[language]


def _stems_of(raw: str, languages: Iterable[str]) -> dict[str, None]:
    """The stems of a word as written in these languages that differ from its folded form, in order."""
    term = _folded[raw]
    if len(term) < 3 or term[0].isdigit():
        return {}
    plain = term == raw and raw.isascii()  # most words: there is nothing to fold, and their two stems are one
    whole = term if plain else _as_written(raw, term)
    found: dict[str, None] = {}
    for language in languages:
        stem = _stemmer(language)
        stemmed = stem(term)
        for result in (stemmed,) if plain and stemmed.isascii() else (fold(stem(whole)), stemmed):
            if result != term and len(result) > 1:
                found[result[:MAX_TERM]] = None
    return found


def _as_written(raw: str, term: str) -> str:
    """A word in small letters with its accents, without the article or clitic that is not part of its term."""
    whole = unicodedata.normalize("NFKC", raw).lower().replace("’", "'")
    before, _, after = whole.rpartition("'")
    return after if term == fold(after) else before


def _stems_maker(languages: tuple[str, ...]) -> Callable[[str], str]:
    return lambda raw: " ".join(_stems_of(raw, languages))


def _toned(raw: str) -> str:
    """A word as written, in small letters, where folding changes it: `tạm` and not `tam`; else ""."""
    written = unicodedata.normalize("NFC", raw).lower()[:MAX_TERM]
    return "" if written == _folded[raw] else written


_stems = {language: _Memo(_stems_maker((language,))) for language in STEMMED}
_stems[_TONED] = _Memo(_toned)
_stems[""] = _Memo(_stems_maker(COMMON))
_no_stems = _Memo(lambda _: "")
for _unspaced in ("ja", "zh", "ko", "th"):
    _stems[_unspaced] = _stems["en"]  # words in Latin letters amid these scripts are mostly English


def stems_of(raw: str, language: str = "") -> str:
    """The stems of a word as it stands in a text of that language, parted by spaces; "" when there is none to add."""
    return _stems.get(language, _no_stems)[raw]


def stream(text: str, language: str = "") -> Stream:
    """All terms of a text for the index. `language` is an ISO 639-1 code, "" when unknown."""
    if not text.isascii():
        return _stream(clean(text), _stems.get(language, _no_stems))
    plain = "'" not in text and "+" not in text and "#" not in text
    raw = text.translate(_LOWER).split() if plain else _WORDS_ASCII.findall(text.lower())
    stems_of = _stems.get(language)
    stems = list(filter(None, map(stems_of.__getitem__, raw))) if stems_of is not None else []
    words = list(map(_folded.__getitem__, raw))
    return Stream(words, stems, words)


def _stream(text: str, stems_of: _Memo) -> Stream:
    if GRAMS.search(text) is None:
        raw = (_WORDS_MARKED if _HAS_MARK.search(text) else _WORDS).findall(text)
        stems = list(filter(None, map(stems_of.__getitem__, raw)))
        words = list(filter(None, map(_folded.__getitem__, raw)))
        return Stream(words, stems, words)
    return _mixed_stream(text, stems_of)


def _mixed_stream(text: str, stems_of: _Memo) -> Stream:
    """The terms of a text with unspaced scripts in it."""
    words: list[str] = []
    stems: list[str] = []
    spaced: list[str] = []
    singles: dict[str, None] = {}
    for raw in (_WORDS_MARKED if _HAS_MARK.search(text) else _WORDS).findall(text):
        if GRAMS.search(raw):
            for part in _GRAM_PARTS.findall(raw):
                if _SIMPLE_GRAMS.fullmatch(part):  # most of such text: no need of a token each
                    part = simplify(part)
                    if "ー" in part:
                        part = _LONG_MARK.sub("", part)
                    words.extend(map("".join, pairwise(part)) if len(part) > 1 else part)
                    singles.update(dict.fromkeys(part))
                    continue
                for term, _, _, gram in _split_grams(part, 0):
                    words.append(term)
                    if gram:
                        singles.update(dict.fromkeys(term))
                    else:
                        spaced.append(term)
                        stems.append(stems_of[term])
        elif term := _folded[raw]:
            words.append(term)
            spaced.append(term)
            stems.append(stems_of[raw])
    return Stream(words, [*filter(None, stems), *singles], spaced)


def _split_grams(raw: str, offset: int) -> Iterator[Token]:
    """The tokens of a word that holds characters of an unspaced script (`APIキー` -> api, キー)."""
    at = 0
    for run in GRAMS.finditer(raw):
        yield from _plain(raw[at : run.start()], offset + at)
        yield from _pairs(run.group(), offset + run.start())
        at = run.end()
    yield from _plain(raw[at:], offset + at)


def _plain(raw: str, offset: int) -> Iterator[Token]:
    for match in _WORDS_MARKED.finditer(raw):
        if term := _folded[match.group()]:
            yield Token(term, offset + match.start(), offset + match.end())


def _pairs(run: str, offset: int) -> Iterator[Token]:
    """Overlapping pairs of characters; a character alone stands for itself. Half-width kana are widened first."""
    characters: list[tuple[str, int, int]] = []
    for at, character in enumerate(simplify(run)):
        if characters and character in "ﾞﾟ\u3099\u309a":
            base, start, _ = characters[-1]
            mark = {"ﾞ": "\u3099", "ﾟ": "\u309a"}.get(character, character)
            characters[-1] = (unicodedata.normalize("NFC", base + mark), start, at + 1)
        else:
            wide = unicodedata.normalize("NFKC", character) if not _SIMPLE_GRAMS.fullmatch(character) else character
            characters.append((wide, at, at + 1))
    characters = _without_long_marks(characters)
    if len(characters) == 1:
        term, start, end = characters[0]
        yield Token(term, offset + start, offset + end, True)
    for (first, start, _), (second, _, end) in pairwise(characters):
        yield Token(first + second, offset + start, offset + end, True)


def _without_long_marks(characters: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """A long mark that is left out belongs, in the text, to the character before it."""
    written = "".join(character[0][:1] for character in characters)
    for at in sorted((match.start() for match in _LONG_MARK.finditer(written)), reverse=True):
        before, start, _ = characters[at - 1]
        characters[at - 1 : at + 1] = [(before, start, characters[at][2])]
    return characters


def _grams_of(term: str) -> str:
    if len(term) < GRAM or term in FUNCTION_WORDS or GRAMS.match(term):
        return ""
    bounded = f"_{term}_"
    return " ".join(bounded[at : at + GRAM] for at in range(len(bounded) - GRAM + 1))


_grams = _Memo(_grams_of)


def grams_of(term: str) -> str:
    """The runs of four characters of a folded word, its ends marked, parted by spaces; "" for short and function words.

    They lead from a word to its compounds, its other forms and its slips of the pen, in any language.

    >>> grams_of("export")
    '_exp expo xpor port ort_'
    """
    return _grams[term]


_says_something = _Memo(lambda term: "" if term in FUNCTION_WORDS or term.isdigit() else term)


def telling_words(terms: Iterable[str]) -> list[str]:
    """Those of the terms that are no function words and no numbers."""
    return list(filter(None, map(_says_something.__getitem__, terms)))


def grams_of_all(terms: Iterable[str]) -> str:
    """`grams_of` many, parted by spaces."""
    return " ".join(filter(None, map(_grams.__getitem__, terms)))


def folded(raw: str) -> str:
    """The term of one word as it is written, without characters of unspaced scripts; "" when nothing of it is left."""
    return _folded[raw]


def has_marks(text: str) -> bool:
    """Whether the text has marks that are characters of their own (`e` and an accent): words are then cut otherwise."""
    return _HAS_MARK.search(text) is not None


def tokens(text: str) -> Iterator[Token]:
    """The words of a text with the places where they stand in it (code points), for queries and highlights.

    Their terms are those of `stream(text).words`, in the same order.
    """
    text = clean(text)
    expression = _WORDS_MARKED if _HAS_MARK.search(text) else _WORDS
    has_grams = GRAMS.search(text) is not None
    for match in expression.finditer(text):
        raw = match.group()
        if has_grams and GRAMS.search(raw):
            yield from _split_grams(raw, match.start())
        elif term := _folded[raw]:
            yield Token(term, match.start(), match.end())


@lru_cache(maxsize=5_000)  # a question asks for each of its words several times over
def variants(raw: str, languages: tuple[str, ...] = COMMON) -> Mapping[str, float]:
    """What a typed word may stand as in the index: its term, and at a lower weight its stems and German spellings.

    >>> variants("Exporting", ("en",))
    {'exporting': 1.0, 'export': 0.8}
    """
    term = _folded[raw]
    found = {term: 1.0}
    if _TONED in languages and (written := _toned(raw)):
        found[written] = 1.0
        if is_vietnamese(raw):
            found[term] = _TONELESS
    supported = [language for language in languages if language in _NAMES]
    for stem in _stems_of(raw, supported):
        if stem not in FUNCTION_WORDS:  # "delete", stemmed as if it were German, is Spanish "del"
            found.setdefault(stem, STEM_WEIGHT)
    if "de" in supported:
        for spelling in _umlauts(raw, term):
            found.setdefault(spelling, 1.0)
            for stem in _stems_of(spelling, ("de",)):
                found.setdefault(stem, STEM_WEIGHT)
    if not found.keys().isdisjoint(_MAIL):
        for other in _MAIL:
            found.setdefault(other, STEM_WEIGHT)
    return found


def _umlauts(raw: str, term: str) -> Iterator[str]:
    """`Kuendigung` may stand as `Kündigung`, and the other way round."""
    plain = term.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    if plain != term and len(term) > 4:
        yield plain
    written = unicodedata.normalize("NFC", raw).lower()
    spelled = written.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    if spelled != written:
        yield fold(spelled)
