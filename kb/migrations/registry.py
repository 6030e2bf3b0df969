"""Where migrations register themselves, and what they share."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("kb")


def run_script(db: Database, script: str) -> None:
    """Run several statements inside the migration's own transaction, which executescript() would commit."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)
