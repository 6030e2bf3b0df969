"""What members were told of a thing is found without looking at every notice."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_INDEX = "CREATE INDEX notices_about ON notices (type, object_id);"


@migrations()
def m021_notices_about(db: Database) -> None:
    run_script(db, _INDEX)
