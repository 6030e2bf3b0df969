"""All SQL of kb. Functions take the open `Database` and values, and give values of `kb.models` back.

Nothing here decides who may do what or when to commit: a use case opens the transaction (`database.transaction`).
"""

from __future__ import annotations

import sys

_NOT_OURS = ("numpy", "pandas")


def _read_sqlite_utils() -> None:
    """sqlite-utils reads numpy and pandas wherever they are installed, to take their numbers for columns. kb has none of
    these, and both take longer than all that kb itself reads before it answers."""
    hidden = dict.fromkeys(name for name in _NOT_OURS if name not in sys.modules)
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None says: not there (docs.python.org, "The import system")
    try:
        import sqlite_utils  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]


_read_sqlite_utils()
