"""What was done in one go, with what is needed to undo it.

A deed keeps, for each row that it changed, the row before and after: `{table: {"keys": [...], "columns": [...],
"rows": [[key, before, after], ...]}}`, `null` where there was or is none. Undoing puts back what was before wherever
nobody has changed it since.
"""

# ruff: noqa: S608 - the names in these statements are our own tables and columns; values are bound
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import Conflict, NotFound
from kb.store.database import as_list, instant, moment, stamp
from kb.values.log import Deed

Row = tuple[Any, ...]
Picture = dict[str, dict[Row, Row]]
Difference = Mapping[str, Mapping[str, Any]]

# Kept by triggers: never put back by hand.
_COUNTED = {"tags": {"live_reviews", "live_gems"}}


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows of a table that a deed may change, and the columns of them that count."""

    table: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    where: str
    values: tuple[Any, ...]


def links(db: Database) -> list[tuple[str, str]]:
    """Every (table, column) that leads to a tag, whoever made the table."""
    return [
        (table, column)
        for table, column in db.execute(
            'SELECT m.name, f."from" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f'
            " WHERE m.type = 'table' AND f.\"table\" = 'tags' ORDER BY m.name, f.\"from\""
        )
    ]


def _shape(db: Database, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of a table's key, and the others."""
    found = db.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [table]).fetchall()
    keys = tuple(name for name, place in sorted(found, key=lambda row: row[1]) if place)
    return keys, tuple(name for name, place in found if not place and name not in _COUNTED.get(table, ()))


def scopes_of_tags(db: Database, ids: Sequence[int]) -> list[Scope]:
    """All that hangs on these tags: their own rows, those of the tags under them, and whatever leads to them."""
    wanted = as_list(ids)
    tables: dict[str, list[str]] = {"tags": ["id"]}
    for table, column in links(db):
        tables.setdefault(table, []).append(column)
    return [
        Scope(
            table,
            *_shape(db, table),
            " OR ".join(f"{column} IN (SELECT value FROM json_each(?))" for column in columns),
            (wanted,) * len(columns),
        )
        for table, columns in tables.items()
    ]


def picture(db: Database, scopes: Iterable[Scope]) -> Picture:
    """The rows of these scopes as they are now, by table and key."""
    found: Picture = {}
    for scope in scopes:
        width = len(scope.keys)
        rows = db.execute(
            f"SELECT {', '.join((*scope.keys, *scope.columns))} FROM {scope.table} WHERE {scope.where}",
            scope.values,
        )
        found.setdefault(scope.table, {}).update({tuple(row[:width]): tuple(row[width:]) for row in rows})
    return found


def same_rows(db: Database, scopes: Iterable[Scope], earlier: Picture) -> Picture:
    """These scopes as they are now, with the rows of an earlier picture wherever they are by now."""
    found = picture(db, scopes)
    for scope in scopes:
        if left := earlier[scope.table].keys() - found[scope.table].keys():
            now = _by_key(db, scope.table, scope.keys, scope.columns, left)
            found[scope.table].update({key: row for key, row in now.items() if key in left})
    return found


def _by_key(
    db: Database, table: str, keys: Sequence[str], columns: Sequence[str], wanted: Iterable[Row]
) -> dict[Row, Row]:
    """The rows of a table whose key begins as one of these does."""
    first = as_list({key[0] for key in wanted})
    where = f"{keys[0]} IN (SELECT value FROM json_each(?))"
    return picture(db, [Scope(table, tuple(keys), tuple(columns), where, (first,))])[table]


def difference(scopes: Iterable[Scope], before: Picture, after: Picture) -> Difference:
    """The rows that differ, in the shape that a deed keeps."""
    found: dict[str, Mapping[str, Any]] = {}
    for scope in scopes:
        old, new = before[scope.table], after[scope.table]
        rows = [[key, row, new.get(key)] for key, row in old.items() if new.get(key) != row]
        rows += [[key, None, row] for key, row in new.items() if key not in old]
        if rows:
            found[scope.table] = {"keys": scope.keys, "columns": scope.columns, "rows": rows}
    return found


def insert(db: Database, kind: str, who: str, at: datetime, *, state: str, total: int, about: Mapping[str, Any]) -> int:
    cursor = db.conn.execute(
        "INSERT INTO deeds (kind, state, who, at, total, about) VALUES (?, ?, ?, ?, ?, ?)",
        [kind, state, who, stamp(at), total, json.dumps(about, ensure_ascii=False)],
    )
    return int(cursor.lastrowid or 0)


def keep(db: Database, id: int, name: str, content: object) -> None:
    """Keep a part of a deed: its `changes`, or the `plan` of what it is for."""
    db.conn.execute(
        "INSERT OR REPLACE INTO deed_parts (deed_id, name, content) VALUES (?, ?, ?)",
        [id, name, json.dumps(content, ensure_ascii=False, separators=(",", ":"))],
    )


