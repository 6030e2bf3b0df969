"""Trying a case before reading how it went.

A replay is its member's alone: no page, no API, no export and no history shows it to anybody else, and no score is
touched. Thrown away it can be brought back for an hour, then it is erased. (A backup is a copy of the whole library and
holds replays as well: docs/trails.md.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kb import privacy, reviews
from kb.errors import Conflict, InvalidInput, NotFound
from kb.languages import Count
from kb.library import Library
from kb.models import Comment, Gem, Member, Review, Turn
from kb.store import gems, replays, trails
from kb.store import reviews as review_store
from kb.trails import scenes, walking
from kb.values.trails import Replay, Reply

LONGEST = 20_000
TWICE_WITHIN = timedelta(minutes=1)
ERASED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """One's own words (None where one went on without) beside what was said there; `asked` is what came before."""

    turn: int
    asked: tuple[Turn, ...]
    own: str | None
    said: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A case up to a point, and nothing beyond: what is in it may stand on a page whose reader is still to answer.

    `number` counts the points from 1; `pairs` are the points before this one, whose answers are told by now; `asked` is
    what was said since.
    """

    review: Review
    number: int
    count: int
    turn: int
    pairs: tuple[Pair, ...]
    asked: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it side by side. `review` is None when it is not here any more, `changed` when its conversation was edited
    since."""

    replay: Replay
    review: Review | None = None
    pairs: tuple[Pair, ...] = ()
    rest: tuple[Turn, ...] = ()
    comments: tuple[Comment, ...] = ()
    gems: tuple[Gem, ...] = ()
    changed: bool = False


def can_be_tried(review: Review) -> bool:
    return review.trashed_at is None and bool(scenes.points(review))


def scene(
    library: Library, review_id: int, number: int = 1, *, unmasked: bool, replies: tuple[Reply, ...] = ()
) -> Scene:
    """A case up to its `number`th point. Raises NotFound, also when nothing in it can be tried."""
    whole = _whole(library, review_id)
    points = scenes.points(whole)
    if not points:
        raise NotFound("There is no answer to a customer in this review that could be tried.")
    number = min(max(number, 1), len(points))
    shown = whole if unmasked else privacy.for_reader(whole)
    pairs, since = _pairs(whole, shown, points[: number - 1], replies)
    asked = tuple(shown.turns[index] for index, _ in scenes.before(whole, points[number - 1], since))
    return Scene(scenes.untold(shown), number, len(points), points[number - 1], pairs, asked)


def _whole(library: Library, review_id: int) -> Review:
    review = review_store.get(library.db, review_id)
    if review.trashed_at is not None:
        raise NotFound("Review %(review_id)s was thrown away.", review_id=review_id)
    return review


def _pairs(
    whole: Review, shown: Review, points: tuple[int, ...], replies: tuple[Reply, ...]
) -> tuple[tuple[Pair, ...], int]:
    """The points with what was asked and said, and where the turns after the last of them begin."""
    own = {reply.turn: reply.text for reply in replies}
    found, since = [], 0
    for point in points:
        asked = tuple(shown.turns[index] for index, _ in scenes.before(whole, point, since))
        since = point + len(scenes.answer(whole, point))
        found.append(Pair(point, asked, own.get(point), shown.turns[point:since]))
    return tuple(found), since


def begin(
    library: Library, review_id: int, number: int, text: str, member: Member, *, step_id: int | None = None
) -> Replay:
    """Keep one's first answer, at the `number`th point. Raises InvalidInput when it is empty or too long, NotFound."""
    text = _checked(text)
    now = library.now()
    with library.transaction() as db:
        whole = _whole(library, review_id)
        points = scenes.points(whole)
        if not 1 <= number <= len(points):
            raise NotFound("There is no answer to a customer at this place of the conversation.")
        reply = Reply(points[number - 1], text)
        last = replays.newest_of(db, member.id, review_id)
        if last is not None and last.replies == (reply,) and now - last.at < TWICE_WITHIN:
            return last  # a second click
        step = trails.step(db, step_id) if step_id else None
        id = replays.insert(db, member.id, review_id, [reply], scenes.mark(whole), step.id if step else None, now)
        return replays.get(db, member.id, id)


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidInput("Write what you would say to the customer, then compare.", "answer")
    if len(text) > LONGEST:
        raise InvalidInput(
            "The answer has %(count)s characters; at most %(longest)s can be kept.",
            "answer",
            count=Count(len(text)),
            longest=Count(LONGEST),
        )
    return text


def get(library: Library, id: int, member: Member) -> Replay:
    """One of the member's own. Raises NotFound, for everybody else's as well, and when it was thrown away."""
    replay = replays.get(library.db, member.id, id)
    if replay.thrown_at is not None:
        raise NotFound("You threw this replay away.")
    return replay


