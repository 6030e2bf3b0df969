"""What people say about a gem: whether it worked for them, and the conversation under it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb import notices, privacy
from kb.errors import InvalidInput, NotFound
from kb.gems import health
from kb.library import Library
from kb.models import Comment, Gem, GemStatus, Member, Role
from kb.store import gem_comments, gem_life, gems
from kb.store.database import Database
from kb.threads import check_may_take_back, checked, said_already
from kb.values.gems import Vote


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said under a gem, as this member may see it: `comments`, the `votes` that came with a word, their `own`
    vote."""

    comments: list[Comment]
    votes: list[Vote]
    own: Vote | None


def of(library: Library, gem: Gem, member: Member, *, unmasked: bool) -> Talk:
    """`gem` is the whole one, not a reader's: its reviewees' names are taken out for who may not see them."""
    db = library.db
    votes = gem_life.said(db, gem.id)
    own = gem_life.vote_of(db, gem.id, member.id)
    comments = gem_comments.of_gem(db, gem.id)
    if not unmasked:
        votes = [replace(vote, name="", word=privacy.mask(vote.word, gem.reviewees)) for vote in votes]
        comments = privacy.comments_for_reader(comments, gem.reviewees)
    return Talk(comments, votes, own)


def vote(library: Library, gem_id: int, member: Member, *, worked: bool, word: str = "") -> Gem:
    """Say that a gem worked, or did not; saying it again replaces what one said. Its owner is told.

    Raises NotFound, InvalidInput when the gem is not published or the word is too long.
    """
    word = health.checked_word(word, "", required=False)
    now = library.now()
    with library.transaction() as db:
        gem = gems.get(db, gem_id)
        _check_there(gem, member)
        if gem.status is not GemStatus.PUBLISHED:
            raise InvalidInput("Only of a published gem can it be said whether it worked.", "worked")
        gem_life.vote(db, gem.id, member.id, worked=worked, word=word, now=now)
        gem_life.settle(db, [gem.id])
        kind = "worked" if worked else "did not work"
        notices.tell(db, gem.owner_id, kind, "gem", gem.id, who=member, words=word, now=now)
    return gems.get(library.db, gem.id)


def unvote(library: Library, gem_id: int, member: Member) -> Gem:
    """Take back what one said. Raises NotFound."""
    with library.transaction() as db:
        gem = gems.get(db, gem_id)
        gem_life.unvote(db, gem.id, member.id)
        gem_life.settle(db, [gem.id])
    return gems.get(library.db, gem.id)


def say(library: Library, gem_id: int, body: str, member: Member) -> int:
    """Add to the conversation under a gem; whom it names with @ is told, and its owner. Gives the comment's number.

    Raises NotFound, InvalidInput when it is empty or too long.
    """
    body = checked(body.replace("\r\n", "\n"))
    now = library.now()
    with library.transaction() as db:
        gem = gems.get(db, gem_id)
        _check_there(gem, member)
        if twice := said_already(gem_comments.of_gem(db, gem.id), body, member, now):
            return twice.id
        id = gem_comments.insert(db, gem.id, member.called, body, now, member.id)
        _tell(db, gem, body, member, library)
    return id


def _tell(db: Database, gem: Gem, body: str, member: Member, library: Library) -> None:
    words = " ".join(body.split())[:200]
    # Who may not open the gem is not told of it.
    named = {one.id for one in notices.mentioned(db, body) if _may_see(gem, one)}
    for id in sorted(named):
        notices.tell(db, id, "mentioned", "gem", gem.id, who=member, words=words, now=library.now())
    if gem.owner_id not in named:
        notices.tell(db, gem.owner_id, "commented", "gem", gem.id, who=member, words=words, now=library.now())


def _may_see(gem: Gem, member: Member) -> bool:
    return gem.status is not GemStatus.NOMINATED or member.role >= Role.REVIEWER


def _check_there(gem: Gem, member: Member) -> None:
    if gem.trashed_at is not None or not _may_see(gem, member):
        raise NotFound("There is no gem %(id)s.", id=gem.id)


def take_back(library: Library, comment_id: int, member: Member) -> int:
    """Throw a comment away: one's own, or any as a curator. Gives its gem. Raises NotFound, NotAllowed."""
    return _set_trashed(library, comment_id, member, away=True)


def bring_back(library: Library, comment_id: int, member: Member) -> int:
    """Undo `take_back`."""
    return _set_trashed(library, comment_id, member, away=False)


def _set_trashed(library: Library, comment_id: int, member: Member, *, away: bool) -> int:
    with library.transaction() as db:
        comment, gem_id = gem_comments.get(db, comment_id)
        check_may_take_back(comment, member)
        gem_comments.set_trashed(db, comment_id, library.now() if away else None)
    return gem_id
