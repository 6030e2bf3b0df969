"""Which changes somebody waits to find, and which may wait: those of a run that brings thousands in."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_COLUMN = "ALTER TABLE changes ADD COLUMN soon INTEGER NOT NULL DEFAULT 1;"


@migrations()
def m017_changes_that_wait(db: Database) -> None:
    run_script(db, _COLUMN)
