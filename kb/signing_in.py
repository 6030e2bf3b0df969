"""Signing in with a password, changing one's own, and the end of sessions. Who guesses is slowed, and nobody locked out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network

from argon2.exceptions import InvalidHashError, VerificationError

from kb import members as accounts
from kb.errors import InvalidInput, KbError
from kb.languages import N_
from kb.library import Library
from kb.models import Member
from kb.store import members
from kb.store.database import Database

# After this many failures each further try waits twice as long, up to the longest; a day without any forgets them.
_FREE_TRIES = 5
_LONGEST_WAIT = 60.0
_FORGET_AFTER = 24 * 3600.0


class SignInRefused(KbError):
    """Wrong address or password; deliberately the same sentence for both."""

    status = 401


class SlowDown(KbError):
    """Too many failures just now. `seconds` is how long to wait."""

    status = 429

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds))
        one = N_("Too many tries. Wait a second, then try again.")
        more = N_("Too many tries. Wait %(seconds)s seconds, then try again.")
        super().__init__(one if self.seconds == 1 else more, seconds=self.seconds)


def sign_in(library: Library, email: str, password: str, address: str) -> Member:
    """The member with this e-mail address and password; `address` is where on the network they are. Raises SignInRefused,
    SlowDown."""
    email = email.strip().casefold()[:254]
    tried = _try(library, email, address)
    member = members.by_email(library.db, email)
    stored = members.password_hash(library.db, member.id) if member else ""
    # Somebody unknown costs the same time as somebody known.
    good = _matches(stored or _nobodys_hash(), password[: accounts.LONGEST_PASSWORD])
    if member is None or not good or not member.active or not stored:
        raise SignInRefused("The address or the password is wrong. Try again, or ask an admin for a new password.")
    with library.transaction() as db:
        tried.take_back(db)
        members.forget_failures(db, tried.own, tried.at - _FORGET_AFTER)
        if accounts.PASSWORDS.check_needs_rehash(stored):
            members.set_password(db, member.id, accounts.PASSWORDS.hash(password), end_sessions=False)
    return member


def change_password(
    library: Library, member: Member, old: str, new: str, address: str, *, end_tokens: bool = False
) -> Member:
    """Set one's own new password, which ends every other session, and the tokens if one wants that. The old one is guessed
    no quicker here than at the door. Raises InvalidInput, SlowDown."""
    accounts.check_password(new)
    tried = _try(library, member.email, address)
    if not _matches(members.password_hash(library.db, member.id), old[: accounts.LONGEST_PASSWORD]):
        raise InvalidInput("The old password is wrong.", "old")
    hashed = accounts.PASSWORDS.hash(new)
    with library.transaction() as db:
        tried.take_back(db)
        members.set_password(db, member.id, hashed, end_sessions=True)
        if end_tokens:
            members.drop_tokens(db, member.id)
    return accounts.by_email(library, member.email)


def end_session(library: Library, id: str, until: float) -> None:
    """Let nobody go on with this session; `until` is when it would have ended by itself (Unix seconds)."""
    with library.transaction() as db:
        members.end_session(db, id, until, time.time())


def has_ended(library: Library, id: str) -> bool:
    return members.has_ended(library.db, id)


def _tries(email: str, address: str) -> Mapping[str, int]:
    """What failures are counted by, and how many are free: by account and network address together, and by network address
    alone, so that somebody who guesses is slowed and the account's owner, elsewhere, is not locked out."""
    network = _network(address)
    return {f"{email} {network}": _FREE_TRIES, f"* {network}": _FREE_TRIES * 4}


def _network(address: str) -> str:
    """Who has one IPv6 address has all of its /64 and may call from another one each time (RFC 6177)."""
    try:
        found = IPv6Address(address)
    except ValueError:
        return address  # of the older kind, or none that is known
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))


@dataclass(frozen=True, slots=True)
class _Try:
    """A try that is counted as a failure. `before` is when the last failure was by each of its keys (Unix seconds)."""

    own: str
    at: float
    before: Mapping[str, float]

    def take_back(self, db: Database) -> None:
        """It was none; what others failed at from there stays counted."""
        for key, last in self.before.items():
            members.take_back_failure(db, key, self.at, last)


def _try(library: Library, email: str, address: str) -> _Try:
    """Count a try before its password is looked at, so that of many at once each counts for the next. Raises SlowDown."""
    now, tries = library.now().timestamp(), _tries(email, address)
    _check_patience(library.db, tries, now)  # without keeping others from saving
    with library.transaction() as db:
        before = _check_patience(db, tries, now)
        for key in tries:
            members.note_failure(db, key, now)
    return _Try(next(iter(tries)), now, before)


def _check_patience(db: Database, tries: Mapping[str, int], now: float) -> dict[str, float]:
    """When the last failure was by each key. Raises SlowDown."""
    before = {}
    for key, free in tries.items():
        count, last = members.failures(db, key)
        wait = last + _wait(count, free) - now
        if wait > 0:
            raise SlowDown(wait)
        before[key] = last
    return before


def _wait(failures: int, free: int) -> float:
    return 0.0 if failures < free else min(_LONGEST_WAIT, 2.0 ** min(failures - free, 10))


def _matches(stored: str, password: str) -> bool:
    try:
        return accounts.PASSWORDS.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return accounts.PASSWORDS.hash("the password of nobody")
