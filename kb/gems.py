"""Gems: the finds that were lifted out of reviews."""

from __future__ import annotations

from datetime import datetime

from kb import privacy
from kb.errors import InvalidInput, NotFound
from kb.indexing import touch_reviews_of_gem
from kb.library import Library
from kb.models import Change, Evidence, Gem, GemDraft, GemStatus, Review
from kb.search.languages import detect_language
from kb.store import changes, gems, history, reviews, tags
from kb.store.database import Database
from kb.words import name_key


def listed(
    library: Library,
    *,
    status: GemStatus | None = None,
    tag_id: int | None = None,
    restricted: bool = True,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Gem], int]:
    """A page of gems, the last changed first, and how many. Readers see published ones; retired ones are left out
    unless `status` asks for them."""
    if not restricted and status is None:
        status = GemStatus.PUBLISHED
    found, total = gems.listed(library.db, status=status, tag_id=tag_id, limit=limit, offset=offset)
    return (found if restricted else [privacy.gem_for_reader(gem) for gem in found]), total


def get(library: Library, id: int, *, restricted: bool = True) -> Gem:
    """One gem. Raises NotFound, for readers also when it waits for publication."""
    gem = gems.get(library.db, id)
    if restricted:
        return gem
    if gem.status is GemStatus.NOMINATED or gem.trashed_at is not None:
        raise NotFound(f"There is no gem {id}.")
    return privacy.gem_for_reader(gem)


def past(library: Library, id: int) -> list[Change]:
    """Who changed what, newest first."""
    return history.of(library.db, "gem", id)


def lift(library: Library, review_id: int, draft: GemDraft, *, who: str, publish: bool) -> Gem:
    """Make a gem from a passage of a review; without the right to publish it is nominated.

    Raises InvalidInput when title or workaround is missing, or the quote does not stand in the review; NotFound.
    """
    if not draft.title.strip():
        raise InvalidInput("A gem needs a title: say in one line what it answers.", "title")
    if not draft.body.strip() and not draft.quote.strip():
        raise InvalidInput("A gem needs the workaround, or a passage that says it.", "body")
    now = library.now()
    with library.transaction() as db:
        review = reviews.get(db, review_id, tags.of_reviews(db, [review_id]).get(review_id, ()))
        if draft.quote and locate(review, draft.quote) is None:
            raise InvalidInput("The quoted words are not in this review. Copy them as they stand there.", "quote")
        status = GemStatus.PUBLISHED if publish else GemStatus.NOMINATED
        id, _ = take_in(db, review, draft, source="", status=status, now=now)
        history.add(db, "gem", id, status.value, who, now)
    return get(library, id)


def take_in(
    db: Database, review: Review, draft: GemDraft, *, source: str, status: GemStatus, now: datetime
) -> tuple[int, bool]:
    """Store a gem of a review, or add the passage to the gem that is there already: (gem, whether anything changed).

    The same gem is one of the same `id` from the same source, or one of the same title on the same review.
    """
    known = gems.find(db, source, draft.id) if draft.id else None
    if known is None and not draft.id:
        known = gems.titles_of_review(db, review.id).get(draft.title)
    changed = False
    if known is None:
        known = gems.insert(
            db,
            title=draft.title,
            body=draft.body,
            status=status,
            language=review.language,
            # An old review brought in today holds no news: its gem is as old as it is.
            now=review.date or now,
            source=source if draft.id else "",
            external_id=draft.id,
        )
        wanted = tags.ensure(db, draft.tags, now) if draft.tags else {}
        tags.set_on_gem(db, known, wanted.values() or [tag.id for tag in review.tags])
        changed = True
    where = locate(review, draft.quote) if draft.quote else None
    changed = gems.cite(db, known, review.id, draft.quote, where) or changed
    if changed:
        changes.note(db, "gem", [known])
        changes.note(db, "review", [review.id])
    return known, changed


def take_in_alone(db: Database, draft: GemDraft, *, source: str, status: GemStatus, now: datetime) -> int:
    """Store a gem that no review cites (yet); the same `id` or title again changes nothing."""
    known = gems.find(db, source, draft.id) if draft.id else gems.alone_by_title(db, draft.title)
    if known is not None:
        return known
    known = gems.insert(
        db, title=draft.title, body=draft.body, status=status, language=detect_language(draft.body),
        now=now, source=source if draft.id else "", external_id=draft.id,
    )  # fmt: skip
    if draft.tags:
        tags.set_on_gem(db, known, tags.ensure(db, draft.tags, now).values())
    changes.note(db, "gem", [known])
    return known


BODY = -1


def locate(review: Review, quote: str) -> int | None:
    """Where a passage stands: the 0-based turn, BODY for the body, None when it is nowhere.

    Blanks and line ends may differ: what is selected on a page has lost the source's.
    """
    wanted = " ".join(quote.split())
    if not wanted:
        return None
    if wanted in " ".join(review.body.split()):
        return BODY
    for index, turn in enumerate(review.turns):
        if wanted in " ".join(turn.text.split()):
            return index
    return None


def set_status(library: Library, id: int, status: GemStatus, who: str) -> Gem:
    """Publish, retire, or send back to the nominated. Raises NotFound."""
    now = library.now()
    with library.transaction() as db:
        gem = gems.get(db, id)
        if gem.status is not status:
            gems.update(db, id, title=gem.title, body=gem.body, status=status, now=now)
            history.add(db, "gem", id, status.value, who, now, {"status": (gem.status.value, status.value)})
            changes.note(db, "gem", [id])
            touch_reviews_of_gem(db, gem)
    return get(library, id)


def tag_names(gem: Gem) -> list[str]:
    return sorted((tag.name for tag in gem.tags), key=name_key)


def evidence_of(library: Library, review_id: int) -> list[tuple[Evidence, str, str]]:
    """The cited passages of a review, each with its gem's title and status."""
    return gems.of_reviews(library.db, [review_id]).get(review_id, [])
