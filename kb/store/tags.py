"""Tags in the store: names, aliases, parents, and what they are on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import Conflict, NotFound
from kb.models import Tag, TagRef
from kb.store.database import as_list, in_list, stamp
from kb.store.deeds import links
from kb.words import name_key

# The counts are kept by triggers (kb/migrations/m003_tag_upkeep.py).
_SELECT = """
SELECT tags.id, tags.name, tags.definition, tags.parent_id, coalesce(parent.name, ''), tags.live_reviews, tags.live_gems,
       tags.owner_id, coalesce(nullif(members.name, ''), members.email, ''), tags.automatic_after IS NOT NULL
  FROM tags LEFT JOIN tags AS parent ON parent.id = tags.parent_id LEFT JOIN members ON members.id = tags.owner_id
"""


def all_tags(db: Database) -> list[Tag]:
    """Every tag with its aliases and counts, in the order of their names."""
    aliases = _aliases(db)
    return [_tag(row, aliases.get(row[0], ())) for row in db.execute(f"{_SELECT} ORDER BY tags.key")]


def get(db: Database, id: int) -> Tag:
    """One tag; a merged tag's old number finds the one that it went into. Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE tags.id = ?", [id]).fetchone()
    if row is None:
        target = db.execute("SELECT tag_id FROM tag_redirects WHERE old_id = ?", [id]).fetchone()
        if target is None:
            raise NotFound("There is no topic %(id)s.", id=id)
        return get(db, target[0])
    return _tag(row, _aliases(db, id).get(id, ()))


def itself(db: Database, id: int) -> Tag:
    """One tag that somebody is about to part with. Raises NotFound, Conflict when it went into another one meanwhile: what
    was said of the one is not meant for the other."""
    found = get(db, id)
    if found.id != id:
        raise Conflict(
            "Somebody merged this topic into another one meanwhile, so nothing was changed. Look at that one."
        )
    return found


def _tag(row: Sequence[Any], aliases: Sequence[str]) -> Tag:
    id, name, definition, parent_id, parent_name, reviews, gems, owner_id, owner_name, automatic = row
    return Tag(
        id=id,
        name=name,
        definition=definition,
        aliases=tuple(aliases),
        parent_id=parent_id,
        parent_name=parent_name,
        reviews=reviews,
        gems=gems,
        owner_id=owner_id,
        owner_name=owner_name,
        automatic=bool(automatic),
    )


def _aliases(db: Database, tag_id: int | None = None) -> dict[int, list[str]]:
    where, values = ("WHERE tag_id = ?", [tag_id]) if tag_id is not None else ("", [])
    found: dict[int, list[str]] = {}
    for id, name in db.execute(f"SELECT tag_id, name FROM tag_aliases {where} ORDER BY key", values):  # noqa: S608 - fixed
        found.setdefault(id, []).append(name)
    return found


def find(db: Database, names: Iterable[str]) -> dict[str, int]:
    """For each name key that is a tag's name or alias: the tag's number."""
    rows = db.execute(
        "WITH wanted AS (SELECT value FROM json_each(?))"
        " SELECT key, tag_id FROM tag_aliases WHERE key IN (SELECT value FROM wanted)"
        " UNION ALL SELECT key, id FROM tags WHERE key IN (SELECT value FROM wanted)",
        [as_list({name_key(name) for name in names})],
    )
    return dict(rows.fetchall())


def ensure(db: Database, names: Iterable[str], now: datetime) -> dict[str, int]:
    """The numbers of these tags by name key, making those that are not there; aliases lead to their tag."""
    wanted: dict[str, str] = {}
    for name in names:  # the first spelling is the name
        if key := name_key(name):
            wanted.setdefault(key, name)
    found = find(db, wanted) if wanted else {}
    for key, name in wanted.items():
        if key not in found:
            found[key] = insert(db, name, now)
    return found


# Each name is stepped to from the one before it, by the index: as quick for 100,000 reviews as for one of each person.
_PEOPLE = """
WITH RECURSIVE
  theirs(name) AS (SELECT min(reviewee) FROM reviews WHERE reviewee > ''
    UNION ALL SELECT (SELECT min(reviewee) FROM reviews WHERE reviewee > name) FROM theirs WHERE name IS NOT NULL),
  own(name) AS (SELECT min(reviewer) FROM reviews WHERE kind = 'self' AND reviewer > ''
    UNION ALL SELECT (SELECT min(reviewer) FROM reviews WHERE kind = 'self' AND reviewer > name) FROM own
              WHERE name IS NOT NULL)
SELECT name FROM theirs WHERE name IS NOT NULL UNION SELECT name FROM own WHERE name IS NOT NULL
"""


def people(db: Database) -> set[str]:
    """The keys of the names of those whose work is reviewed."""
    return {key for name in people_named(db) if (key := name_key(name))}


