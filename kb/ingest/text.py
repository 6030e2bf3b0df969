"""Single values of an interchange record, made plain: text without surprises, numbers, lists, and JSON for `extra`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kb.errors import InvalidInput

MAX_DEPTH = 32
"""How deep lists and objects may nest; real records stay under ten."""


A_SENTENCE = 5
"""Words, as `words_in` counts them."""
_OWN_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # without spaces between words


def words_in(text: str) -> int:
    """How many words a text has; two characters of a script without spaces count as one."""
    return len(text.split()) + len(_OWN_SCRIPT.findall(text)) // 2


def whole(value: str) -> str:
    """`value` as UTF-8 can hold it: half an emoji (a lone surrogate, left by a tool that cut a text to size) becomes U+FFFD,
    since it held no letter."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean(value: str, field: str, limit: int) -> str:
    """`value` with line ends as `\\n` and nothing that cannot be stored as UTF-8 (`whole`).

    Raises InvalidInput for a NUL, which never belongs in text, and for a value of more than `limit` bytes.
    """
    if not value.isascii():
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            value = whole(value)
            size = len(value.encode())
    else:
        size = len(value)
    if size > limit:
        raise InvalidInput(
            f"{field} is {size:,} bytes long; a single field may have {limit:,} (the setting max_field_mb).",
            field,
        )
    if "\0" in value:
        raise InvalidInput(f"{field} holds a NUL character (\\u0000). Take it out: text never has one.", field)
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value


def scalar(value: object, field: str) -> str:
    """A value that should be text, as text: numbers and yes/no as written, a list of such joined by commas."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return _digits(value, field)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(isinstance(item, str | int | float) for item in value):
        return ", ".join(scalar(item, field) for item in value)
    raise InvalidInput(f"{field} must be text, not {_name_of(value)}.", field)


def line(value: object, field: str, limit: int) -> str:
    """One line of text: white space around it taken off, line breaks and tabs in it made spaces."""
    if isinstance(value, str) and value.isprintable() and 4 * len(value) <= limit:
        return value.strip()  # most are: nothing to clean, no line break, and short enough in any encoding
    text = clean(scalar(value, field), field, limit).strip()
    if "\n" in text or "\t" in text:
        text = " ".join(text.split())
    return text


def identity(value: object, field: str, limit: int) -> str:
    """An id as one line of text. Raises InvalidInput also for a list: of a single value that would be its text."""
    if isinstance(value, list | tuple) and value:
        raise InvalidInput(f"{field} is a list; an id is one text or one number. Write it without the brackets.", field)
    return line(value, field, limit)


def block(value: object, field: str, limit: int) -> str:
    """Text of several lines: empty lines before it and white space after it taken off, the rest as it is.

    Four spaces or a tab before the first line stay: in Markdown they make it code.
    """
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        value = "\n".join(value)
    text = clean(scalar(value, field), field, limit).rstrip()
    if text[:1].isspace():
        start = len(text) - len(text.lstrip())
        text = text[text.rfind("\n", 0, start) + 1 :]
        if not text.startswith(("    ", "\t")):
            text = text.lstrip()
    return text


# How tools and people write that there is no date or no number.
_NOTHING = frozenset(
    ("", "n/a", "na", "n.a.", "k.a.", "#n/a", "-", "--", "–", "—", "none", "null", "nil", "nan", "nat",
     "0000-00-00", "0000-00-00 00:00:00")
)  # fmt: skip


def is_nothing(text: str) -> bool:
    """Whether what stands where a date or a number should says that there is none."""
    return text.strip().lower() in _NOTHING


# What a spreadsheet writes into a cell that it could not work out, in English, German and Spanish.
_FAILED = re.compile(
    r"#(?:DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|N/A|ERROR!|BEZUG!|WERT!|ZAHL!|NV|¡(?:DIV/0|REF|VALOR|NUM)!|¿NOMBRE\?)"
)


def unless_failed(cell: str) -> str:
    """A cell of a table; nothing where a spreadsheet left only an error in it."""
    return "" if cell[:1] == "#" and _FAILED.fullmatch(cell) else cell


_MOST_STARS = 5.0
_GROUPED = re.compile(r"-?[1-9]\d{0,2}([.,' \u00a0\u202f\u2019])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")


def _ungrouped(text: str) -> str:
    """`1.234,5` and `1,234.5` without the mark of the thousands; `1,234` alone is a decimal, and stays."""
    match = _GROUPED.fullmatch(text)
    if match and (match[1] not in ".," or text.count(match[1]) > 1 or {".", ","} <= set(text)):
        return text.replace(match[1], "")
    return text


# `4/5`, `4 out of 5`, and as many stars as are full.
_OF = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:/|(?:out )?of|von|de|sur|di)\s*(\d{1,4})", re.IGNORECASE)
_STARS = re.compile(r"([★⭐]{1,10})\ufe0f?([☆✩]{0,10})")


def _of(text: str, highest: float | None) -> float | None:
    """What `4/5` or stars say: 4 on a scale that ends at 5, else 80 of a hundred; NaN on another scale; None for a text that
    is neither."""
    if match := _OF.fullmatch(text):
        part, whole = float(match[1].replace(",", ".")), float(match[2])
    elif match := _STARS.fullmatch(text):
        part = float(len(match[1]))
        whole = part + len(match[2]) if match[2] else highest or _MOST_STARS
    else:
        return None
    if highest is not None:
        return part if whole == highest else math.nan
    return part / whole * 100 if 0 < whole >= part else math.nan


def number(value: object, field: str, highest: float | None = None) -> float | None:
    """A number, also written `85%`, `4,5`, `1.234,5` or `" 4 "`; None where there is none. `4/5` and stars are 80, or 4 on
    a scale that ends at `highest`. Raises InvalidInput otherwise."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        parsed = _float(value)
    else:
        text = scalar(value, field).strip().removesuffix("%").strip()
        if is_nothing(text):
            return None
        share = _of(text, highest)
        text = _ungrouped(text)
        if "," in text and "." not in text:
            text = text.replace(",", ".")
        parsed = share if share is not None else _float(text) if "_" not in text else math.nan
    if not math.isfinite(parsed):
        raise InvalidInput(f"{field} must be a number such as 4, 4.5 or 85%, not {shown(value)}.", field)
    return parsed


