"""Sessions that were ended: a session lives in the browser's cookie, and signing out must end every copy of it."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations


@migrations()
def m002_ended_sessions(db: Database) -> None:
    db.execute("CREATE TABLE ended_sessions (id TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID")
