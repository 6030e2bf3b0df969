"""Members, their tokens, and how often a sign-in failed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.models import Member, Role, Token
from kb.store.database import instant, moment, stamp

# Who was forgotten is nobody: their row holds a place for others' sake (kb/store/forgetting.py).
_SELECT = "SELECT id, email, name, role, active, created_at, session_key, team FROM members WHERE forgotten_at IS NULL"


def _member(row: Sequence[Any]) -> Member:
    id, email, name, role, active, created_at, session_key, team = row
    return Member(id, email, name, Role(role), bool(active), instant(created_at), session_key, team)


def insert(
    db: Database, email: str, name: str, role: Role, password_hash: str, now: datetime, team: str = ""
) -> Member:
    cursor = db.conn.execute(
        "INSERT INTO members (email, name, role, password_hash, session_key, created_at, team)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [email, name, int(role), password_hash, secrets.token_hex(16), stamp(now), team],
    )
    return _member(db.execute(f"{_SELECT} AND id = ?", [cursor.lastrowid]).fetchone())


def by_id(db: Database, id: int) -> Member | None:
    row = db.execute(f"{_SELECT} AND id = ?", [id]).fetchone()
    return _member(row) if row else None


def get(db: Database, id: int) -> Member:
    """Raises NotFound."""
    found = by_id(db, id)
    if found is None:
        raise NotFound("There is no such member.")
    return found


def by_email(db: Database, email: str) -> Member | None:
    row = db.execute(f"{_SELECT} AND email = ?", [email]).fetchone()
    return _member(row) if row else None


def all_members(db: Database) -> list[Member]:
    return [_member(row) for row in db.execute(f"{_SELECT} ORDER BY email")]


def password_hash(db: Database, id: int) -> str:
    return str(db.execute("SELECT password_hash FROM members WHERE id = ?", [id]).fetchone()[0])


def set_password(db: Database, id: int, password_hash: str, *, end_sessions: bool) -> None:
    """Keep a new hash. `end_sessions` signs the member out everywhere."""
    db.conn.execute("UPDATE members SET password_hash = ? WHERE id = ?", [password_hash, id])
    if end_sessions:
        _new_session_key(db, id)


def set_role(db: Database, id: int, role: Role) -> None:
    db.conn.execute("UPDATE members SET role = ? WHERE id = ?", [int(role), id])


def set_name(db: Database, id: int, name: str) -> None:
    """What they were called before is kept: histories go on naming them so."""
    db.conn.execute(
        "INSERT OR IGNORE INTO earlier_names (member_id, name) SELECT id, name FROM members WHERE id = ? AND name <> ''",
        [id],
    )
    db.conn.execute("UPDATE members SET name = ? WHERE id = ?", [name, id])


def set_team(db: Database, id: int, team: str) -> None:
    db.conn.execute("UPDATE members SET team = ? WHERE id = ?", [team, id])


def set_active(db: Database, id: int, active: bool) -> None:
    db.conn.execute("UPDATE members SET active = ? WHERE id = ?", [int(active), id])
    _new_session_key(db, id)


def _new_session_key(db: Database, id: int) -> None:
    db.conn.execute("UPDATE members SET session_key = ? WHERE id = ?", [secrets.token_hex(16), id])


def count_admins(db: Database) -> int:
    row = db.execute("SELECT count(*) FROM members WHERE active = 1 AND role = ?", [int(Role.ADMIN)]).fetchone()
    return int(row[0])


def _digest(token: str) -> str:
    # A token is 256 random bits: a plain digest is enough, nothing can be guessed from it.
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(db: Database, member_id: int, now: datetime) -> str:
    """A token for the API. Only its digest is kept, so it is shown this once."""
    token = "kb_" + secrets.token_urlsafe(32)
    db.conn.execute(
        "INSERT INTO tokens (member_id, hash, created_at) VALUES (?, ?, ?)",
        [member_id, _digest(token), stamp(now)],
    )
    return token


def by_token(db: Database, token: str) -> Member | None:
    row = db.execute("SELECT member_id FROM tokens WHERE hash = ?", [_digest(token)]).fetchone()
    return by_id(db, row[0]) if row else None


def failures(db: Database, key: str) -> tuple[int, float]:
    """How often sign-in failed for a key, and when last (Unix seconds)."""
    row = db.execute("SELECT failures, last_at FROM sign_in_failures WHERE key = ?", [key]).fetchone()
    return (row[0], row[1]) if row else (0, 0.0)


def note_failure(db: Database, key: str, now: float) -> None:
    db.conn.execute(
        "INSERT INTO sign_in_failures VALUES (?, 1, ?)"
        " ON CONFLICT (key) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at",
        [key, now],
    )


def take_back_failure(db: Database, key: str, at: float, before: float) -> None:
    """One that was noted at `at` was none; the last, if none came after it, was the one at `before`."""
    db.conn.execute(
        "UPDATE sign_in_failures SET failures = failures - 1,"
        " last_at = CASE WHEN last_at = ? THEN ? ELSE last_at END WHERE key = ?",
        [at, before, key],
    )
    db.conn.execute("DELETE FROM sign_in_failures WHERE key = ? AND failures < 1", [key])


def forget_failures(db: Database, key: str, older_than: float) -> None:
    db.conn.execute("DELETE FROM sign_in_failures WHERE key = ? OR last_at < ?", [key, older_than])


def any_there(db: Database) -> bool:
    return db.execute("SELECT 1 FROM members LIMIT 1").fetchone() is not None


def tokens_of(db: Database, member_id: int) -> list[Token]:
    """A member's tokens, the newest first, without their secrets."""
    rows = db.execute(
        "SELECT id, created_at, used_at FROM tokens WHERE member_id = ? ORDER BY id DESC", [member_id]
    ).fetchall()
    return [Token(id, instant(at), moment(used)) for id, at, used in rows]


def drop_token(db: Database, member_id: int, id: int) -> bool:
    """Whether the member had it."""
    return bool(db.conn.execute("DELETE FROM tokens WHERE id = ? AND member_id = ?", [id, member_id]).rowcount)


def drop_tokens(db: Database, member_id: int) -> int:
    """End all of a member's tokens; gives how many there were."""
    return int(db.conn.execute("DELETE FROM tokens WHERE member_id = ?", [member_id]).rowcount)


def token_used(db: Database, token: str) -> datetime | None:
    row = db.execute("SELECT used_at FROM tokens WHERE hash = ?", [_digest(token)]).fetchone()
    return moment(row[0]) if row else None


def note_token_used(db: Database, token: str, now: datetime) -> None:
    db.conn.execute("UPDATE tokens SET used_at = ? WHERE hash = ?", [stamp(now), _digest(token)])


def end_session(db: Database, id: str, until: float, now: float) -> None:
    """Remember that a session was ended, until it would have ended by itself (Unix seconds)."""
    db.conn.execute("DELETE FROM ended_sessions WHERE until < ?", [now])
    db.conn.execute("INSERT OR IGNORE INTO ended_sessions (id, until) VALUES (?, ?)", [_digest(id), until])


def has_ended(db: Database, id: str) -> bool:
    return db.execute("SELECT 1 FROM ended_sessions WHERE id = ?", [_digest(id)]).fetchone() is not None
