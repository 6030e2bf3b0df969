"""Which set-aside rows the rows of a mended file stand for: what nobody mended stays set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from kb.ingest.base import Located, Options
from kb.ingest.salvage import id_of
from kb.intake.intake import Report
from kb.models import Draft, SkippedRow

_Place = tuple[str, str]


class Mended:
    """Watches mended rows go by, and tells at the end which of the open rows (number, row) they stand for.

    A mended row stands for the open one with its id; else for the one whose content it still is; else for the one at
    its place in a file of its name. If then as many rows that did something are left as there are open ones that
    nothing stands for, they stand for these: there is no other that they could be.
    """

    def __init__(self, open_rows: Sequence[tuple[int, SkippedRow]], options: Options) -> None:
        self._options = options
        self._ids: dict[str, list[int]] = {}
        self._contents: dict[bytes, list[int]] = {}
        self._places: dict[_Place, list[int]] = {}
        self._named = set()
        for number, row in open_rows:
            if found := id_of(row, options):
                self._ids.setdefault(found, []).append(number)
                self._named.add(number)
            if row.content:
                self._contents.setdefault(_digest(row.content), []).append(number)
            self._places.setdefault(_place(row.source, row.location), []).append(number)
        self._open = {number for number, _ in open_rows}
        self._settled: set[int] = set()
        self._standing = 0

    def watch(self, found: Iterable[Located]) -> Iterator[Located]:
        for one in found:
            self._see(one)
            yield one

    def _see(self, one: Located) -> None:
        if isinstance(one.item, Draft):
            name = one.item.external_id
            by_id = self._ids.get(name, ())
            has_id = not name.startswith("content-")
        else:
            name = id_of(one.item, self._options) if isinstance(one.item, SkippedRow) else ""
            by_id, has_id = self._ids.get(name, ()) if name else (), bool(name)
        at = self._places.get(_place(one.source, one.location), ())
        for numbers in (by_id, self._contents.get(_digest(one.raw), ()), at):
            # A row with an id of its own is no mended version of one with another.
            left = [
                n for n in numbers if n not in self._settled and not (numbers is at and has_id and n in self._named)
            ]
            if left:
                self._settled.add(left[0])
                self._standing += 1
                return

    def settled(self, report: Report) -> list[int]:
        """The open rows that are settled by a run that is done."""
        left = report.added + report.updated + report.skipped_count - self._standing
        return sorted(self._open if left >= len(self._open - self._settled) else self._settled)


def _place(source: str, location: str) -> _Place:
    return PurePosixPath(source).name, location


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content.strip(), digest_size=16).digest()
