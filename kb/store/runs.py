"""Ingest runs, their reports, and the rows that were set aside."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import SkippedRow
from kb.store.database import instant, moment, overwrite_what_goes, stamp
from kb.values.log import Run

_SELECT = (
    "SELECT id, source, state, started_at, finished_at, who, added, updated, unchanged, skipped,"
    " done_bytes, total_bytes, message FROM runs"
)


def start(
    db: Database, source: str, who: str, options: Mapping[str, Any], now: datetime, state: str = "running"
) -> int:
    cursor = db.conn.execute(
        "INSERT INTO runs (source, state, who, started_at, beat_at, options) VALUES (?, ?, ?, ?, ?, ?)",
        # In ASCII, so that a path whose bytes are no text can be written down, and read again as it is.
        [source, state, who, stamp(now), stamp(now), json.dumps(dict(options))],
    )
    return int(cursor.lastrowid or 0)


def note(db: Database, id: int, now: datetime, **columns: Any) -> None:
    """Write down how far a run is: any of its counts, state, message, finished_at."""
    names = ", ".join(f"{name} = ?" for name in columns)
    db.conn.execute(
        f"UPDATE runs SET beat_at = ?{', ' + names if names else ''} WHERE id = ?",  # noqa: S608 - own names
        [stamp(now), *columns.values(), id],
    )


def get(db: Database, id: int) -> Run:
    """Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is no run %(id)s.", id=id)
    return _run(row)


def options(db: Database, id: int) -> dict[str, Any]:
    return dict(json.loads(db.execute("SELECT options FROM runs WHERE id = ?", [id]).fetchone()[0]))


def keep_option(db: Database, id: int, **more: Any) -> None:
    """Write down further options of a run that waits."""
    db.conn.execute("UPDATE runs SET options = ? WHERE id = ?", [json.dumps({**options(db, id), **more}), id])


def mappings(db: Database, source: str, limit: int = 20) -> list[tuple[int, dict[str, Any]]]:
    """The column mappings of the last runs from this source that were carried out, each with its run, the last first."""
    rows = db.execute(
        "SELECT id, json_extract(options, '$.mapping') FROM runs WHERE source = ? AND state = 'done'"
        " AND json_extract(options, '$.mapping') IS NOT NULL ORDER BY id DESC LIMIT ?",
        [source, limit],
    )
    return [(id, json.loads(mapping)) for id, mapping in rows]


def last_beat(db: Database, id: int) -> datetime:
    return instant(db.execute("SELECT beat_at FROM runs WHERE id = ?", [id]).fetchone()[0])


def listed(db: Database, limit: int = 50) -> list[Run]:
    return [_run(row) for row in db.execute(f"{_SELECT} ORDER BY id DESC LIMIT ?", [limit])]


def planned_before(db: Database, moment: datetime) -> list[int]:
    """Runs that still wait for somebody's word and were begun before then."""
    found = db.execute("SELECT id FROM runs WHERE state = 'planned' AND started_at < ?", [stamp(moment)])
    return [row[0] for row in found]


def folders_in_use(db: Database, beat_since: datetime) -> set[str]:
    """Where the files of uploads lie that wait for somebody's word, or are brought in: by a run that wrote since then."""
    found = db.execute(
        "SELECT json_extract(options, '$.folder') FROM runs WHERE json_extract(options, '$.folder') IS NOT NULL"
        " AND (state = 'planned' OR state IN ('starting', 'running', 'stopping') AND beat_at >= ?)",
        [stamp(beat_since)],
    )
    return {row[0] for row in found}


def _run(row: Sequence[Any]) -> Run:
    return Run(
        id=row[0],
        source=row[1],
        state=row[2],
        started_at=instant(row[3]),
        finished_at=moment(row[4]),
        who=row[5],
        added=row[6],
        updated=row[7],
        unchanged=row[8],
        skipped=row[9],
        done_bytes=row[10],
        total_bytes=row[11],
        message=row[12],
    )


