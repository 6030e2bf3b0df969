"""Forgetting a member, in the store: whatever leads to them or names them, in one place.

Their row in `members` stays, without anything in it, for the votes and deliveries that must lead somewhere.
"""

# ruff: noqa: S608 - the names in these statements are our own tables and columns; values are bound
from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.models import Member, Role
from kb.store.database import as_list, in_list, overwrite_what_goes, stamp
from kb.words import FORMER

# What is a member's own, in an order in which nothing leads to what is gone.
OWN = (
    "tokens", "notices", "subscriptions", "follows", "muted_tags", "trail_done", "trail_readers", "trail_assigned",
    "trail_targets", "replays", "saved_searches", "member_settings", "bookmarks", "reading_history", "visits",
    "past_searches", "earlier_names",
)  # fmt: skip
# What they made for all: it stays, and leads to nobody.
MADE: Mapping[str, tuple[str, ...]] = {
    "comments": ("member_id",),
    "gem_comments": ("member_id",),
    "gems": ("owner_id", "nominated_by"),
    "tags": ("owner_id",),
    "trails": ("owner_id",),
    "edition_items": ("credit_id",),
    "questions": ("answered_by_id",),
    "question_asks": ("member_id",),
    "planned_gems": ("member_id",),
}
# One vote a member and gem, one letter a member and edition: these lead to the row that names nobody.
COUNTED = ("gem_votes", "deliveries")
# Who did something is kept as they were called then, without a number.
NAMED: Mapping[str, tuple[str, ...]] = {
    "history": ("who",),
    "notices": ("who",),
    "runs": ("who",),
    "deeds": ("who", "undone_by"),
    "gems": ("verified_by", "doubted_by"),
    "gem_evidence": ("who",),
    "gem_sightings": ("who",),
    "gem_merges": ("who",),
    "questions": ("answered_by",),
    "synonyms": ("changed_by",),
    "editions": ("approved_by",),
    "trail_targets": ("who",),
}
_TOLD = ("owner", "owner_name", "assigned")  # fields of a history that tell what somebody is called


def names(db: Database, member: Member) -> list[str]:
    """What this member is or was called in histories: by name, by an earlier name, by address."""
    rows = db.execute("SELECT name FROM earlier_names WHERE member_id = ? ORDER BY name", [member.id])
    return list(dict.fromkeys([name for name in (member.name, member.email) if name] + [row[0] for row in rows]))


def called_alike(db: Database, member: Member) -> list[str]:
    """The addresses of other members who are or were called as this one is or was."""
    found = names(db, member)
    marks = in_list(len(found))
    rows = db.execute(
        f"SELECT email FROM members WHERE id <> ? AND (name IN {marks} OR id IN"
        f" (SELECT member_id FROM earlier_names WHERE name IN {marks})) ORDER BY email",
        [member.id, *found, *found],
    )
    return [row[0] for row in rows]


def kept(db: Database, member_id: int) -> dict[str, int]:
    """How many gems, topics and trails this member keeps."""
    count = "SELECT count(*) FROM {} WHERE owner_id = ?{}"
    parts = {"gems": " AND trashed_at IS NULL", "tags": "", "trails": " AND trashed_at IS NULL"}
    return {table: db.execute(count.format(table, more), [member_id]).fetchone()[0] for table, more in parts.items()}


def reviewed(db: Database, member: Member) -> list[int]:
    """The reviews that say that this member reviewed; not themselves, where the name says whom readers are not to know."""
    found = names(db, member)
    rows = db.execute(f"SELECT id FROM reviews WHERE kind <> 'self' AND reviewer IN {in_list(len(found))}", found)
    return [row[0] for row in rows]


def forget_as_reviewer(db: Database, ids: Sequence[int], member: Member, now: datetime) -> None:
    """Take a member's name out of where these reviews say, or said, who reviewed."""
    overwrite_what_goes(db)
    these = as_list(ids)
    db.conn.execute(
        "UPDATE reviews SET reviewer = ?, updated_at = ?, version = version + 1"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [FORMER, stamp(now), these],
    )
    rows = db.execute(
        "SELECT id, fields FROM history WHERE type = 'review' AND object_id IN (SELECT value FROM json_each(?))"
        """ AND fields LIKE '%"reviewer"%'""",
        [these],
    )
    _reword(db, rows.fetchall(), ("reviewer",), names(db, member))


def forget(db: Database, member: Member, now: datetime) -> None:
    """Take a member out of the library, but for the numbers that they count in. What it was is overwritten in the file."""
    overwrite_what_goes(db)
    called = names(db, member)
    for table in ("comments", "gem_comments"):
        db.conn.execute(f"UPDATE {table} SET author = ? WHERE member_id = ?", [FORMER, member.id])
    db.conn.execute("UPDATE question_asks SET named = 0 WHERE member_id = ?", [member.id])
    for table, columns in MADE.items():
        for column in columns:
            db.conn.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", [member.id])
    for table in OWN:
        db.conn.execute(f"DELETE FROM {table} WHERE member_id = ?", [member.id])
    for table, columns in NAMED.items():
        for column in columns:
            where = f"{column} IN {in_list(len(called))}"
            db.conn.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", [FORMER, *called])
    rows = db.execute("SELECT id, fields FROM history WHERE type IN ('gem', 'tag', 'trail') AND fields <> '{}'")
    _reword(db, rows.fetchall(), _TOLD, called)
    # What a mail server said of a letter to them may hold the address.
    db.conn.execute("UPDATE deliveries SET reason = '' WHERE member_id = ?", [member.id])
    db.conn.execute(
        "DELETE FROM sign_in_failures WHERE substr(key, 1, ?) = ?", [len(member.email) + 1, f"{member.email} "]
    )
    db.conn.execute(
        "UPDATE members SET email = ?, name = ?, role = ?, password_hash = '', session_key = ?, team = '', active = 0,"
        " created_at = ?, forgotten_at = ? WHERE id = ?",
        [
            f"former-member-{member.id}",
            FORMER,
            int(Role.READER),
            secrets.token_hex(16),
            stamp(now),
            stamp(now),
            member.id,
        ],
    )


def _reword(db: Database, rows: Iterable[tuple[int, str]], told_in: Collection[str], called: Collection[str]) -> None:
    """Take these names out of entries of histories, (number, fields) each, where `told_in` says what somebody is called."""
    for id, text in rows:
        fields: dict[str, Any] = json.loads(text)
        told = {
            name: [FORMER if name in told_in and each in called else each for each in pair]
            for name, pair in fields.items()
        }
        if told != fields:
            db.conn.execute("UPDATE history SET fields = ? WHERE id = ?", [json.dumps(told, ensure_ascii=False), id])
