"""The weekly edition: what is in it, to whom it went, and what members choose to get."""

from __future__ import annotations

import secrets

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# One row a week: whatever two schedulers or a clock set back do, a week is drafted once. One delivery an edition,
# channel and target: a second one cannot even be written down.
_TABLES = """
CREATE TABLE editions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    week        TEXT NOT NULL UNIQUE,
    state       TEXT NOT NULL,
    opening     TEXT NOT NULL DEFAULT '',
    since       TEXT NOT NULL,
    until       TEXT NOT NULL,
    drafted_at  TEXT NOT NULL,
    send_at     TEXT NOT NULL,
    released_at TEXT,
    approved_by TEXT NOT NULL DEFAULT '',
    queued_at   TEXT,
    sent_at     TEXT,
    numbers     TEXT NOT NULL DEFAULT '{}',
    trouble     TEXT NOT NULL DEFAULT '',
    version     INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE edition_items (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    edition_id INTEGER NOT NULL REFERENCES editions (id),
    section    TEXT NOT NULL,
    object_id  INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    facts      TEXT NOT NULL DEFAULT '{}',
    score      REAL NOT NULL DEFAULT 0,
    mark       TEXT NOT NULL DEFAULT '',
    dropped    INTEGER NOT NULL DEFAULT 0,
    credit_id  INTEGER REFERENCES members (id),
    UNIQUE (edition_id, section, object_id)
);
CREATE INDEX edition_items_object ON edition_items (section, object_id);

CREATE TABLE deliveries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    edition_id INTEGER NOT NULL REFERENCES editions (id),
    channel    TEXT NOT NULL,
    target     TEXT NOT NULL,
    member_id  INTEGER REFERENCES members (id),
    state      TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    claim      TEXT NOT NULL DEFAULT '',
    claimed_at TEXT,
    done_at    TEXT,
    code       INTEGER,
    reason     TEXT NOT NULL DEFAULT '',
    UNIQUE (edition_id, channel, target)
);
CREATE INDEX deliveries_due ON deliveries (state, due_at, id);
CREATE INDEX deliveries_edition ON deliveries (edition_id, channel, state);
CREATE INDEX deliveries_member ON deliveries (member_id, edition_id);

CREATE TABLE subscriptions (
    member_id      INTEGER PRIMARY KEY REFERENCES members (id),
    cadence        TEXT,
    scope          TEXT NOT NULL DEFAULT 'all',
    zone           TEXT NOT NULL DEFAULT '',
    named          INTEGER NOT NULL DEFAULT 0,
    notices        INTEGER NOT NULL DEFAULT 1,
    feed_number    INTEGER NOT NULL DEFAULT 0,
    refused_at     TEXT,
    refused_reason TEXT NOT NULL DEFAULT '',
    changed_at     TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS follows (
    member_id INTEGER NOT NULL REFERENCES members (id),
    tag_id    INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (member_id, tag_id)
) WITHOUT ROWID;
CREATE TABLE muted_tags (
    member_id INTEGER NOT NULL REFERENCES members (id),
    tag_id    INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (member_id, tag_id)
) WITHOUT ROWID;
"""


@migrations()
def m004_digest(db: Database) -> None:
    run_script(db, _TABLES)
    # Signs the links in mails. It stays with the library, so that a restored one still honours mails sent long ago.
    db.execute("INSERT INTO library VALUES ('link_key', ?)", [secrets.token_hex(32)])
