"""What each member searched for lately, for that member alone: kept and forgotten with what they read."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_TABLES = """
CREATE TABLE past_searches (
    member_id INTEGER NOT NULL REFERENCES members (id),
    key       TEXT NOT NULL,
    text      TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (member_id, key)
) WITHOUT ROWID;
"""


@migrations()
def m016_past_searches(db: Database) -> None:
    run_script(db, _TABLES)
