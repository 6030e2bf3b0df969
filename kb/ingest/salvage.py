"""The id of a row that could not be taken, where it can be read all the same: its mended version is known by it."""

from __future__ import annotations

import json
import re
from io import BytesIO

from kb.ingest.base import Options
from kb.ingest.csv_ import delimiter_of
from kb.ingest.mapping import Rows
from kb.ingest.table import Records
from kb.models import SkippedRow

_KEY_AND_VALUE = re.compile(r'("(?:[^"\\\n]|\\.){1,100}")\s*:\s*("(?:[^"\\\n]|\\.){0,300}"|-?\d{1,300}(?![\d.]))')
_LINE = re.compile(r"^([^:#\s][^:\n]{0,99}):[ \t]+(.{1,300})$", re.MULTILINE)
_LOOKED_AT = 256 * 1024


def id_of(row: SkippedRow, options: Options) -> str:
    """Its id; "" where it has none or none can be read. A Markdown file's is its name where it says no other."""
    rows = Rows(options)
    content = row.content[:_LOOKED_AT]
    if row.format == "csv":
        return _of_cells(content, rows, row.source)
    text = content.decode("utf-8", "replace")
    if row.format == "transcript":
        return row.source
    if row.format == "markdown":
        head = text.split("\n---", 1)[0] if text.startswith("---") else ""
        said = [value.strip().strip("'\"") for name, value in _LINE.findall(head) if rows.key(name.strip()) == "id"]
        return said[0] if said else row.source
    for name, value in _KEY_AND_VALUE.findall(text):
        if rows.key(_plain(name)) == "id":
            return _plain(value)
    return ""


def _plain(token: str) -> str:
    try:
        return str(json.loads(token)).strip()
    except ValueError:
        return token.strip('"').strip()


def _of_cells(content: bytes, rows: Rows, source: str) -> str:
    """Of a header and one row, or the rows of one review; a table has no id."""
    mark = delimiter_of(content.decode("utf-8", "replace").removeprefix("\ufeff"), source)
    header, *below = [record.cells for record in Records(BytesIO(content), mark, _LOOKED_AT) if record.cells] or [[]]
    at = [place for place, name in enumerate(header) if rows.key(name.strip()) == "id"][:1]
    found = {cells[place].strip() for cells in below for place in at if place < len(cells)} - {""}
    return found.pop() if len(found) == 1 else ""
