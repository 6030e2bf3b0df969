"""What keeps gems true: where their passages stand, owners, verification, the queue, sightings, votes, merging."""

from __future__ import annotations

import json

from sqlite_utils import Database

from kb import anchor
from kb.migrations.registry import migrations, run_script

# An erased review leaves its excerpt (if the library keeps them): the reference to it must be able to be empty.
_TABLES = """
CREATE TABLE gem_passages (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    gem_id    INTEGER NOT NULL REFERENCES gems (id),
    review_id INTEGER REFERENCES reviews (id),
    turn      INTEGER,
    quote     TEXT NOT NULL DEFAULT '',
    start     INTEGER,
    stop      INTEGER,
    nth       INTEGER NOT NULL DEFAULT 0,
    before    TEXT NOT NULL DEFAULT '',
    after     TEXT NOT NULL DEFAULT '',
    state     TEXT NOT NULL DEFAULT 'there',
    stance    TEXT NOT NULL DEFAULT 'supports',
    who       TEXT NOT NULL DEFAULT '',
    cited_at  TEXT,
    seen_on   TEXT,
    kind      TEXT NOT NULL DEFAULT '',
    language  TEXT NOT NULL DEFAULT ''
);
INSERT INTO gem_passages (id, gem_id, review_id, turn, quote)
    SELECT id, gem_id, review_id, turn, quote FROM gem_evidence;
DROP TABLE gem_evidence;
ALTER TABLE gem_passages RENAME TO gem_evidence;
CREATE INDEX gem_evidence_gem ON gem_evidence (gem_id);
CREATE INDEX gem_evidence_review ON gem_evidence (review_id);

ALTER TABLE gems ADD COLUMN nominated_by INTEGER REFERENCES members (id);
ALTER TABLE gems ADD COLUMN waiting TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE gems ADD COLUMN word TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN true_until TEXT;
ALTER TABLE gems ADD COLUMN verified_at TEXT;
ALTER TABLE gems ADD COLUMN verified_by TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN doubted_at TEXT;
ALTER TABLE gems ADD COLUMN doubted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN doubt TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN retired_at TEXT;
ALTER TABLE gems ADD COLUMN retired_for TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN retired_word TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN retired_link TEXT NOT NULL DEFAULT '';
ALTER TABLE gems ADD COLUMN replaced_by INTEGER REFERENCES gems (id);
ALTER TABLE gems ADD COLUMN merged_into INTEGER REFERENCES gems (id);
ALTER TABLE gems ADD COLUMN worked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gems ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gems ADD COLUMN standing REAL NOT NULL DEFAULT 0.6666666666666666;
ALTER TABLE tags ADD COLUMN gem_days INTEGER;
CREATE INDEX gems_changed ON gems (status, updated_at DESC, id DESC) WHERE trashed_at IS NULL;
CREATE INDEX gems_best ON gems (status, standing DESC, updated_at DESC, id DESC) WHERE trashed_at IS NULL;
CREATE INDEX gems_due ON gems (true_until) WHERE status = 'published' AND trashed_at IS NULL;

CREATE TABLE gem_sightings (
    gem_id    INTEGER NOT NULL REFERENCES gems (id),
    review_id INTEGER NOT NULL REFERENCES reviews (id),
    score     REAL NOT NULL,
    turn      INTEGER NOT NULL,
    quote     TEXT NOT NULL,
    state     TEXT NOT NULL DEFAULT 'proposed',
    at        TEXT NOT NULL,
    who       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (gem_id, review_id)
) WITHOUT ROWID;
CREATE INDEX gem_sightings_review ON gem_sightings (review_id);
CREATE INDEX gem_sightings_open ON gem_sightings (gem_id, score DESC) WHERE state = 'proposed';

CREATE TABLE gem_votes (
    gem_id    INTEGER NOT NULL REFERENCES gems (id),
    member_id INTEGER NOT NULL REFERENCES members (id),
    worked    INTEGER NOT NULL,
    word      TEXT NOT NULL DEFAULT '',
    at        TEXT NOT NULL,
    PRIMARY KEY (gem_id, member_id)
) WITHOUT ROWID;

CREATE TABLE gem_comments (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    gem_id     INTEGER NOT NULL REFERENCES gems (id),
    member_id  INTEGER REFERENCES members (id),
    author     TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL,
    at         TEXT NOT NULL,
    trashed_at TEXT
);
CREATE INDEX gem_comments_gem ON gem_comments (gem_id);

CREATE TABLE gem_reads (
    gem_id INTEGER NOT NULL REFERENCES gems (id),
    week   TEXT NOT NULL,
    reads  INTEGER NOT NULL,
    PRIMARY KEY (gem_id, week)
) WITHOUT ROWID;
CREATE INDEX gem_reads_week ON gem_reads (week, gem_id, reads);

CREATE TABLE gem_merges (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    gone_id   INTEGER NOT NULL REFERENCES gems (id),
    kept_id   INTEGER NOT NULL REFERENCES gems (id),
    who       TEXT NOT NULL,
    at        TEXT NOT NULL,
    moved     TEXT NOT NULL,
    undone_at TEXT
);
CREATE INDEX gem_merges_gone ON gem_merges (gone_id);

CREATE TABLE notices (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id INTEGER NOT NULL REFERENCES members (id),
    kind      TEXT NOT NULL,
    type      TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    who       TEXT NOT NULL DEFAULT '',
    words     TEXT NOT NULL DEFAULT '',
    at        TEXT NOT NULL,
    read_at   TEXT
);
CREATE INDEX notices_unread ON notices (member_id, id DESC);
"""


@migrations()
def m002_gem_life(db: Database) -> None:
    run_script(db, _TABLES)
    # What was published before gems had a term holds for half a year from its last change.
    db.execute(
        "UPDATE gems SET true_until = date(updated_at, '+180 days'), verified_at = updated_at WHERE status = 'published'"
    )
    db.execute("UPDATE gems SET retired_at = updated_at WHERE status = 'retired'")
    _anchor_passages(db)


def _anchor_passages(db: Database) -> None:
    rows = db.execute(
        "SELECT gem_evidence.id, quote, turn, body, turns, date FROM gem_evidence JOIN reviews ON reviews.id = review_id"
    ).fetchall()
    for id, quote, turn, body, turns, date in rows:
        whole = anchor.Whole(body, [text for _, _, _, text in json.loads(turns)])
        found = anchor.cite(whole, quote, turn) if quote.strip() else None
        state = "there" if found or not quote.strip() else "gone"
        where = (found.place, found.start, found.stop, found.nth, found.before, found.after) if found else ()
        db.execute(
            "UPDATE gem_evidence SET turn = ?, start = ?, stop = ?, nth = ?, before = ?, after = ?, state = ?,"
            " seen_on = ? WHERE id = ?",
            [*(where or (turn, None, None, 0, "", "")), state, date, id],
        )
