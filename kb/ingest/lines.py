"""Lines of a byte stream, bounded: a line without an end does not fill the memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 20


class Line(NamedTuple):
    """`raw` with its line end. `offset` is where the stream stood after it. `whole` is False where the line was longer
    than the limit: then `raw` is its beginning."""

    number: int
    raw: bytes
    offset: int
    whole: bool = True


def limit_of(max_field: int) -> int:
    """The longest line (or record, or file of one record) that is held in memory, for fields of `max_field` bytes."""
    return 8 * max_field


def lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    """The lines of `stream` from where it stands; a byte order mark before the first is left out."""
    number = offset = 0
    while raw := stream.readline(limit):
        number += 1
        offset += len(raw)
        whole = True
        if len(raw) == limit and not raw.endswith(b"\n"):
            rest = _skip_line(stream)
            offset += rest
            whole = rest == 0
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        yield Line(number, raw, offset, whole)


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while piece := stream.readline(CHUNK):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped
