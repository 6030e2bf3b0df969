"""From the numbers that an engine answers with to results as this reader may see them, with their passages marked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kb import privacy
from kb.gems import health
from kb.library import Library
from kb.models import Evidence, Gem, Review
from kb.search.base import Hit
from kb.search.highlight import Marker
from kb.search.meaning import passages
from kb.search.nodes import Node
from kb.search.passages import tidy
from kb.store import comments, gems, reviews, tags


@dataclass(frozen=True, slots=True)
class Source:
    """A review that a gem came from, with what the gem quotes of it; `url` leads to the first of that."""

    id: int
    title: str
    date: datetime | None
    language: str
    url: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundHit:
    """One result. `title_spans` and `spans` mark what matched in title and snippet (code points, end excluded);
    `place` says where the snippet stands: body, turn 14, comments, feedback, scorecard, evidence. `sources` are the
    reviews that a gem came from and that are still there, the first one first."""

    type: str
    id: int
    external_id: str
    title: str
    title_spans: tuple[tuple[int, int], ...]
    snippet: str
    spans: tuple[tuple[int, int], ...]
    place: str
    score: float
    tags: tuple[str, ...]
    date: datetime | None
    kind: str
    language: str
    product: str
    team: str
    status: str
    url: str
    health: str = ""
    found_by: str = "words"
    sources: tuple[Source, ...] = ()

    @property
    def key(self) -> str:
        """That of its document."""
        return f"{self.type}:{self.id}"


def shown(
    library: Library,
    hits: Sequence[Hit],
    node: Node | None,
    *,
    unmasked: bool,
    meant: Mapping[str, int] | None = None,
    only_meant: Collection[str] = (),
) -> tuple[FoundHit, ...]:
    """The hits that are still there, in their order, loaded in a handful of statements however many they are.

    `node` is the question, whose words are marked. `meant` has the keys that were found by meaning, each with the number
    of its nearest passage, which is shown of those in `only_meant`, that no word found.
    """
    db = library.db
    review_ids = [hit.id for hit in hits if hit.type == "review"]
    gem_ids = [hit.id for hit in hits if hit.type == "gem"]
    found_reviews = reviews.get_many(db, review_ids, tags.of_reviews(db, review_ids))
    threads = comments.texts(db, review_ids)
    found_gems = gems.get_many(db, gem_ids)
    marker = Marker(node)
    loaded: list[FoundHit] = []
    today = library.today()
    for hit in hits:
        review, gem = found_reviews.get(hit.id), found_gems.get(hit.id)
        if hit.type == "review" and review is not None and review.trashed_at is None:
            loaded.append(_of_review(review, threads.get(hit.id, ()), hit.score, marker, unmasked))
        elif hit.type == "gem" and gem is not None and gem.trashed_at is None:
            shown_gem = gem if unmasked else privacy.gem_for_reader(gem)
            loaded.append(_of_gem(shown_gem, hit.score, marker, health.of(gem, today)))
    nearest = [_meant(hit, found_reviews, threads, found_gems, meant or {}, only_meant, unmasked) for hit in loaded]
    return tuple(nearest)


def _meant(
    hit: FoundHit,
    found_reviews: Mapping[int, Review],
    threads: Mapping[int, Sequence[str]],
    found_gems: Mapping[int, Gem],
    meant: Mapping[str, int],
    only_meant: Collection[str],
    unmasked: bool,
) -> FoundHit:
    """The hit with which side found it, and the passage that answers where no word shows it. Passages are numbered as every
    reader may see them."""
    if hit.key not in only_meant:
        return replace(hit, found_by="both") if hit.key in meant else hit
    if hit.type == "gem":
        gem = found_gems[hit.id]
        names, (title, pieces), (_, whole) = gem.reviewees, readable_gem(privacy.gem_for_reader(gem)), readable_gem(gem)
    else:
        review, thread = found_reviews[hit.id], threads.get(hit.id, ())
        names, (title, pieces) = privacy.hidden_names(review), readable_review(review, thread)
        whole = list(_pieces(review, thread, unmasked=False))
    cut = passages(title, pieces)
    number = meant.get(hit.key, 0)
    if number >= len(cut):  # changed since, and the vectors have not come by yet
        return replace(hit, found_by="meaning")
    passage = cut[number].written or cut[number].text
    if unmasked:
        passage = privacy.as_written(passage, "\n".join(text for _, text in whole), names)
    nearest = tidy(_without_title(passage, hit.title), 0, 0)
    if not nearest:  # a picture without words, code fences
        return replace(hit, found_by="meaning")
    return replace(hit, found_by="meaning", snippet=nearest, spans=(), place=cut[number].place)


def _without_title(text: str, title: str) -> str:
    """A text without the heading that only repeats its title: what stands below says more in a passage."""
    first, _, rest = text.lstrip().partition("\n")
    repeats = (
        first.startswith("#")
        and " ".join(first.strip("# \t\r").split()).casefold() == " ".join(title.split()).casefold()
    )
    return rest if repeats and rest.strip() else text


def readable_review(whole: Review, thread: Sequence[str]) -> tuple[str, list[tuple[str, str]]]:
    """Title and texts of a review as any reader may see them, each text with its place."""
    pieces = list(_pieces(whole, thread, unmasked=False))
    title, *texts = privacy.mask_all([whole.title, *(text for _, text in pieces)], privacy.hidden_names(whole))
    return title, [(place, text) for (place, _), text in zip(pieces, texts, strict=True)]


def readable_gem(gem: Gem) -> tuple[str, list[tuple[str, str]]]:
    """The same of a gem that is shown as it is."""
    return gem.title, [("body", gem.body), *(("evidence", passage.quote) for passage in gem.evidence)]


def _of_review(whole: Review, thread: Sequence[str], score: float, marker: Marker, unmasked: bool) -> FoundHit:
    names = () if unmasked else privacy.hidden_names(whole)
    pieces = list(_pieces(whole, thread, unmasked))
    title, *texts = privacy.mask_all([whole.title, *(text for _, text in pieces)], names)
    places = [place for place, _ in pieces]
    if whole.body:
        texts[0] = _without_title(texts[0], title)
    snippet = marker.snippet(zip(places, texts, strict=True), whole.language)
    return FoundHit(
        type="review",
        id=whole.id,
        external_id=privacy.id_for_reader(whole.external_id, names),
        title=title,
        title_spans=marker.spans(title, whole.language),
        snippet=snippet.text,
        spans=snippet.spans,
        place=snippet.place,
        score=score,
        tags=tuple(tag.name for tag in whole.tags),
        date=whole.date,
        kind=whole.kind.value,
        language=whole.language,
        product=whole.product,
        team=whole.team,
        status="",
        url=f"/reviews/{whole.id}",
    )


def _pieces(review: Review, thread: Sequence[str], unmasked: bool) -> Iterator[tuple[str, str]]:
    """The texts of a review where a match may stand, each with its place."""
    if review.body:
        yield "body", review.body
    for number, turn in enumerate(review.turns, 1):
        yield f"turn {number}", turn.text
    for text in thread:
        yield "comments", text
    if review.feedback.comment:
        yield "feedback", review.feedback.comment
    if unmasked:
        for answer in review.scorecard:
            if answer.comment:
                yield "scorecard", answer.comment


def _of_gem(gem: Gem, score: float, marker: Marker, state: str) -> FoundHit:
    snippet = marker.snippet(readable_gem(gem)[1], gem.language)
    return FoundHit(
        type="gem",
        id=gem.id,
        external_id=gem.external_id,
        title=gem.title,
        title_spans=marker.spans(gem.title, gem.language),
        snippet=snippet.text,
        spans=snippet.spans,
        place=snippet.place,
        score=score,
        tags=tuple(tag.name for tag in gem.tags),
        date=gem.updated_at,
        kind="",
        language=gem.language,
        product="",
        team="",
        status=gem.status.value,
        url=f"/gems/{gem.id}",
        health=state,
        sources=_sources(gem),
    )


def _sources(gem: Gem) -> tuple[Source, ...]:
    cited: dict[int, list[Evidence]] = {}
    for passage in sorted(gem.evidence, key=lambda passage: passage.id):
        if passage.review_id is not None and passage.is_there and passage.stance == "supports":
            cited.setdefault(passage.review_id, []).append(passage)
    return tuple(
        Source(
            id=id,
            title=first.review_title,
            date=first.review_date,
            language=first.review_language,
            url=f"/reviews/{id}" + (f"#passage-{first.id}" if first.quote and first.state == "there" else ""),
            quotes=tuple(passage.quote for passage in (first, *more) if passage.quote),
        )
        for id, (first, *more) in cited.items()
    )
