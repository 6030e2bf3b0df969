"""The comment thread of a review, where the reviewer and the case owner talk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from kb.errors import InvalidInput, NotAllowed, NotFound
from kb.languages import Count
from kb.library import Library
from kb.models import Comment, Member, Role
from kb.store import changes, comments, reviews

LONGEST = 20_000
TWICE_WITHIN = timedelta(minutes=1)


def say(library: Library, review_id: int, body: str, member: Member) -> Comment:
    """Add a comment. Raises InvalidInput when it is empty or too long, NotFound when the review is away."""
    body = checked(body)
    with library.transaction() as db:
        if reviews.get(db, review_id).trashed_at is not None:
            raise NotFound("Review %(review_id)s was thrown away.", review_id=review_id)
        if twice := said_already(comments.of_review(db, review_id), body, member, library.now()):
            return twice
        id = comments.insert(db, review_id, member.called, body, library.now(), member.id)
        changes.note(db, "review", [review_id])
        return comments.get(db, id)[0]


def checked(body: str) -> str:
    """A comment as it is kept. Raises InvalidInput when it is empty or too long."""
    body = body.strip()
    if not body:
        raise InvalidInput("The comment is empty. Write a word, then send it.", "body")
    if len(body) > LONGEST:
        raise InvalidInput(
            "The comment has %(count)s characters; at most %(longest)s can be kept.",
            "body",
            count=Count(len(body)),
            longest=Count(LONGEST),
        )
    return body


def said_already(comments: Iterable[Comment], body: str, member: Member, now: datetime) -> Comment | None:
    """The same words by the same member a moment ago: a second click, which is no second comment."""
    return next(
        (one for one in comments if (one.member_id, one.body) == (member.id, body) and now - one.at < TWICE_WITHIN),
        None,
    )


def take_back(library: Library, comment_id: int, member: Member) -> int:
    """Throw a comment away: one's own, or any as a curator. Gives its review. Raises NotFound, NotAllowed."""
    return _set_trashed(library, comment_id, member, away=True)


def bring_back(library: Library, comment_id: int, member: Member) -> int:
    """Undo `take_back`."""
    return _set_trashed(library, comment_id, member, away=False)


def check_may_take_back(comment: Comment, member: Member) -> None:
    """Raises NotAllowed."""
    if comment.member_id != member.id and member.role < Role.CURATOR:
        raise NotAllowed("Only whoever wrote a comment, or a curator, can take it back.")


def _set_trashed(library: Library, comment_id: int, member: Member, *, away: bool) -> int:
    with library.transaction() as db:
        comment, review_id, _ = comments.get(db, comment_id)
        check_may_take_back(comment, member)
        comments.set_trashed(db, comment_id, library.now() if away else None)
        changes.note(db, "review", [review_id])
    return review_id
