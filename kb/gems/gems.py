"""Gems: the finds that were lifted out of reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from kb import anchor, privacy
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.finding.indexing import touch_reviews_of_gem
from kb.gems import evidence as evidence_cases
from kb.library import Library
from kb.models import Gem, GemDraft, GemStatus, Member, Review, Role
from kb.search.languages import detect_language
from kb.store import changes, evidence, gem_life, gems, history, reviews, tags
from kb.store.database import Database
from kb.tags import personal
from kb.tags import tags as tag_cases
from kb.values.log import Change
from kb.words import name_key


def listed(
    library: Library,
    *,
    status: GemStatus | None = None,
    tag_id: int | None = None,
    unmasked: bool,
    best_first: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Gem], int]:
    """A page of gems, the last changed first (or by their standing with readers and reviews), and how many. Readers see
    published ones; retired ones are left out unless `status` asks for them."""
    if not unmasked and status is None:
        status = GemStatus.PUBLISHED
    found, total = gems.listed(
        library.db, status=status, tag_id=tag_id, best_first=best_first, limit=limit, offset=offset
    )
    return (found if unmasked else [privacy.gem_for_reader(gem) for gem in found]), total


def get(library: Library, id: int, *, unmasked: bool, waiting: bool | None = None) -> Gem:
    """One gem with its passages; a merged gem's number finds the one that it went into. Raises NotFound, without `waiting`
    (as `unmasked`, if it is not said) also when it waits for publication."""
    gem = gems.get(library.db, id, away=evidence_cases.keeps_excerpts(library.settings))
    if not (unmasked if waiting is None else waiting) and not _is_for_readers(gem):
        raise NotFound("There is no gem %(id)s.", id=id)
    return gem if unmasked else privacy.gem_for_reader(gem)


def several(library: Library, ids: Iterable[int], *, unmasked: bool) -> dict[int, Gem]:
    """Those of the gems that this reader may see, by number; a few statements, however many there are."""
    found = gems.get_many(library.db, ids, away=evidence_cases.keeps_excerpts(library.settings))
    if unmasked:
        return found
    return {id: privacy.gem_for_reader(gem) for id, gem in found.items() if _is_for_readers(gem)}


def _is_for_readers(gem: Gem) -> bool:
    return gem.status is not GemStatus.NOMINATED and gem.trashed_at is None


def named(library: Library, text: str, field: str) -> Gem:
    """A gem by its number or its address (`12`, `#12`, `https://kb.example/gems/12?was=7`). Raises InvalidInput."""
    number = text.strip().partition("?")[0].rstrip("/").rpartition("/")[2].lstrip("#")
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        raise InvalidInput("Name the gem by its number or its address: 12, or …/gems/12.", field)
    try:
        return get(library, int(number), unmasked=True)
    except NotFound as error:
        raise InvalidInput(error.message, field, **error.values) from error


def replacement(library: Library, gem: Gem, *, unmasked: bool) -> Gem | None:
    """The gem that replaces a retired one, as this reader may see it; None where there is none that holds."""
    if gem.replaced_by is None:
        return None
    try:
        other = get(library, gem.replaced_by, unmasked=unmasked)
    except NotFound:
        return None
    return other if other.status is GemStatus.PUBLISHED and other.trashed_at is None else None


def past(library: Library, id: int) -> list[Change]:
    """Who changed what, newest first."""
    return history.of(library.db, "gem", id)


def lift(
    library: Library,
    review_id: int,
    draft: GemDraft,
    *,
    who: str,
    publish: bool,
    member: Member | None = None,
    place: int | None = None,
    nth: int | None = None,
) -> Gem:
    """Make a gem from a passage of a review; without the right to publish it is nominated. `place` and `nth` say which
    of the same words is meant, where they stand several times. Inside another transaction it is part of that one.

    Raises InvalidInput when title or workaround is missing, or the quote does not stand in the review; NotFound.
    """
    check(draft)
    now = library.now()
    with library.transaction() as db:
        review = reviews.get(db, review_id, tags.of_reviews(db, [review_id]).get(review_id, ()))
        if review.trashed_at is not None:
            raise NotFound("Review %(review_id)s was thrown away.", review_id=review_id)
        personal.check(library, db, draft.tags or (), "tags")
        found = anchor.cite(evidence_cases.whole(review), draft.quote, place, nth) if draft.quote.strip() else None
        if draft.quote.strip() and found is None:
            raise InvalidInput("The quoted words are not in this review. Copy them as they stand there.", "quote")
        status = GemStatus.PUBLISHED if publish else GemStatus.NOMINATED
        wanted = _wanted(db, draft, review, now)
        days = gem_life.shortest_term(db, wanted) or library.settings.gem_days
        id = gems.insert(
            db, title=draft.title, body=draft.body, status=status, language=review.language, now=now,
            true_until=library.today() + timedelta(days=days) if publish else None,
            nominated_by=member.id if member else None, owner_id=member.id if member and publish else None,
        )  # fmt: skip
        if publish:
            gems.note(db, id, verified_at=now, verified_by=who)
        tags.set_on_gem(db, id, wanted)
        evidence.add(db, id, review.id, draft.quote, found, now=now, seen_on=review.date, who=who)
        gem_life.settle(db, [id])
        history.add(db, "gem", id, status.value, who, now)
        changes.note(db, "gem", [id])
        changes.note(db, "review", [review.id])
    return get(library, id, unmasked=True)


LONGEST_TITLE = 300


def check(draft: GemDraft) -> None:
    """Raises InvalidInput when a title is missing or too long, or there is neither workaround nor passage."""
    if not draft.title.strip():
        raise InvalidInput("A gem needs a title: say in one line what it answers.", "title")
    if len(draft.title) > LONGEST_TITLE:
        raise InvalidInput(
            "The title has %(count)s characters; at most %(longest_title)s make one line.",
            "title",
            count=len(draft.title),
            longest_title=LONGEST_TITLE,
        )
    if not draft.body.strip() and not draft.quote.strip():
        raise InvalidInput("A gem needs the workaround, or a passage that says it.", "body")
    for name in draft.tags or ():
        tag_cases.check_name(name)


def _wanted(db: Database, draft: GemDraft, review: Review, now: datetime) -> list[int]:
    """The tags of a new gem: its own, none where it says so, or those of its review."""
    return [tag.id for tag in review.tags] if draft.tags is None else list(tags.ensure(db, draft.tags, now).values())


def take_in(
    db: Database, review: Review, draft: GemDraft, *, source: str, status: GemStatus, now: datetime, days: int
) -> tuple[int, bool]:
    """Store a gem of a review, or add the passage to the gem that is there already: (gem, whether anything changed).

    The same gem is one of the same `id` from the same source, or one of the same title on the same review. A published
    one holds for `days` from the day of its newest review: an old find that is brought in today is as old as it is.
    """
    known = gems.find(db, source, draft.id) if draft.id else None
    if known is None and not draft.id:
        known = gems.titles_of_review(db, review.id).get(draft.title)
    seen_on = review.date or now
    changed = False
    if known is None:
        known = gems.insert(
            db, title=draft.title, body=draft.body, status=status, language=review.language, now=seen_on,
            source=source if draft.id else "", external_id=draft.id,
        )  # fmt: skip
        tags.set_on_gem(db, known, _wanted(db, draft, review, now))
        changed = True
    known = gems.resolve(db, known)
    found = anchor.cite(evidence_cases.whole(review), draft.quote) if draft.quote.strip() else None
    people = set() if changed else set(privacy.hidden_names(review)) - set(evidence.people(db, [known]).get(known, ()))
    if evidence.add(db, known, review.id, draft.quote, found, now=now, seen_on=review.date):
        evidence_cases.heed(db, known, people)
        gem_life.extend(db, known, seen_on.date(), days)
        gem_life.settle(db, [known])
        changed = True
    if changed:
        changes.note(db, "gem", [known])
        changes.note(db, "review", [review.id])
    return known, changed


def take_in_alone(db: Database, draft: GemDraft, *, source: str, status: GemStatus, now: datetime, days: int) -> int:
    """Store a gem that no review cites (yet); the same `id` or title again changes nothing."""
    known = gems.find(db, source, draft.id) if draft.id else gems.alone_by_title(db, draft.title)
    if known is not None:
        return gems.resolve(db, known)
    known = gems.insert(
        db, title=draft.title, body=draft.body, status=status, language=detect_language(draft.body),
        now=now, source=source if draft.id else "", external_id=draft.id,
    )  # fmt: skip
    if draft.tags:
        tags.set_on_gem(db, known, tags.ensure(db, draft.tags, now).values())
    gem_life.extend(db, known, now.date(), days)
    gem_life.settle(db, [known])
    changes.note(db, "gem", [known])
    return known


def edit(library: Library, id: int, draft: GemDraft, *, version: int, member: Member) -> Gem:
    """Change title, workaround and topics; the history keeps what they were. For curators, its owner, and who nominated
    it while it is not published; a gem that was sent back so comes into the queue again.

    Raises NotFound, NotAllowed, InvalidInput, Conflict when somebody saved another version meanwhile.
    """
    now = library.now()
    with library.transaction() as db:
        before = gems.itself(db, id)
        check_may_edit(before, member)
        check(replace(draft, quote=draft.quote or "".join(passage.quote for passage in before.evidence)))
        if before.version != version:
            raise Conflict("Somebody else saved this gem while you were writing. Compare your text with theirs.")
        gems.update(db, before.id, title=draft.title.strip(), body=draft.body, status=before.status, now=now)
        if draft.tags is not None:
            personal.check(library, db, draft.tags, "tags")
            tags.set_on_gem(db, before.id, tags.ensure(db, draft.tags, now).values())
        after = gems.get(db, before.id)
        _note_edit(db, before, after, "edited", member.called, now)
        if before.waiting == "sent_back" and before.trashed_at is None:
            gems.note(db, before.id, waiting="waiting", word="")
    return gems.get(library.db, before.id)


def check_may_edit(gem: Gem, member: Member) -> None:
    """Raises NotAllowed."""
    if not may_edit(gem, member):
        raise NotAllowed("Its owner and curators change a gem. Say below it what should change.")


def may_edit(gem: Gem, member: Member) -> bool:
    nominator = gem.status is GemStatus.NOMINATED and gem.nominated_by == member.id
    return member.role >= Role.CURATOR or gem.owner_id == member.id or nominator


def _note_edit(db: Database, before: Gem, after: Gem, action: str, who: str, now: datetime) -> None:
    both = {"title": (before.title, after.title), "body": (before.body, after.body),
            "tags": (tag_names(before), tag_names(after))}  # fmt: skip
    fields = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
    if fields:
        history.add(db, "gem", before.id, action, who, now, fields)
        changes.note(db, "gem", [before.id])
        touch_reviews_of_gem(db, before)


def before_change(library: Library, gem: Gem, change_id: int) -> GemDraft:
    """Title, workaround and topics as they were before a change of the history. Raises NotFound."""
    past = history.of(library.db, "gem", gem.id, limit=10_000)
    if change_id not in {change.id for change in past}:
        raise NotFound("There is no such change in the history of this gem.")
    state: dict[str, Any] = {"title": gem.title, "body": gem.body, "tags": tag_names(gem)}
    for change in past:  # newest first, back to the one asked for
        for name in state.keys() & change.fields.keys():
            state[name] = change.fields[name][0]
        if change.id == change_id:
            break
    return GemDraft(str(state["title"]), str(state["body"]), "", tuple(map(str, state["tags"])))


def restore(library: Library, id: int, change_id: int, *, member: Member) -> Gem:
    """Bring title, workaround and topics back to what they were before a change; that is a change of its own.

    Raises NotFound, NotAllowed.
    """
    gem = gems.get(library.db, id)
    return edit(library, id, before_change(library, gem, change_id), version=gem.version, member=member)


def tag_names(gem: Gem) -> list[str]:
    return sorted((tag.name for tag in gem.tags), key=name_key)
