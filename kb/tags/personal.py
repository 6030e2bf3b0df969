"""Topics are seen by everybody; so, in a library that is blameless, none is called like somebody whose work is reviewed.

Such a name is refused where it is written and left out where it is brought in, which the run's report says. A topic that
was there before the first review of its namesake is a curator's to rename or delete: kb says that it is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from kb.errors import InvalidInput
from kb.library import Library
from kb.models import Draft, GemDraft, Kind, Tag, TagDraft
from kb.privacy import is_blameless
from kb.store import tags
from kb.store.database import Database
from kb.words import name_key

_NAMED = 8  # in a sentence


def there(library: Library) -> list[Tag]:
    """The topics whose name, or another name, is that of somebody whose work is reviewed."""
    if not is_blameless(library.settings):
        return []
    people = tags.people(library.db)
    ids = set(tags.find(library.db, people).values()) if people else ()
    return [tags.get(library.db, id) for id in sorted(ids)[:_NAMED]]


def check(library: Library, db: Database, names: Iterable[str], field: str) -> None:
    """Raises InvalidInput when one of these would be a new topic, called like somebody whose work is reviewed."""
    for name in fresh_people(library, db, names).values():
        raise InvalidInput(
            "%(name)s is the name of somebody whose work is reviewed here, and topics are seen by everybody."
            " Choose a word for what it is about.",
            field,
            name=repr(" ".join(name.split())),
        )


def fresh_people(library: Library, db: Database, names: Iterable[str], drafts: Iterable[Draft] = ()) -> dict[str, str]:
    """Of these names, by key, those that are no topic yet but somebody's whose work is reviewed, here or in `drafts`."""
    if not is_blameless(library.settings):
        return {}
    wanted: dict[str, str] = {}
    for name in filter(None, names):  # a topic may have no parent, a review no owner
        wanted.setdefault(name_key(name), name)  # as it is written first
    fresh = wanted.keys() - tags.find(db, wanted).keys() if wanted else set()
    if not fresh:
        return {}
    coming = {name_key(name) for draft in drafts for name in _people(draft)}
    return {key: wanted[key] for key in sorted(fresh & (coming | tags.people(db)))}


def _people(draft: Draft) -> tuple[str, ...]:
    return (draft.reviewee, draft.reviewer) if draft.kind is Kind.SELF else (draft.reviewee,)


def names_of(drafts: Iterable[Draft], gems: Iterable[GemDraft], topics: Iterable[TagDraft]) -> list[str]:
    """All names of topics that come with these."""
    all_gems = [*gems, *(gem for draft in drafts for gem in draft.gems)]
    found = [name for draft in drafts for name in draft.tags]
    found += [name for gem in all_gems for name in gem.tags or ()]
    return found + [name for topic in topics for name in (topic.name, *topic.aliases, topic.parent)]


def without(names: Iterable[str], keys: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name_key(name) not in keys)


def gem_without(gem: GemDraft, keys: Collection[str]) -> GemDraft:
    return replace(gem, tags=without(gem.tags, keys)) if gem.tags else gem


def draft_without(draft: Draft, keys: Collection[str]) -> Draft:
    gems = tuple(gem_without(gem, keys) for gem in draft.gems)
    return replace(draft, tags=without(draft.tags, keys), gems=gems)


def topics_without(topics: Iterable[TagDraft], keys: Collection[str]) -> list[TagDraft]:
    return [
        replace(
            topic, aliases=without(topic.aliases, keys), parent="" if name_key(topic.parent) in keys else topic.parent
        )
        for topic in topics
        if name_key(topic.name) not in keys
    ]


def sentence(library: Library, left_out: Collection[str]) -> str:
    """What a run's report says of such topics; "" when there is nothing to say."""
    said = [left_out_sentence(left_out)] if left_out else []
    if known := there(library):
        names = _list([tag.name for tag in known])
        said.append(
            f"Called like somebody whose work is reviewed, and seen by everybody: {names}. Rename or delete them."
        )
    return " ".join(said)


def left_out_sentence(names: Collection[str]) -> str:
    """Says which names did not become topics; "" when there are none."""
    if not names:
        return ""
    return f"Left out as topics, since they are names of people whose work is reviewed: {_list(sorted(names))}."


def _list(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
