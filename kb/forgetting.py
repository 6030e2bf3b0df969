"""Forgetting a member who left and asks for it: what they made for all stays, without their name; what was theirs goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.errors import Conflict
from kb.finding import finding
from kb.library import Library
from kb.models import Member
from kb.store import changes, history, members, upkeep
from kb.store import forgetting as store
from kb.store.database import Database
from kb.values.log import Change

_HISTORY = "forgotten"  # of all members, under one number: nobody's own


@dataclass(frozen=True, slots=True)
class Parting:
    """What forgetting a member would do: `alike` are other members whom histories cannot tell from them; `gems`, `topics`
    and `trails` are what nobody keeps any more then; `reviewed` counts the reviews that they wrote; `named` holds each
    name, the search for it, and how many finds stay."""

    member: Member
    alike: Sequence[str]
    gems: int
    topics: int
    trails: int
    reviewed: int
    named: Sequence[tuple[str, str, int]]


def parting(library: Library, id: int) -> Parting:
    """Raises NotFound; Conflict while the account is open."""
    member = _closed(library.db, id)
    kept = store.kept(library.db, id)
    found = [
        (name, question, finding.search(library, question, unmasked=True, exact=True, limit=1).total)
        for name in store.names(library.db, member)
        for question in [_naming(name)]
    ]
    return Parting(
        member,
        store.called_alike(library.db, member),
        kept["gems"],
        kept["tags"],
        kept["trails"],
        len(store.reviewed(library.db, member)),
        found,
    )


def _closed(db: Database, id: int) -> Member:
    member = members.get(db, id)
    if member.active:
        raise Conflict(
            "%(email)s can still sign in. Keep them out first; then they can be forgotten.", email=member.email
        )
    return member


def _naming(name: str) -> str:
    """Asks for what names somebody, in a text or as the one who reviews."""
    quoted = '"{}"'.format(name.replace('"', " "))
    return f"{quoted} OR reviewer:{quoted}"


def forget(library: Library, id: int, who: str, *, as_reviewer: bool = False) -> None:
    """Write a member's name and address out of whatever kb wrote them into, `as_reviewer` also out of the reviews that say
    that they reviewed, and take out what was theirs. It cannot be undone. Raises as `parting` does."""
    now = library.now()
    with library.transaction() as db:
        member = _closed(db, id)
        if as_reviewer:
            reviewed = store.reviewed(db, member)
            store.forget_as_reviewer(db, reviewed, member, now)
            history.add_many(db, "review", reviewed, "edited", who, now)
            changes.note(db, "review", reviewed)
        store.forget(db, member, now)
        history.add(db, _HISTORY, 0, "forgotten", who, now, {"member": (id, 0)})
    upkeep.overwrite_log(library.db)


def forgotten(library: Library, limit: int = 10) -> list[Change]:
    """Who forgot which member, the last first; `fields["member"]` has the number."""
    return history.of(library.db, _HISTORY, 0, limit)
