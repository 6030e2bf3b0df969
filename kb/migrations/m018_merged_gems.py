"""What went into a gem is found without looking at every gem."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_INDEX = "CREATE INDEX gems_merged ON gems (merged_into) WHERE merged_into IS NOT NULL;"


@migrations()
def m018_merged_gems(db: Database) -> None:
    run_script(db, _INDEX)
