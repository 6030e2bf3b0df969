"""What is a member's own: settings, bookmarks with private notes, what they read, when they were here."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# Only the member ever reads these rows: no page, export or number is made of them for anybody else.
_TABLES = """
CREATE TABLE member_settings (
    member_id  INTEGER PRIMARY KEY REFERENCES members (id),
    language   TEXT NOT NULL DEFAULT '',
    zone       TEXT NOT NULL DEFAULT '',
    theme      TEXT NOT NULL DEFAULT 'system',
    density    TEXT NOT NULL DEFAULT 'roomy',
    history    INTEGER NOT NULL DEFAULT 1,
    known      INTEGER NOT NULL DEFAULT 0,
    cleared_at TEXT,
    changed_at TEXT NOT NULL
);
CREATE INDEX member_settings_known ON member_settings (member_id) WHERE known = 1;

CREATE TABLE bookmarks (
    member_id INTEGER NOT NULL REFERENCES members (id),
    type      TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    note      TEXT NOT NULL DEFAULT '',
    at        TEXT NOT NULL,
    PRIMARY KEY (member_id, type, object_id)
) WITHOUT ROWID;
CREATE INDEX bookmarks_at ON bookmarks (member_id, at DESC);

CREATE TABLE reading_history (
    member_id INTEGER NOT NULL REFERENCES members (id),
    type      TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (member_id, type, object_id)
) WITHOUT ROWID;
CREATE INDEX reading_history_at ON reading_history (member_id, at DESC);

CREATE TABLE visits (
    member_id INTEGER PRIMARY KEY REFERENCES members (id),
    last_at   TEXT NOT NULL,
    before_at TEXT
);

CREATE INDEX reviews_when ON reviews (id, date) WHERE trashed_at IS NULL;
CREATE INDEX reviews_came ON reviews (created_at DESC) WHERE trashed_at IS NULL;
CREATE INDEX gems_owner ON gems (owner_id) WHERE trashed_at IS NULL;
"""


@migrations()
def m010_mine(db: Database) -> None:
    run_script(db, _TABLES)
