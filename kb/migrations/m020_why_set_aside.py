"""Why a row was set aside is told by what is kept with it, not by how its sentence ends."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_COLUMNS = """
ALTER TABLE skipped_rows ADD COLUMN second INTEGER NOT NULL DEFAULT 0;
ALTER TABLE skipped_rows ADD COLUMN taken_by INTEGER NOT NULL DEFAULT 0;
UPDATE skipped_rows SET second = 1 WHERE reason LIKE '%. The first was taken.';
UPDATE skipped_rows SET taken_by = CAST(substr(reason, 8) AS INTEGER)
  WHERE reason GLOB 'Review [1-9]*' AND reason LIKE '%. In the browser both stand beside the rows that were set aside.';
"""


@migrations()
def m020_why_set_aside(db: Database) -> None:
    run_script(db, _COLUMNS)
