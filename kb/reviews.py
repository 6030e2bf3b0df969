"""Writing, editing and throwing away reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from kb import privacy
from kb.errors import Conflict, InvalidInput, NotFound
from kb.gems import erasing, evidence
from kb.intake import titles
from kb.library import Library
from kb.models import Comment, Draft, Evidence, GemStatus, Review, ReviewRow
from kb.search.languages import detect_language
from kb.store import bulk, changes, comments, gems, history, reviews, tags, upkeep
from kb.store.database import Database, overwrite_what_goes
from kb.tags import personal
from kb.threads import TWICE_WITHIN
from kb.trails import gaps
from kb.values.log import Change, Run

# The fields of a draft that an edit may change and a history shows; gems, comments and tags have their own.
EDITABLE = tuple(
    field.name
    for field in fields(Draft)
    if field.name not in {"external_id", "tags", "gems", "comments", "updated_at", "extra"}
)

_LAST = 20  # reviews among which a second click's is looked for


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A review with all that its page shows, as this reader may see it."""

    review: Review
    comments: list[Comment]
    passages: list[tuple[Evidence, str, str]]


def add(library: Library, draft: Draft, who: str, *, once: bool = False) -> Review:
    """Keep a new review; with `once`, the same by the same member a moment ago is a second click, and no second review.

    Raises InvalidInput when it has neither body nor conversation.
    """
    draft = complete(draft)
    now = library.now()
    with library.transaction() as db:
        id = _written_already(db, draft, who, now) if once else None
        if id is None:
            id = reviews.next_id(db)
            reviews.insert_many(db, [(id, draft, "")], "", None, now)
            history.add(db, "review", id, "added", who, now)
        personal.check(library, db, draft.tags, "tags")
        tag_ids = tags.ensure(db, draft.tags, now)
        tags.put_on_reviews(db, [(id, tag_id, "member") for tag_id in set(tag_ids.values())])
        changes.note(db, "review", [id])
    return get(library, id, unmasked=True)


def _written_already(db: Database, draft: Draft, who: str, now: datetime) -> int | None:
    for review in reviews.get_many(db, reviews.last_ids(db, _LAST), {}).values():
        there = review.trashed_at is None and now - review.created_at < TWICE_WITHIN
        same = there and all(getattr(review, name) == getattr(draft, name) for name in EDITABLE)
        if same and any(change.who == who for change in history.of(db, "review", review.id)):
            return review.id
    return None


def complete(draft: Draft) -> Draft:
    """The draft with what can be found out of it: a title from its first words, its language.

    Raises InvalidInput when there is nothing to read in it.
    """
    if not draft.body.strip() and not any(turn.text.strip() for turn in draft.turns):
        raise InvalidInput("A review needs a text or a conversation. Write one, or paste it.", "body")
    if draft.title and draft.language:
        return draft
    said = "\n".join(turn.text for turn in draft.turns[:20])[:4000]
    language = draft.language or detect_language(f"{draft.title}\n{draft.body[:4000] or said}")
    if not language and draft.body:
        language = detect_language(said)  # above a transcript may stand a day and names alone
    return replace(draft, title=draft.title or titles.made(draft), language=language)


def edit(library: Library, id: int, draft: Draft, *, version: int, who: str) -> Review:
    """Change a review's fields to the draft's; its history keeps what they were.

    `version` is the one that the edit began from. Raises Conflict when somebody saved another meanwhile, NotFound,
    InvalidInput.
    """
    draft = complete(draft)
    now = library.now()
    with library.transaction() as db:
        before = reviews.get(db, id)
        if before.version != version:
            raise Conflict(
                "Somebody else saved this review while you were writing. Your text is below; compare it with theirs"
                " and save again."
            )
        changed = difference(before, draft)
        if changed:
            content_hash, source, run_id = reviews.provenance(db, id)
            kept = replace(draft, external_id=before.external_id, extra=before.extra, updated_at=now)
            reviews.update(db, id, kept, source=source, content_hash=content_hash, run_id=run_id, now=now)
            history.add(db, "review", id, "edited", who, now, changed)
            evidence.follow(db, before, reviews.get(db, id))
            changes.note(db, "review", [id])
    return get(library, id, unmasked=True)


