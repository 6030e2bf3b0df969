"""Making one tag of two, two of one, or none: merge, split, delete. Each can be undone (kb/tags/deeds.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.errors import Conflict, InvalidInput
from kb.library import Library
from kb.models import Tag
from kb.store import bulk, history, tags
from kb.store.database import Database
from kb.tags import deeds, personal
from kb.tags.tags import check_name
from kb.trails import gaps
from kb.words import name_key


@dataclass(frozen=True, slots=True)
class Outlook:
    """What deleting a tag would do: how many reviews and gems carry it, how many of the reviews no other tag, and the
    tags under it."""

    tag: Tag
    left_untagged: int
    below: tuple[str, ...]


def merge(library: Library, id: int, into: int, who: str) -> Tag:
    """Move everything of one tag to another: its name becomes an alias, its number leads there.

    Raises NotFound, InvalidInput, Conflict when it was merged meanwhile. `deeds.undo` gives the library back as it was.
    """
    gone, kept = tags.itself(library.db, id), tags.get(library.db, into)
    now = library.now()
    with deeds.tag_deed(library, "merge", [gone.id, kept.id], who) as (db, doing):
        gone, kept = tags.itself(db, gone.id), tags.get(db, kept.id)
        if gone.id == kept.id:
            raise InvalidInput("A topic cannot be merged with itself.", "into")
        doing.about = {"tag": gone.name, "into": kept.name, "tag_id": kept.id}
        doing.total = gone.reviews
        _lift_out_of(db, gone, kept)
        tags.lead_over(db, gone.id, kept.id)
        tags.remove(db, gone.id)
        tags.add_alias(db, kept.id, gone.name)
        tags.redirect(db, gone.id, kept.id)
        history.add(db, "tag", kept.id, "merged", who, now, {"tag": (gone.name, kept.name)})
    return tags.get(library.db, kept.id)


def _lift_out_of(db: Database, gone: Tag, kept: Tag) -> None:
    """A tag that stands somewhere under the one that goes moves up to where that one stood, so that no ring is made."""
    tree = tags.parents(db)
    above = tree[kept.id]
    while above is not None and above != gone.id:
        above = tree[above]
    if above == gone.id:
        tags.define(db, kept.id, kept.definition, gone.parent_id)


def split(
    library: Library, id: int, name: str, review_ids: Sequence[int], who: str, gem_ids: Sequence[int] = ()
) -> Tag:
    """Make a new tag of some of a tag's reviews and gems: they carry the new one instead; others named are left alone.

    Raises Conflict when the name is taken, InvalidInput when none of them carries the tag, NotFound.
    """
    check_name(name)
    tag = tags.itself(library.db, id)
    now = library.now()
    with deeds.tag_deed(library, "split", [tag.id], who) as (db, doing):
        tag = tags.itself(db, tag.id)
        there = tags.find(db, [name]).get(name_key(name))
        if there is not None:
            raise Conflict(
                "There is a topic %(name)s already that is called %(name2)s.",
                name=repr(tags.get(db, there).name),
                name2=repr(name),
            )
        personal.check(library, db, [name], "name")
        new = tags.insert(db, name, now)
        moved = tags.move_some(db, tag.id, new, review_ids, gem_ids)
        if not moved:
            raise InvalidInput(
                "None of them carries %(name)s, so there is nothing to split off.", "reviews", name=repr(tag.name)
            )
        tags.define(db, new, "", tag.parent_id)
        doing.about = {"tag": tag.name, "new": name, "made": [new], "tag_id": new}
        doing.total = moved
        history.add(db, "tag", tag.id, "split", who, now, {"tag": (tag.name, f"{tag.name}, {name}")})
        history.add(db, "tag", new, "split off", who, now, {"tag": (tag.name, name)})
    return tags.get(library.db, new)


def outlook(library: Library, id: int) -> Outlook:
    """What deleting this tag would do. Raises NotFound."""
    tag = tags.get(library.db, id)
    below = tuple(other.name for other in tags.all_tags(library.db) if other.parent_id == tag.id)
    return Outlook(tag, bulk.only_tagged(library.db, tag.id), below)


def delete(library: Library, id: int, who: str) -> int:
    """Take a tag off everything and out of the list: the number of the deed, to undo it. Its reviews and gems stay;
    tags under it move up. Raises NotFound, Conflict when it was merged meanwhile."""
    tag = tags.itself(library.db, id)
    now = library.now()
    with deeds.tag_deed(library, "delete", [tag.id], who) as (db, doing):
        tag = tags.itself(db, tag.id)
        doing.about, doing.total = {"tag": tag.name}, tag.reviews
        tags.let_go(db, tag.id)
        tags.remove(db, tag.id)
        history.add(db, "tag", tag.id, "deleted", who, now, {"tag": (tag.name, None)})
        gaps.tell(db, "topic", [tag.id], who, now, tag.name)
    return doing.id
