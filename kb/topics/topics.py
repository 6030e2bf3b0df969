"""One topic: what is around it, who knows about it, following it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.library import Library
from kb.models import Member, Tag
from kb.store import mine, tags, topics

_NEWEST = 2000  # of a topic's reviews, those that say what it goes together with
_MOST_BESIDE = 30
_MOST_PEOPLE = 8


def beside(
    library: Library, tag: Tag, everything: Sequence[Tag], without: Sequence[Tag], limit: int
) -> list[tuple[Tag, int]]:
    """The topics that stand on the same reviews and gems, on how many, the commonest first."""
    known = {one.id: one for one in everything}
    left_out = {one.id for one in without}
    found = topics.beside(library.db, tag.id, _NEWEST, _MOST_BESIDE)
    return [(known[id], count) for id, count in found if id in known and id not in left_out][:limit]


def published_gems(library: Library) -> dict[int, int]:
    """How many gems a reader finds on each topic's own page. `Tag.gems` counts those that wait for a curator, too."""
    return topics.published_gems(library.db)


def people(library: Library, tag_ids: Sequence[int]) -> list[tuple[str, int]]:
    """Who knows about it: (name, on how many of its gems), only of those who agreed to be named."""
    return topics.knowing(library.db, tag_ids, _MOST_PEOPLE)


def followed(library: Library, member: Member) -> set[int]:
    """The topics that this member follows; nobody else is told."""
    return mine.follows(library.db, member.id)


def follow(library: Library, tag_id: int, member: Member, *, on: bool = True) -> Tag:
    """Follow a topic, or no longer; either twice is once. Raises NotFound."""
    with library.transaction() as db:
        tag = tags.get(db, tag_id)
        mine.set_follow(db, member.id, tag.id, on=on)
    return tag