def set_aside(db: Database, run_id: int, rows: Sequence[SkippedRow]) -> None:
    """Keep what a run could not take. What an earlier run of the same person from the same source holds open at the same
    place, with the same content, gives way: it points to this run, and the content is kept once."""
    db.conn.executemany(
        "UPDATE skipped_rows SET settled_by = :run, content = x'' WHERE settled_by IS NULL AND source = :source"
        " AND location = :location AND content = :content AND EXISTS (SELECT 1 FROM runs AS earlier JOIN runs AS this"
        " ON this.source = earlier.source AND this.who = earlier.who AND earlier.id < this.id"
        " WHERE earlier.id = skipped_rows.run_id AND this.id = :run)",
        [{"run": run_id, "source": row.source, "location": row.location, "content": row.content} for row in rows],
    )
    db.conn.executemany(
        "INSERT INTO skipped_rows (run_id, source, location, reason, format, content, second, taken_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run_id, row.source, row.location, row.reason, row.format, row.content, row.second, row.taken_by)
            for row in rows
        ],
    )


def again(db: Database, run_id: int) -> int | None:
    """The latest run that set aside again what this one had, None where there is none."""
    found = db.execute("SELECT max(settled_by) FROM skipped_rows WHERE run_id = ? AND content = x''", [run_id])
    latest = found.fetchone()[0]
    return None if latest is None else int(latest)


def skipped(
    db: Database, run_id: int, *, open_only: bool = False, limit: int = -1
) -> list[tuple[int, SkippedRow, int | None]]:
    """What a run set aside: (number, row, the run that brought it in after mending or set it aside again) each; with a
    `limit` the open ones first."""
    where = " AND settled_by IS NULL" if open_only else ""
    first = "settled_by IS NOT NULL, " if limit >= 0 else ""
    rows = db.execute(
        "SELECT id, settled_by, source, location, reason, content, format, second, taken_by FROM skipped_rows"  # noqa: S608
        f" WHERE run_id = ?{where} ORDER BY {first}id LIMIT ?",
        [run_id, limit],
    )
    return [
        (id, SkippedRow(source, location, reason, content, format_, bool(second), taken_by), settled_by)
        for id, settled_by, source, location, reason, content, format_, second, taken_by in rows
    ]


def count_open(db: Database, run_id: int) -> int:
    found = db.execute("SELECT count(*) FROM skipped_rows WHERE run_id = ? AND settled_by IS NULL", [run_id])
    return int(found.fetchone()[0])


def open_size(db: Database, run_id: int) -> int:
    """How many bytes a run holds open."""
    found = db.execute(
        "SELECT coalesce(sum(length(content)), 0) FROM skipped_rows WHERE run_id = ? AND settled_by IS NULL", [run_id]
    )
    return int(found.fetchone()[0])


def forget_settled(db: Database, before: datetime) -> int:
    """Erase what was set aside and mended, or set aside again, by a run that ended before then. Says how many rows."""
    overwrite_what_goes(db)
    cursor = db.conn.execute(
        "DELETE FROM skipped_rows WHERE settled_by IN (SELECT id FROM runs WHERE finished_at < ?)", [stamp(before)]
    )
    return int(cursor.rowcount)


def erase(db: Database, run_id: int, ids: Collection[int] | None) -> int:
    """Erase the open rows of a run, all or these, and what earlier runs keep of the same rows: of the same place, and
    settled by this run. Says how many open ones there were."""
    overwrite_what_goes(db)
    found = db.execute(
        "SELECT id, source, location FROM skipped_rows WHERE run_id = ? AND settled_by IS NULL", [run_id]
    )
    places = {id: (run_id, source, location) for id, source, location in found if ids is None or id in ids}
    gone, same = list(places), set(places.values())
    while same:
        earlier = db.execute(
            "SELECT id, run_id, settled_by, source, location FROM skipped_rows"
            " WHERE settled_by IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted({run for run, _, _ in same}))],
        )
        kept = [(id, run, place) for id, run, *place in earlier if tuple(place) in same]
        gone += [id for id, _, _ in kept]
        same = {(run, source, location) for _, run, (_, source, location) in kept}
    db.conn.execute("DELETE FROM skipped_rows WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(gone)])
    return len(places)


def settle(db: Database, skipped_ids: Iterable[int], run_id: int) -> None:
    db.conn.executemany("UPDATE skipped_rows SET settled_by = ? WHERE id = ?", [(run_id, id) for id in skipped_ids])
