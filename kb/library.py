"""The open library: its settings, its database, its index. Every use case takes it as its first argument."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import filelock

from kb import privacy
from kb.errors import IndexBusy, LibraryBusy, SearchIndexError
from kb.search.base import Engine
from kb.search.engines import open_engine
from kb.search.indexer import Indexer
from kb.settings import Settings
from kb.store import database
from kb.store.database import Database

_log = logging.getLogger("kb")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Library:
    """One library, open in this process. Safe to share among threads: each gets its own connection.

    Raises NoLibrary, LibraryTooNew or LibraryError when it cannot be opened. The index is opened when it is first
    needed, so that a broken one never stands in the way of the library.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.now = now
        self.zone = ZoneInfo(settings.timezone)
        self._local = threading.local()
        self._connections: dict[threading.Thread, Database] = {}
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self.kept: dict[str, Any] = {}  # what use cases remember as long as it is open
        self.id = database.library_id(self.db)

    @property
    def db(self) -> Database:
        """This thread's connection."""
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = database.connect(self.settings.database)
            self._local.db = found
            with self._lock:
                for thread in [thread for thread in self._connections if not thread.is_alive()]:
                    self._connections.pop(thread).close()
                self._connections[threading.current_thread()] = found
        return found

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """All or nothing, with the write lock held. Raises LibraryBusy, LibraryError."""
        db = self.db
        with database.transaction(db, self.settings.database):
            yield db

    @property
    def engine(self) -> Engine:
        """The search index. Raises SearchIndexError when it cannot be opened."""
        with self._lock:
            if self._engine is None:
                # What an open library's index holds is not for the readers of one that names nobody, so it is another's.
                whose = self.id if privacy.is_blameless(self.settings) else f"{self.id} with names"
                self._engine = open_engine(self.settings.engine, self.settings.index, whose)
            return self._engine

    def indexer(self) -> Indexer:
        from kb.finding.indexing import LibraryFeed

        return Indexer(self.engine, LibraryFeed(self))

    def catch_up(self) -> bool:
        """Bring the index up to date if nobody else is at it. False when it could not be: the library is unharmed,
        and the next catch-up does it."""
        from kb.tags.auto_tagging import follow

        try:
            follow(self)
            self.indexer().catch_up()
        except IndexBusy:
            return False
        except (SearchIndexError, LibraryBusy) as error:
            _log.warning("%s", error)
            return False
        return True

    @contextmanager
    def alone(self, work: str) -> Iterator[bool]:
        """Whether no other process or thread is at this work, for as long as the block lasts. A kill frees it."""
        lock = filelock.FileLock(self.settings.home / f"{work}.lock")
        try:
            lock.acquire(timeout=0)
        except (filelock.Timeout, OSError):
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def today(self) -> date:
        """The day that it is where the library is."""
        return self.now().astimezone(self.zone).date()

    def close(self) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
            for db in self._connections.values():
                db.close()
            self._connections.clear()
            self.kept.clear()
        self._local = threading.local()


def make(settings: Settings) -> None:
    """Make the library's folder and tables, or bring older ones up to date. Safe to repeat."""
    database.create(settings.database)
