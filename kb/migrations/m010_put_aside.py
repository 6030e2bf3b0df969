"""A bookmark that was taken away waits for "Undo", with its note, where nobody else sees it."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations


@migrations()
def m010_put_aside(db: Database) -> None:
    db.execute("ALTER TABLE bookmarks ADD COLUMN dropped_at TEXT")
