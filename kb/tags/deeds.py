"""Doing something to many rows in one go, so that it can be undone: renaming, merging and splitting tags, bulk work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kb.errors import Conflict
from kb.languages import N_, Count, Said
from kb.library import Library
from kb.store import bulk, changes, history
from kb.store import deeds as store
from kb.store import tags as tag_rows
from kb.store.database import Database, stamp
from kb.store.deeds import Scope
from kb.values.log import Deed

TAG_KINDS = ("rename", "edit", "merge", "split", "delete")
# After these the tags are others than before: an older deed on one of them cannot be undone under them.
_SHAPING = ("merge", "split", "delete")
BULK_KINDS = ("tag", "untag", "product", "team", "trash")

PAST = {
    "rename": "renamed", "edit": "edited", "merge": "merged", "split": "split", "delete": "deleted",
    "tag": "tagged", "untag": "untagged", "product": "moved to another product", "team": "moved to another team",
    "trash": "thrown away",
}  # fmt: skip


@dataclass(slots=True)
class Doing:
    """A deed under way: `about` is what its line in the list of deeds says."""

    about: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    total: int = 0


@contextmanager
def tag_deed(library: Library, kind: str, tag_ids: Sequence[int], who: str) -> Iterator[tuple[Database, Doing]]:
    """A transaction that changes these tags and what hangs on them, kept so that it can be undone.

    Whatever carries one of the tags before or after is noted as changed, for the search.
    """
    now = library.now()
    with library.transaction() as db:
        before = store.scopes_of_tags(db, tag_ids)
        old = store.picture(db, before)
        doing = Doing()
        yield db, doing
        # A split makes a tag: its rows are looked for under its number, too.
        ids = [*tag_ids, *doing.about.get("made", ())]
        scopes = store.scopes_of_tags(db, ids)
        new = store.same_rows(db, scopes, old)
        changed = store.difference(scopes, old, new)
        if changed:
            doing.id = store.insert(db, kind, who, now, state="done", total=doing.total, about=doing.about)
            store.keep(db, doing.id, "changes", changed)
            rows = changed.get("tags", {}).get("rows", ())
            store.concern(db, doing.id, {*ids, *(key[0] for key, _, _ in rows)})
            _note(db, changed, (old, new))


def _note(db: Database, changed: store.Difference, pictures: Sequence[store.Picture]) -> None:
    """What carries a tag is searched by its name and aliases: it changes with them."""
    names = "tag_aliases" in changed or any(old != new for old, new in _names(changed))
    for type in ("review", "gem"):
        table = f"{type}_tags"
        keys = {key for found in pictures for key in found[table]} if names else _keys(changed, table)
        changes.note(db, type, sorted({int(key[0]) for key in keys}))


def _names(changed: store.Difference) -> Iterator[tuple[str | None, str | None]]:
    """The names of the changed tags before and after; None for one that was not or is not there."""
    tags = changed.get("tags")
    if tags:
        place = tags["columns"].index("name")
        for _, old, new in tags["rows"]:
            yield old and old[place], new and new[place]


def _keys(changed: store.Difference, table: str) -> set[store.Row]:
    return {tuple(key) for key, _, _ in changed.get(table, {}).get("rows", ())}


def get(library: Library, id: int) -> Deed:
    """Raises NotFound."""
    return store.get(library.db, id)


def of_tag(library: Library, tag_id: int, limit: int = 20) -> list[Deed]:
    """What was done to a tag, the newest first."""
    return store.listed(library.db, TAG_KINDS, limit, tag_id=tag_id)


def latest(library: Library, kinds: Sequence[str] = TAG_KINDS, limit: int = 20) -> list[Deed]:
    """What was done last, the newest first."""
    return store.listed(library.db, kinds, limit)


def undo(library: Library, id: int, who: str, progress: Callable[[int], None] | None = None) -> tuple[Deed, int]:
    """Put back what a deed changed, but for what somebody changed since: the deed, and how many reviews went back.

    Raises Conflict when it was undone before, or a later deed on the same tags stands on it; NotFound.
    """
    now = library.now()
    with library.transaction() as db:
        deed = store.get(db, id)
        if deed.state != "done":
            before, never = N_("That was undone before."), N_("That was never carried out.")
            raise Conflict(before if deed.state == "undone" else never)
        if deed.kind in TAG_KINDS and (last := store.later(db, id, _SHAPING)):
            raise Conflict("Since then, %(in_words)s. Undo that first.", in_words=in_words(last))
        back = 0
        for changed in store.changes_of(db, id):
            back += _undo_piece(db, deed, changed, who, now)
            if progress:
                progress(back)
        store.mark(db, id, "undone", undone_by=who, undone_at=stamp(now))
    return get(library, id), back


def _undo_piece(db: Database, deed: Deed, changed: store.Difference, who: str, now: datetime) -> int:
    touched = store.put_back(db, changed)
    back = _note_undone(db, changed, touched)
    for key in touched.get("tags", ()):
        history.add(db, "tag", key[0], "undone", who, now, {"deed": (PAST[deed.kind], None)})
    if deed.kind in BULK_KINDS:
        history.add_many(db, "review", sorted(back), f"no longer {PAST[deed.kind]}", who, now)
    return len(back)


def _note_undone(db: Database, changed: store.Difference, touched: Mapping[str, set[store.Row]]) -> set[int]:
    """Note everything that is searched otherwise now; the reviews that were changed back."""
    concerned = {key[0] for key in touched.get("review_tags", ())}
    whole = {key[0] for key in touched.get("reviews", ())}
    bulk.bump(db, sorted(whole))
    seen = {"review": concerned | whole, "gem": {key[0] for key in touched.get("gem_tags", ())}}
    if whole:
        seen["gem"] |= set(bulk.citing_gems(db, sorted(whole)))
    for key, _, _ in changed.get("tags", {}).get("rows", ()):
        review_ids, gem_ids = tag_rows.where_used(db, key[0])
        seen["review"].update(review_ids)
        seen["gem"].update(gem_ids)
    for type, ids in seen.items():
        changes.note(db, type, sorted(ids))
    return concerned | whole


def in_words(deed: Deed) -> str:
    """One line: what was done. `Ada merged privacy into GDPR`."""
    about = deed.about
    match deed.kind:
        case "merge":
            return Said("%(who)s merged %(tag)s into %(into)s", who=deed.who, tag=about["tag"], into=about["into"])
        case "split":
            return Said("%(who)s split %(new)s off %(tag)s", who=deed.who, new=about["new"], tag=about["tag"])
        case "delete":
            return Said("%(who)s deleted %(tag)s", who=deed.who, tag=about["tag"])
        case "rename":
            return Said("%(who)s renamed %(tag)s to %(name)s", who=deed.who, tag=about["tag"], name=about["name"])
        case "edit":
            return Said("%(who)s edited %(tag)s", who=deed.who, tag=about["tag"])
    return _of_reviews(deed.kind, deed.total, who=deed.who, total=Count(deed.total), value=about.get("value", ""))


def _of_reviews(kind: str, num: int, **values: object) -> str:
    """What was done to so many reviews in one go."""
    match kind:
        case "tag":
            return Said.several(
                "%(value)s put on %(total)s review by %(who)s",
                "%(value)s put on %(total)s reviews by %(who)s",
                num,
                **values,
            )
        case "untag":
            return Said.several(
                "%(value)s taken off %(total)s review by %(who)s",
                "%(value)s taken off %(total)s reviews by %(who)s",
                num,
                **values,
            )
        case "trash":
            return Said.several(
                "%(total)s review thrown away by %(who)s",
                "%(total)s reviews thrown away by %(who)s",
                num,
                **values,
            )
        case "product":
            return Said.several(
                "product of %(total)s review set to “%(value)s” by %(who)s",
                "product of %(total)s reviews set to “%(value)s” by %(who)s",
                num,
                **values,
            )
        case _:
            return Said.several(
                "team of %(total)s review set to “%(value)s” by %(who)s",
                "team of %(total)s reviews set to “%(value)s” by %(who)s",
                num,
                **values,
            )


__all__ = ["BULK_KINDS", "TAG_KINDS", "Doing", "Scope", "get", "in_words", "latest", "of_tag", "tag_deed", "undo"]
