"""Upkeep of tags: kept counts, rules, look-alikes that are none, and what is needed to undo what was done in one go."""

# ruff: noqa: S608 - the names in these statements are our own tables and columns; values are bound
from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# `live_*` are kept by the triggers below: counting a tag's reviews anew for every page took 60 ms at 100,000 reviews.
_TABLES = """
ALTER TABLE tags ADD COLUMN live_reviews INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tags ADD COLUMN live_gems INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tags ADD COLUMN automatic_after INTEGER;

CREATE TABLE tag_rules (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tag_id     INTEGER NOT NULL REFERENCES tags (id),
    kind       TEXT NOT NULL DEFAULT '',
    pattern    TEXT NOT NULL DEFAULT '',
    product    TEXT NOT NULL DEFAULT '',
    team       TEXT NOT NULL DEFAULT '',
    trouble    TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE INDEX tag_rules_tag ON tag_rules (tag_id);

CREATE TABLE tags_kept_apart (
    tag_id   INTEGER NOT NULL REFERENCES tags (id),
    other_id INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (tag_id, other_id)
) WITHOUT ROWID;

CREATE TABLE deeds (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL,
    state     TEXT NOT NULL,
    who       TEXT NOT NULL,
    at        TEXT NOT NULL,
    undone_by TEXT NOT NULL DEFAULT '',
    undone_at TEXT,
    total     INTEGER NOT NULL DEFAULT 0,
    about     TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE deed_tags (
    tag_id  INTEGER NOT NULL,
    deed_id INTEGER NOT NULL REFERENCES deeds (id),
    PRIMARY KEY (tag_id, deed_id)
) WITHOUT ROWID;
CREATE TABLE deed_parts (
    deed_id INTEGER NOT NULL REFERENCES deeds (id),
    name    TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (deed_id, name)
) WITHOUT ROWID;
"""

_LIVE_REVIEW = "EXISTS (SELECT 1 FROM reviews WHERE id = {row}.review_id AND trashed_at IS NULL)"
_LIVE_GEM = "{row}.trashed_at IS NULL AND {row}.status IN ('nominated', 'published')"
_TAGGED_GEM = f"EXISTS (SELECT 1 FROM gems WHERE id = {{row}}.gem_id AND {_LIVE_GEM.format(row='gems')})"


def _counting(table: str, column: str, live: str) -> str:
    """Triggers that keep `column` of a tag while rows of `table` come, go, or lead to another tag."""

    def step(row: str, sign: str) -> str:
        return f"UPDATE tags SET {column} = {column} {sign} 1 WHERE id = {row}.tag_id AND {live.format(row=row)};"

    return (
        f"CREATE TRIGGER {table}_come AFTER INSERT ON {table} BEGIN {step('new', '+')} END;\n"
        f"CREATE TRIGGER {table}_go AFTER DELETE ON {table} BEGIN {step('old', '-')} END;\n"
        f"CREATE TRIGGER {table}_move AFTER UPDATE OF tag_id ON {table}"
        f" BEGIN {step('old', '-')} {step('new', '+')} END;\n"
    )


def _living(table: str, columns: str, column: str, live: str, tagged: str) -> str:
    """The trigger that keeps `column` while a row of `table` goes to the trash or comes back."""
    old, new = live.format(row="old"), live.format(row="new")
    return (
        f"CREATE TRIGGER {table}_live AFTER UPDATE OF {columns} ON {table} WHEN ({old}) <> ({new})"
        f" BEGIN UPDATE tags SET {column} = {column} + iif({new}, 1, -1)"
        f" WHERE id IN (SELECT tag_id FROM {tagged} WHERE {table[:-1]}_id = new.id); END;\n"
    )


_COUNTS = """
UPDATE tags SET
  live_reviews = (SELECT count(*) FROM review_tags JOIN reviews ON reviews.id = review_id
                   WHERE tag_id = tags.id AND trashed_at IS NULL),
  live_gems = (SELECT count(*) FROM gem_tags JOIN gems ON gems.id = gem_id
                WHERE tag_id = tags.id AND trashed_at IS NULL AND status IN ('nominated', 'published'));
"""


@migrations()
def m003_tag_upkeep(db: Database) -> None:
    run_script(db, _TABLES)
    run_script(db, _counting("review_tags", "live_reviews", _LIVE_REVIEW))
    run_script(db, _counting("gem_tags", "live_gems", _TAGGED_GEM))
    run_script(db, _living("reviews", "trashed_at", "live_reviews", "{row}.trashed_at IS NULL", "review_tags"))
    run_script(db, _living("gems", "trashed_at, status", "live_gems", _LIVE_GEM, "gem_tags"))
    run_script(db, _COUNTS)
