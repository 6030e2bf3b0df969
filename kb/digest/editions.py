"""The weekly edition: drafted from what happened, edited by a curator, approved, told once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from kb import privacy
from kb.digest import choosing, links
from kb.digest.choosing import Candidate, Passed
from kb.errors import Conflict, InvalidInput, NotFound
from kb.languages import Count
from kb.library import Library
from kb.models import Gem, GemStatus
from kb.store import editions, gems, history, news, subscriptions
from kb.store.database import Database
from kb.values.digest import Edition, EditionState, Facts, Item, Section
from kb.weeks import Week

OPEN = (EditionState.DRAFT, EditionState.EMPTY, EditionState.HELD)
LONGEST_OPENING = 4000
# A gap in drafting (a holiday, a server that was down) loses no gem, up to so long.
_LONGEST_SPAN = timedelta(days=28)
_MOST_WEIGHED = 500
_MOST_RETIRED = 5
_MOST_QUESTIONS = 1


@dataclass(frozen=True, slots=True)
class Drafting:
    """A draft that was made: the edition, whether it is new, and what was weighed and passed over."""

    edition: Edition
    made: bool
    passed: tuple[Passed, ...] = ()


def get(library: Library, week: Week) -> Edition:
    """Raises NotFound."""
    found = editions.of_week(library.db, week)
    if found is None:
        raise NotFound("There is no edition for %(week)s. Draft it with: kb digest draft --week %(week)s", week=week)
    return found


def current(library: Library) -> Edition:
    """The edition that is in hand: the newest that is open or going out, else the newest of all. Raises NotFound."""
    found = editions.newest(library.db, [*OPEN, EditionState.APPROVED]) or editions.latest(library.db)
    if found is None:
        raise NotFound("There is no edition yet. Draft one with: kb digest draft")
    return found


def this_week(library: Library) -> Week:
    return Week.of(library.now(), library.zone)


def out(library: Library, limit: int = 50, offset: int = 0) -> tuple[list[Edition], int]:
    """The archive: editions that went out or are going out, the newest first, and how many."""
    return editions.released(library.db, library.now(), limit, offset)


def is_out(library: Library, edition: Edition) -> bool:
    """Whether everybody may read it: approved, and its hour has come."""
    return not edition.is_open and edition.released_at is not None and edition.released_at <= library.now()


def in_hand(library: Library) -> list[Edition]:
    """Those that wait for a curator or, approved, for their hour, or have nothing in them, the newest first; not those of
    long ago."""
    first = this_week(library).later(-2)
    found = editions.in_states(library.db, [*OPEN, EditionState.APPROVED])
    return [edition for edition in reversed(found) if edition.week >= first and not is_out(library, edition)]


def neighbours(library: Library, week: Week) -> tuple[Week | None, Week | None]:
    """The weeks of the editions before and after this one in the archive."""
    return editions.neighbours(library.db, week, library.now())


def willing(library: Library) -> dict[int, str]:
    """The members who agreed to be named in credit lines, by name."""
    return subscriptions.named(library.db)


def send_hour(library: Library, week: Week) -> datetime:
    """The hour set for the edition of a week to go out."""
    return week.at(library.settings.digest_day, library.settings.digest_hour, library.zone)


def draft_hour(library: Library, week: Week) -> datetime:
    """When the edition of a week is drafted by itself."""
    return send_hour(library, week) - timedelta(hours=library.settings.digest_draft_hours)


def draft(library: Library, week: Week, who: str, *, again: bool = False) -> Drafting:
    """Draft the edition of a week. One that is there already is given back as it is; `again` chooses anew, as long as
    it has not been approved. Raises InvalidInput for a week that is still to come, Conflict for one that is out."""
    now = library.now()
    if now < min(week.begins(library.zone), draft_hour(library, week)):
        raise InvalidInput("%(week)s is still to come; its edition cannot be drafted yet.", "week", week=week)
    with library.transaction() as db:
        known = editions.of_week(db, week)
        if known is not None and not again:
            return Drafting(known, made=False)
        if known is not None and not known.is_open:
            raise Conflict("The edition of %(week)s was approved already; it cannot be chosen anew.", week=week)
        since, until = _span(library, db, week, now)
        facts = news.facts(db, since, until)
        if not editions.in_states(db, [EditionState.APPROVED, EditionState.SENT]):
            facts = _with_what_was_there(facts, news.brought(db, since, until))
        candidates = _candidates(db, facts)
        told = editions.told(db, week.later(-choosing.WEEKS_APART), week)
        chosen, passed = choosing.choose(candidates, told, language=library.settings.language)
        items = [*_gem_items(chosen), *_gone_items(db, since, until), *_question_items(db)]
        numbers = news.numbers(db, since, until)
        state = EditionState.DRAFT if items else EditionState.EMPTY
        # A draft that comes late still leaves the curators their hours.
        late = now + timedelta(hours=library.settings.digest_draft_hours)
        due = send_hour(library, week) if now <= draft_hour(library, week) + timedelta(hours=1) else late
        if known is None:
            id = editions.insert(
                db, week=week, state=state, since=since, until=until, now=now, send_at=due, numbers=numbers
            )
        else:
            id = known.id
            editions.clear_items(db, id)
            editions.renew(db, id, state=state, since=since, until=until, now=now, send_at=due, numbers=numbers)
        editions.add_items(db, id, items)
        history.add(db, "edition", id, "drafted", who, now)
    return Drafting(get(library, week), made=True, passed=tuple(passed))


def _span(library: Library, db: Database, week: Week, now: datetime) -> tuple[datetime, datetime]:
    """What the edition tells of: from where the one before ended, or began if it never went out, to now, or to the week's
    end if that is past."""
    until = min(now, week.ends(library.zone))
    before = editions.before(db, week)
    since = until - timedelta(days=7)
    if before is not None and before.until < until:
        told = before.since if before.state is EditionState.HELD else before.until
        since = max(told, until - _LONGEST_SPAN)
    return since, until


def _with_what_was_there(facts: dict[int, Facts], stock: dict[int, int]) -> dict[int, Facts]:
    """In a library's first edition gems of any age are worth telling that were brought in since: a library that was filled
    from an archive has hardly anything that is of this week."""
    old = {id: replace(facts.get(id, Facts()), earlier=seen) for id, seen in stock.items()}
    return {**old, **{id: what for id, what in facts.items() if what.new or id not in old}}


def _candidates(db: Database, facts: dict[int, Facts]) -> list[Candidate]:
    """The gems to choose from: of a flood (a library that was just filled) only the worthiest are looked at closely."""
    ranked = sorted(facts, key=lambda id: (-choosing.worth(facts[id]), -id))[:_MOST_WEIGHED]
    found = gems.get_many(db, ranked)
    there = [(gem, facts[id]) for id in ranked if (gem := found.get(id))]
    return [
        Candidate(gem.id, what, mark_of(gem), tuple(tag.id for tag in gem.tags), gem.title, gem.language)
        for gem, what in there
    ]


def mark_of(gem: Gem) -> str:
    """The fingerprint of a gem's words: another one means that it changed."""
    return links.fingerprint(f"{gem.title}\n{gem.body}")


