"""Reviews and gems for scripts: the interchange format's keys, as the one who asks may see them."""

from __future__ import annotations

from typing import Any

from kb import reviews
from kb.errors import NotFound
from kb.gems import gems
from kb.ingest.dump import dump
from kb.library import Library
from kb.models import CommentDraft, Draft, Gem, GemDraft, Review
from kb.reviews import EDITABLE


def of_review(library: Library, id: int, *, unmasked: bool) -> dict[str, Any]:
    """A review with its gems and comments, and the address of its page. Raises NotFound."""
    page = reviews.page(library, id, unmasked=unmasked)
    if page.review.trashed_at is not None:
        raise NotFound("Review %(id)s was thrown away.", id=id)
    review = page.review
    cited = gems.several(library, {passage.gem_id for passage, _, _ in page.passages}, unmasked=unmasked)
    draft = Draft(
        external_id=review.external_id,
        tags=tuple(tag.name for tag in review.tags),
        gems=tuple(
            _gem_draft(cited[passage.gem_id], passage.quote)
            for passage, _, _ in page.passages
            if passage.gem_id in cited
        ),
        comments=tuple(CommentDraft(said.body, said.author, said.at.isoformat()) for said in page.comments),
        updated_at=review.updated_at,
        extra=review.extra,
        **{name: getattr(review, name) for name in EDITABLE},
    )
    return {**dump(draft), "kind": review.kind.value, "url": _url(review)}


def of_gem(library: Library, id: int, *, unmasked: bool) -> dict[str, Any]:
    """A gem with its evidence, and the address of its page. Raises NotFound."""
    gem = gems.get(library, id, unmasked=unmasked)
    evidence = [
        {
            "quote": passage.quote,
            "review": passage.review_title,
            "url": f"/reviews/{passage.review_id}" if passage.is_there else "",
        }
        for passage in gem.evidence
    ]
    return {
        **dump(_gem_draft(gem, "")),
        "evidence": evidence,
        "updated_at": gem.updated_at.isoformat(),
        "url": _url(gem),
    }


def _gem_draft(gem: Gem, quote: str) -> GemDraft:
    return GemDraft(
        title=gem.title,
        body=gem.body,
        quote=quote,
        tags=tuple(gems.tag_names(gem)),
        status=gem.status.value,
        id=gem.external_id,
    )


def _url(shown: Review | Gem) -> str:
    return f"/{'reviews' if isinstance(shown, Review) else 'gems'}/{shown.id}"
