"""CSV and its kin (tab, semicolon, pipe): a header, then one row a record."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from kb.errors import InvalidInput
from kb.ingest.base import Item, Located, Options
from kb.ingest.dates import Order, order_of
from kb.ingest.keys import REVIEW_KEYS, TAG_KEYS, key_of
from kb.ingest.lines import Line, limit_of, lines
from kb.ingest.mapping import Rows
from kb.ingest.text import shown
from kb.models import SkippedRow

NO_HEADER = "The header cannot be used"
"""How the reason of a table begins that is set aside whole."""
DELIMITERS = (",", ";", "\t", "|")
MAX_LINES = 20_000
"""How many lines one quoted field may go on over; a quote that never closes would swallow the rest of the file."""
MAX_RETURNED = 1_000_000
"""How many lines in one file are looked at a second time because of such quotes."""
_SAMPLE = 1 << 18
_NO_SCORE = (0, 0.0, 0)
_HALF = 0.5
_ABOVE = 10  # records that are looked at for the header
_NUMBER = re.compile(r"[-+]?\d[\d.,:/ %-]*")
_KNOWN = {*REVIEW_KEYS, *TAG_KEYS}
_DATES = ("date", "updated_at", "cycle")

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


class Csv:
    """Rows under a header. What parts the cells is found out; cells of structured columns hold JSON."""

    name = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab", ".psv")

    def sniff(self, head: bytes) -> bool:
        """Whether the first line has at least two columns that kb knows, one of them to be read."""
        first = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:1]
        text = first[0].decode("utf-8", "replace") if first else ""
        known = {key_of(cell.strip().strip('"')) for cell in text.split(delimiter_of(text, ""))} & _KNOWN
        return len(known) >= 2 and bool(known & {"body", "turns", "name"})

    def parse(self, stream: BinaryIO, source: str, options: Options) -> Iterator[Located]:
        start = stream.tell()
        sample = stream.read(_SAMPLE).decode("utf-8", "replace").removeprefix("\ufeff")
        delimiter = delimiter_of(sample, source)
        rows = Rows(options)
        sampled = [cells for cells in _sampled(sample, delimiter) if not (_is_blank(cells) or _is_sep(cells))]
        above = header_at(sampled) if sampled and _unusable(sampled[0], rows) else 0
        if options.seen is not None:  # also of a table whose header cannot be used, since none of its rows is read
            for row in _named(sampled[above:]):
                options.seen(row)
        stream.seek(start)
        rows = Rows(options, _dates(Records(stream, delimiter, options.max_field), rows, above))
        stream.seek(start)
        yield from self._rows(Records(stream, delimiter, options.max_field), rows, source, above)

    def _rows(self, records: Records, rows: Rows, source: str, above: int) -> Iterator[Located]:
        first: list[str] | None = None
        top: list[Record] = []
        header: list[str] = []
        head = b""
        number = taken = offset = 0
        for record in records:
            number += 1
            line = record.taken[0].number if record.taken else number
            location = f"row {number}" if line == number else f"row {number} (line {line})"
            offset = record.taken[-1].offset if record.taken else 0
            if not header:
                if record.cells is not None and (_is_blank(record.cells) or _is_sep(record.cells)):
                    continue
                if record.cells is not None and len(top) < above:
                    top.append(record)
                    continue
                if problem := record.problem or _unusable(record.cells or [], rows):
                    reason = f"{NO_HEADER}, so no row of the file was taken. {problem}"
                    table, end, whole = records.rest(record)
                    table = b"".join(each.raw for each in top) + table
                    if not whole:
                        reason += " The table is very long; only its beginning is kept here."
                    yield Located(SkippedRow(source, location, reason, table, self.name), location, end, table)
                    return
                first, header, head = record.cells, _header(record.cells or []), _ended(record.raw)
            elif record.cells is not None and record.cells == first:
                continue  # tables put one below the other, as set-aside rows are in their download
            elif record.cells is None or not _is_blank(record.cells):
                taken += 1
                item = self._item(record, header, head, rows, source, location)
                yield Located(item, location, offset, head + record.raw)
        if header and not taken:
            reason = "The table has a header, but no row below it."
            yield Located(SkippedRow(source, "", reason, head, self.name), "", offset, head)

    def _item(self, record: Record, header: list[str], head: bytes, rows: Rows, source: str, location: str) -> Item:
        cells = record.cells
        try:
            if cells is None:
                raise InvalidInput(record.problem)
            if len(cells) != len(header):
                extra = cells[len(header) :]
                if len(cells) < len(header) or not _is_blank(extra):
                    raise InvalidInput(
                        f"The row has {len(cells)} cell{'s'[: len(cells) != 1]}, the header {len(header)}: "
                        "a cell is missing, or a text with the separator in it is not in quotes."
                    )
            return rows.read(dict(zip(header, cells, strict=False)))
        except InvalidInput as error:
            return SkippedRow(source, location, str(error), head + record.raw, self.name)


def delimiter_of(text: str, source: str) -> str:
    """What parts the cells: the mark with which the first records agree best with the header."""
    first = text.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) <= 5:  # Excel's own hint
        return "\t" if first == "sep=" else first[4]
    best, best_score = ",", _NO_SCORE
    sampled = {mark: _sampled(text, mark) for mark in DELIMITERS}
    for mark, records in sampled.items():
        score = _score(records, mark, source)
        if score > best_score:
            best, best_score = mark, score
    if best_score[0] == 0 and best_score[1] < _HALF:  # a line of a title may stand above the header
        for mark, records in sampled.items():
            score = _score(records[header_at(records) :], mark, source)
            if score > best_score:
                best, best_score = mark, score
    return best


def _score(records: list[list[str]], mark: str, source: str) -> tuple[int, float, int]:
    """How well the mark parts the cells: header cells that kb knows, the share of records of its width, and that."""
    width = len(records[0]) if records else 0
    if width < 2:
        return _NO_SCORE
    alike = sum(len(cells) == width for cells in records) / len(records)
    known = sum(key_of(cell.strip()) in _KNOWN for cell in records[0])
    hinted = mark == "\t" and source.lower().endswith((".tsv", ".tab"))
    return (known + hinted, alike, width)


def header_at(records: list[list[str]]) -> int:
    """Which of the first records is the header. A title or cells that were merged may stand above it: they fill at most
    half of the columns that most records have. A header says something else in each of its columns, and no numbers."""
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    width = max(widths, key=lambda width: (widths[width], width), default=1)
    for place, cells in enumerate(records[:_ABOVE]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if 2 * len(filled) > width:
            named = len(set(filled)) == len(filled) > 1 and not any(_NUMBER.fullmatch(cell) for cell in filled)
            return place if named else 0
    return 0


def _sampled(text: str, mark: str) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            if cells:
                found.append(cells)
            if len(found) == 50:
                break
    except csv.Error:
        return found
    return found


def _named(records: list[list[str]]) -> Iterator[dict[str, str]]:
    """The first rows of a table under its header; of a table without a row, the header alone."""
    if records:
        header = _header(records[0])
        whole = [cells for cells in records[1:] if len(cells) >= len(header)]  # not the totals below a report
        yield from (dict(zip(header, cells, strict=False)) for cells in [[""] * len(header), *whole])


def _dates(records: Records, rows: Rows, above: int) -> Order | None:
    """How the dates of the file are written: what any date of it decides, holds for all of it. `above` records stand
    above the header."""
    where: list[int] = []
    values: list[str] = []
    for record in records:
        if record.cells is None or _is_blank(record.cells) or _is_sep(record.cells):
            continue
        if above:
            above -= 1
            continue
        if not where:
            where = [index for index, name in enumerate(record.cells) if rows.key(name.strip()) in _DATES]
            if not where:
                return None
            continue
        found = [record.cells[index] for index in where if index < len(record.cells)]
        values += [value for value in found if value[:1].isdigit() and value[4:5] != "-" and order_of([value])]
        if len(values) > 100:
            break
    return order_of(values)


def _header(cells: list[str]) -> list[str]:
    """Column names, each its own: a nameless one is `column 3`, a second `Comment` is `Comment (2)`."""
    names: list[str] = []
    for index, cell in enumerate(cells, 1):
        name = base = " ".join(cell.split()) or f"column {index}"
        again = 2
        while name in names:
            name = f"{base} ({again})"
            again += 1
        names.append(name)
    return names


def _unusable(cells: list[str], rows: Rows) -> str:
    if any("\0" in cell for cell in cells):
        return "It holds a NUL character."
    if len(cells) > 10_000:
        return f"It has {len(cells):,} columns."
    keys = {rows.key(cell.strip()) for cell in cells}
    if keys & {"body", "turns", "type"}:
        return ""
    cells = [cell for cell in cells if cell.strip()]
    named = ", ".join(shown(cell)[1:-1] for cell in cells[:12]) + (", …" if len(cells) > 12 else "")
    return (
        f"None of its columns is body or turns: it has {named}. "
        "Say which one is the body: on the page of the upload, or in a mapping file (docs/formats.md)."
    )


def _is_blank(cells: list[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)


def _is_sep(cells: list[str]) -> bool:
    return cells[0].lower().startswith("sep=") and len("".join(cells)) <= 5 and len(cells) <= 2


def _ended(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\n") else raw + b"\n"


def _why(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "A quote opens here that never closes."
    if "expected after" in text:
        return "A quoted text ends here and more follows before the separator; a quote inside a text is written twice."
    if "new-line character" in text:
        return "There is a carriage return inside a text that is not in quotes."
    return f"The row cannot be read: {text}."