def _gem_items(chosen: list[Candidate]) -> list[Item]:
    return [
        Item(0, Section.GEM, one.id, place, asdict(one.facts), choosing.worth(one.facts), one.mark)
        for place, one in enumerate(chosen)
    ]


def _gone_items(db: Database, since: datetime, until: datetime) -> list[Item]:
    ids = news.retired(db, since, until)[:_MOST_RETIRED]
    return [Item(0, Section.RETIRED, id, place) for place, id in enumerate(ids)]


def _question_items(db: Database) -> list[Item]:
    return [
        Item(0, Section.QUESTION, id, place, {"asked": asked})
        for place, (id, asked) in enumerate(news.questions(db, _MOST_QUESTIONS))
    ]


# -- A curator's hand ------------------------------------------------------------------------------------------------


def edit(
    library: Library,
    week: Week,
    who: str,
    *,
    version: int,
    opening: str,
    order: list[int],
    dropped: set[int],
    credits: dict[int, int | None],  # noqa: A002 - the word of the house for a line that thanks
) -> Edition:
    """Keep what a curator made of a draft: the opening words, the order of its items, which of them are dropped, and
    whom it thanks. Raises Conflict when it was approved, or edited by somebody else since `version`; InvalidInput."""
    opening = opening.replace("\r\n", "\n").strip()
    if len(opening) > LONGEST_OPENING:
        raise InvalidInput(
            "The opening words have %(count)s characters; a few lines, at most %(longest_opening)s, are read.",
            "opening",
            count=Count(len(opening)),
            longest_opening=Count(LONGEST_OPENING),
        )
    with library.transaction() as db:
        edition = _to_edit(library, db, week, version)
        ids = {item.id for item in edition.items}
        editions.set_opening(db, edition.id, opening)
        placed = [id for id in dict.fromkeys(order) if id in ids]
        editions.place_items(db, [*placed, *(item.id for item in edition.items if item.id not in placed)])
        willing = subscriptions.named(db)
        for item in edition.items:
            editions.set_dropped(db, item.id, item.id in dropped)
            credit = credits.get(item.id)
            editions.set_credit(db, item.id, credit if credit in willing else None)
        _settle_state(db, edition.id, any_left=bool(ids - dropped))
        history.add(db, "edition", edition.id, "edited", who, library.now())
    return get(library, week)


