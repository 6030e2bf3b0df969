"""How a person's name may stand in a text: in any case, with or without its accents, declined, as an address or handle.

A name is looked for in the plain form of a text (`plain`): without accents and what cannot be seen, quotes and blanks all
alike. What is found there is told as it stands in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kb.name_words import ORDINARY, PARTICLES, WORDS_OF_TWO

_TITLES = (
    "さん|様|さま|氏|君|くん|ちゃん|先生|先輩|課長|部長|主任|係長|店長|リーダー|女士|小姐|经理|老师"
    "|씨|님|군|양|선배|매니저|대리|과장|팀장|상담사|상담원|사원|주임"
)
_LETTERS = {
    "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H",
    "ı": "i", "þ": "th", "Þ": "Th", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ς": "σ",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'",
    "´": "'", "＇": "'", "ʻ": "'",
}  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "Ø": "Oe"})
# Accents of Latin, Greek, Cyrillic; what joins or parts letters and is not seen.
_UNSEEN = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_HANGUL = ("\uac00", "\ud7a3")

_PARTED = r"[\s.,_()<>/\[\]\"-]"
_BETWEEN = rf"{_PARTED}+"
_LATIN = "[A-Za-z\u00c0-\u024f]"  # in Japanese a name runs into the next word without a blank (Sunadaさん)
# Wide sets take Python long to compile, and longer where case counts for nothing: so they stand apart from the letters.
_NO_LATIN_BEFORE = "(?<![A-Za-z])(?<![\u00c0-\u024f])"
_NO_LATIN_AFTER = "(?![A-Za-z])(?![\u00c0-\u024f])"
_LETTER = r"[^\W\d_]"
_KATAKANA = "[\u30a0-\u30ff\u3099\u309a]"
_HAN_OR_KANA = "\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff"
_NO_EAST_BEFORE = r"(?:(?<!\w)|(?<=[!-~]))"  # a word may begin there: after a bracket or blank, or after Latin letters
_AFTER_HIRAGANA = "(?<=[\u3041-\u309f])"  # mostly a particle (担当の林さん)
_EAST = re.compile(f"[{_HAN_OR_KANA}\uac00-\ud7a3]+")
_ENDING = "(?:s|es|a|u|y|i|e|em|om|ovi|owi|iem|ie|ego|emu|n|in)?"  # of names in languages that decline them
_SHORTEST_DECLINED = 5
_SHORTEST_RUN_TOGETHER = 6  # letters of first and last name without anything between them (marenholt)


class _Plain(dict[int, str]):
    """What each character is in the plain form of a text; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter in _LETTERS:
            found = _LETTERS[letter]
        elif _HANGUL[0] <= letter <= _HANGUL[1]:
            found = letter
        else:
            found = "".join(_LETTERS.get(one, one) for one in unicodedata.normalize("NFKD", letter))
            found = _UNSEEN.sub("", found)
        self[code] = found
        return found


_PLAIN = _Plain()
_OTHERS = re.compile(r"[^\x00-\x7f]")
_LATIN_BYTES = 1.3  # a letter, in UTF-8: more than a text in Latin letters has


def plain(text: str) -> str:
    """A text as names are looked for in it.

    >>> plain("Łukasz O’Brien, Müller")
    "Lukasz O'Brien, Muller"
    """
    if text.isascii():
        return text.replace("`", "'")
    if len(text.encode(errors="replace")) > _LATIN_BYTES * len(text):
        return text.translate(_PLAIN)
    for letter in {"`", *_OTHERS.findall(text)}:  # they are few: several times as quick as to look at each letter
        text = text.replace(letter, _PLAIN[ord(letter)])
    return text


def _origins(text: str) -> list[int]:
    """For each sign of the plain text where it stands in the text itself, and the end of both."""
    found = [at for at, letter in enumerate(text) for _ in _PLAIN[ord(letter)]]
    return [*found, len(text)]


def signs_of(plain_text: str) -> str:
    """A plain text as `Name.signs` are looked for in it: alike for all ways to write one name."""
    folded = plain_text.lower().replace("'", "")
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@dataclass(frozen=True)
class Name:
    """`expression` finds a name in a plain text; one without any of `signs` in it (see `signs_of`) does not hold it."""

    expression: str
    signs: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Compiled when a text may hold the name, which few of those that are shown do."""
        return re.compile(self.expression)

    def may_be_in(self, signs: str) -> bool:
        """Whether a text of these signs (see `signs_of`) may hold the name."""
        return any(sign in signs for sign in self.signs)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the name stands in the text itself."""
        found = [match.span() for match in self._pattern.finditer(plain(text))]
        if found and not text.isascii():
            origins = _origins(text)
            found = [(origins[begin], origins[end - 1] + 1) for begin, end in found]
        yield from found


