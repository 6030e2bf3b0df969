"""The front page: what is new and what waits, for who is looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt

from kb import privacy
from kb.digest import editions
from kb.gems import gems as gem_cases
from kb.gems import health, life
from kb.library import Library
from kb.mine import reading
from kb.mine.things import shown
from kb.models import Gem, GemStatus, Member, Role, Tag
from kb.store import bulk, front, gems, mine
from kb.topics import weeks
from kb.topics.weeks import Moved
from kb.values.digest import Edition, Section
from kb.values.mine import Thing

MAP = 40  # topics on the map
_SIZES = 5
_GEMS = 6
_NEW = 8
_OLDEST_NEWS = timedelta(days=28)
_NEWS_OF_A_NEWCOMER = timedelta(days=7)
_EDITION_LASTS = timedelta(days=9)
_BARE = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A topic on the map: `size` is 1 to 5, by how many reviews and gems it has against the others."""

    tag: Tag
    size: int
    moved: Moved


@dataclass(frozen=True, slots=True)
class News:
    """What is new in the topics that somebody follows, since their last visit (or, `first`, in the last days)."""

    follows: bool
    since: datetime
    first: bool
    gems: tuple[Thing, ...] = ()
    reviews: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for reviewers (`passages` under gems, their own reviews without a topic) and for curators."""

    passages: int = 0
    gems_with_passages: tuple[tuple[Gem, int], ...] = ()
    bare: tuple[Thing, ...] = ()
    queue: int = 0
    due: int = 0
    untagged: int = 0
    editions: tuple[Edition, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.passages or self.bare or self.queue or self.due or self.untagged or self.editions)


@dataclass(frozen=True, slots=True)
class Finds:
    """The gems of this week's edition; without a fresh one the newest, and `edition` is None."""

    gems: list[Gem]
    edition: Edition | None = None


def finds(library: Library, *, unmasked: bool) -> Finds:
    """This week's gems. What was retired or taken away since is left out."""
    last = next(iter(editions.out(library, 1)[0]), None)
    if last is not None and last.released_at and library.now() - last.released_at <= _EDITION_LASTS:
        ids = [item.object_id for item in last.items if item.section is Section.GEM and not item.dropped]
        known = gems.get_many(library.db, ids)
        told = [gem for id in ids if (gem := known.get(id)) is not None and _is_out(gem)]
        if told:
            return Finds(told if unmasked else [privacy.gem_for_reader(gem) for gem in told], last)
    newest, _ = gem_cases.listed(library, status=GemStatus.PUBLISHED, unmasked=unmasked, limit=_GEMS)
    return Finds(newest)


def _is_out(gem: Gem) -> bool:
    return gem.status is GemStatus.PUBLISHED and gem.trashed_at is None


def topic_map(library: Library, everything: Sequence[Tag]) -> list[Spot]:
    """The largest topics and those that moved most, from A to Z."""
    moved = weeks.movement(library)
    used = [tag for tag in everything if tag.reviews + tag.gems]
    still = Moved()

    def stir(tag: Tag) -> int:
        one = moved.get(tag.id, still)
        return abs(one.lately - one.before)

    largest = sorted(used, key=lambda tag: (-tag.reviews - tag.gems, tag.name))[: MAP - MAP // 4]
    there = {tag.id for tag in largest}
    rest = [tag for tag in used if tag.id not in there]
    chosen = [*largest, *sorted(rest, key=lambda tag: (-stir(tag), tag.name))[: MAP - len(largest)]]
    most = max((tag.reviews + tag.gems for tag in chosen), default=1)
    by_name = {tag.id: place for place, tag in enumerate(everything)}
    return [
        Spot(tag, _size(tag.reviews + tag.gems, most), moved.get(tag.id, still))
        for tag in sorted(chosen, key=lambda tag: by_name[tag.id])
    ]


def _size(count: int, most: int) -> int:
    """By the square root, as the eye compares areas."""
    return max(1, min(_SIZES, 1 + int(sqrt(count / most) * _SIZES - 0.01)))


def news(library: Library, member: Member, *, unmasked: bool) -> News:
    """What came in the topics that a member follows since they were last here, four weeks ago at the earliest."""
    now = library.now()
    last = reading.last_visit(library, member)
    since = max(last, now - _OLDEST_NEWS) if last is not None else now - _NEWS_OF_A_NEWCOMER
    follows = sorted(mine.follows(library.db, member.id))
    if not follows:
        return News(False, since, last is None)
    gem_ids = front.new_gems(library.db, follows, since, _NEW)
    review_ids = front.new_reviews(library.db, follows, since, _NEW)
    things = [Thing("gem", id, now) for id in gem_ids] + [Thing("review", id, now) for id in review_ids]
    there = [thing for thing in shown(library, things, unmasked=unmasked) if thing.there]
    return News(
        True,
        since,
        last is None,
        tuple(thing for thing in there if thing.type == "gem"),
        tuple(thing for thing in there if thing.type == "review"),
    )


def waiting(library: Library, member: Member, *, unmasked: bool) -> Waiting:
    """What waits for a reviewer or curator; nothing for readers."""
    if member.role < Role.REVIEWER:
        return Waiting()
    db = library.db
    most, passages = front.passages_waiting(db, _BARE)
    known = gems.get_many(db, [id for id, _ in most])
    bare = front.bare_reviews_of(db, member.name, 500, _BARE)
    own = [Thing("review", id, library.now()) for id in bare]
    is_curator = member.role >= Role.CURATOR
    return Waiting(
        passages=passages,
        gems_with_passages=tuple(
            (known[id] if unmasked else privacy.gem_for_reader(known[id]), count)
            for id, count in most
            if id in known and _is_out(known[id])
        ),
        bare=tuple(thing for thing in shown(library, own, unmasked=unmasked) if thing.there),
        queue=life.waiting(library) if is_curator else 0,
        due=health.due(library, limit=0, owner_id=None if is_curator else member.id)[1],
        untagged=bulk.untagged(db, 0, 0)[1] if is_curator else 0,
        editions=tuple(editions.in_hand(library)) if is_curator else (),
    )
