"""NDJSON: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from kb.errors import InvalidInput
from kb.ingest.base import Item, Located, Options
from kb.ingest.lines import Line, limit_of, lines
from kb.ingest.mapping import Rows
from kb.ingest.nested import Choices, conversation_of
from kb.ingest.text import loads
from kb.models import SkippedRow


class Ndjson:
    """One JSON object a line; an empty line is left out, any other is taken or skipped by itself."""

    name = "ndjson"
    suffixes: tuple[str, ...] = (".ndjson", ".jsonl")

    def sniff(self, head: bytes) -> bool:
        """Whether the first line is a whole JSON object and another line follows, or nothing."""
        first, _, rest = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
        if not first.startswith(b"{") or rest.lstrip()[:1] not in (b"{", b""):
            return False
        try:
            return isinstance(loads(first.decode()), dict)
        except (ValueError, RecursionError):
            return False

    def parse(self, stream: BinaryIO, source: str, options: Options) -> Iterator[Located]:
        rows = Rows(options)
        choices = Choices(rows.columns)
        for line in lines(stream, limit_of(options.max_field)):
            if line.raw.isspace() or not line.raw:
                continue
            location = f"line {line.number}"
            item: Item
            try:
                record = _object(line)
                item = rows.read(conversation_of(record, choices) or record)
            except InvalidInput as error:
                item = SkippedRow(source, location, str(error), line.raw, self.name)
            yield Located(item, location, line.offset, line.raw)


def _object(line: Line) -> dict[str, Any]:
    if not line.whole:
        raise InvalidInput(
            f"The line is longer than {len(line.raw):,} bytes; only its beginning is kept here. "
            "Make the setting max_field_mb larger if it is meant to be so long."
        )
    try:
        value = loads(line.raw.decode())
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"The line is not UTF-8: byte {error.start + 1} ({error.object[error.start]:#04x}) cannot be."
        ) from error
    except json.JSONDecodeError as error:
        raise InvalidInput(_why(error, ended=line.raw.endswith(b"\n"))) from error
    except ValueError as error:
        raise InvalidInput("The line holds a number with thousands of digits.") from error
    except RecursionError as error:
        raise InvalidInput("The line nests lists and objects too deep.") from error
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a single value"
        raise InvalidInput(f'The line is {kind}, not an object such as {{"title": …, "body": …}}.')
    return value


def _why(error: json.JSONDecodeError, ended: bool) -> str:
    whole = error.doc.rstrip()
    # In a text the line's own end is what json calls a control character.
    if error.pos >= len(whole) or error.msg.startswith("Unterminated string"):
        why = "a line break stands in the middle of the object" if ended else "the file was not written to its end"
        return f"The line is cut off in the middle, after {len(whole):,} characters: {why}."
    return f"The line is not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}."
