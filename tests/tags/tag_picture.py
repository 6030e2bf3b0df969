"""All that is in a library, to be compared before and after."""

from __future__ import annotations

from typing import Any

from kb.library import Library

# They tell what happened, not what is: they grow with an undo, too.
_LOGS = {"history", "changes", "deeds", "deed_tags", "deed_parts", "sqlite_sequence", "_sqlite_migrations"}


def everything(library: Library) -> dict[str, list[Any]]:
    """Every row of every table, but for the logs and the count of a review's edits."""
    db = library.db
    found = {}
    for table in sorted(set(db.table_names()) - _LOGS):
        columns = [
            name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table]) if name != "version"
        ]
        found[table] = sorted(db.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall(), key=repr)  # noqa: S608
    return found
