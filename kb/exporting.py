"""Reviews, gems, topics and trails out again, in the shapes that `kb ingest` and `kb trail import` read.

Words that mean the same, rules, questions, the edition, members and histories stay: a backup has these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import LibraryError, UsageError
from kb.gems import gems as gem_cases
from kb.ingest import write
from kb.library import Library
from kb.models import CommentDraft, Draft, Evidence, Gem, GemDraft, Review, TagDraft
from kb.store import comments, gems, reviews, tags
from kb.store.database import Database
from kb.tags import tags as tag_cases
from kb.trails import interchange
from kb.trails import trails as trail_cases
from kb.values.trails import TrailState

_BATCH = 500
FORMATS = ("markdown", "ndjson")
TRAILS = "trails.yaml"  # `kb trail import` reads it


def export(library: Library, folder: Path, format: str = "ndjson") -> int:
    """Write all that is not in the trash into a folder, a new one for its owner alone; gives the number of reviews.

    Raises UsageError when the folder is not empty, LibraryError when it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError("%(folder)s is not empty. Name a new folder for the export.", folder=folder)
        others: list[TagDraft | GemDraft] = [*_tags(library), *_lone_gems(library)]
        if others:  # an empty file could not be brought in again
            with open(folder / "tags-and-gems.ndjson", "w", encoding="utf-8") as out:
                write.write_ndjson(others, out)
        if walks := _trails(library):
            (folder / TRAILS).write_text(interchange.dump(library, *walks), encoding="utf-8")
        if format == "markdown":
            return write.write_markdown(_reviews(library), folder / "reviews")
        with open(folder / "reviews.ndjson", "w", encoding="utf-8") as out:
            return write.write_ndjson(_reviews(library), out)
    except OSError as error:
        raise LibraryError(
            "The export could not be written to %(folder)s: %(strerror)s.", folder=folder, strerror=error.strerror
        ) from error


def _tags(library: Library) -> Iterator[TagDraft]:
    for tag in tag_cases.listed(library):
        yield TagDraft(tag.name, tag.definition, tag.aliases, tag.parent_name)


def _trails(library: Library) -> list[int]:
    """Those of every state but the thrown away, in the order in which they were made."""
    listed = (trail_cases.listed(library, state, limit=trail_cases.counts(library)[state])[0] for state in TrailState)
    return sorted(trail.id for some in listed for trail in some)


def _lone_gems(library: Library) -> Iterator[GemDraft]:
    """Gems that no review stands behind: they would be lost with an export of reviews alone."""
    last = 0
    while ids := gems.ids_after(library.db, last, _BATCH):
        last = ids[-1]
        for gem in gems.get_many(library.db, ids).values():
            if not gem.evidence:
                yield _gem_draft(library, gem, "")


def _reviews(library: Library) -> Iterator[Draft]:
    db = library.db
    last = 0
    while ids := reviews.ids_after(db, last, _BATCH):
        last = ids[-1]
        found = reviews.get_many(db, ids, tags.of_reviews(db, ids))
        passages = gems.of_reviews(db, ids)
        wanted = {passage.gem_id for cited in passages.values() for passage, _, _ in cited}
        whole = gems.get_many(db, wanted)
        for id in ids:
            yield draft_of(library, db, found[id], [(p, whole[p.gem_id]) for p, _, _ in passages.get(id, ())])


def draft_of(library: Library, db: Database, review: Review, cited: Iterable[tuple[Evidence, Gem]]) -> Draft:
    """A review as the interchange has it. What was written in the browser gets an id that names this library."""
    return Draft(
        external_id=review.external_id or f"kb-{library.id[:8]}-{review.id}",
        kind=review.kind,
        title=review.title,
        body=review.body,
        date=review.date,
        reviewer=review.reviewer,
        reviewee=review.reviewee,
        customer=review.customer,
        case_id=review.case_id,
        case_url=review.case_url,
        channel=review.channel,
        product=review.product,
        team=review.team,
        language=review.language,
        cycle=review.cycle,
        tags=tuple(tag.name for tag in review.tags),
        scorecard=review.scorecard,
        score=review.score,
        feedback=review.feedback,
        turns=review.turns,
        gems=tuple(_gem_draft(library, gem, passage.quote) for passage, gem in cited),
        comments=tuple(
            CommentDraft(comment.body, comment.author, comment.at.isoformat())
            for comment in comments.of_review(db, review.id)
        ),
        updated_at=review.updated_at,
        extra={**review.extra, **({"source": review.source} if review.source else {})},
    )


def _gem_draft(library: Library, gem: Gem, quote: str) -> GemDraft:
    return GemDraft(
        title=gem.title,
        body=gem.body,
        quote=quote,
        tags=tuple(gem_cases.tag_names(gem)),
        status=gem.status.value,
        id=gem.external_id or f"kb-{library.id[:8]}-{gem.id}",
    )
