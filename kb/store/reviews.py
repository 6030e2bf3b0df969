"""Reviews in the store: rows to values and back, lists, the trash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import Answer, Draft, Feedback, Kind, Review, ReviewRow, TagRef, Turn
from kb.store import topics
from kb.store.database import day, in_list, instant, moment, stamp

_COLUMNS = (
    "source", "external_id", "content_hash", "kind", "title", "body", "date", "reviewer", "reviewee", "customer",
    "case_id", "case_url", "channel", "product", "team", "language", "cycle", "score", "scorecard", "feedback",
    "turns", "extra", "run_id",
)  # fmt: skip
_SELECT = (
    "SELECT id, version, created_at, updated_at, trashed_at, " + ", ".join(_COLUMNS) + " FROM reviews"  # noqa: S608 - fixed names
)  # fmt: skip
_NO_FEEDBACK = Feedback()
_INSERT = (
    f"INSERT INTO reviews (id, created_at, updated_at, {', '.join(_COLUMNS)})"  # noqa: S608 - fixed names
    f" VALUES (?, ?, ?, {', '.join('?' * len(_COLUMNS))})"
)
_UPDATE = (
    f"UPDATE reviews SET {', '.join(f'{name} = ?' for name in _COLUMNS)},"  # noqa: S608 - fixed names
    " updated_at = ?, version = version + 1 WHERE id = ?"
)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _columns(draft: Draft, source: str, content_hash: str, run_id: int | None) -> list[Any]:
    return [
        source,
        draft.external_id,
        content_hash,
        draft.kind.value,
        draft.title,
        draft.body,
        stamp(draft.date),
        draft.reviewer,
        draft.reviewee,
        draft.customer,
        draft.case_id,
        draft.case_url,
        draft.channel,
        draft.product,
        draft.team,
        draft.language,
        draft.cycle.isoformat() if draft.cycle else None,
        draft.score,
        _json([[a.criterion, a.value, a.comment] for a in draft.scorecard]) if draft.scorecard else "[]",
        _json(_feedback(draft.feedback)) if draft.feedback else "{}",
        _json([[t.speaker, t.role, t.at, t.text] for t in draft.turns]) if draft.turns else "[]",
        _json(dict(draft.extra)) if draft.extra else "{}",
        run_id,
    ]


def _feedback(feedback: Feedback) -> dict[str, Any]:
    values = {
        "csat": feedback.csat,
        "ces": feedback.ces,
        "nps": feedback.nps,
        "comment": feedback.comment or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def next_id(db: Database) -> int:
    """The number that the next review gets; only true inside the transaction that uses it."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reviews'").fetchone()
    return (row[0] if row else 0) + 1


def insert_many(
    db: Database, rows: Iterable[tuple[int, Draft, str]], source: str, run_id: int | None, now: datetime
) -> None:
    """Put new reviews in: (id, draft, content hash) each."""
    made = stamp(now)
    db.conn.executemany(
        _INSERT,
        [
            [
                id,
                made,
                stamp(draft.updated_at) if draft.updated_at else made,
                *_columns(draft, source, content_hash, run_id),
            ]
            for id, draft, content_hash in rows
        ],
    )


def update(
    db: Database, id: int, draft: Draft, *, source: str, content_hash: str, run_id: int | None, now: datetime
) -> None:
    db.conn.execute(_UPDATE, [*_columns(draft, source, content_hash, run_id), stamp(draft.updated_at or now), id])


def provenance(db: Database, id: int) -> tuple[str, str, int | None]:
    """Where a review came from: (content hash of what was brought in, source, run)."""
    row = db.execute("SELECT content_hash, source, run_id FROM reviews WHERE id = ?", [id]).fetchone()
    return row[0], row[1], row[2]


