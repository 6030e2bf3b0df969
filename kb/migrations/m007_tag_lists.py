"""What the curators' lists of tags would otherwise look through all reviews for: reviews without a tag, values in use,
how suggestions were answered."""

from __future__ import annotations

from sqlite_utils import Database

from kb.migrations.registry import migrations, run_script

# `untagged` holds the live reviews that no tag is on; the triggers keep it so.
_TABLES = """
CREATE TABLE untagged (review_id INTEGER PRIMARY KEY);
INSERT INTO untagged SELECT id FROM reviews WHERE trashed_at IS NULL AND id NOT IN (SELECT review_id FROM review_tags);
CREATE TRIGGER untagged_review AFTER INSERT ON reviews WHEN new.trashed_at IS NULL BEGIN
  INSERT OR IGNORE INTO untagged VALUES (new.id); END;
CREATE TRIGGER untagged_erased AFTER DELETE ON reviews BEGIN
  DELETE FROM untagged WHERE review_id = old.id; END;
CREATE TRIGGER untagged_trash AFTER UPDATE OF trashed_at ON reviews BEGIN
  DELETE FROM untagged WHERE review_id = new.id AND new.trashed_at IS NOT NULL; INSERT OR IGNORE INTO untagged
  SELECT new.id WHERE new.trashed_at IS NULL AND NOT EXISTS (SELECT 1 FROM review_tags WHERE review_id = new.id); END;
CREATE TRIGGER untagged_tagged AFTER INSERT ON review_tags BEGIN
  DELETE FROM untagged WHERE review_id = new.review_id; END;
CREATE TRIGGER untagged_bare AFTER DELETE ON review_tags BEGIN
  INSERT OR IGNORE INTO untagged SELECT id FROM reviews WHERE id = old.review_id AND trashed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM review_tags WHERE review_id = old.review_id); END;

CREATE INDEX review_tags_suggested ON review_tags (tag_id) WHERE origin = 'suggestion';
CREATE INDEX tag_refusals_tag ON tag_refusals (tag_id);
CREATE INDEX reviews_product ON reviews (product) WHERE trashed_at IS NULL;
CREATE INDEX reviews_team ON reviews (team) WHERE trashed_at IS NULL;
"""


@migrations()
def m007_tag_lists(db: Database) -> None:
    run_script(db, _TABLES)
