"""A batch that was sorted out (kb/intake/sorting.py), stored: its reviews with their topics, comments and gems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kb import reviews as review_cases
from kb.gems import evidence as evidence_cases
from kb.gems import gems as gem_cases
from kb.intake.identity import Row
from kb.intake.sorting import IntakeOptions, Plan
from kb.library import Library
from kb.models import Draft, GemDraft, GemStatus, Review
from kb.store import changes, comments, history, reviews, tags
from kb.store.database import Database
from kb.tags import tags as tag_cases
from kb.words import name_key


def store(
    library: Library, db: Database, plan: Plan, options: IntakeOptions, *, run_id: int, who: str, now: datetime
) -> None:
    """Put all of a batch in, as part of the transaction that it was sorted out in."""
    if plan.tags:
        tag_cases.bring_in(library, plan.tags, who)
    names = [name for row in plan.new for name in row.draft.tags]
    names += [name for _, row in plan.changed for name in row.draft.tags]
    tag_ids = tags.ensure(db, names, now) if names else {}
    _store_new(library, db, plan, tag_ids, options, run_id, now)
    for there, row in plan.changed:
        _store_changed(library, db, there, row, tag_ids=tag_ids, options=options, run_id=run_id, who=who, now=now)
    for gem in plan.gems:
        gem_cases.take_in_alone(
            db, gem, source=options.source, status=_status(gem, options), now=now, days=library.settings.gem_days
        )


def _store_new(
    library: Library,
    db: Database,
    plan: Plan,
    tag_ids: Mapping[str, int],
    options: IntakeOptions,
    run_id: int,
    now: datetime,
) -> None:
    first = reviews.next_id(db)
    numbered = [(first + place, row) for place, row in enumerate(plan.new)]
    for source in {row.source for row in plan.new}:
        rows = [(id, row.draft, row.content_hash) for id, row in numbered if row.source == source]
        reviews.insert_many(db, rows, source, run_id, now)
    tags.put_on_reviews(
        db,
        [(id, tag_ids[key], "ingest") for id, row in numbered for key in _tag_keys(row.draft)],
    )
    changes.note(db, "review", [row[0] for row in numbered])
    for id, row in numbered:
        _store_comments(db, id, row.draft, now)
        _store_gems(library, db, id, row.draft, row.source, options, now)


def _tag_keys(draft: Draft) -> list[str]:
    """The keys of a draft's tags, each once."""
    return list(dict.fromkeys(key for name in draft.tags if (key := name_key(name))))


def _store_comments(db: Database, id: int, draft: Draft, now: datetime) -> None:
    if draft.comments:
        comments.insert_imported(
            db, [(id, comment.author, comment.body, _when(comment.at, now)) for comment in draft.comments]
        )


def _when(text: str, otherwise: datetime) -> datetime:
    """A comment's time; a parser has brought it to ISO 8601 where it could."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if found.tzinfo else found.replace(tzinfo=otherwise.tzinfo)


def _store_gems(
    library: Library, db: Database, id: int, draft: Draft, source: str, options: IntakeOptions, now: datetime
) -> None:
    if not draft.gems:
        return
    review = reviews.get(db, id, tags.of_reviews(db, [id]).get(id, ()))
    for gem in draft.gems:
        gem_cases.take_in(
            db, review, gem, source=source, status=_status(gem, options), now=now, days=library.settings.gem_days
        )


def _status(gem: GemDraft, options: IntakeOptions) -> GemStatus:
    if not options.may_publish:
        return GemStatus.NOMINATED
    return GemStatus(gem.status) if gem.status else GemStatus.PUBLISHED


def _store_changed(
    library: Library,
    db: Database,
    before: Review,
    row: Row,
    *,
    tag_ids: Mapping[str, int],
    options: IntakeOptions,
    run_id: int,
    who: str,
    now: datetime,
) -> None:
    """A row that came again, changed: its text, its imported tags and comments are replaced; what members added stays."""
    id, draft = before.id, row.draft
    reviews.update(db, id, draft, source=row.source, content_hash=row.content_hash, run_id=run_id, now=now)
    history.add(db, "review", id, "brought in again", who, now, review_cases.difference(before, draft))
    evidence_cases.follow(db, before, reviews.get(db, id))
    tags.clear_imported(db, id)
    tags.put_on_reviews(db, [(id, tag_ids[key], "ingest") for key in _tag_keys(draft)])
    comments.clear_imported(db, id)
    _store_comments(db, id, draft, now)
    _store_gems(library, db, id, draft, row.source, options, now)
    changes.note(db, "review", [id])