def known(db: Database, source: str, external_ids: Sequence[str]) -> dict[str, tuple[int, str, str | None]]:
    """For those external ids that are there: (id, content hash, when trashed)."""
    rows = db.execute(
        "SELECT external_id, id, content_hash, trashed_at FROM reviews"  # noqa: S608 - bound values
        f" WHERE source = ? AND external_id <> '' AND external_id IN {in_list(len(external_ids))}",
        [source, *external_ids],
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def numbered(db: Database, source: str, names: Sequence[str]) -> list[tuple[int, str, str]]:
    """The reviews of a source whose external id is one of these names with `#` and more behind it: (id, external id,
    content hash)."""
    found = db.execute(
        "SELECT r.id, r.external_id, r.content_hash FROM json_each(?) AS name CROSS JOIN reviews AS r"
        " WHERE r.source = ? AND r.external_id <> '' AND r.external_id > name.value || '#'"
        " AND r.external_id < name.value || '$' ORDER BY r.id",
        [json.dumps(list(names)), source],
    )
    return [(row[0], row[1], row[2]) for row in found]


def known_hashes(db: Database, hashes: Sequence[str]) -> dict[str, int]:
    rows = db.execute(
        "SELECT content_hash, id FROM reviews"  # noqa: S608 - bound values
        f" WHERE content_hash <> '' AND content_hash IN {in_list(len(hashes))}",
        hashes,
    )
    return {row[0]: row[1] for row in rows}


def get(db: Database, id: int, tags: Sequence[TagRef] = ()) -> Review:
    """One review, trashed or not, without its tags unless given. Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("There is no review %(id)s.", id=id)
    return _review(row, tuple(tags))


def last_ids(db: Database, count: int) -> list[int]:
    """The numbers of the newest reviews by when they came, newest first."""
    return [row[0] for row in db.execute("SELECT id FROM reviews ORDER BY id DESC LIMIT ?", [count])]


def languages(db: Database, ids: Sequence[int]) -> dict[int, str]:
    """The language of each of these that is there; "" where it could not be told."""
    return dict(db.execute(f"SELECT id, language FROM reviews WHERE id IN {in_list(len(ids))}", ids))  # noqa: S608


def get_many(db: Database, ids: Iterable[int], tags: Mapping[int, Sequence[TagRef]]) -> dict[int, Review]:
    """Those of the reviews that are there, trashed ones included, by id."""
    wanted = list(ids)
    rows = db.execute(f"{_SELECT} WHERE id IN {in_list(len(wanted))}", wanted)
    return {row[0]: _review(row, tuple(tags.get(row[0], ()))) for row in rows}


def _review(row: Sequence[Any], tags: tuple[TagRef, ...]) -> Review:
    # fmt: off
    (
        id, version, created_at, updated_at, trashed_at, source, external_id, _, kind, title, body, date, reviewer,
        reviewee, customer, case_id, case_url, channel, product, team, language, cycle, score, scorecard, feedback,
        turns, extra, _,
    ) = row
    # fmt: on
    return Review(
        id=id,
        kind=Kind(kind),
        title=title,
        body=body,
        created_at=instant(created_at),
        updated_at=instant(updated_at),
        version=version,
        source=source,
        external_id=external_id,
        date=moment(date),
        reviewer=reviewer,
        reviewee=reviewee,
        customer=customer,
        case_id=case_id,
        case_url=case_url,
        channel=channel,
        product=product,
        team=team,
        language=language,
        cycle=day(cycle),
        score=score,
        scorecard=tuple(Answer(*answer) for answer in _loaded(scorecard)),
        feedback=Feedback(**_loaded(feedback)) if feedback != "{}" else _NO_FEEDBACK,
        turns=tuple(Turn(text, speaker, role, at) for speaker, role, at, text in _loaded(turns)),
        extra=_loaded(extra),
        tags=tags,
        trashed_at=moment(trashed_at),
    )


def _loaded(text: str) -> Any:
    """A JSON column. Most are empty, which is quicker seen than parsed."""
    return {} if text in ("[]", "{}") else json.loads(text)


_TEXT_COLUMNS = (
    "source", "external_id", "title", "body", "reviewer", "reviewee", "customer", "case_id", "case_url",
    "channel", "product", "team", "language",
)  # fmt: skip


def set_trashed(db: Database, ids: Sequence[int], at: datetime | None) -> None:
    db.conn.executemany(
        "UPDATE reviews SET trashed_at = ?, version = version + 1 WHERE id = ?",
        [(stamp(at), id) for id in ids],
    )


def rows(
    db: Database, *, limit: int, offset: int = 0, tag_ids: Sequence[int] = (), trashed: bool = False
) -> tuple[list[ReviewRow], int]:
    """A page of reviews, newest first (the trash: last thrown away first), and how many there are in all; with `tag_ids`
    those that carry one of these topics."""
    where = "trashed_at IS NOT NULL" if trashed else "trashed_at IS NULL"
    values: list[Any] = []
    if tag_ids:
        total = _carrying(db, tag_ids)
        those = in_list(len(tag_ids))
        # Many reviews are walked in the order of the list until the page is full; few are fetched and sorted.
        many = f"EXISTS (SELECT 1 FROM review_tags WHERE tag_id IN {those} AND review_id = reviews.id)"  # noqa: S608
        few = f"id IN (SELECT review_id FROM review_tags WHERE tag_id IN {those})"  # noqa: S608
        where += f" AND {many if total > _MANY else few}"
        values.extend(tag_ids)
    else:
        total = db.execute(f"SELECT count(*) FROM reviews WHERE {where}").fetchone()[0]  # noqa: S608
    order = "trashed_at DESC" if trashed else "date DESC, id DESC"
    found = db.execute(
        "SELECT id, kind, title, language, date, product, team, trashed_at FROM reviews"  # noqa: S608
        f" WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
        [*values, limit, offset],
    ).fetchall()
    return _as_rows(found), total


def new_of_run(db: Database, run_id: int, since: datetime, until: datetime, limit: int) -> list[ReviewRow]:
    """The first reviews that are in the library by a run, which went on between the two."""
    found = db.execute(
        "SELECT id, kind, title, language, date, product, team, trashed_at FROM reviews WHERE trashed_at IS NULL"
        " AND created_at >= ? AND created_at <= ? AND run_id = ? ORDER BY created_at, id LIMIT ?",
        [stamp(since), stamp(until), run_id, limit],
    )
    return _as_rows(found)


def _as_rows(found: Iterable[Sequence[Any]]) -> list[ReviewRow]:
    return [
        ReviewRow(
            id=id,
            kind=Kind(kind),
            title=title,
            language=language,
            date=moment(date),
            product=product,
            team=team,
            trashed_at=moment(trashed_at),
        )
        for id, kind, title, language, date, product, team, trashed_at in found
    ]


_MANY = 2000


def _carrying(db: Database, tag_ids: Sequence[int]) -> int:
    """How many live reviews carry one of these tags; of a single one triggers keep it (kb/migrations/m003_tag_upkeep.py)."""
    if len(tag_ids) > 1:
        return topics.count_reviews(db, tag_ids)
    row = db.execute("SELECT live_reviews FROM tags WHERE id = ?", list(tag_ids)).fetchone()
    return int(row[0]) if row else 0


def ids_after(db: Database, id: int, limit: int) -> list[int]:
    """The next live reviews in order of their number: for walking all of them."""
    found = db.execute("SELECT id FROM reviews WHERE id > ? AND trashed_at IS NULL ORDER BY id LIMIT ?", [id, limit])
    return [row[0] for row in found]


def count(db: Database) -> int:
    return int(db.execute("SELECT count(*) FROM reviews WHERE trashed_at IS NULL").fetchone()[0])


_MOST_CHOICES = 200


def distinct(db: Database, column: str, *, of_themselves: bool) -> list[str]:
    """The values in use of one of the header's columns, the commonest first: for the choices of a form; without
    `of_themselves` those of reviews of others."""
    if column not in _TEXT_COLUMNS:
        raise ValueError(f"{column} is no column of a review's header")
    others = "" if of_themselves else " AND kind <> 'self'"
    found = db.execute(
        f"SELECT {column} FROM reviews WHERE {column} <> '' AND trashed_at IS NULL{others}"  # noqa: S608 - checked above
        f" GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT ?",
        [_MOST_CHOICES],
    )
    return [row[0] for row in found]


def thrown_before(db: Database, moment: datetime) -> list[int]:
    found = db.execute("SELECT id FROM reviews WHERE trashed_at < ?", [stamp(moment)])
    return [row[0] for row in found]


def erase(db: Database, ids: Sequence[int]) -> None:
    """Take reviews out for good, with what hangs on them. Gems that were lifted from them stay."""
    for table in ("comments", "review_tags", "tag_refusals", "gem_evidence", "gem_sightings"):
        db.conn.executemany(f"DELETE FROM {table} WHERE review_id = ?", [(id,) for id in ids])  # noqa: S608
    db.conn.executemany("DELETE FROM history WHERE type = 'review' AND object_id = ?", [(id,) for id in ids])
    db.conn.executemany("DELETE FROM reviews WHERE id = ?", [(id,) for id in ids])
