"""Topics under topics: what a parent gathers, the tree of all of them, and those that a few letters find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.models import Tag
from kb.search.folding import fold


@dataclass(frozen=True, slots=True)
class Branch:
    """A topic in the tree, with those under it; `meant` is false for one that only leads to what was looked for."""

    tag: Tag
    under: tuple[Branch, ...] = ()
    meant: bool = True

    def names(self) -> Iterator[str]:
        """What it and all under it are called, for finding it as somebody types."""
        yield self.tag.name
        yield from self.tag.aliases
        for branch in self.under:
            yield from branch.names()


def of(tag_id: int, everything: Sequence[Tag]) -> list[Tag]:
    """The topic and all that stand under it, at any depth: what its page gathers. The topic itself comes first."""
    children: dict[int, list[Tag]] = {}
    for tag in everything:
        if tag.parent_id is not None:
            children.setdefault(tag.parent_id, []).append(tag)
    found = [tag for tag in everything if tag.id == tag_id]
    for tag in found:
        found.extend(child for child in children.get(tag.id, ()) if child not in found)
    return found


def above(tag: Tag, everything: Sequence[Tag]) -> list[Tag]:
    """The way down to a topic: its parent's parent, its parent."""
    by_id = {one.id: one for one in everything}
    way: list[Tag] = []
    at = tag
    while at.parent_id in by_id and by_id[at.parent_id] not in way:
        at = by_id[at.parent_id]
        way.insert(0, at)
    return way


def matching(everything: Sequence[Tag], typed: str) -> list[Tag]:
    """The topics that have the typed letters in a name or alias, accents and case aside; all of them for none."""
    wanted = fold(typed.strip())
    return [tag for tag in everything if any(wanted in fold(name) for name in (tag.name, *tag.aliases))]


def tree(everything: Sequence[Tag], meant: Sequence[Tag]) -> list[Branch]:
    """The topics that are meant, under those that they stand under."""
    wanted = {tag.id for tag in meant}
    ids = {tag.id for tag in everything}
    children: dict[int | None, list[Tag]] = {}
    for tag in everything:
        children.setdefault(tag.parent_id if tag.parent_id in ids else None, []).append(tag)

    def branches(parent: int | None) -> Iterator[Branch]:
        for tag in children.get(parent, ()):
            under = tuple(branches(tag.id))
            if under or tag.id in wanted:
                yield Branch(tag, under, tag.id in wanted)

    return list(branches(None))
