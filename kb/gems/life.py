"""A gem's life: nominated, published, sent back, declined; retired and brought back."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from kb import notices, privacy
from kb.errors import Conflict, InvalidInput, NotAllowed
from kb.finding.indexing import touch_reviews_of_gem
from kb.gems import health
from kb.languages import N_
from kb.library import Library
from kb.models import Gem, GemStatus, Member, Role
from kb.store import changes, gem_life, gems, history
from kb.store.database import Database
from kb.trails import gaps

REASONS = {
    "fixed": N_("fixed in the product"),
    "outdated": N_("outdated"),
    "wrong": N_("wrong"),
    "replaced": N_("replaced by another gem"),
}


def publish(library: Library, id: int, member: Member) -> Gem:
    """Let everybody find a nominated gem. Its nominator owns it from now on, or who publishes it.

    Raises NotFound, Conflict when it waits no more.
    """
    now = library.now()
    with library.transaction() as db:
        gem = _nominated(db, id)
        owner_id = gem.owner_id or gem.nominated_by or member.id
        until = health.renew(library, db, gem)
        gems.note(
            db, gem.id, status=GemStatus.PUBLISHED, waiting="waiting", word="", owner_id=owner_id, true_until=until,
            verified_at=now, verified_by=member.called,
        )  # fmt: skip
        _changed(db, gem, "published", member, now, ("status", gem.status.value, "published"))
        notices.tell(db, gem.nominated_by, "published", "gem", gem.id, who=member, now=now)
    return gems.get(library.db, gem.id)


def withdraw(library: Library, id: int, member: Member) -> Gem:
    """Undo `publish`: the gem waits in the queue again. Raises NotFound, Conflict when it is not published."""
    with library.transaction() as db:
        gem = gems.itself(db, id)
        if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
            raise Conflict("This gem is not published, so it cannot be taken back into the queue.")
        gems.note(db, gem.id, status=GemStatus.NOMINATED, waiting="waiting", word="")
        _changed(db, gem, "nominated", member, library.now(), ("status", gem.status.value, "nominated"))
        gaps.tell(db, "gem", [gem.id], member.called, library.now(), privacy.gem_for_reader(gem).title)
    return gems.get(library.db, gem.id)


def send_back(library: Library, id: int, word: str, member: Member) -> Gem:
    """Give a nominated gem back to who nominated it, with a word on what it lacks; it leaves the queue.

    Raises NotFound, InvalidInput when the word is missing, Conflict when it waits no more.
    """
    word = health.checked_word(word, "Say in a word what it lacks, so that it can come again.")
    return _judge(library, id, member, "sent back", word, waiting="sent_back")


def decline(library: Library, id: int, word: str, member: Member) -> Gem:
    """Take a nominated gem out of the queue for good. Raises NotFound, Conflict when it waits no more."""
    word = health.checked_word(word, "", required=False)
    return _judge(library, id, member, "declined", word, waiting="declined", trashed_at=library.now())


def _judge(library: Library, id: int, member: Member, action: str, word: str, **columns: object) -> Gem:
    now = library.now()
    with library.transaction() as db:
        gem = _nominated(db, id)
        gems.note(db, gem.id, word=word, **columns)
        _changed(db, gem, action, member, now, ("word", "", word))
        notices.tell(db, gem.nominated_by, action, "gem", gem.id, who=member, words=word, now=now)
    return gems.get(library.db, gem.id)


def nominate_again(library: Library, id: int, member: Member) -> Gem:
    """Put a gem that was sent back or declined into the queue again. For its nominator and curators.

    Raises NotFound, NotAllowed, Conflict when it is in the queue or published.
    """
    with library.transaction() as db:
        gem = gems.get(db, id)
        if gem.status is not GemStatus.NOMINATED or gem.waiting == "waiting" or gem.merged_into is not None:
            raise Conflict("This gem is in the queue already, or past it.")
        if member.role < Role.CURATOR and gem.nominated_by != member.id:
            raise NotAllowed("Only who nominated a gem, or a curator, can put it into the queue again.")
        gems.note(db, gem.id, waiting="waiting", word="", trashed_at=None)
        _changed(db, gem, "nominated", member, library.now())
    return gems.get(library.db, gem.id)


def _nominated(db: Database, id: int) -> Gem:
    gem = gems.itself(db, id)
    if gem.status is not GemStatus.NOMINATED or gem.trashed_at is not None:
        raise Conflict("Somebody else has dealt with this gem already: it waits no more.")
    return gem


def queue_ids(library: Library, *, limit: int = 1000) -> tuple[list[int], int]:
    """The numbers of the gems that wait for a curator, the longest-waiting first, and how many there are."""
    return gem_life.queue(library.db, limit, 0)


def waiting(library: Library) -> int:
    return gem_life.queue(library.db, 0, 0)[1]


def retire(
    library: Library,
    id: int,
    reason: str,
    member: Member,
    *,
    word: str = "",
    link: str = "",
    replaced_by: int | None = None,
) -> Gem:
    """Say that a gem no longer holds: `reason` is one of REASONS; `link` leads to the bug or release that fixed it.

    It leaves search, topics and lists at once; its page stays. Raises NotFound, InvalidInput, Conflict.
    """
    now = library.now()
    word = health.checked_word(word, "", required=False)
    with library.transaction() as db:
        gem = gems.itself(db, id)
        if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
            raise Conflict("Only a published gem is retired; this one is not published.")
        if reason not in REASONS:
            raise InvalidInput("Say why: fixed in the product, outdated, wrong, or replaced by another gem.", "reason")
        replacement = _replacement(db, gem, replaced_by) if reason == "replaced" else None
        gems.note(
            db, gem.id, status=GemStatus.RETIRED, retired_at=now, retired_for=reason, retired_word=word,
            retired_link=_checked_link(link), replaced_by=replacement,
        )  # fmt: skip
        _changed(
            db, gem, "retired", member, now, ("status", gem.status.value, "retired"), ("reason", "", REASONS[reason])
        )
        notices.tell(db, gem.owner_id, "retired", "gem", gem.id, who=member, words=word, now=now)
        gaps.tell(db, "gem", [gem.id], member.called, now, privacy.gem_for_reader(gem).title)
    return gems.get(library.db, gem.id)


def _replacement(db: Database, gem: Gem, id: int | None) -> int:
    if id is None:
        raise InvalidInput("Name the gem that replaces it.", "replaced_by")
    other = gems.get(db, id)
    if other.id == gem.id:
        raise InvalidInput("A gem cannot be replaced by itself. Name another one.", "replaced_by")
    if other.status is not GemStatus.PUBLISHED or other.trashed_at is not None:
        raise InvalidInput(
            "The gem that replaces it must be published. Publish it first, or name another.", "replaced_by"
        )
    return other.id


def _checked_link(link: str) -> str:
    link = link.strip()
    if not link:
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or len(link) > 2000
        or any(c.isspace() for c in link)
    ):
        raise InvalidInput("The link must be a web address that begins with https:// or http://.", "link")
    return link


def bring_back(library: Library, id: int, member: Member) -> Gem:
    """Undo `retire`: it is published again, and holds for a fresh term. Raises NotFound, Conflict."""
    now = library.now()
    with library.transaction() as db:
        gem = gems.get(db, id)
        if gem.status is not GemStatus.RETIRED:
            raise Conflict("This gem is not retired.")
        gems.note(
            db, gem.id, status=GemStatus.PUBLISHED, retired_at=None, retired_for="", retired_word="", retired_link="",
            replaced_by=None, true_until=health.renew(library, db, gem), verified_at=now,
            verified_by=member.called, doubted_at=None, doubted_by="", doubt="",
        )  # fmt: skip
        _changed(db, gem, "brought back", member, now, ("status", "retired", "published"))
    return gems.get(library.db, gem.id)


def _changed(
    db: Database, gem: Gem, action: str, member: Member, now: datetime, *fields: tuple[str, object, object]
) -> None:
    kept = {name: (before, after) for name, before, after in fields if after not in ("", None)}
    gems.touch(db, gem.id, now)
    history.add(db, "gem", gem.id, action, member.called, now, kept)
    changes.note(db, "gem", [gem.id])
    touch_reviews_of_gem(db, gem)
