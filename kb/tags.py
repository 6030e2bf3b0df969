"""Tags: on reviews, in the list, renamed and merged."""

from __future__ import annotations

from collections.abc import Sequence

from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Tag, TagDraft, TagRef
from kb.store import changes, history, reviews, tags
from kb.store.database import Database
from kb.words import name_key

LONGEST = 80


def listed(library: Library) -> list[Tag]:
    """All tags with their counts, in the order of their names."""
    return tags.all_tags(library.db)


def get(library: Library, id: int) -> Tag:
    """Raises NotFound. A merged tag's number finds the one it went into."""
    return tags.get(library.db, id)


def named(library: Library, name: str) -> Tag:
    """The tag of that name or alias. Raises NotFound, with the nearest names."""
    found = tags.find(library.db, [name])
    if name_key(name) not in found:
        near = ", ".join(tag.name for tag in complete(library, name[:3], limit=5))
        raise NotFound(f"There is no tag {name!r}." + (f" Near it: {near}." if near else ""))
    return get(library, found[name_key(name)])


def complete(library: Library, typed: str, limit: int = 8) -> list[Tag]:
    """Type-ahead over names and aliases: those that begin so first, then those with a word that does, by use."""
    wanted = name_key(typed)

    def rank(tag: Tag) -> int | None:
        keys = [name_key(name) for name in (tag.name, *tag.aliases)]
        if any(key.startswith(wanted) for key in keys):
            return 0
        return 1 if any(wanted in key for key in keys) else None

    ranked = [(rank(tag), -tag.reviews, tag.name, tag) for tag in tags.all_tags(library.db)]
    return [tag for place, _, _, tag in sorted(r for r in ranked if r[0] is not None)][:limit]


def add_to_review(library: Library, review_id: int, name: str, who: str, *, suggested: bool = False) -> TagRef:
    """Put a tag on a review, making it when there is none of that name or alias. Raises InvalidInput, NotFound."""
    check_name(name)
    now = library.now()
    with library.transaction() as db:
        reviews.get(db, review_id)
        tag_id = next(iter(tags.ensure(db, [name], now).values()))
        tags.unrefuse(db, review_id, tag_id)
        tags.put_on_reviews(db, [(review_id, tag_id, "suggestion" if suggested else "member")])
        tag = tags.get(db, tag_id)
        history.add(db, "review", review_id, "tagged", who, now, {"tag": (None, tag.name)})
        changes.note(db, "review", [review_id])
    return TagRef(tag.id, tag.name)


def take_from_review(library: Library, review_id: int, tag_id: int, who: str) -> None:
    """Take a tag off a review. Nothing happens when it is not on."""
    now = library.now()
    with library.transaction() as db:
        tag = tags.get(db, tag_id)
        if tags.take_off_review(db, review_id, tag.id):
            history.add(db, "review", review_id, "untagged", who, now, {"tag": (tag.name, None)})
            changes.note(db, "review", [review_id])


def refuse(library: Library, review_id: int, tag_id: int) -> None:
    """Do not suggest this tag on this review again."""
    with library.transaction() as db:
        reviews.get(db, review_id)
        tags.get(db, tag_id)
        tags.refuse(db, review_id, tag_id)


def unrefuse(library: Library, review_id: int, tag_id: int) -> None:
    """Undo `refuse`."""
    with library.transaction() as db:
        tags.unrefuse(db, review_id, tag_id)


def check_name(name: str) -> None:
    if not name_key(name):
        raise InvalidInput("A tag needs a name.", "name")
    if len(name) > LONGEST:
        raise InvalidInput(
            f"The name {name[:30]!r}… has {len(name)} characters; a tag's has at most {LONGEST}.", "name"
        )
    if any(ord(letter) < 32 for letter in name) or ";" in name:
        raise InvalidInput("A tag's name is one line, without a semicolon.", "name")


def rename(library: Library, id: int, name: str, who: str) -> Tag:
    """Raises Conflict when another tag has that name or alias (merge them then), InvalidInput, NotFound."""
    check_name(name)
    now = library.now()
    with library.transaction() as db:
        tag = tags.get(db, id)
        there = tags.find(db, [name]).get(name_key(name))
        if there is not None and there != tag.id:
            raise Conflict(f"There is a tag {tags.get(db, there).name!r} already. Merge the two instead.")
        # An own alias that becomes the name is no alias any more; the old name becomes one.
        aliases = [alias for alias in tag.aliases if name_key(alias) != name_key(name)]
        if name_key(tag.name) != name_key(name):
            aliases.append(tag.name)
        tags.set_aliases(db, tag.id, aliases)
        tags.rename(db, tag.id, name)
        history.add(db, "tag", tag.id, "renamed", who, now, {"name": (tag.name, name)})
        _touch(db, tag.id)
    return get(library, id)


