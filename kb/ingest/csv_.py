"""CSV and its kin (tab, semicolon, pipe): a header, then one row a record."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from kb.errors import InvalidInput
from kb.ingest.base import Item, Located, Options
from kb.ingest.column_names import is_known
from kb.ingest.dates import Order, order_of
from kb.ingest.groups import Groups, Placed, location_of
from kb.ingest.keys import REVIEW_KEYS, TAG_KEYS, key_of
from kb.ingest.mapping import Rows
from kb.ingest.table import Record, Records
from kb.ingest.text import shown, unless_failed
from kb.models import SkippedRow

NO_HEADER = "The header cannot be used"
"""How the reason of a table begins that is set aside whole."""
DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 18
_NO_SCORE = (0, 0.0, 0)
_HALF = 0.5
_ABOVE = 10  # records that are looked at for the header
_NUMBER = re.compile(r"[-+]?\d[\d.,:/ %-]*")
_NAMES = 2  # that kb knows, at least, in a header of another table
_COLUMNS = 3  # at least, of a table in a file that does not say that it is one
_ALIKE = 20  # rows of it that are looked at
_KNOWN = {*REVIEW_KEYS, *TAG_KEYS}
_DATES = ("date", "updated_at", "cycle")


class Csv:
    """Rows under a header. What parts the cells is found out; cells of structured columns hold JSON."""

    name = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab", ".psv")

    def sniff(self, head: bytes) -> bool:
        """Whether its first line is a header: at least two columns that kb knows, one of them to be read; or two, and half
        of all, that may mean something to kb, with rows of the same width below."""
        first = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:1]
        text = first[0].decode("utf-8", "replace") if first else ""
        known = {key_of(cell.strip().strip('"')) for cell in text.split(delimiter_of(text, ""))} & _KNOWN
        if len(known) >= 2 and known & {"body", "turns", "name"}:
            return True
        whole = head.decode("utf-8", "replace").removeprefix("\ufeff")
        records = _sampled(whole, delimiter_of(whole, ""))
        names = [cell.strip() for cell in records[0]] if records else []
        alike = [len(cells) == len(names) for cells in records[1 : _ALIKE + 1]]
        return len(names) >= _COLUMNS and bool(alike) and all(alike) and _are_names(names)

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

        def records() -> Iterator[Record]:
            stream.seek(start)
            return _below(Records(stream, delimiter, options.max_field), above)

        rows = Rows(options, _dates(records(), rows))
        in_parts = rows.columns is not None and bool(rows.columns.parts)
        ahead = list(islice(records(), 1)) if in_parts else []
        header = ahead[0].cells if ahead else None
        groups = Groups(header, rows, islice(records(), 1, None)) if header else None
        stream.seek(start)
        yield from self._rows(Records(stream, delimiter, options.max_field), rows, source, above, groups)

    def _rows(self, records: Records, rows: Rows, source: str, above: int, groups: Groups | None) -> Iterator[Located]:
        first: list[str] | None = None
        top: list[Record] = []
        header: list[str] = []
        head = b""
        number = taken = offset = 0
        apart = False  # whether an empty line, or a title, stands above
        for record in records:
            number += 1
            placed = Placed(record, number, record.taken[0].number if record.taken else number)
            offset = record.taken[-1].offset if record.taken else 0
            if header and apart and groups is None and _begins_another(record.cells, first):
                header, top, above = [], [], 0  # the next sheet of a workbook, say
            apart = record.cells is not None and sum(map(bool, map(str.strip, record.cells))) < 2
            if not header:
                if record.cells is not None and (_is_blank(record.cells) or _is_sep(record.cells)):
                    continue
                if record.cells is not None and len(top) < above:
                    top.append(record)
                    continue
                if problem := record.problem or _unusable(record.cells or [], rows):
                    reason = f"{NO_HEADER}, so no row {'below it' if taken else 'of the file'} was taken. {problem}"
                    table, end, whole = records.rest(record)
                    table = b"".join(each.raw for each in top) + table
                    if not whole:
                        reason += " The table is very long; only its beginning is kept here."
                    location = location_of([placed])
                    yield Located(SkippedRow(source, location, reason, table, self.name), location, end, table)
                    return
                first, header, head = record.cells, _header(record.cells or []), _ended(record.raw)
            elif record.cells is not None and record.cells == first:
                continue  # tables put one below the other, as set-aside rows are in their download
            elif record.cells is None or not _is_blank(record.cells):
                taken += 1
                if group := groups.whole(placed) if groups else [placed]:
                    raw = head + b"".join(_ended(one.record.raw) for one in group[:-1]) + group[-1].record.raw
                    item = self._item(group, header, raw, rows, source)
                    yield Located(item, location_of(group), offset, raw)
        if header and not taken:
            reason = "The table has a header, but no row below it."
            yield Located(SkippedRow(source, "", reason, head, self.name), "", offset, head)

    def _item(self, group: list[Placed], header: list[str], raw: bytes, rows: Rows, source: str) -> Item:
        try:
            cells = [_cells(one, header, several=len(group) > 1) for one in group]
            return rows.read(cells[0]) if len(group) == 1 else rows.read_as_one(cells)
        except InvalidInput as error:
            return SkippedRow(source, location_of(group), str(error), raw, self.name)


def _cells(placed: Placed, header: list[str], several: bool) -> dict[str, str]:
    """A row under its header. Raises InvalidInput where it does not fit it, and says which of several it is."""
    cells = placed.record.cells
    the_row = f"Row {placed.row}" if several else "The row"
    if cells is None:
        raise InvalidInput(placed.record.problem)
    if len(cells) < len(header) or not _is_blank(cells[len(header) :]):
        raise InvalidInput(
            f"{the_row} has {len(cells)} cell{'s'[: len(cells) != 1]}, the header {len(header)}: "
            "a cell is missing, or a text with the separator in it is not in quotes."
        )
    return dict(zip(header, map(unless_failed, cells), strict=False))


def _below(records: Records, above: int) -> Iterator[Record]:
    """The header of a table and the records below it, without what is blank, hints, and the header once more. `above`
    records stand above the header."""
    header: Record | None = None
    for record in records:
        if record.cells is not None and (_is_blank(record.cells) or (header is None and _is_sep(record.cells))):
            continue
        if header is None and above and record.cells is not None:
            above -= 1
        elif header is None:
            header = record
            yield record
        elif record.cells is None or record.cells != header.cells:
            yield record


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
        yield from (
            dict(zip(header, map(unless_failed, cells), strict=False)) for cells in [[""] * len(header), *whole]
        )


def _dates(records: Iterator[Record], rows: Rows) -> Order | None:
    """How the dates of the file are written: what any date of it decides, holds for all of it. The first record is the
    header."""
    header = next(records, None)
    where = (
        [index for index, name in enumerate(header.cells or ()) if rows.key(name.strip()) in _DATES] if header else []
    )
    values: list[str] = []
    for record in records if where else ():
        found = [record.cells[index] for index in where if index < len(record.cells)] if record.cells else []
        values += [value for value in found if value[:1].isdigit() and value[4:5] != "-" and order_of([value])]
        if len(values) > 100:
            break
    return order_of(values)


def _begins_another(cells: list[str] | None, header: list[str] | None) -> bool:
    """Whether a row below a gap is the header of another table: most of its cells are what columns are called."""
    return cells != header and _are_names([cell.strip() for cell in cells or () if cell.strip()])


def _are_names(cells: list[str]) -> bool:
    """Whether most of the cells are what columns are called, each something else."""
    known = sum(map(is_known, cells))
    if known < _NAMES or 2 * known < len(cells):
        return False
    return len(set(cells)) == len(cells) and not any(_NUMBER.fullmatch(cell) for cell in cells)


def _header(cells: list[str]) -> list[str]:
    """Column names, each its own: a nameless one is `column 3`, a second `Comment` is `Comment (2)`."""
    names: dict[str, None] = {}
    times: dict[str, int] = {}
    for index, cell in enumerate(cells, 1):
        name = base = " ".join(cell.split()) or f"column {index}"
        while name in names:
            times[base] = times.get(base, 1) + 1
            name = f"{base} ({times[base]})"
        names[name] = None
    return list(names)


def _unusable(cells: list[str], rows: Rows) -> str:
    if any("\0" in cell for cell in cells):
        return "It holds a NUL character."
    if len(cells) > 10_000:
        return f"It has {len(cells):,} columns."
    keys = {rows.key(cell.strip()) for cell in cells}
    if keys & {"body", "turns", "turn.text", "type"}:
        return ""
    cells = [cell for cell in cells if cell.strip()]
    named = ", ".join(shown(cell)[1:-1] for cell in cells[:12]) + (", …" if len(cells) > 12 else "")
    return (
        f"None of its columns is known as the text (body) or the conversation (turns): it has {named}. "
        "Say which one is: in the browser, or in a mapping file (docs/formats.md)."
    )


def _is_blank(cells: list[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)


def _is_sep(cells: list[str]) -> bool:
    return cells[0].lower().startswith("sep=") and len("".join(cells)) <= 5 and len(cells) <= 2


def _ended(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\n") else raw + b"\n"