def difference(before: Review, draft: Draft) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, as their history keeps them: plain JSON values before and after."""
    return {
        name: (_plain(getattr(before, name)), _plain(getattr(draft, name)))
        for name in EDITABLE
        if getattr(before, name) != getattr(draft, name)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value if isinstance(value, int | float | str | type(None)) else str(value)


def get(library: Library, id: int, *, unmasked: bool) -> Review:
    """One review; without `unmasked`, as a reader sees it. Raises NotFound, also for one in the trash unless
    `unmasked`."""
    review = _whole(library.db, id, unmasked=unmasked)
    return review if unmasked else privacy.for_reader(review)


def _whole(db: Database, id: int, *, unmasked: bool) -> Review:
    review = reviews.get(db, id, tags.of_reviews(db, [id]).get(id, ()))
    if review.trashed_at is not None and not unmasked:
        raise NotFound("Review %(id)s was thrown away.", id=id)
    return review


def page(library: Library, id: int, *, unmasked: bool) -> ReviewPage:
    """A review with its thread and the passages that became gems. Raises NotFound."""
    db = library.db
    review = _whole(db, id, unmasked=unmasked)
    thread = comments.of_review(db, id)
    passages = gems.of_reviews(db, [id]).get(id, [])
    if not unmasked:
        thread = privacy.comments_for_reader(thread, privacy.hidden_names(review))
        review, passages = privacy.for_reader(review), _for_reader(db, passages)
    return ReviewPage(review, thread, passages)


def _for_reader(db: Database, passages: Sequence[tuple[Evidence, str, str]]) -> list[tuple[Evidence, str, str]]:
    """Those of published gems, whose titles may hold the names of other reviews' people, too."""
    cited = gems.get_many(db, {passage.gem_id for passage, _, _ in passages})
    names = {id: gem.reviewees for id, gem in cited.items()}
    return [
        (
            privacy.evidence_for_reader(passage, names[passage.gem_id]),
            privacy.mask(title, names[passage.gem_id]),
            status,
        )
        for passage, title, status in passages
        if status == GemStatus.PUBLISHED
    ]


def past(library: Library, id: int) -> list[Change]:
    """Who changed what, newest first."""
    return history.of(library.db, "review", id)


def trash(library: Library, ids: Sequence[int], who: str) -> None:
    """Throw reviews away; they can be brought back until the trash is emptied. Raises NotFound."""
    _set_trashed(library, ids, who, away=True)


def restore(library: Library, ids: Sequence[int], who: str) -> None:
    """Bring reviews back from the trash. Raises NotFound."""
    _set_trashed(library, ids, who, away=False)


def _set_trashed(library: Library, ids: Sequence[int], who: str, *, away: bool) -> None:
    now = library.now()
    with library.transaction() as db:
        concerned = [id for id in ids if (reviews.get(db, id).trashed_at is None) == away]
        reviews.set_trashed(db, concerned, now if away else None)
        for id in concerned:
            history.add(db, "review", id, "thrown away" if away else "brought back", who, now)
        _note_with_gems(db, concerned)
        if away:
            gaps.tell(db, "review", concerned, who, now)


def _note_with_gems(db: Database, ids: Sequence[int]) -> None:
    """A gem shows and is searched by the passages of its reviews: it changes with them."""
    changes.note(db, "review", ids)
    changes.note(db, "gem", bulk.citing_gems(db, ids))


def listed(
    library: Library, *, limit: int = 25, offset: int = 0, tag_ids: Sequence[int] = (), unmasked: bool = False
) -> tuple[list[ReviewRow], int]:
    """A page of reviews, newest first, and how many there are; with `tag_ids` those that carry one of these topics."""
    return _with_tags(library, *reviews.rows(library.db, limit=limit, offset=offset, tag_ids=tag_ids), unmasked)


def are_none(library: Library) -> bool:
    """Whether nobody has brought in a review yet."""
    return not reviews.count(library.db)


def new_of_run(library: Library, run: Run, *, limit: int, unmasked: bool) -> list[ReviewRow]:
    """The first reviews that came into the library with a run, to go on with."""
    until = run.finished_at or library.now()
    return _with_tags(library, reviews.new_of_run(library.db, run.id, run.started_at, until, limit), 0, unmasked)[0]


def trashed(library: Library, *, limit: int = 50, offset: int = 0) -> tuple[list[ReviewRow], int]:
    """A page of the trash, the last thrown away first, and how many there are."""
    return _with_tags(library, *reviews.rows(library.db, limit=limit, offset=offset, trashed=True), True)


def _with_tags(library: Library, rows: list[ReviewRow], total: int, unmasked: bool) -> tuple[list[ReviewRow], int]:
    found = tags.of_reviews(library.db, [row.id for row in rows])
    rows = [replace(row, tags=tuple(found.get(row.id, ()))) for row in rows]
    if not unmasked:
        whole = reviews.get_many(library.db, [row.id for row in rows], {})
        rows = [replace(row, title=privacy.mask(row.title, privacy.hidden_names(whole[row.id]))) for row in rows]
    return rows, total


def choices(library: Library, column: str, *, unmasked: bool) -> list[str]:
    """The values in use of a header field, the commonest first; those that name who was reviewed only `unmasked`."""
    if column == "reviewee" and not unmasked:
        return []
    return reviews.distinct(library.db, column, of_themselves=unmasked)


def empty_trash(library: Library) -> int:
    """Take out for good what has lain in the trash longer than the setting `trash_days`, so that its words are not in the
    library's file any more. Says how many."""
    limit = library.now() - timedelta(days=library.settings.trash_days)
    with library.transaction() as db:
        ids = reviews.thrown_before(db, limit)
        erase_for_good(library, db, ids)
    if ids:
        upkeep.overwrite_log(library.db)
    return len(ids)


def erase_for_good(library: Library, db: Database, ids: Sequence[int]) -> None:
    """Within a transaction: reviews go with all that hangs on them, and their bytes are overwritten in the library's file.
    The log beside it (`upkeep.overwrite_log`) is for who calls this, afterwards."""
    overwrite_what_goes(db)
    _note_with_gems(db, ids)
    erasing.before_erasing(library, db, ids)
    reviews.erase(db, ids)
