"""Trails, how far each reader is on them, whom they are assigned to; replays; and the team that a member is in."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# A step names what it leads to by kind and number without a reference: what is erased leaves a gap that its curator sees.
# `trail_done.print` is the fingerprint of what was read, so that a step says when it changed since.
_TABLES = """
ALTER TABLE members ADD COLUMN team TEXT NOT NULL DEFAULT '';
CREATE INDEX members_team ON members (team) WHERE team <> '';

CREATE TABLE trails (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    title       TEXT NOT NULL,
    intro       TEXT NOT NULL DEFAULT '',
    language    TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL DEFAULT 'draft',
    owner_id    INTEGER REFERENCES members (id),
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    trashed_at  TEXT
);
CREATE INDEX trails_state ON trails (state, updated_at DESC, id DESC) WHERE trashed_at IS NULL;
CREATE TABLE trail_steps (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    trail_id   INTEGER NOT NULL REFERENCES trails (id),
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    object_id  INTEGER,
    words      TEXT NOT NULL DEFAULT '',
    removed_at TEXT
);
CREATE INDEX trail_steps_trail ON trail_steps (trail_id, position);
CREATE INDEX trail_steps_object ON trail_steps (kind, object_id);

CREATE TABLE trail_readers (
    trail_id   INTEGER NOT NULL REFERENCES trails (id),
    member_id  INTEGER NOT NULL REFERENCES members (id),
    step_id    INTEGER REFERENCES trail_steps (id),
    shared     INTEGER NOT NULL DEFAULT 0,
    begun_at   TEXT,
    last_at    TEXT,
    PRIMARY KEY (trail_id, member_id)
) WITHOUT ROWID;
CREATE INDEX trail_readers_member ON trail_readers (member_id, last_at DESC);
CREATE TABLE trail_done (
    step_id    INTEGER NOT NULL REFERENCES trail_steps (id),
    member_id  INTEGER NOT NULL REFERENCES members (id),
    at         TEXT NOT NULL,
    print      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (step_id, member_id)
) WITHOUT ROWID;
CREATE INDEX trail_done_member ON trail_done (member_id);

CREATE TABLE trail_targets (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    trail_id  INTEGER NOT NULL REFERENCES trails (id),
    kind      TEXT NOT NULL,
    member_id INTEGER REFERENCES members (id),
    team      TEXT NOT NULL DEFAULT '',
    who       TEXT NOT NULL DEFAULT '',
    at        TEXT NOT NULL
);
CREATE UNIQUE INDEX trail_targets_once ON trail_targets (trail_id, kind, coalesce(member_id, 0), team);
CREATE TABLE trail_assigned (
    trail_id    INTEGER NOT NULL REFERENCES trails (id),
    member_id   INTEGER NOT NULL REFERENCES members (id),
    target_id   INTEGER NOT NULL REFERENCES trail_targets (id),
    at          TEXT NOT NULL,
    reminded_at TEXT,
    PRIMARY KEY (trail_id, member_id)
) WITHOUT ROWID;
CREATE INDEX trail_assigned_member ON trail_assigned (member_id);
CREATE INDEX trail_assigned_target ON trail_assigned (target_id);

CREATE TABLE replays (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id   INTEGER NOT NULL REFERENCES members (id),
    review_id   INTEGER REFERENCES reviews (id) ON DELETE SET NULL,
    step_id     INTEGER REFERENCES trail_steps (id),
    answers     TEXT NOT NULL DEFAULT '[]',
    print       TEXT NOT NULL DEFAULT '',
    at          TEXT NOT NULL,
    compared_at TEXT,
    thrown_at   TEXT
);
CREATE INDEX replays_member ON replays (member_id, id DESC);
CREATE INDEX replays_review ON replays (review_id);
CREATE INDEX replays_thrown ON replays (thrown_at) WHERE thrown_at IS NOT NULL;
"""


@migrations()
def m008_trails(db: Database) -> None:
    run_script(db, _TABLES)
