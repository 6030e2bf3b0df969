"""A member can be forgotten; to be found everywhere, they are known by what they were called before, too."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_TABLES = """
ALTER TABLE members ADD COLUMN forgotten_at TEXT;
CREATE TABLE earlier_names (
    member_id INTEGER NOT NULL REFERENCES members (id),
    name      TEXT NOT NULL,
    PRIMARY KEY (member_id, name)
) WITHOUT ROWID;
"""


@migrations()
def m022_forgotten_members(db: Database) -> None:
    run_script(db, _TABLES)
