"""Tags: on reviews, in the list, what they are called and stand for. Merging and the like: kb/tags/merging.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Tag, TagDraft, TagRef
from kb.store import changes, history, members, reviews, tags
from kb.store.database import Database
from kb.tags import deeds, personal
from kb.values.log import Change
from kb.words import name_key

LONGEST = 80
MOST_AT_ONCE = 100  # that are put on a review: what nobody types would keep others from saving


def listed(library: Library) -> list[Tag]:
    """All tags with their counts, in the order of their names."""
    return tags.all_tags(library.db)


def get(library: Library, id: int) -> Tag:
    """Raises NotFound. A merged tag's number finds the one it went into."""
    return tags.get(library.db, id)


def past(library: Library, id: int) -> list[Change]:
    """Who changed what, newest first."""
    return history.of(library.db, "tag", id)


def named(library: Library, name: str) -> Tag:
    """The tag of that name or alias. Raises NotFound, with the nearest names."""
    found = tags.find(library.db, [name])
    if name_key(name) not in found:
        wanted = repr(name[:LONGEST])
        if near := ", ".join(tag.name for tag in complete(library, name[:3], limit=5)):
            raise NotFound("There is no topic %(name)s. Near it: %(near)s.", name=wanted, near=near)
        raise NotFound("There is no topic %(name)s.", name=wanted)
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
        personal.check(library, db, [name], "name")
        tag_id = next(iter(tags.ensure(db, [name], now).values()))
        tags.unrefuse(db, review_id, tag_id)
        tags.put_on_reviews(db, [(review_id, tag_id, "suggestion" if suggested else "member")])
        tag = tags.get(db, tag_id)
        history.add(db, "review", review_id, "tagged", who, now, {"tag": (None, tag.name)})
        changes.note(db, "review", [review_id])
    return TagRef(tag.id, tag.name)


def add_several_to_review(
    library: Library, review_id: int, names: Sequence[str], who: str, *, suggested: bool = False
) -> None:
    """Put several tags on a review in one go. Those whose names cannot be are left out, and the first of them is said.
    Raises InvalidInput, NotFound."""
    if len(names) > MOST_AT_ONCE:
        raise InvalidInput(
            "These are %(count)s topics; at most %(most)s are added in one go.",
            "name",
            count=len(names),
            most=MOST_AT_ONCE,
        )
    refused: InvalidInput | None = None
    with library.transaction():
        for name in names:
            try:
                add_to_review(library, review_id, name, who, suggested=suggested)
            except InvalidInput as error:  # raised before anything is written
                refused = refused or error
    if refused is not None:
        raise refused


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


def check_name(name: str, field: str = "name") -> None:
    """Raises InvalidInput, with the field, when that cannot be what a tag is called."""
    if not name_key(name):
        raise InvalidInput("A topic needs a name.", field)
    if len(name) > LONGEST:
        raise InvalidInput(
            "The name %(name)s… has %(count)s characters; a topic's has at most %(longest)s.",
            field,
            name=repr(name[:30]),
            count=len(name),
            longest=LONGEST,
        )
    if any(ord(letter) < 32 for letter in name) or ";" in name:
        raise InvalidInput("A topic's name is one line, without a semicolon.", field)


def fingerprint(tag: Tag) -> str:
    """Names what a tag says just now, so that an edit can tell whether somebody else saved another meanwhile."""
    said = [tag.name, tag.definition, list(tag.aliases), tag.parent_name, tag.owner_id]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def rename(library: Library, id: int, name: str, who: str) -> Tag:
    """Another name; the old one becomes an alias. Raises Conflict when another tag has that name or alias (merge them
    then), InvalidInput, NotFound."""
    return edit(library, id, who=who, name=name)


