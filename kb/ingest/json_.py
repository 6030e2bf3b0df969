"""JSON: a list of objects, one object, an envelope such as `{"reviews": [...]}`, or several of these in a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from kb.errors import InvalidInput
from kb.ingest.base import Item, Located, Options
from kb.ingest.mapping import Rows
from kb.ingest.text import raw_decode
from kb.models import SkippedRow

MAX_BYTES = 512 * 1024 * 1024
"""A JSON file is held in memory as a whole; NDJSON is not."""
ENVELOPES = (
    "reviews",
    "records",
    "items",
    "rows",
    "results",
    "data",
    "conversations",
    "tickets",
    "calls",
    "evaluations",
)
_SPACE = re.compile(r"[\s,]*")


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
        yield from self._items(text, len(raw), source, options)

    def _items(self, text: str, size: int, source: str, options: Options) -> Iterator[Located]:
        rows, number = Rows(options), 0
        pieces = _pieces(text)
        while True:
            try:
                value, start, end = next(pieces)
            except StopIteration:
                return
            except _Broken as broken:
                line = text.count("\n", 0, broken.at) + 1
                content = text[broken.start :].encode("utf-8", "replace")
                reason = f"The file cannot be read on from line {line}: {broken}. What stands before it was read."
                item: Item = SkippedRow(source, f"line {line}", reason, content, self.name)
                yield Located(item, f"line {line}", size, content)
                return
            for record in _unpacked(value):
                number += 1
                said = text[start:end] if record is value else json.dumps(record, ensure_ascii=False)
                raw = said.encode("utf-8", "replace")
                yield self._located(record, raw, rows, source, f"item {number}", size * end // len(text))

    def _located(self, record: Any, raw: bytes, rows: Rows, source: str, location: str, offset: int) -> Located:
        item: Item
        try:
            if not isinstance(record, Mapping):
                raise InvalidInput('It is not an object such as {"title": …, "body": …}.')
            item = rows.read(record)
        except InvalidInput as error:
            item = SkippedRow(source, location, str(error), raw, self.name)
        return Located(item, location, offset, raw)


class _Broken(ValueError):
    """The text cannot be read on from `at`; the value that broke began at `start`."""

    def __init__(self, reason: str, start: int, at: int) -> None:
        super().__init__(reason)
        self.start, self.at = start, at


def _pieces(text: str) -> Iterator[tuple[Any, int, int]]:
    """The values of the text one by one, a list's own values instead of the list: (value, start, end)."""
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
                raise _Broken(_why(error, text), start, error.pos) from error
            except ValueError as error:
                raise _Broken("a number has thousands of digits", start, start) from error
            except RecursionError as error:
                raise _Broken("lists and objects nest too deep", start, start) from error
            yield value, start, at
            at = _after_space(text, at)
    if inside:
        raise _Broken("the file ends before its list does", len(text), len(text))


def _unpacked(value: Any) -> list[Any]:
    """An envelope's records; `[value]` for a record."""
    if isinstance(value, dict) and not value.keys() & {"body", "turns"}:
        lists = [value[key] for key in ENVELOPES if isinstance(value.get(key), list)]
        lists = [found for found in lists if found and all(isinstance(item, dict) for item in found)]
        if lists:
            return [item for found in lists for item in found]
    return [value]


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _why(error: json.JSONDecodeError, text: str) -> str:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return "the file breaks off in the middle of a value"
    return f"{error.msg.removesuffix(' at')} at character {error.colno} of the line"
