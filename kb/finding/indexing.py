"""What the search index is given of the library: every review and published or retired gem as a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kb import privacy
from kb.library import Library
from kb.models import Evidence, Gem, GemStatus, Review, TagRef
from kb.search.base import Batch, Document, Hit
from kb.store import changes, comments, evidence, gems, reviews, tags
from kb.store.database import Database

_PARTED = "\n\n"


class LibraryFeed:
    """The library as the indexer reads it (`kb.search.base.Feed`)."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.library_id = library.id

    def latest(self) -> int:
        return changes.latest(self._library.db)

    def changes_after(self, watermark: int, limit: int) -> Batch:
        return self._batch(*changes.after(self._library.db, watermark, limit))

    def awaited(self, watermark: int) -> Batch:
        return self._batch(*changes.awaited(self._library.db, watermark))

    def _batch(self, changed: Mapping[str, set[int]], last: int) -> Batch:
        db = self._library.db
        documents = self._documents(db, changed["review"], changed["gem"])
        there = {document.key for document in documents}
        keys = [f"{type}:{id}" for type, ids in changed.items() for id in ids]
        return Batch(documents, [key for key in keys if key not in there], last)

    def documents(self, batch_size: int) -> Iterable[Sequence[Document]]:
        db = self._library.db
        last = 0
        while ids := reviews.ids_after(db, last, batch_size):
            yield self._documents(db, ids, [])
            last = ids[-1]
        last = 0
        while ids := gems.ids_after(db, last, batch_size):
            yield self._documents(db, [], ids)
            last = ids[-1]

    def count(self) -> int:
        return reviews.count(self._library.db) + gems.count(self._library.db)

    def keys(self) -> set[str]:
        """The keys of all documents that the index should hold, for `kb doctor`."""
        return {document.key for batch in self.documents(1000) for document in batch}

    def document(self, type: str, id: int) -> Document | None:
        """One review or gem as the index has it; None when it is not for the index."""
        ids = {type: [id]}
        return next(iter(self._documents(self._library.db, ids.get("review", []), ids.get("gem", []))), None)

    def _documents(self, db: Database, review_ids: Iterable[int], gem_ids: Iterable[int]) -> list[Document]:
        blameless = privacy.is_blameless(self._library.settings)
        documents = _review_documents(db, list(review_ids), blameless)
        return documents + _gem_documents(db, list(gem_ids), blameless)


def similar(library: Library, type: str, id: int, limit: int) -> Sequence[Hit]:
    """What the index finds most like a review or gem, best first. Raises SearchIndexError."""
    document = LibraryFeed(library).document(type, id)
    return library.engine.similar(document, limit) if document is not None else ()


def _review_documents(db: Database, ids: list[int], blameless: bool) -> list[Document]:
    if not ids:
        return []
    tag_refs = tags.of_reviews(db, ids)
    names = tags.with_aliases(db, {tag.id for found in tag_refs.values() for tag in found})
    threads = comments.texts(db, ids)
    passages = gems.of_reviews(db, ids)
    people = evidence.people(db, sorted({one.gem_id for cited in passages.values() for one, _, _ in cited}))
    found = reviews.get_many(db, ids, tag_refs)
    return [
        _review_document(
            review,
            tag_text=" · ".join(names[tag.id] for tag in review.tags),
            thread=threads.get(review.id, ()),
            passages=passages.get(review.id, ()),
            people=people,
            blameless=blameless,
        )
        for review in found.values()
        if review.trashed_at is None
    ]


def _review_document(
    whole: Review,
    *,
    tag_text: str,
    thread: Sequence[str],
    passages: Sequence[tuple[Evidence, str, str]],
    people: Mapping[int, Sequence[str]],
    blameless: bool,
) -> Document:
    """A review as the index has it. What only some may see goes into the `restricted` text and `reviewee` value. What a
    gem says is without the names of all its `people` (by its number), those of its other reviews too."""
    names = privacy.hidden_names(whole) if blameless else ()
    turns = _PARTED.join(turn.text for turn in whole.turns)
    published = [(passage, title) for passage, title, status in passages if status == GemStatus.PUBLISHED]
    gem_text = _PARTED.join(
        privacy.mask(f"{title}\n{passage.quote}", people.get(passage.gem_id, ()) if blameless else ())
        for passage, title in published
    )
    said = [*thread, whole.feedback.comment]
    verdicts = [answer.comment for answer in whole.scorecard if answer.comment]
    return Document(
        type="review",
        id=whole.id,
        language=whole.language,
        day=whole.date.date() if whole.date else None,
        text={
            "title": privacy.mask(whole.title, names),
            "tags": tag_text,
            "gem": gem_text,
            "body": privacy.mask(whole.body, names),
            "turns": privacy.mask(turns, names),
            "comments": privacy.mask(_PARTED.join(text for text in said if text), names),
            "restricted": _PARTED.join([*verdicts, whole.reviewee, *names]),
        },
        values=_review_values(whole, names),
    )


def _review_values(whole: Review, hidden: Sequence[str]) -> dict[str, tuple[str, ...]]:
    day = whole.date.isoformat() if whole.date else ""
    case = privacy.case_for_reader(whole, hidden)
    return _values(
        whole.tags,
        type="review",
        kind=whole.kind.value,
        product=whole.product,
        team=whole.team,
        language=whole.language,
        year=day[:4],
        month=day[:7],
        channel=case.channel,
        reviewer="" if whole.reviewer in hidden else whole.reviewer,
        customer=case.customer,
        case=case.case_id,
        source=whole.source,
    ) | {"reviewee": privacy.hidden_names(whole)}


def _values(tag_refs: Sequence[TagRef], **single: str) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {name: (value,) for name, value in single.items() if value}
    if tag_refs:
        values["tag"] = tuple(tag.name for tag in tag_refs)
    return values


def _gem_documents(db: Database, ids: list[int], blameless: bool) -> list[Document]:
    if not ids:
        return []
    found = [
        gem
        for gem in gems.get_many(db, ids).values()
        if gem.trashed_at is None and gem.status is not GemStatus.NOMINATED
    ]
    names = tags.with_aliases(db, {tag.id for gem in found for tag in gem.tags})
    sources = reviews.get_many(db, {e.review_id for gem in found for e in gem.evidence if e.review_id}, {})
    return [_gem_document(gem, names, sources, blameless) for gem in found]


def _gem_document(gem: Gem, names: Mapping[int, str], sources: Mapping[int, Review], blameless: bool) -> Document:
    shown = privacy.gem_for_reader(gem) if blameless else gem
    seen_in = [sources[passage.review_id] for passage in gem.evidence if passage.review_id]
    values = _values(gem.tags, type="gem", status=gem.status.value, language=gem.language)
    for field in ("product", "team"):
        several = tuple(dict.fromkeys(value for review in seen_in if (value := str(getattr(review, field)))))
        if several:
            values[field] = several[:1]
    values["year"], values["month"] = (gem.updated_at.isoformat()[:4],), (gem.updated_at.isoformat()[:7],)
    return Document(
        type="gem",
        id=gem.id,
        language=gem.language,
        day=gem.updated_at.date(),
        text={
            "title": shown.title,
            "tags": " · ".join(names[tag.id] for tag in gem.tags),
            "gem": shown.body,
            "body": _PARTED.join(passage.quote for passage in shown.evidence),
        },
        values=values,
    )


def touch_reviews_of_gem(db: Database, gem: Gem) -> None:
    """A gem's words are searched in its reviews as well: they change with it."""
    changes.note(db, "review", sorted({passage.review_id for passage in gem.evidence if passage.review_id}))