def add_gem(library: Library, week: Week, gem_id: int, who: str, *, version: int) -> Edition:
    """Put a gem at the end of a draft. Raises Conflict, NotFound, InvalidInput when it is not published."""
    with library.transaction() as db:
        edition = _to_edit(library, db, week, version)
        gem = gems.get(db, gem_id)
        if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
            raise InvalidInput("Gem %(gem_id)s is not published, so it cannot be told.", "gem", gem_id=gem_id)
        there = [item for item in edition.items if item.section is Section.GEM and not item.dropped]
        if any(item.object_id == gem_id for item in there):
            raise InvalidInput("That gem is in the edition already.", "gem")
        if len(there) >= choosing.MOST:
            raise InvalidInput("An edition has at most %(most)s gems. Drop one first.", "gem", most=choosing.MOST)
        facts = news.facts(db, edition.since, edition.until).get(gem_id, Facts())
        place = 1 + max((item.position for item in edition.items), default=0)
        item = Item(0, Section.GEM, gem_id, place, asdict(facts), choosing.worth(facts), mark_of(gem))
        editions.add_items(db, edition.id, [item])
        _settle_state(db, edition.id, any_left=True)
        history.add(db, "edition", edition.id, "edited", who, library.now(), {"gem": (None, gem.id)})
    return get(library, week)


def _to_edit(library: Library, db: Database, week: Week, version: int) -> Edition:
    edition = get(library, week)
    if not edition.is_open:
        raise Conflict("The edition of %(week)s was approved meanwhile; it cannot be changed any more.", week=week)
    if not editions.touch(db, edition.id, version):
        raise Conflict("Somebody else edited this edition meanwhile. Look at it again, then make your change.")
    return edition


def _settle_state(db: Database, id: int, *, any_left: bool) -> None:
    """An edition from which everything was dropped is empty; one that something was put into is a draft."""
    if any_left:
        editions.change_state(db, id, was=[EditionState.EMPTY], state=EditionState.DRAFT)
    else:
        editions.change_state(db, id, was=[EditionState.DRAFT, EditionState.HELD], state=EditionState.EMPTY)


def approve(library: Library, week: Week, who: str, *, wait: bool = False) -> Edition:
    """Let the edition go out: with the next run of the sender, or with `wait` at the hour that is set.

    A second approval changes nothing. Raises NotFound; Conflict when there is nothing in it.
    """
    now = library.now()
    with library.transaction() as db:
        edition = get(library, week)
        if edition.state in (EditionState.APPROVED, EditionState.SENT):
            return edition
        if edition.state is EditionState.EMPTY:
            raise Conflict(
                "There is nothing in the edition of %(week)s. Add a gem first; an empty one is not sent.", week=week
            )
        release(library, db, edition, who, max(now, edition.send_at) if wait else now)
    return get(library, week)


def release(library: Library, db: Database, edition: Edition, who: str, at: datetime) -> bool:
    """Inside a transaction: whether it was this call that released it."""
    done = editions.change_state(
        db,
        edition.id,
        was=[EditionState.DRAFT, EditionState.HELD],
        state=EditionState.APPROVED,
        released_at=at,
        approved_by=who,
    )
    if done:
        history.add(db, "edition", edition.id, "approved", who, library.now())
    return done


def addable(library: Library, edition: Edition, limit: int = 30) -> list[Gem]:
    """Published gems that a curator may add: what happened in the edition's span first, then the last changed."""
    there = {item.object_id for item in edition.items if item.section is Section.GEM and not item.dropped}
    facts = news.facts(library.db, edition.since, edition.until)
    ranked = sorted(facts, key=lambda id: -choosing.worth(facts[id]))
    recent, _ = gems.listed(library.db, status=GemStatus.PUBLISHED, limit=limit)
    ids = [id for id in dict.fromkeys([*ranked, *(gem.id for gem in recent)]) if id not in there][:limit]
    found = gems.get_many(library.db, ids)
    return [privacy.gem_for_reader(found[id]) for id in ids if id in found]