def define(library: Library, id: int, *, definition: str, aliases: Sequence[str], parent: str, who: str) -> Tag:
    """Set a tag's definition, aliases and parent ("" for none). Raises Conflict, InvalidInput, NotFound."""
    now = library.now()
    with library.transaction() as db:
        tag = tags.get(db, id)
        wanted = [alias for alias in dict.fromkeys(aliases) if name_key(alias) not in ("", name_key(tag.name))]
        for alias in wanted:
            check_name(alias)
            there = tags.find(db, [alias]).get(name_key(alias))
            if there not in (None, tag.id):
                raise Conflict(
                    f"{alias!r} is already the tag {tags.get(db, there or 0).name!r}. Merge the two instead."
                )
        parent_id = _parent(db, tag, parent)
        tags.set_aliases(db, tag.id, wanted)
        tags.define(db, tag.id, definition.strip(), parent_id)
        after = tags.get(db, tag.id)
        fields = {
            name: (getattr(tag, name), getattr(after, name))
            for name in ("definition", "aliases", "parent_name")
            if getattr(tag, name) != getattr(after, name)
        }
        if fields:
            history.add(db, "tag", tag.id, "edited", who, now, fields)
            _touch(db, tag.id)
    return get(library, id)


def _parent(db: Database, tag: Tag, name: str) -> int | None:
    if not name.strip():
        return None
    parent_id = tags.find(db, [name]).get(name_key(name))
    if parent_id is None:
        raise NotFound(f"There is no tag {name!r} to put {tag.name!r} under.")
    above: int | None = parent_id
    tree = tags.parents(db)
    while above is not None:
        if above == tag.id:
            raise InvalidInput(f"{tag.name!r} cannot stand under {name!r}, which stands under it.", "parent")
        above = tree[above]
    return parent_id


def bring_in(library: Library, drafts: Sequence[TagDraft], who: str) -> tuple[int, int]:
    """Take tags from an ingest: (added, updated). What is there is completed, never emptied.

    An alias that is another tag's is left with that tag.
    """
    added = updated = 0
    now = library.now()
    with library.transaction() as db:
        for draft in drafts:
            known = name_key(draft.name) in tags.find(db, [draft.name])
            tag = tags.get(db, next(iter(tags.ensure(db, [draft.name], now).values())))
            free = [a for a in draft.aliases if tags.find(db, [a]).get(name_key(a)) in (None, tag.id)]
            tags.set_aliases(db, tag.id, [a for a in (*tag.aliases, *free) if name_key(a) != name_key(tag.name)])
            tags.define(db, tag.id, draft.definition or tag.definition, tag.parent_id)
            after = tags.get(db, tag.id)
            added += not known
            if known and (after.definition, after.aliases) != (tag.definition, tag.aliases):
                updated += 1
                history.add(db, "tag", tag.id, "edited", who, now)
                _touch(db, tag.id)
        for draft in drafts:
            if draft.parent:
                tag_id = tags.find(db, [draft.name])[name_key(draft.name)]
                parent_id = next(iter(tags.ensure(db, [draft.parent], now).values()))
                tag = tags.get(db, tag_id)
                if parent_id != tag.parent_id and not _is_above(db, tag_id, parent_id):
                    tags.define(db, tag_id, tag.definition, parent_id)
    return added, updated


def _is_above(db: Database, upper: int, lower: int) -> bool:
    tree = tags.parents(db)
    at: int | None = lower
    while at is not None and at != upper:
        at = tree[at]
    return at == upper


def merge(library: Library, id: int, into: int, who: str) -> Tag:
    """Move everything of one tag to another and make its name an alias. Raises NotFound, InvalidInput."""
    now = library.now()
    with library.transaction() as db:
        gone, kept = tags.get(db, id), tags.get(db, into)
        if gone.id == kept.id:
            raise InvalidInput("A tag cannot be merged with itself.", "into")
        _touch(db, gone.id)
        tags.merge(db, gone.id, kept.id)
        history.add(db, "tag", kept.id, "merged", who, now, {"tag": (gone.name, kept.name)})
        _touch(db, kept.id)
    return get(library, into)


def _touch(db: Database, tag_id: int) -> None:
    """What carries a tag is searched by its name and aliases: it changes with it."""
    review_ids, gem_ids = tags.where_used(db, tag_id)
    changes.note(db, "review", review_ids)
    changes.note(db, "gem", gem_ids)
