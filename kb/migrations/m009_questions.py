"""Questions that the library could not answer; searches counted, words that mean the same, searches that were saved."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# An ask belongs to `question_id` now and was made as `asked_as`: joining two questions moves it, parting moves it back.
# No reference from question_tags to tags: undoing a merge brings a tag back under its number, and it is the same again.
_TABLES = """
CREATE TABLE questions (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    text           TEXT NOT NULL,
    language       TEXT NOT NULL DEFAULT '',
    key            TEXT NOT NULL,
    state          TEXT NOT NULL DEFAULT 'open',
    asked          INTEGER NOT NULL DEFAULT 0,
    created_at     TEXT NOT NULL,
    asked_at       TEXT NOT NULL,
    changed_at     TEXT NOT NULL,
    version        INTEGER NOT NULL DEFAULT 1,
    was            TEXT NOT NULL DEFAULT '',
    closed_at      TEXT,
    closed_for     TEXT NOT NULL DEFAULT '',
    answer         TEXT NOT NULL DEFAULT '',
    answered_by    TEXT NOT NULL DEFAULT '',
    answered_by_id INTEGER REFERENCES members (id),
    gem_id         INTEGER REFERENCES gems (id) ON DELETE SET NULL,
    review_id      INTEGER REFERENCES reviews (id) ON DELETE SET NULL,
    joined_into    INTEGER REFERENCES questions (id),
    forgotten_at   TEXT
);
CREATE INDEX questions_state ON questions (state, asked DESC, asked_at DESC);
CREATE INDEX questions_changed ON questions (state, changed_at DESC);
CREATE INDEX questions_key ON questions (key, state);
CREATE INDEX questions_joined ON questions (joined_into) WHERE joined_into IS NOT NULL;
CREATE INDEX questions_gem ON questions (gem_id) WHERE gem_id IS NOT NULL;
CREATE INDEX questions_review ON questions (review_id) WHERE review_id IS NOT NULL;

CREATE TABLE question_asks (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    question_id INTEGER NOT NULL REFERENCES questions (id),
    asked_as    INTEGER NOT NULL REFERENCES questions (id),
    member_id   INTEGER REFERENCES members (id),
    named       INTEGER NOT NULL DEFAULT 0,
    text        TEXT NOT NULL,
    at          TEXT NOT NULL,
    UNIQUE (asked_as, member_id)
);
CREATE INDEX question_asks_question ON question_asks (question_id);
CREATE INDEX question_asks_member ON question_asks (member_id, question_id);

CREATE TABLE question_tags (
    question_id INTEGER NOT NULL REFERENCES questions (id),
    tag_id      INTEGER NOT NULL,
    PRIMARY KEY (question_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX question_tags_tag ON question_tags (tag_id);

CREATE TABLE question_proposals (
    question_id INTEGER NOT NULL REFERENCES questions (id),
    type        TEXT NOT NULL,
    object_id   INTEGER NOT NULL,
    score       REAL NOT NULL DEFAULT 0,
    state       TEXT NOT NULL DEFAULT 'proposed',
    at          TEXT NOT NULL,
    PRIMARY KEY (question_id, type, object_id)
) WITHOUT ROWID;
CREATE INDEX question_proposals_object ON question_proposals (type, object_id);

CREATE TABLE questions_kept_apart (
    question_id INTEGER NOT NULL REFERENCES questions (id),
    other_id    INTEGER NOT NULL REFERENCES questions (id),
    PRIMARY KEY (question_id, other_id)
) WITHOUT ROWID;

CREATE TABLE searches (
    key      TEXT NOT NULL,
    day      TEXT NOT NULL,
    text     TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    asked    INTEGER NOT NULL DEFAULT 0,
    clicked  INTEGER NOT NULL DEFAULT 0,
    found    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (key, day)
) WITHOUT ROWID;
CREATE INDEX searches_day ON searches (day);

CREATE TABLE synonyms (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    words      TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL DEFAULT '',
    version    INTEGER NOT NULL DEFAULT 1,
    trashed_at TEXT
);

CREATE TABLE saved_searches (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    member_id  INTEGER NOT NULL REFERENCES members (id),
    name       TEXT NOT NULL,
    question   TEXT NOT NULL DEFAULT '',
    filters    TEXT NOT NULL DEFAULT '{}',
    sort       TEXT NOT NULL DEFAULT 'relevance',
    alert      INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    looked_at  TEXT NOT NULL,
    told_at    TEXT,
    seen       INTEGER NOT NULL DEFAULT 0,
    fresh      TEXT NOT NULL DEFAULT '[]',
    trashed_at TEXT
);
CREATE INDEX saved_searches_member ON saved_searches (member_id, name);
"""


@migrations()
def m009_questions(db: Database) -> None:
    run_script(db, _TABLES)
