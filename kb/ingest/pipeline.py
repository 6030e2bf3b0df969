"""From inputs to drafts: open, find out what it is, parse, give identities; nothing in a file can stop a run."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

from kb.errors import InvalidInput
from kb.ingest.base import STDIN, Input, Item, Located, Options
from kb.ingest.csv_ import delimiter_of
from kb.ingest.detect import HEAD, WHOLE_FILES, named, parser_for, refuse_what_is_no_text
from kb.ingest.dump import content_hash, dump
from kb.ingest.encoding import as_utf8, name_of
from kb.models import Draft, SkippedRow

__all__ = ["FileKind", "content_hash", "dump", "items", "kind_of"]

_log = logging.getLogger("kb")

MOST_KEPT = 8  # times the longest field: as much of one piece is kept as the line formats keep


def items(inputs: Iterable[Input | SkippedRow], options: Options, format_: str | None = None) -> Iterator[Located]:
    """What the inputs hold, in order. `offset` counts bytes over all inputs, `source` names the input.

    Every review has an external_id: its own; else, for a Markdown file, the file's name; else one from its content.
    A second review with the id of an earlier one of this run is skipped, unless both are word for word the same
    and stand in different files (exports overlap). What discover could not find passes through.
    Raises UsageError for a format that there is not, before anything is read.
    """
    if format_:
        named(format_)
    return _all(list(inputs), options, format_ or None)


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file was found to be: its format, the encoding as Python calls it, and what parts the cells of a table."""

    name: str
    format: str
    encoding: str
    separator: str = ""


def kind_of(entry: Input, format_: str | None = None) -> FileKind | None:
    """What a file is read as; None for one that is not read at all."""
    try:
        with _opened(entry) as stream:
            refuse_what_is_no_text(stream.read(HEAD))
            encoding = name_of(stream)
            head = stream.read(HEAD).decode(encoding, "replace").removeprefix("\ufeff")
            parser = parser_for(entry.name, head.encode(), format_ or None)
    except (InvalidInput, OSError):
        return None
    return FileKind(entry.name, parser.name, encoding, delimiter_of(head, entry.name) if parser.name == "csv" else "")


def _all(inputs: list[Input | SkippedRow], options: Options, format_: str | None) -> Iterator[Located]:
    seen = _Seen(several=len(inputs) > 1)
    before = 0
    for number, entry in enumerate(inputs):
        if isinstance(entry, SkippedRow):
            yield Located(entry, entry.location, before, entry.content, entry.source, entry.format)
            continue
        for found in _of_one(entry, options, format_):
            offset = before + min(found.offset, entry.size)
            item = seen.check(found, number, entry.name)
            yield Located(item, found.location, offset, found.raw, entry.name, found.format)
        before += entry.size


def _of_one(entry: Input, options: Options, format_: str | None) -> Iterator[Located]:
    try:
        with _opened(entry) as stream:
            try:
                yield from _parsed(entry, stream, options, format_)
            except InvalidInput as error:
                yield _whole(entry, str(error), _kept(stream, options))
    except InvalidInput as error:
        yield _whole(entry, str(error))
    except OSError as error:
        yield _whole(entry, _unreadable(error))
    except Exception as error:  # one file that trips kb up must not cost the others
        _log.exception("Reading %s failed.", entry.name)
        yield _whole(entry, f"kb could not read on in this file ({type(error).__name__}: {error}). Please report it.")


def _opened(entry: Input) -> BinaryIO:
    if entry.data is not None:
        return entry.data
    if entry.path is None:
        raise InvalidInput("There is nothing to read.")
    return entry.path.open("rb")


def _parsed(entry: Input, stream: BinaryIO, options: Options, format_: str | None) -> Iterator[Located]:
    stream.seek(0)
    head = stream.read(HEAD)
    refuse_what_is_no_text(head)
    if len(head) < HEAD:
        stream = BytesIO(head)  # the file is read several times from here on: a small one from memory
    text = as_utf8(stream)
    try:
        parser = parser_for(entry.name, text.read(HEAD), format_)
        text.seek(0)
        by_name = entry.name if parser.name in WHOLE_FILES and entry.name != STDIN else ""
        for found in parser.parse(text, entry.name, options):
            item = found.item
            if isinstance(item, Draft) and not item.external_id:
                item = replace(item, external_id=by_name or f"content-{content_hash(item)}")
            yield Located(item, found.location, found.offset, found.raw, "", parser.name)
    finally:
        if text is not stream:
            text.close()


def _whole(entry: Input, reason: str, content: bytes = b"") -> Located:
    return Located(SkippedRow(entry.name, "", reason, content), "", entry.size, content)


def _kept(stream: BinaryIO, options: Options) -> bytes:
    """A file that is set aside whole, so that an upload is not lost with its reason; nothing of one far too large."""
    stream.seek(0)
    content = stream.read(MOST_KEPT * options.max_field + 1)
    return content if len(content) <= MOST_KEPT * options.max_field else b""


def _unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file is not there any more."
    if isinstance(error, PermissionError):
        return "The file may not be read: permission is missing."
    return f"The file cannot be read: {error.strerror or error}."


class _Seen:
    """The ids of a run, each with where it stood first and, where there are several inputs, what it said."""

    def __init__(self, several: bool) -> None:
        self._several = several
        self._ids: dict[str, tuple[int, str, str]] = {}
        self._names: dict[int, str] = {}

    def check(self, found: Located, number: int, source: str) -> Item:
        """The item, or a SkippedRow in its place if its id was taken by an earlier one."""
        item = found.item
        if not isinstance(item, Draft):
            return item
        said = content_hash(item) if self._several else ""
        if item.external_id not in self._ids:
            self._ids[item.external_id] = (number, found.location, said)
            self._names[number] = source
            return item
        first_number, first_place, first_said = self._ids[item.external_id]
        elsewhere = number != first_number
        if elsewhere and said == first_said:
            return item
        first = ", ".join(part for part in (self._names[first_number] if elsewhere else "", first_place) if part)
        here = found.location or "the file"
        reason = f"{here[0].upper()}{here[1:]} has the same id as {first}: {item.external_id}. The first was taken."
        return SkippedRow(source, found.location, reason, found.raw, found.format, second=True)
