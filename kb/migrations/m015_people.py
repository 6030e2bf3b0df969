"""Whose work is reviewed is told without reading the reviews: topics are not to be called like them."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations


@migrations()
def m015_people(db: Database) -> None:
    db.execute("CREATE INDEX reviews_reviewee ON reviews (reviewee)")
    db.execute("CREATE INDEX reviews_of_themselves ON reviews (reviewer) WHERE kind = 'self'")
