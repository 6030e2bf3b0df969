"""Saved searches: a member's own, with a word when something new is in them. Nobody else sees that they are there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from kb import privacy
from kb.errors import InvalidInput, SearchIndexError
from kb.finding import finding, hits
from kb.finding.hits import FoundHit
from kb.library import Library
from kb.models import Member, Role
from kb.search.base import WITHOUT, Hit
from kb.store import changes, notices
from kb.store import saved_searches as store
from kb.values.search import Fresh, Saved

LONGEST = 80
MOST = 50
TOLD_EVERY = timedelta(hours=24)
_SHOWN = 5  # new finds under each search of the list
_DEEP = 200  # of the newest finds of a search
_KEPT = 50
_BATCH = 200
_BY = "kb"


def save(
    library: Library,
    member: Member,
    name: str,
    question: str,
    *,
    filters: Mapping[str, tuple[str, ...]],
    sort: str = "relevance",
    alert: bool = True,
) -> Saved:
    """Keep a search under a name (its own words, if none is given). Raises InvalidInput, also where
    the member has it already."""
    values = [f"-{value}" if field.startswith(WITHOUT) else value for field in filters for value in filters[field]]
    words = " ".join([question, *dict.fromkeys(values)])
    name = _checked(name or " ".join(words.split())[:LONGEST].strip())
    with library.transaction() as db:
        mine = store.of_member(db, member.id)
        for one in mine:
            if (one.question, dict(one.filters), one.sort) == (question, dict(filters), sort):
                raise InvalidInput("You saved this search already, as “%(name)s”.", "name", name=one.name)
        if len(mine) >= MOST:
            raise InvalidInput(
                "You have %(most)s saved searches; that is as many as fit. Take one out first.", "name", most=MOST
            )
        # What is there already is nothing new.
        new = Saved(0, member.id, name, question, filters, sort, alert, seen=changes.latest(db))
        id = store.insert(db, new, library.now())
    return store.get(library.db, id, member.id)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("Give the search a name.", "name")
    if len(name) > LONGEST:
        raise InvalidInput(
            "The name has %(count)s characters; at most %(longest)s fit.", "name", count=len(name), longest=LONGEST
        )
    return name


def listed(library: Library, member: Member) -> list[tuple[Saved, list[FoundHit]]]:
    """A member's searches by name, each with some of what is new in it since they looked last."""
    found = store.of_member(library.db, member.id)
    wanted = list(dict.fromkeys((one.type, one.id) for saved in found for one in saved.fresh[:_SHOWN]))
    unmasked = privacy.sees_scores(library.settings, member.role)
    shown = hits.shown(library, [Hit(type, id, 0.0) for type, id in wanted], None, unmasked=unmasked)
    by_key = {(hit.type, hit.id): hit for hit in shown if hit.type == "review" or hit.status == "published"}
    return [
        (saved, [by_key[one.type, one.id] for one in saved.fresh[:_SHOWN] if (one.type, one.id) in by_key])
        for saved in found
    ]


def of_member(library: Library, member: Member) -> list[Saved]:
    """A member's searches by name."""
    return store.of_member(library.db, member.id)


def get(library: Library, id: int, member: Member) -> Saved:
    """Raises NotFound, also for somebody else's."""
    return store.get(library.db, id, member.id)


def look(library: Library, id: int, member: Member) -> Saved:
    """Open one's search: from now on, what is there is not new any more. Gives it as it was. Raises NotFound."""
    with library.transaction() as db:
        saved = store.get(db, id, member.id)
        store.change(db, id, looked_at=library.now())
        store.set_fresh(db, id, (), saved.seen)
        store.forget_notices(db, id)
    return saved


def change(library: Library, id: int, member: Member, *, name: str, alert: bool) -> Saved:
    """Another name, and whether to be told; gives it as it was. Raises NotFound, InvalidInput."""
    name = _checked(name)
    with library.transaction() as db:
        before = store.get(db, id, member.id)
        store.change(db, id, name=name, alert=int(alert))
    return before


def remove(library: Library, id: int, member: Member, *, back: bool = False) -> Saved:
    """Take one's search out; `back` undoes that. Raises NotFound."""
    with library.transaction() as db:
        store.get(db, id, member.id)
        store.change(db, id, trashed_at=None if back else library.now())
        if not back:
            store.forget_notices(db, id)
    return store.get(library.db, id, member.id)


# -- What is new -----------------------------------------------------------------------------------------------------


def catch_up(library: Library, *, limit_seconds: float | None = None) -> int:
    """Look what is new in each saved search since it was last looked through, and tell those who want to be told, each at
    most once a day. One search each, and only of those that something changed for; with `limit_seconds` the rest waits for
    the next time. Gives how many were told. Raises LibraryError."""
    try:
        there = min(changes.latest(library.db), library.engine.watermark())
    except SearchIndexError:
        return 0
    if not store.behind(library.db, there, 1) and not store.to_tell(library.db, library.now() - TOLD_EVERY, 1):
        return 0
    with library.alone("saved") as alone:
        if not alone:
            return 0
        try:
            _look_through(library, there, limit_seconds)
            return _tell(library)
        except SearchIndexError:
            return 0  # the next time does it


def _look_through(library: Library, there: int, limit_seconds: float | None) -> None:
    began = time.monotonic()
    changed: dict[int, dict[str, set[int]]] = {}
    while rows := store.behind(library.db, there, _BATCH):
        found = []
        for saved, role in rows:
            if limit_seconds is not None and time.monotonic() - began > limit_seconds:
                break
            if saved.seen not in changed:
                changed[saved.seen] = changes.between(library.db, saved.seen, there)
            found.append((saved, _new_in(library, saved, Role(role), changed[saved.seen])))
        with library.transaction() as db:
            for saved, fresh in found:
                store.set_fresh(db, saved.id, fresh, there)
        if len(found) < len(rows):
            return


def _new_in(library: Library, saved: Saved, role: Role, changed: Mapping[str, set[int]]) -> Sequence[Fresh]:
    if not any(changed.values()) or saved.looked_at is None:
        return saved.fresh
    unmasked = privacy.sees_scores(library.settings, role)
    newest = finding.newest(library, saved.question, filters=saved.filters, unmasked=unmasked, limit=_DEEP)
    known = {(one.type, one.id) for one in saved.fresh}
    fresh = []
    for type in ("gem", "review"):
        ids = [hit.id for hit in newest if hit.type == type and hit.id in changed[type] and (type, hit.id) not in known]
        came = store.came_after(library.db, type, ids, saved.looked_at) if ids else set()
        fresh += [Fresh(type, id) for id in ids if id in came]
    return [*fresh, *saved.fresh][:_KEPT]


def _tell(library: Library) -> int:
    now = library.now()
    told = 0
    while rows := store.to_tell(library.db, now - TOLD_EVERY, _BATCH):
        with library.transaction() as db:
            for saved in rows:
                store.forget_notices(db, saved.id)
                notices.add(db, [saved.member_id], "new in search", "saved", saved.id, _BY, "", now)
                store.set_fresh(db, saved.id, [replace(one, told=True) for one in saved.fresh], saved.seen)
                store.change(db, saved.id, told_at=now)
        told += len(rows)
    return told
