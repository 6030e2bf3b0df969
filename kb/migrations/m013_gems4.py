"""Gems that were lifted while an upload was looked at, and wait for their row to be brought in."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# A row has no number yet: it is known by what the review will be known by, and by its content where a file was moved.
_TABLES = """
CREATE TABLE planned_gems (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id       INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    source       TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    row          TEXT NOT NULL,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,
    quote        TEXT NOT NULL,
    place        INTEGER,
    nth          INTEGER,
    tags         TEXT NOT NULL DEFAULT '[]',
    member_id    INTEGER REFERENCES members (id),
    at           TEXT NOT NULL,
    gem_id       INTEGER REFERENCES gems (id) ON DELETE SET NULL,
    made_at      TEXT,
    word         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX planned_gems_run ON planned_gems (run_id);
CREATE INDEX planned_gems_gem ON planned_gems (gem_id) WHERE gem_id IS NOT NULL;
"""


@migrations()
def m013_gems4(db: Database) -> None:
    run_script(db, _TABLES)
