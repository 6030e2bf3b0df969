"""Telling members what concerns them: who wrote their name, what became of their gem, what is due."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kb import privacy
from kb.library import Library
from kb.models import Gem, Member
from kb.questions import naming
from kb.store import gems, members, notices
from kb.store.database import Database
from kb.values.log import Notice

_MENTION = re.compile(r"(?<![\w@])@([^\W_][\w.+-]*(?:@[\w.-]+)?)")


def tell(
    db: Database,
    member_id: int | None,
    kind: str,
    type: str,
    id: int,
    *,
    who: Member | None,
    now: datetime,
    words: str = "",
    also_oneself: bool = False,
) -> None:
    """Leave a notice for a member; nothing for nobody, nor (unless `also_oneself`) for who caused it."""
    if member_id is None or (who is not None and who.id == member_id and not also_oneself):
        return
    by = who.called if who is not None else ""
    notices.add(db, [member_id], kind, type, id, by, words, now)


def mentioned(db: Database, text: str) -> list[Member]:
    """The members whom a text names: `@ada.lovelace` (the address before its @, or all of it) or `@Ada` (a name without
    blanks, or a first name that only one of them has)."""
    keys = [found.rstrip(".-+").casefold() for found in _MENTION.findall(text)]
    if not keys:
        return []
    by_key: dict[str, set[int]] = {}
    there = {member.id: member for member in members.all_members(db) if member.active}
    for member in there.values():
        name = member.name.casefold()
        names = {member.email.casefold(), member.email.split("@")[0].casefold(), "".join(name.split())}
        for key in names | set(name.split()[:1]):
            by_key.setdefault(key, set()).add(member.id)
    return [
        there[id] for id in dict.fromkeys(id for key in keys if len(by_key.get(key, ())) == 1 for id in by_key[key])
    ]


def listed(library: Library, member: Member, limit: int = 50) -> list[Notice]:
    """What the member was told, the newest first, with as many names as they may see."""
    found = notices.of(library.db, member.id, limit)
    if privacy.sees_scores(library.settings, member.role):
        return found
    known = gems.get_many(library.db, {notice.object_id for notice in found if notice.type == "gem"})
    return [_for_reader(library, notice, known) for notice in found]


def _for_reader(library: Library, notice: Notice, known: Mapping[int, Gem]) -> Notice:
    """A question without the full names of those whose work is reviewed. Of a gem what was said, and by whom, as its page
    says it to who may not see whose reviews it was lifted from."""
    if notice.type == "question":
        return replace(notice, title=naming.words_for_reader(library, notice.title))
    gem = known.get(notice.object_id) if notice.type == "gem" else None
    if gem is None:
        return notice
    return replace(
        notice,
        title=privacy.mask(notice.title, gem.reviewees),
        words=privacy.mask(notice.words, gem.reviewees),
        who=privacy.author_for_reader(notice.who, gem.reviewees),
    )


def unread(library: Library, member: Member) -> int:
    return notices.unread(library.db, member.id)


def mark_read(library: Library, member: Member, found: list[Notice]) -> None:
    fresh = [notice.id for notice in found if not notice.read]
    if fresh:
        with library.transaction() as db:
            notices.mark_read(db, member.id, fresh, library.now())
