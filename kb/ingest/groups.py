"""Which rows of a table are one review, where a review has several (kb/ingest/rows_of_one.py); else each row is its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kb.ingest.mapping import Rows
from kb.ingest.rows_of_one import TURN
from kb.ingest.table import Record


class Placed(NamedTuple):
    """A record of a table, which of its rows it is, and the line on which it begins."""

    record: Record
    row: int
    line: int


def location_of(group: Sequence[Placed]) -> str:
    """Where a review stands: "row 3", "row 3 (line 5)", "rows 3 to 7"."""
    _, row, line = group[0]
    if len(group) > 1:
        return f"rows {row} to {group[-1].row}"
    return f"row {row}" if row == line else f"row {row} (line {line})"


class _Keys:
    """What tells the rows of one review, row by row: the id, else the case. A row that has none goes on with the one above
    it, as where cells were merged. Turns without an id are all one conversation."""

    def __init__(self, header: Sequence[str], rows: Rows) -> None:
        keys = [rows.key(name.strip()) for name in header]
        self._at = next((keys.index(key) for key in ("id", "case_id") if key in keys), None)
        self._one = not set(TURN).isdisjoint(keys)
        self._rows = 0
        self._last = ""

    def of(self, record: Record) -> str:
        self._rows += 1
        alone = f"\0{self._rows}"
        if record.cells is None:
            return alone
        if self._at is None:
            return "" if self._one else alone
        cell = record.cells[self._at].strip() if self._at < len(record.cells) else ""
        self._last = cell or self._last or alone
        return self._last


class Groups:
    """Gathers the records below a header until all of a review are there."""

    def __init__(self, header: Sequence[str], rows: Rows, below: Iterable[Record]) -> None:
        """`below` are the same records, for a look ahead: how many rows each review has."""
        self._keys = _Keys(header, rows)
        ahead = _Keys(header, rows)
        self._missing = Counter(ahead.of(record) for record in below)
        self._waiting: dict[str, list[Placed]] = {}

    def whole(self, placed: Placed) -> list[Placed]:
        """The records of a review that this one completes; [] where more are to come."""
        key = self._keys.of(placed.record)
        self._waiting.setdefault(key, []).append(placed)
        self._missing[key] -= 1
        return [] if self._missing[key] else self._waiting.pop(key)