def replaced(text: str, names: Iterable[Name], by: str) -> str:
    """The text with this where one of the names was."""
    signs = ""
    for name in names:
        signs = signs or signs_of(plain(text))
        if not name.may_be_in(signs):
            continue
        parts, last = [], 0
        for begin, end in name.spans(text):
            parts += [text[last:begin], by]
            last = max(last, end)
        if parts:
            text, signs = "".join([*parts, text[last:]]), ""
    return text


@lru_cache(maxsize=4096)
def anywhere(name: str) -> Name | None:
    """A person's name where a text is about them: whole, and each part of it. None for what is no name."""
    written = _tidy(name)
    parts = _parts(written)
    if len(written) < 2 or not parts:
        return None
    ways = [*_whole(written, parts), *(way for part in parts for way in _ways(part))]
    ways += [way for part in parts for way in _beginning_and_end(part)] if len(parts) == 1 else []
    if not ways:
        return None
    return Name("|".join(ways), tuple(signs_of(sign) for sign in _signs(parts)))


@lru_cache(maxsize=4096)
def in_full(name: str) -> Name | None:
    """The same where a text need not be about them: all parts one after the other, last name first or not; an address; one
    that is a single word as it is written, since other words may be written so in another case (will, mark)."""
    written = _tidy(name)
    parts = _parts(written)
    if len(written) < 2 or not parts:
        return None
    if len(parts) > 1 or "@" in written:
        ways = _whole(written, parts)
    else:
        ways = [_edged(_letters(parts[0].word), latin=_is_latin(parts[0].word))]
    return Name("|".join(ways), tuple(map(signs_of, _signs(parts)[-1:]))) if ways else None


@dataclass(frozen=True, slots=True)
class _Part:
    word: str
    before: tuple[str, ...] = ()  # van der


def _tidy(name: str) -> str:
    return plain(unicodedata.normalize("NFC", name.strip()).translate(_UMLAUTS))


def _parts(written: str) -> list[_Part]:
    words = [word for word in re.split(_BETWEEN, written.partition("@")[0]) if word.strip("'")]
    parts: list[_Part] = []
    before: list[str] = []
    for word in words:
        if word in PARTICLES and len(words) > 1:
            before.append(word)
        else:
            parts.append(_Part(word, tuple(before)))
            before = []
    return parts or [_Part(word) for word in words]


def _signs(parts: Sequence[_Part]) -> list[str]:
    """One of these stands in every text that a way to write the name is found in."""
    signs = []
    for part in parts:
        if _EAST.fullmatch(part.word):
            signs += [part.word[:1], part.word[-1:]] if len(parts) == 1 else [part.word]
        else:
            signs.append(max(_stem(part.word).split("'"), key=len))
    return list(dict.fromkeys(signs))


def _is_latin(word: str) -> bool:
    return re.match(_LATIN, word) is not None


def _letters(word: str) -> str:
    """A pattern of the word's letters: Mueller is Müller, O'Brien is O Brien."""
    found = re.sub(r"([AOUaou])e(?=.)", r"\1e?", re.escape(word))
    return found.replace("'", "[' ]?")


def _edged(pattern: str, *, latin: bool, after: str = "[sS]?") -> str:
    """It is no part of a longer word, but for an ending. In scripts without spaces nothing tells where a word ends."""
    return rf"{_NO_LATIN_BEFORE}{pattern}(?={after}{_NO_LATIN_AFTER})" if latin else pattern


def _whole(written: str, parts: Sequence[_Part]) -> list[str]:
    """The whole name in any case, its last part first, run together; the address; the handles made of it."""
    words = [[*part.before, part.word] for part in parts]
    flat = [word for part in words for word in part]
    if len(flat) == 1:
        ways = [] if "@" in written or not _EAST.fullmatch(flat[0]) else [r"\s?".join(map(re.escape, flat[0]))]
    else:
        orders = [flat, [*words[-1], *(word for part in words[:-1] for word in part)]]
        orders += [[*words[0], *words[-1]]] if len(words) > 2 else []
        together = len("".join(flat)) >= _SHORTEST_RUN_TOGETHER or _EAST.fullmatch("".join(flat))
        between = f"{_PARTED}{'*' if together else '+'}"
        ways = [between.join(map(_letters, order)) for order in orders]
    if "@" in written:
        ways.insert(0, re.escape(written.split()[-1].strip("<>()")))
    latin = _is_latin(flat[0]) or _is_latin(flat[-1])
    found = [_edged(f"(?i:{way})", latin=latin) for way in ways]
    if len(parts) > 1 and latin:
        handle = re.escape(parts[0].word[0] + parts[-1].word)  # mholt
        found += [f"(?<=@)(?i:{handle}){_NO_LATIN_AFTER}", f"{_NO_LATIN_BEFORE}(?i:{handle})(?=@)"]
    return found


