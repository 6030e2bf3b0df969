"""A row that is set aside again is found by its place, without looking at every row that ever was."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_INDEX = "CREATE INDEX skipped_rows_open ON skipped_rows (source, location) WHERE settled_by IS NULL;"


@migrations()
def m019_set_aside_once(db: Database) -> None:
    run_script(db, _INDEX)