def edit(
    library: Library,
    id: int,
    *,
    who: str,
    name: str | None = None,
    definition: str | None = None,
    aliases: Sequence[str] | None = None,
    parent: str | None = None,
    owner: str | None = None,
    seen: str = "",
) -> Tag:
    """Change what is given of a tag; what is not stays. `parent` is a tag's name, `owner` a member's address, "" for none.

    `seen` is the `fingerprint` that the edit began from. Raises Conflict when somebody saved another meanwhile or a name
    is another tag's, InvalidInput with the field, NotFound. All or nothing.
    """
    tag = tags.get(library.db, id)
    kind = "edit" if name is None or name_key(name) == name_key(tag.name) else "rename"
    with deeds.tag_deed(library, kind, [tag.id], who) as (db, doing):
        tag = tags.get(db, tag.id)
        if seen and seen != fingerprint(tag):
            raise Conflict(
                "Somebody else saved this topic while you were writing. Compare what you wrote with theirs, and save again."
            )
        new_name = " ".join(name.split()) if name is not None else tag.name
        doing.about = {"tag": tag.name, "name": new_name}
        personal.check(library, db, [new_name], "name")
        personal.check(library, db, aliases or (), "aliases")
        _set_names(db, tag, new_name, tag.aliases if aliases is None else aliases)
        parent_id = tag.parent_id if parent is None else _parent(db, tag, parent)
        tags.define(db, tag.id, tag.definition if definition is None else definition.strip(), parent_id)
        if owner is not None:
            tags.set_owner(db, tag.id, _owner(db, owner))
        _note_edit(db, tag, tags.get(db, tag.id), who, library.now())
    return get(library, id)


def _note_edit(db: Database, before: Tag, after: Tag, who: str, now: datetime) -> None:
    fields = {
        field: (getattr(before, field), getattr(after, field))
        for field in ("name", "definition", "aliases", "parent_name", "owner_name")
        if getattr(before, field) != getattr(after, field)
    }
    if fields:
        action = "renamed" if set(fields) <= {"name", "aliases"} else "edited"
        history.add(db, "tag", after.id, action, who, now, fields)


def _set_names(db: Database, tag: Tag, name: str, aliases: Sequence[str]) -> None:
    """The name and what else a tag is called. An own alias that becomes the name is none any more; an old name is one."""
    check_name(name)
    if name_key(tag.name) != name_key(name):
        aliases = (*aliases, tag.name)
    wanted = {name_key(alias): " ".join(alias.split()) for alias in aliases}
    wanted = {key: alias for key, alias in wanted.items() if key not in ("", name_key(name))}
    for field, called in (("name", name), *(("aliases", alias) for alias in wanted.values())):
        check_name(called, field)
        there = tags.find(db, [called]).get(name_key(called))
        if there not in (None, tag.id):
            raise NameTaken(
                "There is a topic %(name)s already that is called %(called)s. Merge the two instead.",
                field,
                name=repr(tags.get(db, there or 0).name),
                called=repr(called),
            )
    tags.set_aliases(db, tag.id, wanted.values())
    if name != tag.name:
        tags.rename(db, tag.id, name)


class NameTaken(Conflict):
    """Another tag has that name or alias. `field` says in which box it was written."""

    def __init__(self, message: str, field: str, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


def _owner(db: Database, email: str) -> int | None:
    if not email.strip():
        return None
    found = members.by_email(db, email.strip().lower())
    if found is None or not found.active:
        raise InvalidInput(
            "%(strip)s is nobody's address here. Write a member's, or nothing.", "owner", strip=repr(email.strip())
        )
    return found.id


def _parent(db: Database, tag: Tag, name: str) -> int | None:
    if not name.strip():
        return None
    parent_id = tags.find(db, [name]).get(name_key(name))
    if parent_id is None:
        raise InvalidInput(
            "There is no topic %(strip)s to put %(name)s under.",
            "parent",
            strip=repr(name.strip()),
            name=repr(tag.name),
        )
    above: int | None = parent_id
    tree = tags.parents(db)
    while above is not None:
        if above == tag.id:
            raise InvalidInput(
                "%(name)s cannot stand under %(name2)s, which stands under it.",
                "parent",
                name=repr(tag.name),
                name2=repr(name),
            )
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


def _touch(db: Database, tag_id: int) -> None:
    """What carries a tag is searched by its name and aliases: it changes with it."""
    review_ids, gem_ids = tags.where_used(db, tag_id)
    changes.note(db, "review", review_ids)
    changes.note(db, "gem", gem_ids)
