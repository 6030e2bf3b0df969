"""Which tags a review is offered."""

from __future__ import annotations

from kb import reviews
from kb.library import Library
from kb.models import Draft, TagDraft
from kb.tags import suggesting, tags

VOCABULARY = [
    TagDraft("GDPR", "", ("DSGVO",)),
    TagDraft("export"),
    TagDraft("data strategy", "", ("データ戦略",)),
    TagDraft("billing"),
]


def suggested(library: Library, body: str, language: str = "en", **fields: object) -> list[str]:
    tags.bring_in(library, VOCABULARY, "ada")
    review = reviews.add(library, Draft(title="A case", body=body, language=language, **fields), "ada")
    return [tag.name for tag in suggesting.for_review(library, review)]


def test_a_tag_named_in_the_text_is_offered(opened: Library) -> None:
    assert suggested(opened, "We spoke about their data strategy.") == ["data strategy"]


def test_an_alias_in_the_text_offers_its_tag(opened: Library) -> None:
    assert suggested(opened, "Sie fragt nach der DSGVO.", "de") == ["GDPR"]


def test_another_form_of_the_word_offers_the_tag(opened: Library) -> None:
    assert suggested(opened, "They were exporting every night.") == ["export"]


def test_a_name_in_a_language_without_spaces_is_found_in_its_sentence(opened: Library) -> None:
    assert suggested(opened, "お客様のデータ戦略について話しました。", "ja") == ["data strategy"]


def test_a_tag_that_is_on_or_was_refused_is_not_offered(opened: Library) -> None:
    tags.bring_in(opened, VOCABULARY, "ada")
    body = "Export and billing."
    review = reviews.add(opened, Draft(title="A case", body=body, language="en", tags=("export",)), "ada")
    tags.refuse(opened, review.id, tags.named(opened, "billing").id)
    assert suggesting.for_review(opened, reviews.get(opened, review.id, unmasked=True)) == []


def test_a_part_of_another_word_offers_nothing(opened: Library) -> None:
    assert suggested(opened, "The reexporter clause; rebilling.") == []
