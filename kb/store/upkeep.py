"""Checking, copying and adopting the library's file."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from pathlib import Path

from kb.errors import LibraryError
from kb.store.database import Database

_SECONDS_FOR_OTHERS = 1.0  # whoever only has a look is waited for so long


def damage(db: Database, limit: int = 10) -> list[str]:
    """What SQLite finds wrong with the file, a phrase each; empty when it is whole."""
    return [row[0] for row in db.execute(f"PRAGMA integrity_check({int(limit)})") if row[0] != "ok"]


def orphans(db: Database, limit: int = 10) -> list[tuple[str, int, str]]:
    """Rows that point to something that is not there: (table, row, table pointed to)."""
    return [(table, row, parent) for table, row, parent, _ in db.execute("PRAGMA foreign_key_check").fetchmany(limit)]


def copy(db: Database, path: Path) -> None:
    """A whole copy of the library in one file, taken while it is in use. Raises LibraryError."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as target:
            db.conn.backup(target)
            # One file, readable anywhere: without the write-ahead log of a library in use.
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise LibraryError("%(error)s.", error=error) from error


def adopt(path: Path) -> None:
    """Make a copied file a library of its own: checked, and with a new name, so that an index of the library that it
    was copied from is not taken for this one's. Raises LibraryError when it is damaged or no library."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            if db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise LibraryError("The file is damaged.")
            db.execute("UPDATE library SET value = ? WHERE name = 'id'", [uuid.uuid4().hex])
            db.commit()
    except sqlite3.Error as error:
        raise LibraryError("It is no backup of a kb library (%(error)s).", error=error) from error


def is_library(path: Path) -> bool:
    """Whether a file is a kb library, or empty. False also when it cannot be read."""
    try:
        if path.stat().st_size == 0:
            return True
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return db.execute("SELECT 1 FROM library WHERE name = 'id'").fetchone() is not None
    except (OSError, sqlite3.Error):
        return False


def overwrite_log(db: Database) -> None:
    """Empty the write-ahead log, which still holds what was erased. Who reads or writes at that moment is waited for a
    second; then the log is overwritten by what is written next."""
    waits = db.execute("PRAGMA busy_timeout").fetchone()[0]
    db.conn.execute("PRAGMA busy_timeout = 1000")
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.OperationalError:
        return  # somebody writes: the erasing itself is done
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {int(waits)}")


def close_off(path: Path) -> None:
    """Bring what still stands in the write-ahead log into the file, so that the one file is the whole library; what is
    damaged stays as it is. Raises LibraryError while anybody else has the library open: they would go on writing into the
    file that was put aside."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_SECONDS_FOR_OTHERS)) as db:
            # Only who is alone with a library takes it out of WAL mode (sqlite.org/wal.html).
            db.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise LibraryError(
                "The library that is there is in use. Stop kb serve, and whatever else has it open, and try again."
            ) from error
