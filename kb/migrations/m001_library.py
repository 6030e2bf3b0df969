"""The library's first tables: members, runs, reviews, tags, gems, their history, and the list of changes."""

from __future__ import annotations

import uuid

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

_TABLES = """
CREATE TABLE library (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE members (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL DEFAULT '',
    role          INTEGER NOT NULL,
    password_hash TEXT NOT NULL DEFAULT '',
    session_key   TEXT NOT NULL,
    active        INTEGER NOT NULL DEFAULT 1,
    created_at    TEXT NOT NULL
);
CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id  INTEGER NOT NULL REFERENCES members (id),
    hash       TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    used_at    TEXT
);
CREATE TABLE sign_in_failures (
    key      TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE runs (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    state       TEXT NOT NULL,
    who         TEXT NOT NULL DEFAULT '',
    started_at  TEXT NOT NULL,
    beat_at     TEXT NOT NULL,
    finished_at TEXT,
    options     TEXT NOT NULL DEFAULT '{}',
    added       INTEGER NOT NULL DEFAULT 0,
    updated     INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    done_bytes  INTEGER NOT NULL DEFAULT 0,
    total_bytes INTEGER NOT NULL DEFAULT 0,
    message     TEXT NOT NULL DEFAULT ''
);
CREATE TABLE skipped_rows (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id     INTEGER NOT NULL REFERENCES runs (id),
    source     TEXT NOT NULL,
    location   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    format     TEXT NOT NULL DEFAULT '',
    content    BLOB NOT NULL,
    settled_by INTEGER REFERENCES runs (id)
);
CREATE INDEX skipped_rows_run ON skipped_rows (run_id);

CREATE TABLE reviews (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    source       TEXT NOT NULL DEFAULT '',
    external_id  TEXT NOT NULL DEFAULT '',
    content_hash TEXT NOT NULL DEFAULT '',
    kind         TEXT NOT NULL,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL DEFAULT '',
    date         TEXT,
    reviewer     TEXT NOT NULL DEFAULT '',
    reviewee     TEXT NOT NULL DEFAULT '',
    customer     TEXT NOT NULL DEFAULT '',
    case_id      TEXT NOT NULL DEFAULT '',
    case_url     TEXT NOT NULL DEFAULT '',
    channel      TEXT NOT NULL DEFAULT '',
    product      TEXT NOT NULL DEFAULT '',
    team         TEXT NOT NULL DEFAULT '',
    language     TEXT NOT NULL DEFAULT '',
    cycle        TEXT,
    score        REAL,
    scorecard    TEXT NOT NULL DEFAULT '[]',
    feedback     TEXT NOT NULL DEFAULT '{}',
    turns        TEXT NOT NULL DEFAULT '[]',
    extra        TEXT NOT NULL DEFAULT '{}',
    run_id       INTEGER REFERENCES runs (id),
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    trashed_at   TEXT
);
CREATE UNIQUE INDEX reviews_external ON reviews (source, external_id) WHERE external_id <> '';
CREATE INDEX reviews_hash ON reviews (content_hash) WHERE content_hash <> '';
CREATE INDEX reviews_date ON reviews (date DESC, id DESC) WHERE trashed_at IS NULL;
CREATE INDEX reviews_trash ON reviews (trashed_at) WHERE trashed_at IS NOT NULL;

CREATE TABLE comments (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id  INTEGER NOT NULL REFERENCES reviews (id),
    member_id  INTEGER REFERENCES members (id),
    author     TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL,
    at         TEXT NOT NULL,
    imported   INTEGER NOT NULL DEFAULT 0,
    trashed_at TEXT
);
CREATE INDEX comments_review ON comments (review_id);

CREATE TABLE tags (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    definition TEXT NOT NULL DEFAULT '',
    parent_id  INTEGER REFERENCES tags (id),
    owner_id   INTEGER REFERENCES members (id),
    created_at TEXT NOT NULL
);
CREATE TABLE tag_aliases (
    key    TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    tag_id INTEGER NOT NULL REFERENCES tags (id)
) WITHOUT ROWID;
CREATE INDEX tag_aliases_tag ON tag_aliases (tag_id);
CREATE TABLE tag_redirects (
    old_id INTEGER PRIMARY KEY,
    tag_id INTEGER NOT NULL REFERENCES tags (id)
);
CREATE TABLE review_tags (
    review_id INTEGER NOT NULL REFERENCES reviews (id),
    tag_id    INTEGER NOT NULL REFERENCES tags (id),
    origin    TEXT NOT NULL DEFAULT 'member',
    PRIMARY KEY (review_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX review_tags_tag ON review_tags (tag_id, review_id);
CREATE TABLE tag_refusals (
    review_id INTEGER NOT NULL REFERENCES reviews (id),
    tag_id    INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (review_id, tag_id)
) WITHOUT ROWID;

CREATE TABLE gems (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL DEFAULT '',
    external_id TEXT NOT NULL DEFAULT '',
    title       TEXT NOT NULL,
    body        TEXT NOT NULL DEFAULT '',
    status      TEXT NOT NULL,
    language    TEXT NOT NULL DEFAULT '',
    owner_id    INTEGER REFERENCES members (id),
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    trashed_at  TEXT
);
CREATE UNIQUE INDEX gems_external ON gems (source, external_id) WHERE external_id <> '';
CREATE TABLE gem_evidence (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    gem_id    INTEGER NOT NULL REFERENCES gems (id),
    review_id INTEGER NOT NULL REFERENCES reviews (id),
    turn      INTEGER,
    quote     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX gem_evidence_gem ON gem_evidence (gem_id);
CREATE INDEX gem_evidence_review ON gem_evidence (review_id);
CREATE TABLE gem_tags (
    gem_id INTEGER NOT NULL REFERENCES gems (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (gem_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX gem_tags_tag ON gem_tags (tag_id, gem_id);

CREATE TABLE history (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    type      TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL DEFAULT '',
    action    TEXT NOT NULL,
    fields    TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX history_object ON history (type, object_id);

CREATE TABLE changes (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    type      TEXT NOT NULL,
    object_id INTEGER NOT NULL
);
"""


@migrations()
def m001_the_library(db: Database) -> None:
    run_script(db, _TABLES)
    db.execute("INSERT INTO library VALUES ('id', ?)", [uuid.uuid4().hex])
