"""Bookmarks with private notes."""

from __future__ import annotations

from kb.errors import InvalidInput
from kb.languages import Count
from kb.library import Library
from kb.mine import things
from kb.models import Member
from kb.store import mine
from kb.values.mine import Thing

LONGEST_NOTE = 2000


def of(library: Library, member: Member, type: str, id: int) -> str | None:
    """This member's note on a gem or review, "" for a bookmark without one; None where they have no bookmark."""
    return mine.bookmark(library.db, member.id, type, id)


def keep(
    library: Library, member: Member, type: str, id: int, *, note: str | None = None, unmasked: bool = False
) -> None:
    """Keep a bookmark with this note; without one the note stays as it was, also of a bookmark that was taken away.

    Raises NotFound when there is no such thing for this member, InvalidInput when the note is too long.
    """
    if note is not None and len(note := note.strip()) > LONGEST_NOTE:
        raise InvalidInput(
            "The note has %(count)s characters; at most %(longest_note)s can be kept.",
            "note",
            count=Count(len(note)),
            longest_note=Count(LONGEST_NOTE),
        )
    things.check(library, type, id, unmasked=unmasked)
    with library.transaction() as db:
        mine.put_bookmark(db, member.id, type, id, note, library.now())


def drop(library: Library, member: Member, type: str, id: int) -> None:
    """Take a bookmark away. Until the next one is, `keep` brings it back with its note."""
    with library.transaction() as db:
        mine.drop_bookmark(db, member.id, type, id, library.now())


def listed(
    library: Library, member: Member, *, unmasked: bool, limit: int = 25, offset: int = 0
) -> tuple[list[Thing], int]:
    """A page of this member's bookmarks, the newest first, and how many there are."""
    rows, total = mine.bookmarks(library.db, member.id, limit, offset)
    found = [Thing(type, id, at, note=note) for type, id, at, note in rows]
    return things.shown(library, found, unmasked=unmasked), total
