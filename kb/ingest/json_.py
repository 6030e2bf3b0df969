"""JSON: a list of objects, one object, an envelope such as `{"reviews": [...]}`, or several of these in a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple

from kb.errors import InvalidInput
from kb.ingest.base import STDIN, Item, Located, Options
from kb.ingest.mapping import Rows
from kb.ingest.nested import Choices, in_threads, is_record, unpacked
from kb.ingest.text import raw_decode
from kb.ingest.turn_names import are_turns, ours
from kb.models import SkippedRow

MAX_BYTES = 512 * 1024 * 1024
"""A JSON file is held in memory as a whole; NDJSON is not."""
_LOOKED_AT = 50  # values at the beginning of a file that tell whether they are turns
_SPACE = re.compile(r"[\s,]*")
# What Slack's export has beside the days of its channels. Its people's addresses are nothing to keep.
_OF_A_CHAT = frozenset(
    ("users.json", "channels.json", "groups.json", "dms.json", "mpims.json", "integration_logs.json", "canvases.json")
)


class Json:
    """Each object of the file is a record; where the file breaks off, what stood before it has been read."""

    name = "json"
    suffixes: tuple[str, ...] = (".json",)

    def sniff(self, head: bytes) -> bool:
        """Whether it begins as a list of objects, or as an object."""
        return bool(re.match(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*\{|\{\s*\"|\[\s*\])", head))

    def parse(self, stream: BinaryIO, source: str, options: Options) -> Iterator[Located]:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            reason = (
                f"The file is larger than {MAX_BYTES:,} bytes. Make it NDJSON (one object a line), which has no limit."
            )
            yield Located(SkippedRow(source, "", reason, b"", self.name), "", len(raw))
            return
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            reason = f"The file is not UTF-8: line {line} has the byte {raw[error.start]:#04x}, which cannot be."
            yield Located(SkippedRow(source, f"line {line}", reason, raw, self.name), "", len(raw), raw)
            return
        if PurePosixPath(source).name in _OF_A_CHAT and not any(map(_says, _pieces(text))):
            reason = "It lists the people or channels of a chat; nobody says anything in it. It is not kept."
            yield Located(SkippedRow(source, "", reason, b"", self.name), "", len(raw))
            return
        yield from self._items(text, len(raw), source, options)

    def _items(self, text: str, size: int, source: str, options: Options) -> Iterator[Located]:
        rows, number = Rows(options), 0
        choices = Choices(rows.columns)
        for value, start, end in _read(text, choices):
            place = size * end // max(len(text), 1)
            if isinstance(value, _Broken):
                line = text.count("\n", 0, value.at) + 1
                content = text[start:].encode("utf-8", "replace")
                reason = f"The file cannot be read on from line {line}: {value.why}. What stands before it was read."
                item: Item = SkippedRow(source, f"line {line}", reason, content, self.name)
                yield Located(item, f"line {line}", size, content)
            elif isinstance(value, _Turns):
                for record, turns in in_threads(value, "" if source == STDIN else source):
                    number += 1
                    raw = json.dumps(turns, ensure_ascii=False).encode("utf-8", "replace")
                    yield self._located(record, raw, rows, source, f"item {number}", place)
            else:
                records = unpacked(value, choices)
                for record in records:
                    number += 1
                    said = text[start:end] if len(records) == 1 else json.dumps(record, ensure_ascii=False)
                    raw = said.encode("utf-8", "replace")
                    yield self._located(record, raw, rows, source, f"item {number}", place)

    def _located(self, record: Any, raw: bytes, rows: Rows, source: str, location: str, offset: int) -> Located:
        item: Item
        try:
            if not isinstance(record, Mapping):
                raise InvalidInput('It is not an object such as {"title": …, "body": …}.')
            item = rows.read(record)
        except InvalidInput as error:
            item = SkippedRow(source, location, str(error), raw, self.name)
        return Located(item, location, offset, raw)


def _says(piece: tuple[Any, int, int]) -> bool:
    """Whether a value may be a review, or somebody's words; what cannot be read may be."""
    value = piece[0]
    return not isinstance(value, Mapping) or is_record(value, Choices()) or bool(ours(value).get("text"))


class _Broken(NamedTuple):
    """Why the text cannot be read on, and from where."""

    why: str
    at: int


class _Turns(list[Any]):
    """Values that are, all together, what people say one after the other."""


def _read(text: str, choices: Choices) -> Iterator[tuple[Any, int, int]]:
    """The values of the text, or all of them as _Turns, if the first plainly are turns; and what broke, from where on."""
    pieces = _pieces(text)
    first = list(islice(pieces, _LOOKED_AT))
    values = [value for value, _, _ in first if not isinstance(value, _Broken)]
    if not are_turns(values, alone=True) or any(is_record(value, choices) for value in values):
        yield from chain(first, pieces)
        return
    turns, others, end = _Turns(), list[tuple[Any, int, int]](), 0
    for value, start, end in chain(first, pieces):
        if isinstance(value, Mapping):
            turns.append(value)
        else:
            others.append((value, start, end))
    yield turns, 0, end
    yield from others


def _pieces(text: str) -> Iterator[tuple[Any, int, int]]:
    """The values of the text one by one, a list's own values instead of the list: (value, start, end). The last is _Broken
    where it cannot be read on."""
    at = _after_space(text, 0)
    inside = False
    while at < len(text):
        if text[at] == "[" and not inside:
            inside, at = True, _after_space(text, at + 1)
        elif text[at] == "]" and inside:
            inside, at = False, _after_space(text, at + 1)
        else:
            start = at
            try:
                value, at = raw_decode(text, start)
            except json.JSONDecodeError as error:
                yield _Broken(_why(error, text), error.pos), start, len(text)
                return
            except ValueError:
                yield _Broken("a number has thousands of digits", start), start, len(text)
                return
            except RecursionError:
                yield _Broken("lists and objects nest too deep", start), start, len(text)
                return
            yield value, start, at
            at = _after_space(text, at)
    if inside:
        yield _Broken("the file ends before its list does", len(text)), len(text), len(text)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _why(error: json.JSONDecodeError, text: str) -> str:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return "the file breaks off in the middle of a value"
    return f"{error.msg.removesuffix(' at')} at character {error.colno} of the line"