def names(value: object, field: str, limit: int, separator: str = ";") -> tuple[str, ...]:
    """A list of names: a list, a JSON list as text, or one text parted by `separator`; also a list of objects that have a
    name, and an object around such a list, as other tools send them. Empty and double ones left out."""
    if value is None or value == "":
        return ()
    if isinstance(value, Mapping):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        value = lists[0] if len(lists) == 1 else value
    if isinstance(value, str):
        parsed = maybe_json(value)
        items: list[Any] = parsed if isinstance(parsed, list) else value.split(separator)
    elif isinstance(value, list | tuple):
        items = list(value)
    else:
        items = [scalar(value, field)]
    lines = (line(name_in(item, "tag"), field, limit) for item in items)
    return tuple(dict.fromkeys(name for name in lines if name))


def name_in(value: object, word: str) -> object:
    """What an object that stands where a name should is called: its name, address, or what it says of `word`."""
    if isinstance(value, Mapping):
        return value.get("name") or value.get("email") or value.get(word) or value
    return value


def maybe_json(text: str) -> Any:
    """What a cell such as `[{"text": "Hi"}]` says as JSON; the text itself where it is not a JSON list or object."""
    stripped = text.strip()
    if stripped[:1] + stripped[-1:] not in ("[]", "{}"):
        return text
    try:
        return loads(stripped)
    except (ValueError, RecursionError):
        return text


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name


def _bare(read: dict[str, Any]) -> Any:
    """What a database wraps into an object to say its type: `{"$oid": "66aa"}`, `{"$date": "2026-03-03T14:00:00Z"}`."""
    if len(read) == 1:
        [(key, value)] = read.items()
        return value if key in _TYPES else read
    return read


_TYPES = frozenset(("$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid"))
_decoder = json.JSONDecoder(parse_constant=_constant, object_hook=_bare)
raw_decode = _decoder.raw_decode
"""(text, start) -> (value, end), as `json.JSONDecoder.raw_decode`, but NaN is no value and Infinity the word."""


def loads(text: str) -> Any:
    """JSON as other tools write it: NaN (a missing number in many exports) is no value, Infinity the word.

    Raises ValueError (also for a number of more digits than Python takes) and RecursionError.
    """
    return _decoder.decode(text)


def plain(value: Any, field: str, limit: int, depth: int = MAX_DEPTH) -> Any:
    """`value` as JSON can hold it, for `extra`: whole, with dates as text and every key as text."""
    if isinstance(value, str):
        return clean(value, field, limit)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int):
        _digits(value, field)
        return value
    if depth == 0:
        raise InvalidInput(f"{field} nests lists and objects more than {MAX_DEPTH} deep.", field)
    if isinstance(value, Mapping):
        return {
            clean(scalar(key, field), field, limit): plain(item, field, limit, depth - 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [plain(item, field, limit, depth - 1) for item in value]
    return clean(scalar(value, field), field, limit)


def shown(value: object) -> str:
    """`value` for a sentence: quoted, cut to size, on one line, without characters that cannot be shown."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\\0").split())
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return math.nan


def _digits(value: float, field: str) -> str:
    try:
        return str(value)
    except ValueError as error:  # Python refuses to write out whole numbers of thousands of digits
        raise InvalidInput(f"{field} is a number with thousands of digits.", field) from error


def _name_of(value: object) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list of objects or lists"
    return f"a {type(value).__name__}"


def decoded(raw: bytes) -> str:
    """A whole file as text, with the line ends of this program. Raises InvalidInput where it is not UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"The file is not UTF-8: line {line} has the byte {raw[error.start]:#04x}, which is none. Save it so."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
