"""Whether a gem still holds: until when somebody vouches for it, who does, and what is due.

A published gem has a day, `true_until`. Before it the gem is fresh; from that day on it is due; a month later overdue.
Publishing, verifying and confirming set the day anew, a doubt or a contradiction bring it to today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day
from datetime import datetime, timedelta

from kb import notices
from kb.errors import InvalidInput, NotAllowed
from kb.languages import Count
from kb.library import Library
from kb.models import Gem, GemStatus, Member, Role
from kb.store import gem_life, gems, history, members, tags
from kb.store.database import Database

OVERDUE_AFTER = timedelta(days=30)
LONGEST_WORD = 500


def of(gem: Gem, day: Day) -> str:
    """fresh, due or overdue; for what is not published its status."""
    if gem.status is not GemStatus.PUBLISHED:
        return gem.status.value
    return state(gem.true_until, day)


def state(until: Day | None, day: Day) -> str:
    """How a published gem stands on a day for which somebody vouches until another."""
    if until is None or until <= day - OVERDUE_AFTER:
        return "overdue"
    return "fresh" if until > day else "due"


def days(db: Database, gem: Gem, otherwise: int) -> int:
    """For how many days this gem holds: the shortest term of its topics, or the library's."""
    return gem_life.shortest_term(db, [tag.id for tag in gem.tags]) or otherwise


def renew(library: Library, db: Database, gem: Gem) -> Day:
    """The day until which the gem holds when it is seen to hold today; never an earlier one than it has."""
    until = library.today() + timedelta(days=days(db, gem, library.settings.gem_days))
    return max(until, gem.true_until) if gem.true_until else until


def verify(library: Library, id: int, member: Member) -> Gem:
    """Say that a gem still holds: its term begins anew and doubts are settled. For its owner and curators.

    Raises NotFound, NotAllowed, InvalidInput when it is not published.
    """
    now = library.now()
    with library.transaction() as db:
        gem = _published(db, id)
        if member.role < Role.CURATOR and gem.owner_id != member.id:
            raise NotAllowed("Its owner or a curator says that a gem still holds. You can say whether it worked.")
        until = renew(library, db, gem)
        _set_until(db, gem, until, "verified", member, now)
        gems.note(db, gem.id, verified_at=now, verified_by=member.called, doubted_at=None, doubted_by="", doubt="")
    return gems.get(library.db, gem.id)


def doubt(library: Library, id: int, word: str, member: Member) -> Gem:
    """Say, with a word why, that a gem may not hold any more: it is due at once, and its owner is told.

    Raises NotFound, InvalidInput when the word is missing or the gem is not published.
    """
    word = checked_word(word, "Say in a word why you doubt it, so that its owner knows what to look at.")
    now = library.now()
    with library.transaction() as db:
        gem = _published(db, id)
        _set_until(db, gem, min(gem.true_until or library.today(), library.today()), "doubted", member, now, word)
        gems.note(db, gem.id, doubted_at=now, doubted_by=member.called, doubt=word)
        notices.tell(db, gem.owner_id, "doubted", "gem", gem.id, who=member, words=word, now=now)
    return gems.get(library.db, gem.id)


def _published(db: Database, id: int) -> Gem:
    gem = gems.itself(db, id)
    if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
        raise InvalidInput("Only a published gem is verified or doubted. This one is not published.", "status")
    return gem


def _set_until(db: Database, gem: Gem, until: Day, action: str, member: Member, now: datetime, word: str = "") -> None:
    fields: dict[str, tuple[object, object]] = {"true_until": (_text(gem.true_until), _text(until))}
    if word:
        fields["word"] = ("", word)
    gems.note(db, gem.id, true_until=until)
    history.add(db, "gem", gem.id, action, member.called, now, fields)


def _text(day: Day | None) -> str:
    return day.isoformat() if day else ""


def checked_word(word: str, missing: str, *, required: bool = True) -> str:
    """What somebody says with a click, on one line. Raises InvalidInput."""
    word = " ".join(word.split())
    if required and not word:
        raise InvalidInput(missing, "word")
    if len(word) > LONGEST_WORD:
        raise InvalidInput(
            "That has %(count)s characters; at most %(longest_word)s can be kept here.",
            "word",
            count=Count(len(word)),
            longest_word=LONGEST_WORD,
        )
    return word


def due(library: Library, *, limit: int = 25, offset: int = 0, owner_id: int | None = None) -> tuple[list[Gem], int]:
    """A page of the gems that are due or overdue, the most-read of the last quarter first, and how many there are."""
    ids, total = gem_life.due(library.db, library.today(), since_week(library), owner_id, limit, offset)
    found = gems.get_many(library.db, ids)
    return [found[id] for id in ids], total


def since_week(library: Library) -> Day:
    """The Monday with which the last quarter began, of 13 weeks with this one: what counts as lately read."""
    day = library.today()
    return day - timedelta(days=day.weekday() + 7 * 12)


def reads(library: Library, found: Sequence[Gem]) -> dict[int, int]:
    """How often these gems were opened in the last quarter."""
    return gem_life.reads(library.db, [gem.id for gem in found], since_week(library)) if found else {}


def hand_over(library: Library, ids: Sequence[int], member: Member, *, to: int | None = None) -> int:
    """Ask the owners of these gems to look at them; with `to` that member becomes the owner. Gives how many were told;
    a gem without an owner is nobody's to tell. Raises NotFound, InvalidInput."""
    now = library.now()
    told = 0
    with library.transaction() as db:
        new_owner = members.by_id(db, to) if to is not None else None
        if to is not None and (new_owner is None or not new_owner.active):
            raise InvalidInput("That member is not here any more. Choose another one.", "owner")
        for id in ids:
            gem = _published(db, id)
            if new_owner is not None and gem.owner_id != new_owner.id:
                set_owner(db, gem, new_owner, member, now)
            owner_id = new_owner.id if new_owner is not None else gem.owner_id
            told += owner_id is not None
            notices.tell(db, owner_id, "due", "gem", gem.id, who=member, now=now, also_oneself=True)
    return told


def set_owner(db: Database, gem: Gem, owner: Member, member: Member, now: datetime) -> None:
    gems.note(db, gem.id, owner_id=owner.id)
    history.add(db, "gem", gem.id, "handed over", member.called, now, {"owner": (gem.owner, owner.called)})


def set_term(library: Library, tag_id: int, term: int | None) -> None:
    """For how many days the gems of a topic hold, from now on; None for the library's own number.

    Raises NotFound, InvalidInput.
    """
    if term is not None and not 1 <= term <= 3650:
        raise InvalidInput("A gem holds for 1 to 3650 days.", "days")
    with library.transaction() as db:
        tag = tags.get(db, tag_id)
        gem_life.set_term(db, tag.id, term)