def people_named(db: Database) -> list[str]:
    """The names of those whose work is reviewed, as the reviews have them."""
    return [name for (name,) in db.execute(_PEOPLE)]


def insert(db: Database, name: str, now: datetime) -> int:
    cursor = db.conn.execute(
        "INSERT INTO tags (key, name, created_at) VALUES (?, ?, ?)",
        [name_key(name), " ".join(name.split()), stamp(now)],
    )
    return int(cursor.lastrowid or 0)


def rename(db: Database, id: int, name: str) -> None:
    db.conn.execute("UPDATE tags SET key = ?, name = ? WHERE id = ?", [name_key(name), " ".join(name.split()), id])


def define(db: Database, id: int, definition: str, parent_id: int | None) -> None:
    db.conn.execute("UPDATE tags SET definition = ?, parent_id = ? WHERE id = ?", [definition, parent_id, id])


def set_owner(db: Database, id: int, owner_id: int | None) -> None:
    db.conn.execute("UPDATE tags SET owner_id = ? WHERE id = ?", [owner_id, id])


def set_aliases(db: Database, id: int, names: Iterable[str]) -> None:
    db.conn.execute("DELETE FROM tag_aliases WHERE tag_id = ?", [id])
    db.conn.executemany(
        "INSERT INTO tag_aliases (key, name, tag_id) VALUES (?, ?, ?)",
        [(key, name, id) for key, name in {name_key(n): " ".join(n.split()) for n in names}.items()],
    )


def parents(db: Database) -> dict[int, int | None]:
    return dict(db.execute("SELECT id, parent_id FROM tags").fetchall())


def lead_over(db: Database, id: int, into: int) -> None:
    """Let everything that leads to one tag lead to another, whichever table it is in; what leads there already goes."""
    for table, column in links(db):
        own = " AND id <> ?" if table == "tags" else ""
        values = [into, id, into] if own else [into, id]
        db.conn.execute(
            f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?{own}",  # noqa: S608 - our own tables
            values,
        )
        if not own:
            db.conn.execute(f"DELETE FROM {table} WHERE {column} = ?", [id])  # noqa: S608 - our own tables
    db.conn.execute("DELETE FROM tags_kept_apart WHERE tag_id = other_id")


def let_go(db: Database, id: int) -> None:
    """Take out everything that leads to a tag; the tags under it move up to where it stood."""
    for table, column in links(db):
        if table == "tags":
            db.conn.execute(
                "UPDATE tags SET parent_id = (SELECT parent_id FROM tags WHERE id = ?) WHERE parent_id = ?", [id, id]
            )
        else:
            db.conn.execute(f"DELETE FROM {table} WHERE {column} = ?", [id])  # noqa: S608 - our own tables


def move_some(db: Database, id: int, to: int, review_ids: Sequence[int], gem_ids: Sequence[int]) -> int:
    """Let those of these reviews and gems that carry a tag carry another instead; says how many."""
    moved = 0
    for table, column, ids in (("review_tags", "review_id", review_ids), ("gem_tags", "gem_id", gem_ids)):
        cursor = db.conn.execute(
            f"UPDATE OR IGNORE {table} SET tag_id = ? WHERE tag_id = ?"  # noqa: S608 - fixed names
            f" AND {column} IN (SELECT value FROM json_each(?))",
            [to, id, as_list(ids)],
        )
        moved += cursor.rowcount
    return moved


def remove(db: Database, id: int) -> None:
    """Take out a tag that nothing leads to any more."""
    db.conn.execute("DELETE FROM tags WHERE id = ?", [id])


def add_alias(db: Database, id: int, name: str) -> None:
    db.conn.execute(
        "INSERT INTO tag_aliases (key, name, tag_id) VALUES (?, ?, ?)", [name_key(name), " ".join(name.split()), id]
    )


def redirect(db: Database, id: int, to: int) -> None:
    """Let a tag's old number lead to another tag."""
    db.conn.execute("INSERT INTO tag_redirects (old_id, tag_id) VALUES (?, ?)", [id, to])


def of_reviews(db: Database, ids: Sequence[int]) -> dict[int, list[TagRef]]:
    rows = db.execute(
        "SELECT review_id, tags.id, tags.name, origin FROM review_tags JOIN tags ON tags.id = tag_id"  # noqa: S608
        f" WHERE review_id IN {in_list(len(ids))} ORDER BY tags.key",
        ids,
    )
    found: dict[int, list[TagRef]] = {}
    for review_id, id, name, origin in rows:
        found.setdefault(review_id, []).append(TagRef(id, name, origin))
    return found


def put_on_reviews(db: Database, rows: Iterable[tuple[int, int, str]]) -> None:
    """(review, tag, origin) each; a tag that is there already stays as it is."""
    db.conn.executemany("INSERT OR IGNORE INTO review_tags (review_id, tag_id, origin) VALUES (?, ?, ?)", list(rows))


