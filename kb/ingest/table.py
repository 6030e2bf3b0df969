"""The records of a table: of lines with marks between their cells, in quotes where a cell has such a mark or more lines."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from kb.errors import InvalidInput
from kb.ingest.lines import Line, limit_of, lines

MAX_LINES = 20_000
"""How many lines one quoted field may go on over; a quote that never closes would swallow the rest of the file."""
MAX_RETURNED = 1_000_000
"""How many lines in one file are looked at a second time because of such quotes."""

csv.field_size_limit(2**31 - 1)  # ours is by record (`limit_of`); the module's own limit is 128 KiB


class Record(NamedTuple):
    """One record with the lines it was read from. Without `cells` it could not be read, for `problem`."""

    cells: list[str] | None
    taken: list[Line]
    problem: str = ""

    @property
    def raw(self) -> bytes:
        return b"".join(line.raw for line in self.taken)


class Records:
    """The records of a stream. A record that cannot be read costs its first line only: the next are tried again."""

    def __init__(self, stream: BinaryIO, delimiter: str, max_field: int) -> None:
        self._limit = limit_of(max_field)
        self._lines = lines(stream, self._limit)
        self._waiting: deque[Line] = deque()
        self._taken: list[Line] = []
        self._size = self._returned = 0
        self._reader = csv.reader(_Feed(self), delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[Record]:
        while True:
            self._taken, self._size = [], 0
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._broken(_why(error))
            except InvalidInput as error:
                yield self._broken(str(error))
            else:
                yield Record(cells, self._taken)

    def next_line(self) -> str:
        """The next line for the csv module. Raises StopIteration at the end, InvalidInput for what cannot be a line."""
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self._taken.append(line)
        self._size += len(line.raw)
        if self._size > self._limit or not line.whole or len(self._taken) > MAX_LINES:
            raise InvalidInput(
                f"A quote opens here that does not close within {MAX_LINES:,} lines or {self._limit:,} bytes."
                if len(self._taken) > 1
                else f"The line is longer than {self._limit:,} bytes; only its beginning is kept here."
            )
        try:
            return line.raw.decode()
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"The row is not in the encoding of the rest of the file: byte {error.start + 1} of line {line.number} "
                f"({error.object[error.start]:#04x}) cannot be."
            ) from error

    def rest(self, record: Record) -> tuple[bytes, int, bool]:
        """`record` and all lines after it, where the stream stands then, and whether that is all: what is longer than
        a record may be is kept up to there."""
        kept, size, whole = list(record.taken), len(record.raw), True
        end = kept[-1].offset if kept else 0
        for line in chain(self._waiting, self._lines):
            end, size = line.offset, size + len(line.raw)
            whole = whole and line.whole and size <= self._limit
            if whole:
                kept.append(line)
        return b"".join(line.raw for line in kept), end, whole

    def _broken(self, problem: str) -> Record:
        again = self._taken[1:]
        self._returned += len(again)
        if self._returned > MAX_RETURNED:
            return Record(None, self._taken, problem)
        self._waiting.extendleft(reversed(again))
        return Record(None, self._taken[:1], problem)


class _Feed:
    """What the csv module pulls lines from. It goes on after a StopIteration, which `Records` needs and a generator
    does not."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        return self._records.next_line()


def _why(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "A quote opens here that never closes."
    if "expected after" in text:
        return "A quoted text ends here and more follows before the separator; a quote inside a text is written twice."
    if "new-line character" in text:
        return "There is a carriage return inside a text that is not in quotes."
    return f"The row cannot be read: {text}."
