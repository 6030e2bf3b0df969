"""Tags: one topic under several names."""

from __future__ import annotations

import pytest

from kb import reviews
from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Draft, TagDraft
from kb.tags import merging as tag_merging
from kb.tags import tags


@pytest.fixture
def review(opened: Library) -> int:
    body = "The customer asks under the DSGVO what we keep, and how exporting it works."
    return reviews.add(opened, Draft(title="What do you keep", body=body, language="en"), "ada").id


def names(library: Library, review: int) -> list[str]:
    return [tag.name for tag in reviews.get(library, review, unmasked=True).tags]


def define(library: Library, name: str, *aliases: str, parent: str = "") -> int:
    tags.bring_in(library, [TagDraft(name, "", aliases, parent)], "ada")
    return tags.named(library, name).id


def test_the_same_name_in_another_spelling_is_the_same_tag(opened: Library, review: int) -> None:
    first = tags.add_to_review(opened, review, "Data  Strategy", "ada")
    assert tags.add_to_review(opened, review, "ｄａｔａ strategy", "ada").id == first.id


def test_an_alias_stores_the_tag(opened: Library, review: int) -> None:
    define(opened, "GDPR", "DSGVO")
    tags.add_to_review(opened, review, "dsgvo", "ada")
    assert names(opened, review) == ["GDPR"]


def test_typing_finds_tags_by_name_and_alias(opened: Library) -> None:
    define(opened, "GDPR", "DSGVO", "個人情報保護")
    define(opened, "export")
    assert [tag.name for tag in tags.complete(opened, "ds")] == ["GDPR"]
    assert [tag.name for tag in tags.complete(opened, "個人")] == ["GDPR"]


def test_a_renamed_tag_is_found_by_both_names(opened: Library) -> None:
    id = define(opened, "Exports")
    tags.rename(opened, id, "export", "ada")
    assert tags.named(opened, "exports").name == "export"


def test_a_name_that_is_taken_is_refused(opened: Library) -> None:
    define(opened, "GDPR", "DSGVO")
    other = define(opened, "privacy")
    with pytest.raises(Conflict, match="Merge the two"):
        tags.rename(opened, other, "dsgvo", "ada")


@pytest.mark.parametrize("name", ["", "  ", "a;b", "line\nline", "x" * 81])
def test_what_cannot_be_a_name_is_refused(opened: Library, review: int, name: str) -> None:
    with pytest.raises(InvalidInput):
        tags.add_to_review(opened, review, name, "ada")


def test_merging_moves_reviews_and_keeps_the_old_name_and_address(opened: Library, review: int) -> None:
    gone = tags.add_to_review(opened, review, "data protection", "ada").id
    kept = define(opened, "GDPR")
    tag_merging.merge(opened, gone, kept, "ada")
    assert names(opened, review) == ["GDPR"]
    assert tags.named(opened, "data protection").id == kept == tags.get(opened, gone).id


def test_merging_two_tags_of_one_review_leaves_one(opened: Library, review: int) -> None:
    gone = tags.add_to_review(opened, review, "privacy", "ada").id
    kept = tags.add_to_review(opened, review, "GDPR", "ada").id
    assert tag_merging.merge(opened, gone, kept, "ada").reviews == 1


def test_a_tag_cannot_stand_under_itself(opened: Library) -> None:
    top = define(opened, "privacy")
    define(opened, "GDPR", parent="privacy")
    with pytest.raises(InvalidInput, match="cannot stand under"):
        tags.edit(opened, top, parent="GDPR", who="ada")


def test_a_tag_that_is_not_there_is_said_with_its_neighbours(opened: Library) -> None:
    define(opened, "export")
    with pytest.raises(NotFound, match="Near it: export"):
        tags.named(opened, "expo rt")


def test_bringing_tags_in_twice_changes_nothing(opened: Library) -> None:
    drafts = [TagDraft("GDPR", "Personal data.", ("DSGVO",)), TagDraft("retention", "", (), "GDPR")]
    assert tags.bring_in(opened, drafts, "ada") == (2, 0)
    before = tags.listed(opened)
    assert tags.bring_in(opened, drafts, "ada") == (0, 0)
    assert tags.listed(opened) == before