def _ways(part: _Part) -> list[str]:
    word = part.word
    if _EAST.fullmatch(word):
        return _in_the_east(word)
    if word.upper() == word.lower():  # scripts that know no capitals
        return [re.escape(word) if len(word) > 2 else rf"(?<!\w){re.escape(word)}(?!\w)"]
    if not _is_latin(word):
        return _declined(word)
    capital = word if word != word.lower() and word != word.upper() else word.capitalize()
    if len(word) == 1 or (len(word) == 2 and word.lower() in WORDS_OF_TWO):
        return []
    forms = f"{_letters(capital)}|{_letters(word.upper())}"
    before = "".join(rf"(?:{re.escape(one)}\s+)?" for one in part.before)
    if before:
        before = f"(?i:{before})"
    if len(word) == 2:
        return [before + _edged(_letters(capital), latin=True, after="")]
    if word.lower() in _ORDINARY_PLAIN:
        return [_in_front(before, _edged(f"(?:{forms})", latin=True, after=""))]
    after = _ENDING if len(word) >= _SHORTEST_DECLINED else "[sS]?"
    anyhow = _edged(f"(?i:{_letters(word)})", latin=True)
    return [_in_front(before, anyhow), _in_front(before, _edged(f"(?:{forms})", latin=True, after=after))]


def _in_front(before: str, pattern: str) -> str:
    return f"{_NO_LATIN_BEFORE}{before}{pattern}" if before else pattern


def _stem(word: str) -> str:
    """A Cyrillic or Greek word without the vowels at its end, which change with its case."""
    if _is_latin(word) or word.upper() == word.lower():
        return word
    stem = re.sub("(?:[аяйьоеыиую]+|[οηια]?σ|[οηια])$", "", word)
    return stem if len(stem) > 2 else word


def _declined(word: str) -> list[str]:
    """In a script that has capitals and declines names (Петрова, Иваном)."""
    capital, stem = word if word != word.lower() else word.capitalize(), _stem(word)
    stem = stem[0].upper() + stem[1:]
    ways = [rf"(?<!{_LETTER})(?:{re.escape(capital)}|{re.escape(word.upper())})(?!{_LETTER})"]
    if len(word) > 2:
        ways.append(rf"(?<!{_LETTER})(?:{re.escape(stem)}|{re.escape(stem.upper())})(?={_LETTER}{{0,3}}(?!{_LETTER}))")
        ways += [] if word.lower() in _ORDINARY_PLAIN else [rf"(?<!{_LETTER})(?i:{re.escape(word)})(?!{_LETTER})"]
    return ways


def _in_the_east(word: str) -> list[str]:
    """In Han, kana or Hangul: what could be another word as well only before a title (さん, 씨)."""
    letters = re.escape(word)
    before = f"(?:{_NO_EAST_BEFORE}|{_AFTER_HIRAGANA})" if "\u3400" <= word[0] <= "\u9fff" else _NO_EAST_BEFORE
    titled = rf"{before}{letters}(?=\s?(?:{_TITLES_PLAIN}))"
    if len(word) == 1 or word in _ORDINARY_PLAIN or re.fullmatch("[\u3041-\u309a]{2}", word):
        return [titled]
    if re.fullmatch(f"{_KATAKANA}+", word):
        return [f"(?<!{_KATAKANA}){letters}(?!{_KATAKANA})"]
    if len(word) == 2 and re.fullmatch("[\uac00-\ud7a3]+", word):
        return [_NO_EAST_BEFORE + letters]
    return [letters]


def _beginning_and_end(part: _Part) -> list[str]:
    """Of a name in one word what may be its first or last name: 佐藤 and 健 of 佐藤健, 민수 of 김민수."""
    word = part.word
    if not re.fullmatch("[\u3400-\u9fff\uac00-\ud7a3]{3,6}", word):
        return []
    pieces = dict.fromkeys(piece for size in (3, 2) if size < len(word) for piece in (word[:size], word[-size:]))
    ends = [word[:1], word[-1:]] if len(word) < 5 else []
    return [way for piece in [*pieces, *ends] for way in _in_the_east(piece)]


_ORDINARY_PLAIN = frozenset(map(plain, ORDINARY))
_TITLES_PLAIN = plain(_TITLES)
