"""Members: accounts, roles, passwords that others set, and tokens. Signing in is kb/signing_in.py."""

from __future__ import annotations

import re
from datetime import timedelta

from argon2 import PasswordHasher, profiles

from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Member, Role, Token
from kb.store import members, subscriptions
from kb.store.database import Database
from kb.trails import assigning

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000

# A write for every call of a script would be too much.
_TOKEN_USE_NOTED_EVERY = timedelta(hours=1)


PASSWORDS = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)  # 64 MiB, 3 passes


LONGEST_NAME = LONGEST_TEAM = 80


def add(library: Library, email: str, *, role: Role, password: str, name: str = "", team: str = "") -> Member:
    """Make an account; it has the trails that whoever joins gets, and those of its team. Raises InvalidInput for the
    address, name, password or team, Conflict when it is there already."""
    email = check_email(email)
    name = check_name(name)
    check_password(password)
    team = check_team(team)
    hashed = PASSWORDS.hash(password)
    with library.transaction() as db:
        if members.by_email(db, email):
            raise Conflict(
                "%(email)s is a member already. Change the role with: kb member role %(email)s ROLE", email=email
            )
        now = library.now()
        made = members.insert(db, email, name, role, hashed, now, team)
        assigning.welcome(db, made, now, joins=True)
        return made


def check_name(name: str) -> str:
    """How a member is called, in the form that it is kept in. Raises InvalidInput."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise InvalidInput(
            "The name has %(count)s characters; at most %(longest_name)s are kept.",
            "name",
            count=len(name),
            longest_name=LONGEST_NAME,
        )
    return name


def set_name(library: Library, email: str, name: str) -> Member:
    """Call a member otherwise from now on; histories and comments keep what they were written under. Raises NotFound,
    InvalidInput."""
    name = check_name(name)
    with library.transaction() as db:
        members.set_name(db, by_email(library, email).id, name)
    return by_email(library, email)


def check_team(team: str) -> str:
    """The name of a team in the form that it is kept in. Raises InvalidInput."""
    team = " ".join(team.split())
    if len(team) > LONGEST_TEAM:
        raise InvalidInput(
            "The team's name has %(count)s characters; at most %(longest_team)s are kept.",
            "team",
            count=len(team),
            longest_team=LONGEST_TEAM,
        )
    return team


def set_team(library: Library, email: str, team: str) -> Member:
    """Put a member into a team, or into none (""); they get the trails that are assigned to it. Raises NotFound,
    InvalidInput."""
    team = check_team(team)
    with library.transaction() as db:
        member = by_email(library, email)
        if member.team != team:
            members.set_team(db, member.id, team)
            assigning.welcome(db, by_email(library, email), library.now(), joins=False)
    return by_email(library, email)


def teams(library: Library) -> list[str]:
    """The teams that members are in, by name."""
    return sorted({member.team for member in members.all_members(library.db) if member.team}, key=str.casefold)


def check_email(email: str) -> str:
    """The address in the form that it is kept in. Raises InvalidInput."""
    email = email.strip().casefold()
    if len(email) > 254 or not re.fullmatch(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+", email):
        raise InvalidInput(
            "%(email)s is not an e-mail address. Write one such as ada@example.com.", "email", email=repr(email[:60])
        )
    return email


def check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            "The password is too short; take at least %(shortest_password)s characters.",
            "password",
            shortest_password=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput(
            "The password is too long; take at most %(longest_password)s characters.",
            "password",
            longest_password=LONGEST_PASSWORD,
        )


def listed(library: Library) -> list[Member]:
    return members.all_members(library.db)


def by_email(library: Library, email: str) -> Member:
    """Raises NotFound."""
    found = members.by_email(library.db, email.strip().casefold())
    if found is None:
        raise NotFound("Nobody with the address %(email)s is a member. See: kb member list", email=email)
    return found


def called(library: Library, who: str) -> str:
    """How to name whom a run or a history knows by the address alone: as the member with it is called, if there is one."""
    known = members.by_email(library.db, who) if "@" in who else None
    return known.called if known else who


def by_id(library: Library, id: int) -> Member | None:
    return members.by_id(library.db, id)


def get(library: Library, id: int) -> Member:
    """Raises NotFound."""
    return members.get(library.db, id)


def set_role(library: Library, email: str, role: Role) -> Member:
    """Raises NotFound; Conflict when it would leave the library without an admin."""
    with library.transaction() as db:
        member = by_email(library, email)
        if role is not Role.ADMIN:
            _check_not_the_last_admin(db, member)
        members.set_role(db, member.id, role)
    return by_email(library, email)


def set_active(library: Library, email: str, active: bool) -> Member:
    """Let a member in or keep them out; both end their sessions. Raises NotFound, Conflict for the last admin."""
    with library.transaction() as db:
        member = by_email(library, email)
        if not active:
            _check_not_the_last_admin(db, member)
        members.set_active(db, member.id, active)
    return by_email(library, email)


def _check_not_the_last_admin(db: Database, member: Member) -> None:
    if member.active and member.role is Role.ADMIN and members.count_admins(db) == 1:
        raise Conflict("%(email)s is the last admin. Make somebody else one first.", email=member.email)


def reset_password(library: Library, email: str, new: str) -> tuple[Member, int]:
    """Set a member's password without the old one (an admin, the command line): somebody else may have had it, so whatever
    lets in without it ends as well: sessions, tokens, the address of the feed. Gives how many tokens that were. Raises
    InvalidInput, NotFound."""
    check_password(new)
    hashed = PASSWORDS.hash(new)
    with library.transaction() as db:
        member = by_email(library, email)
        members.set_password(db, member.id, hashed, end_sessions=True)
        ended = members.drop_tokens(db, member.id)
        subscriptions.new_feed(db, member.id, library.now())
    return by_email(library, email), ended


def new_token(library: Library, email: str) -> str:
    """A token for the API, shown this once. Raises NotFound."""
    with library.transaction() as db:
        return members.new_token(db, by_email(library, email).id, library.now())


def by_token(library: Library, token: str) -> Member | None:
    """The active member that a token belongs to."""
    found = members.by_token(library.db, token)
    if found is None or not found.active:
        return None
    used, now = members.token_used(library.db, token), library.now()
    if used is None or now - used > _TOKEN_USE_NOTED_EVERY:
        with library.transaction() as db:
            members.note_token_used(db, token, now)
    return found


def tokens(library: Library, member: Member) -> list[Token]:
    """A member's tokens, the newest first, without their secrets."""
    return members.tokens_of(library.db, member.id)


def revoke_token(library: Library, member: Member, id: int) -> None:
    """End one of a member's own tokens. Raises NotFound."""
    with library.transaction() as db:
        if not members.drop_token(db, member.id, id):
            raise NotFound("You have no such token. It may be revoked already.")


def any_there(library: Library) -> bool:
    """Whether anybody can sign in yet."""
    return members.any_there(library.db)