def take_off_review(db: Database, review_id: int, tag_id: int) -> bool:
    """Whether it was on."""
    cursor = db.conn.execute("DELETE FROM review_tags WHERE review_id = ? AND tag_id = ?", [review_id, tag_id])
    return cursor.rowcount > 0


def clear_imported(db: Database, review_id: int) -> None:
    db.conn.execute("DELETE FROM review_tags WHERE review_id = ? AND origin = 'ingest'", [review_id])


def refuse(db: Database, review_id: int, tag_id: int) -> None:
    db.conn.execute("INSERT OR IGNORE INTO tag_refusals VALUES (?, ?)", [review_id, tag_id])


def unrefuse(db: Database, review_id: int, tag_id: int) -> None:
    db.conn.execute("DELETE FROM tag_refusals WHERE review_id = ? AND tag_id = ?", [review_id, tag_id])


def refused(db: Database, review_id: int) -> set[int]:
    return {row[0] for row in db.execute("SELECT tag_id FROM tag_refusals WHERE review_id = ?", [review_id])}


def of_gems(db: Database, ids: Sequence[int]) -> dict[int, list[TagRef]]:
    rows = db.execute(
        "SELECT gem_id, tags.id, tags.name FROM gem_tags JOIN tags ON tags.id = tag_id"  # noqa: S608 - bound
        f" WHERE gem_id IN {in_list(len(ids))} ORDER BY tags.key",
        ids,
    )
    found: dict[int, list[TagRef]] = {}
    for gem_id, id, name in rows:
        found.setdefault(gem_id, []).append(TagRef(id, name))
    return found


def set_on_gem(db: Database, gem_id: int, tag_ids: Iterable[int]) -> None:
    db.conn.execute("DELETE FROM gem_tags WHERE gem_id = ?", [gem_id])
    db.conn.executemany("INSERT OR IGNORE INTO gem_tags VALUES (?, ?)", [(gem_id, id) for id in tag_ids])


def together(db: Database, newest: int, at_least: int, share: float) -> list[tuple[int, int, int]]:
    """Pairs of tags that are on the same of the newest reviews, on how many, the commonest first: of the reviews that
    carry one of the two, at least this share carries both."""
    rows = db.execute(
        "WITH these AS MATERIALIZED (SELECT review_id, tag_id FROM review_tags WHERE review_id IN"
        "  (SELECT id FROM reviews WHERE trashed_at IS NULL ORDER BY date DESC, id DESC LIMIT ?)),"
        " counts AS (SELECT tag_id, count(*) AS n FROM these GROUP BY tag_id),"
        " pairs AS (SELECT one.tag_id AS a, other.tag_id AS b, count(*) AS n FROM these AS one"
        "  JOIN these AS other ON other.review_id = one.review_id AND other.tag_id > one.tag_id GROUP BY 1, 2)"
        " SELECT a, b, pairs.n FROM pairs JOIN counts AS first ON first.tag_id = a"
        "  JOIN counts AS second ON second.tag_id = b"
        " WHERE pairs.n >= ? AND pairs.n >= ? * (first.n + second.n - pairs.n) ORDER BY pairs.n DESC, a, b",
        [newest, at_least, share],
    )
    return [tuple(row) for row in rows]


def automatic(db: Database) -> dict[int, int]:
    """The tags that kb may put on by itself, each with the number of the last review that was there before."""
    return dict(db.execute("SELECT id, automatic_after FROM tags WHERE automatic_after IS NOT NULL").fetchall())


def set_automatic(db: Database, id: int, *, on: bool) -> None:
    """Let kb put a tag on the reviews that come from now on, or no longer."""
    last = "(SELECT coalesce(max(id), 0) FROM reviews)" if on else "NULL"
    db.conn.execute(f"UPDATE tags SET automatic_after = {last} WHERE id = ?", [id])  # noqa: S608 - fixed


def with_aliases(db: Database, tag_ids: Iterable[int]) -> Mapping[int, str]:
    """For each tag its name and aliases as one text, for the index."""
    ids = list(tag_ids)
    rows = db.execute(
        "SELECT tags.id, tags.name || coalesce(' · ' || group_concat(tag_aliases.name, ' · '), '')"  # noqa: S608
        " FROM tags LEFT JOIN tag_aliases ON tag_aliases.tag_id = tags.id"
        f" WHERE tags.id IN {in_list(len(ids))} GROUP BY tags.id",
        ids,
    )
    return dict(rows.fetchall())


def where_used(db: Database, tag_id: int) -> tuple[list[int], list[int]]:
    """The reviews and the gems that carry a tag."""
    reviews = [row[0] for row in db.execute("SELECT review_id FROM review_tags WHERE tag_id = ?", [tag_id])]
    gems = [row[0] for row in db.execute("SELECT gem_id FROM gem_tags WHERE tag_id = ?", [tag_id])]
    return reviews, gems