def changes_of(db: Database, id: int) -> list[Difference]:
    """What a deed changed, in the pieces in which it was done."""
    rows = db.execute("SELECT content FROM deed_parts WHERE deed_id = ? AND name GLOB 'changes*' ORDER BY name", [id])
    return [json.loads(row[0]) for row in rows]


def done(db: Database, id: int, total: int, at: datetime) -> None:
    """A plan was carried out."""
    db.conn.execute("UPDATE deeds SET state = 'done', total = ?, at = ? WHERE id = ?", [total, stamp(at), id])


def part(db: Database, id: int, name: str) -> Any:
    """That part of a deed; None when it has none."""
    row = db.execute("SELECT content FROM deed_parts WHERE deed_id = ? AND name = ?", [id, name]).fetchone()
    return json.loads(row[0]) if row else None


def concern(db: Database, id: int, tag_ids: Iterable[int]) -> None:
    db.conn.executemany("INSERT OR IGNORE INTO deed_tags (tag_id, deed_id) VALUES (?, ?)", [(t, id) for t in tag_ids])


def mark(db: Database, id: int, state: str, **columns: object) -> None:
    names = ["state", *columns]
    db.conn.execute(
        f"UPDATE deeds SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
        [state, *columns.values(), id],
    )


_SELECT = "SELECT id, kind, state, who, at, undone_by, undone_at, total, about FROM deeds"


def get(db: Database, id: int) -> Deed:
    """Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is nothing under the number %(id)s that could be undone.", id=id)
    return _deed(row)


def _deed(row: Sequence[Any]) -> Deed:
    id, kind, state, who, at, undone_by, undone_at, total, about = row
    return Deed(id, kind, state, who, instant(at), total, json.loads(about), undone_by, moment(undone_at))


def listed(db: Database, kinds: Sequence[str], limit: int, *, tag_id: int | None = None) -> list[Deed]:
    """The last deeds of these kinds that were done, the newest first; of one tag if given."""
    where, values = "", [as_list(kinds)]
    if tag_id is not None:
        where, values = " AND id IN (SELECT deed_id FROM deed_tags WHERE tag_id = ?)", [*values, str(tag_id)]
    rows = db.execute(
        f"{_SELECT} WHERE kind IN (SELECT value FROM json_each(?)) AND state <> 'planned'{where}"
        " ORDER BY id DESC LIMIT ?",
        [*values, limit],
    )
    return [_deed(row) for row in rows]


def later(db: Database, id: int, kinds: Sequence[str]) -> Deed | None:
    """The last deed of these kinds after this one, not undone, that concerns one of its tags."""
    row = db.execute(
        f"{_SELECT} WHERE id > ? AND state = 'done' AND kind IN (SELECT value FROM json_each(?)) AND id IN"
        " (SELECT deed_id FROM deed_tags WHERE tag_id IN (SELECT tag_id FROM deed_tags WHERE deed_id = ?))"
        " ORDER BY id DESC LIMIT 1",
        [id, as_list(kinds), id],
    ).fetchone()
    return _deed(row) if row else None


def forget_plans(db: Database, before: datetime) -> None:
    """Take out plans that nobody carried out."""
    old = "SELECT id FROM deeds WHERE state = 'planned' AND at < ?"
    db.conn.execute(f"DELETE FROM deed_parts WHERE deed_id IN ({old})", [stamp(before)])
    db.conn.execute("DELETE FROM deeds WHERE state = 'planned' AND at < ?", [stamp(before)])


def put_back(db: Database, changes: Difference) -> dict[str, set[Row]]:
    """Undo these changes: the keys by table that were put back. What somebody changed since stays as they left it.

    Raises Conflict when a tag's own row was changed since, or its name is taken.
    """
    db.conn.execute("PRAGMA defer_foreign_keys = ON")
    touched: dict[str, set[Row]] = {}
    # Tags first: what leads to a tag is only put back when that tag is there.
    for table in sorted(changes, key=lambda name: name != "tags"):
        touched[table] = _put_back_table(db, table, changes[table])
    if double := db.execute("SELECT tags.name FROM tag_aliases JOIN tags USING (key)").fetchone():
        raise Conflict(
            "%(double)s is what another topic is called by now. Take that name off it first.", double=repr(double[0])
        )
    _refuse_if_torn(db, [key[0] for key, old, _ in changes.get("tags", {}).get("rows", ()) if old is None])
    return touched


def _refuse_if_torn(db: Database, gone: Sequence[int]) -> None:
    """Nothing may lead to a tag that is not there."""
    if db.execute("PRAGMA foreign_key_check(tags)").fetchone():
        raise Conflict("The topic that it stood under is gone. Undo that first.")
    for table, column in links(db) if gone else ():
        used = f"SELECT 1 FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
        if db.execute(used, [as_list(gone)]).fetchone():
            raise Conflict(
                "The topic that this made has been used since. Merge it into the other one instead; that can be "
                "undone, too."
            )


def _put_back_table(db: Database, table: str, changed: Mapping[str, Any]) -> set[Row]:
    keys, columns = tuple(changed["keys"]), tuple(changed["columns"])
    rows = [
        (tuple(key), None if old is None else tuple(old), None if new is None else tuple(new))
        for key, old, new in changed["rows"]
    ]
    now = _by_key(db, table, keys, columns, [key for key, _, _ in rows])
    _refuse_if_changed(table, rows, now)
    left_alone = _moved_on(keys, rows, now)

    go = [key for key, old, new in rows if old is None and new is not None and key in now]
    back = [(key, old) for key, old, new in rows if new is None and old is not None and key not in now]
    back = [(key, old) for key, old in back if _others(keys, key) not in left_alone]
    where = " AND ".join(f"{key} = ?" for key in keys)
    db.conn.executemany(f"DELETE FROM {table} WHERE {where}", go)
    if table == "tags":
        _refuse_if_taken(db, columns, rows)
    _insert_again(db, table, (*keys, *columns), [(*key, *row) for key, row in back])
    done = set(go) | {key for key, _ in back}
    for key, old, new in rows:
        if old is not None and new is not None and key in now:
            done |= {key} if _reset(db, table, (keys, columns), (key, old, new), now[key]) else set()
    return done


def _refuse_if_changed(table: str, rows: Sequence[tuple[Row, Row | None, Row | None]], now: Mapping[Row, Row]) -> None:
    """A tag's own row is one thing: half of it put back would be neither the old nor the new."""
    if table != "tags":
        return
    for key, old, new in rows:
        current = now.get(key)
        if old is None or new is None:
            changed_since = current != new
        else:
            each = zip(old, new, current or new, strict=True)
            changed_since = any(was != became and is_now != became for was, became, is_now in each)
        if changed_since:
            raise Conflict("A topic that this concerns was changed since. Undo that first.")


