"""Opening the library's file, and its transactions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from shlex import quote

from sqlite_utils import Database as Database

from kb.errors import LibraryBusy, LibraryError, LibraryTooNew, NoLibrary
from kb.migrations import migrations

_BUSY_SECONDS = 30


def create(path: Path) -> None:
    """Make the library's file, or bring an older one up to date. Safe to repeat.

    Raises LibraryError when the place cannot be written or holds something else.
    """
    try:
        path.parent.mkdir(
            mode=0o700, parents=True, exist_ok=True
        )  # customers' words are for no other user of the machine
        db = _open(path)
    except OSError as error:
        raise LibraryError(f"The library cannot be made at {path}: {error.strerror}.") from error
    try:
        migrations.apply(db)
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    finally:
        db.close()


def connect(path: Path) -> Database:
    """Open the library for reading and writing.

    A connection belongs to one thread at a time. Raises NoLibrary, LibraryTooNew, LibraryError.
    """
    if not path.is_file():
        raise NoLibrary(
            f"There is no library at {path.parent}. Make one with: kb --home {quote(str(path.parent))} init"
        )
    db = _open(path)
    try:
        _check_schema(db, path)
    except sqlite3.Error as error:
        db.close()
        raise _explain(error, path) from error
    except LibraryError:
        db.close()
        raise
    return db


def _open(path: Path) -> Database:
    try:
        conn = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            # FULL: an acknowledged write survives a power cut, not only a crash of the process (sqlite.org/pragma.html).
            conn.execute("PRAGMA synchronous = FULL")
            conn.execute("PRAGMA foreign_keys = ON")
            conn.execute("PRAGMA cache_size = -16000")
        except sqlite3.Error:
            conn.close()
            raise
    except sqlite3.Error as error:
        raise _explain(error, path) from error
    return Database(conn, execute_plugins=False)


def _check_schema(db: Database, path: Path) -> None:
    known = {migration.name for migration in migrations._migrations}
    applied = {row[0] for row in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'kb'")}
    if applied - known:
        raise LibraryTooNew(
            f"The library at {path.parent} was made by a newer kb. Install that version, or a later one."
        )
    if known - applied:
        migrations.apply(db)


def _explain(error: sqlite3.Error, path: Path) -> LibraryError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return LibraryBusy(f"Another process has been writing the library for {_BUSY_SECONDS} s. Try again.")
    if "not a database" in text or "malformed" in text:
        return LibraryError(f"{path} is damaged or no library. Bring the last backup back: kb restore FILE")
    if "no such table" in text:
        return NoLibrary(f"{path} is empty. Make the library with: kb --home {quote(str(path.parent))} init")
    if "full" in text:
        return LibraryError(f"The disk with {path} is full. Make room; nothing that was saved is lost.")
    if "readonly" in text or "unable to open" in text:
        whose = "Run kb as whoever the folder and its files belong to, or give them to the one who runs kb (chown -R)."
        return LibraryError(
            f"The library at {path.parent} may not be written, which kb must do even to read it. {whose}"
        )
    return LibraryError(f"The library at {path} cannot be used: {text}.")


@contextmanager
def transaction(db: Database, path: Path | None = None) -> Iterator[None]:
    """All or nothing. Takes the write lock at once, so that what is read inside cannot change before the write.

    Inside another transaction it is part of that one. Raises LibraryBusy, LibraryError.
    """
    if db.conn.in_transaction:
        yield
        return
    where = path or Path("library.db")
    try:
        db.conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise _explain(error, where) from error
    try:
        yield
        db.conn.execute("COMMIT")
    except sqlite3.OperationalError as error:
        _roll_back(db)
        raise _explain(error, where) from error
    except BaseException:
        _roll_back(db)
        raise


def _roll_back(db: Database) -> None:
    if db.conn.in_transaction:
        db.conn.execute("ROLLBACK")


def overwrite_what_goes(db: Database) -> None:
    """From now on, on this connection: what is deleted or changed is overwritten in the file, too
    (sqlite.org/pragma.html#pragma_secure_delete)."""
    db.conn.execute("PRAGMA secure_delete = ON")


def library_id(db: Database) -> str:
    """Names this library; a restored one gets a new name, so that an index of the old is not taken for its own."""
    return str(db.execute("SELECT value FROM library WHERE name = 'id'").fetchone()[0])


def remembered(db: Database, name: str) -> str:
    """How far something has come that follows the library; "" where it has not begun."""
    row = db.execute("SELECT value FROM library WHERE name = ?", [name]).fetchone()
    return str(row[0]) if row else ""


def remember(db: Database, name: str, value: str) -> None:
    db.conn.execute("INSERT OR REPLACE INTO library (name, value) VALUES (?, ?)", [name, value])


def stamp(moment: datetime | None) -> str | None:
    """A time as the store keeps it: UTC, ISO 8601, sortable as text."""
    if moment is None:
        return None
    moment = moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z" if moment.year >= 1000 else None


def moment(text: str | None) -> datetime | None:
    return instant(text) if text else None


def instant(text: str) -> datetime:
    """A time that is always there."""
    return datetime.fromisoformat(text)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def in_list(count: int) -> str:
    """`(?, ?, ?)` for a statement with `count` bound values."""
    return f"({', '.join('?' * count)})"


def as_list(ids: Iterable[object]) -> str:
    """Bound to `IN (SELECT value FROM json_each(?))`: as many values as one likes."""
    return json.dumps(list(ids))