def go_on(library: Library, replay: Replay, number: int | None = None, *, unmasked: bool) -> Scene | None:
    """The next point of a case that one is at, or the `number`th; None when every answer was told, or it is compared."""
    if replay.compared_at is not None or replay.review_id is None:
        return None
    points = scenes.points(_whole(library, replay.review_id))
    told = sum(point <= max(reply.turn for reply in replay.replies) for point in points)
    wanted = max(number or 0, told + 1)
    if wanted > len(points):
        return None
    return scene(library, replay.review_id, wanted, unmasked=unmasked, replies=replay.replies)


def answer(library: Library, id: int, turn: int, text: str, member: Member) -> Replay:
    """Keep one's answer at a later point. Raises NotFound, InvalidInput, Conflict when the two were compared already or
    that answer was told."""
    text = _checked(text)
    with library.transaction() as db:
        replay = replays.get(db, member.id, id)
        if replay.replies[-1] == Reply(turn, text):
            return replay  # a second click
        if replay.compared_at is not None or replay.thrown_at is not None or replay.review_id is None:
            raise Conflict("You have compared this one already. Try the case again from its review.")
        if turn not in scenes.points(_whole(library, replay.review_id)) or turn <= replay.replies[-1].turn:
            raise Conflict("The conversation changed meanwhile. Go back to the replay, and answer from there.")
        replays.set_replies(db, member.id, id, [*replay.replies, Reply(turn, text)])
        return replays.get(db, member.id, id)


def compare(library: Library, id: int, member: Member) -> Replay:
    """Let the answer be told; a step of a trail that it is is done with that. Raises NotFound."""
    with library.transaction() as db:
        replay = replays.get(db, member.id, id)
        replays.set_compared(db, member.id, id, library.now())
        if replay.review_id is not None:
            review = review_store.get(db, replay.review_id)
            walking.replayed(db, review, member.id, replay.step_id, library.now())
        return replays.get(db, member.id, id)


def comparison(library: Library, replay: Replay, *, unmasked: bool) -> Comparison:
    """One's own answers beside what was said, with the review, its comments and gems, as this member may see them."""
    if replay.review_id is None:
        return Comparison(replay)
    try:
        page = reviews.page(library, replay.review_id, unmasked=unmasked)
    except NotFound:
        return Comparison(replay)
    if page.review.trashed_at is not None:
        return Comparison(replay)
    whole = review_store.get(library.db, replay.review_id)
    own = {reply.turn for reply in replay.replies}
    points = tuple(point for point in scenes.points(whole) if point in own)
    pairs, since = _pairs(whole, page.review, points, replay.replies)
    # An edit may have taken the place of an answer away; one's own words stay.
    lost = tuple(Pair(reply.turn, (), reply.text, ()) for reply in replay.replies if reply.turn not in points)
    changed = replay.print != scenes.mark(whole)
    cited = dict.fromkeys(passage.gem_id for passage, _, status in page.passages if status == "published")
    found = [gem for gem in gems.get_many(library.db, cited).values() if gem.trashed_at is None]
    shown = tuple(found if unmasked else map(privacy.gem_for_reader, found))
    rest = page.review.turns[since:]
    return Comparison(replay, page.review, (*pairs, *lost), rest, tuple(page.comments), shown, changed)


def mine(
    library: Library, member: Member, *, unmasked: bool, limit: int = 25, offset: int = 0
) -> tuple[list[tuple[Replay, Review | None]], int]:
    """A page of the member's own, the newest first, each with its review if that is still here, and how many there are.
    The title of a case whose answer they have not seen is left out."""
    found, total = replays.listed(library.db, member.id, limit, offset)
    whole = review_store.get_many(library.db, {one.review_id for one in found if one.review_id}, {})
    rows: list[tuple[Replay, Review | None]] = []
    for one in found:
        review = whole.get(one.review_id or 0)
        if review is None or review.trashed_at is not None:
            rows.append((one, None))
            continue
        shown = review if unmasked else privacy.for_reader(review)
        rows.append((one, shown if one.compared_at else scenes.untold(shown)))
    return rows, total


def throw_away(library: Library, id: int, member: Member) -> None:
    """Throw one away; for an hour it can be brought back, then it is erased. Raises NotFound."""
    with library.transaction() as db:
        replays.get(db, member.id, id)
        replays.set_thrown(db, member.id, id, library.now())


def bring_back(library: Library, id: int, member: Member) -> None:
    """Undo `throw_away`. Raises NotFound when it is erased by now."""
    with library.transaction() as db:
        replays.get(db, member.id, id)
        replays.set_thrown(db, member.id, id, None)


def erase_thrown(library: Library) -> int:
    """Take out for good what was thrown away over an hour ago. Says how many."""
    limit = library.now() - ERASED_AFTER
    if not replays.any_thrown_before(library.db, limit):
        return 0
    with library.transaction() as db:
        return replays.erase_thrown_before(db, limit)
