"""Tables for a spreadsheet, as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Also behind a semicolon or a tab: where these part cells, a spreadsheet takes what follows for a cell of its own.
_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r])")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows below their header. Texts that a spreadsheet would take for a formula stay texts (OWASP, CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return out.getvalue()


def _harmless(value: object) -> object:
    return _FORMULA.sub("'", value) if isinstance(value, str) else value