def _refuse_if_taken(db: Database, columns: Sequence[str], rows: Sequence[tuple[Row, Row | None, Row | None]]) -> None:
    place = columns.index("key")
    for (id,), old, _ in rows:
        if old and db.execute("SELECT 1 FROM tags WHERE key = ? AND id <> ?", [old[place], id]).fetchone():
            raise Conflict("There is another topic %(old)s by now. Rename that one first.", old=repr(old[place + 1]))


def _others(keys: Sequence[str], key: Row) -> Row:
    """What a row is about besides the tag: the review, the gem."""
    return tuple(value for name, value in zip(keys, key, strict=True) if name != "tag_id")


def _moved_on(
    keys: Sequence[str], rows: Sequence[tuple[Row, Row | None, Row | None]], now: Mapping[Row, Row]
) -> set[Row]:
    """The reviews and gems off which somebody took the tag that the deed gave them: they keep it off."""
    if len(keys) < 2 or "tag_id" not in keys:
        return set()
    return {_others(keys, key) for key, old, new in rows if old is None and new is not None and key not in now}


def _insert_again(db: Database, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A review that was erased since takes its rows along: only what still leads somewhere is put back."""
    parents = [
        (columns.index(column), target, key or "id")
        for column, target, key in db.execute(
            'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?) ORDER BY id', [table]
        )
        if target != table and column in columns
    ]
    there = [f"(? IS NULL OR EXISTS (SELECT 1 FROM {target} WHERE {key} = ?))" for _, target, key in parents]
    marks, where = ", ".join("?" * len(columns)), f" WHERE {' AND '.join(there)}" if there else ""
    db.conn.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) SELECT {marks}{where}",
        [(*row, *(row[place] for place, _, _ in parents for _ in range(2))) for row in rows],
    )


def _reset(
    db: Database,
    table: str,
    names: tuple[Sequence[str], Sequence[str]],
    row: tuple[Row, Row, Row],
    current: Row,
) -> bool:
    """Put back the columns of a row that the deed changed, if all of them still are as it left them."""
    keys, columns = names
    key, old, new = row
    changed = [
        (column, was, is_now == became)
        for column, was, became, is_now in zip(columns, old, new, current, strict=True)
        if was != became
    ]
    if not all(untouched for _, _, untouched in changed):
        return False
    sets = ", ".join(f"{column} = ?" for column, _, _ in changed)
    where = " AND ".join(f"{name} = ?" for name in keys)
    values = [*(was for _, was, _ in changed), *key]
    db.conn.execute(f"UPDATE {table} SET {sets} WHERE {where}", values)
    return True
