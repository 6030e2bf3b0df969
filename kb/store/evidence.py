"""The passages that gems cite, in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date as Day
from datetime import datetime

from sqlite_utils import Database

from kb.anchor import Anchor
from kb.models import Evidence
from kb.store.database import day, in_list, moment, stamp
from kb.values.gems import Seen

_SELECT = (
    "SELECT e.id, e.gem_id, e.review_id, e.quote, e.turn, e.state, e.stance, e.start, e.stop, e.nth, e.before, e.after,"
    " e.who, coalesce(r.title, ''), coalesce(r.date, e.seen_on), coalesce(r.kind, e.kind),"
    " coalesce(r.language, e.language), coalesce(r.reviewee || CASE r.kind WHEN 'self'"
    " THEN char(10) || r.reviewer ELSE '' END, ''), r.trashed_at IS NOT NULL"
    " FROM gem_evidence AS e LEFT JOIN reviews AS r ON r.id = e.review_id"
)


def add(
    db: Database,
    gem_id: int,
    review_id: int,
    quote: str,
    found: Anchor | None,
    *,
    now: datetime,
    seen_on: datetime | None = None,
    who: str = "",
    stance: str = "supports",
) -> bool:
    """Cite a passage. False when the gem cites it already."""
    there = db.execute(
        "SELECT 1 FROM gem_evidence WHERE gem_id = ? AND review_id = ? AND quote = ?", [gem_id, review_id, quote]
    ).fetchone()
    if there:
        return False
    db.conn.execute(
        "INSERT INTO gem_evidence (gem_id, review_id, quote, turn, start, stop, nth, before, after, state, stance, who,"
        " cited_at, seen_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [gem_id, review_id, quote, *_anchored(found), "there" if found or not quote else "gone", stance, who, stamp(now),
         stamp(seen_on)],
    )  # fmt: skip
    return True


def _anchored(found: Anchor | None) -> list[object]:
    if found is None:
        return [None, None, None, 0, "", ""]
    return [found.place, found.start, found.stop, found.nth, found.before, found.after]


def move(db: Database, id: int, found: Anchor) -> None:
    """Note where a passage stands now."""
    db.conn.execute(
        "UPDATE gem_evidence SET turn = ?, start = ?, stop = ?, nth = ?, before = ?, after = ?, state = 'there'"
        " WHERE id = ?",
        [*_anchored(found), id],
    )


def lose(db: Database, id: int, state: str, place: int | None) -> None:
    """Note that the words are not there any more: `changed` (what is left of them is in `place`) or `gone`. What stood
    around them is kept, so that they are found if they come back."""
    db.conn.execute(
        "UPDATE gem_evidence SET turn = ?, start = NULL, stop = NULL, nth = 0, state = ? WHERE id = ?",
        [place, state, id],
    )


def of(db: Database, column: str, ids: Sequence[int], *, away: bool = False) -> dict[int, list[Evidence]]:
    """The passages by gem or by review, the newest review first; those in the trash or erased only with `away`."""
    shown = "" if away else " AND e.review_id IS NOT NULL AND r.trashed_at IS NULL"
    rows = db.execute(
        f"{_SELECT} WHERE e.{column} IN {in_list(len(ids))}{shown} ORDER BY coalesce(r.date, e.seen_on) DESC, e.id",
        ids,
    )
    found: dict[int, list[Evidence]] = {}
    key = 1 if column == "gem_id" else 2
    for row in rows:
        found.setdefault(row[key], []).append(
            Evidence(
                id=row[0], gem_id=row[1], review_id=row[2], quote=row[3], turn=row[4], state=row[5], stance=row[6],
                start=row[7], stop=row[8], nth=row[9], before=row[10], after=row[11], who=row[12],
                review_title=row[13], review_date=moment(row[14]), review_kind=row[15], review_language=row[16],
                reviewee=row[17], review_away=bool(row[18]),
            )
        )  # fmt: skip
    return found


def people(db: Database, gem_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """For each gem those whom its reviews are about (`Gem.reviewees`), of those in the trash as well."""
    rows = db.execute(
        "SELECT DISTINCT e.gem_id, r.reviewee, CASE r.kind WHEN 'self' THEN r.reviewer ELSE '' END"  # noqa: S608
        f" FROM gem_evidence AS e JOIN reviews AS r ON r.id = e.review_id WHERE e.gem_id IN {in_list(len(gem_ids))}",
        gem_ids,
    )
    found: dict[int, dict[str, None]] = {}
    for gem_id, *names in rows:
        found.setdefault(gem_id, {}).update((name, None) for name in names if name.strip())
    return {gem_id: tuple(names) for gem_id, names in found.items()}


def seen(db: Database, gem_ids: Sequence[int], *, away: bool) -> dict[int, Seen]:
    """For each gem in how many reviews it was met. Reviewers are counted, never named; `away` counts excerpts too."""
    shown = "" if away else " AND e.review_id IS NOT NULL AND r.trashed_at IS NULL"
    rows = db.execute(
        "SELECT e.gem_id,"  # noqa: S608 - bound values
        " count(DISTINCT CASE WHEN stance = 'supports' THEN coalesce(e.review_id, -e.id) END),"
        " count(DISTINCT CASE WHEN stance = 'supports' THEN nullif(lower(trim(r.reviewer)), '') END),"
        " max(CASE WHEN stance = 'supports' THEN substr(coalesce(r.date, e.seen_on), 1, 10) END),"
        " count(DISTINCT CASE WHEN stance = 'contradicts' THEN coalesce(e.review_id, -e.id) END)"
        " FROM gem_evidence AS e LEFT JOIN reviews AS r ON r.id = e.review_id"
        f" WHERE e.gem_id IN {in_list(len(gem_ids))}{shown} GROUP BY e.gem_id",
        gem_ids,
    )
    return {row[0]: Seen(row[1], row[2], day(row[3]), row[4]) for row in rows}


def let_go(db: Database, review_id: int, rows: Iterable[tuple[int, str]], kind: str, language: str) -> None:
    """Keep the excerpts of a review that is being erased: (passage, its words as they may stay) each."""
    db.conn.executemany(
        "UPDATE gem_evidence SET review_id = NULL, quote = ?, kind = ?, language = ?, before = '', after = '', turn = NULL,"
        " start = NULL, stop = NULL WHERE id = ? AND review_id = ?",
        [(quote, kind, language, id, review_id) for id, quote in rows],
    )


def reword(db: Database, rows: Iterable[tuple[int, str]]) -> None:
    """Passages in other words than they were cited in: (passage, its words as they may stay) each. Their places stay."""
    db.conn.executemany("UPDATE gem_evidence SET quote = ? WHERE id = ?", [(quote, id) for id, quote in rows])


def drop(db: Database, id: int) -> None:
    db.conn.execute("DELETE FROM gem_evidence WHERE id = ?", [id])


def note_day(db: Database, review_id: int, seen_on: Day | datetime | None) -> None:
    """A review's day, kept with its passages for when the review is erased."""
    text = stamp(seen_on) if isinstance(seen_on, datetime) else None
    db.conn.execute("UPDATE gem_evidence SET seen_on = ? WHERE review_id = ?", [text, review_id])
