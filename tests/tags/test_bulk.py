"""Bulk work: planned, shown, done in one go, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb import reviews
from kb.errors import Conflict, InvalidInput
from kb.finding import finding
from kb.library import Library
from kb.models import Draft, Review
from kb.tags import bulk, deeds, tags

Make = Callable[..., int]


def do(library: Library, kind: str, value: str, ids: list[int]) -> int:
    return bulk.carry_out(library, bulk.plan(library, kind, value, ids, "ada").deed.id, "ada").id


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("tag", "GDPR put on 1 review by ada"),
        ("untag", "Console taken off 1 review by ada"),
        ("product", "product of 1 review set to “Console” by ada"),
        ("team", "team of 1 review set to “Console” by ada"),
        ("trash", "1 review thrown away by ada"),
    ],
)
def test_what_was_done_to_one_review_counts_one(opened: Library, review: Make, kind: str, words: str) -> None:
    value = {"trash": "", "tag": "GDPR"}.get(kind, "Console")
    done = deeds.get(opened, do(opened, kind, value, [review("Console")]))
    assert deeds.in_words(done) == words


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("tag", "GDPR"),
        ("tag", "a new one"),
        ("untag", "export"),
        ("product", "Console"),
        ("team", "EMEA"),
        ("trash", ""),
    ],
)
def test_undoing_gives_the_library_back(
    opened: Library, review: Make, gem: Make, picture: Callable[[], Any], kind: str, value: str
) -> None:
    ids = [review("GDPR", "export"), review("export"), review(product="Old")]
    gem(ids[0], "GDPR")
    tags.refuse(opened, ids[2], tags.named(opened, "GDPR").id)
    tags.add_to_review(opened, review(), "a new one", "ada")
    before = picture()
    deed = do(opened, kind, value, ids)
    assert picture() != before
    deeds.undo(opened, deed, "ada")
    assert picture() == before


def test_a_plan_says_how_many_it_changes_and_how_many_are_so_already(opened: Library, review: Make) -> None:
    ids = [review("GDPR"), review(), review()]
    plan = bulk.plan(opened, "tag", "gdpr", ids, "ada")
    assert (plan.value, plan.deed.total, plan.left_out, plan.review_ids) == ("GDPR", 2, 1, (ids[1], ids[2]))


def test_a_plan_changes_nothing_until_it_is_carried_out(
    opened: Library, review: Make, picture: Callable[[], Any]
) -> None:
    id = review()
    before = picture()
    bulk.plan(opened, "tag", "GDPR", [id], "ada")
    assert picture() == before


def test_only_what_was_shown_is_changed(opened: Library, review: Make) -> None:
    shown = review(body="export")
    plan = bulk.plan(opened, "product", "Console", [shown], "ada")
    later = review(body="export")
    bulk.carry_out(opened, plan.deed.id, "ada")
    assert [reviews.get(opened, id, unmasked=True).product for id in (shown, later)] == ["Console", ""]


def test_a_review_that_went_meanwhile_is_left_out(opened: Library, review: Make) -> None:
    ids = [review(), review()]
    plan = bulk.plan(opened, "team", "EMEA", ids, "ada")
    reviews.trash(opened, [ids[0]], "bob")
    assert bulk.carry_out(opened, plan.deed.id, "ada").total == 1


def test_what_somebody_changed_since_stays_when_it_is_undone(opened: Library, review: Make) -> None:
    ids = [review(product="Old"), review(product="Old")]
    deed = do(opened, "product", "Console", ids)
    do(opened, "product", "Portal", ids[:1])
    assert deeds.undo(opened, deed, "ada")[1] == 1
    assert [reviews.get(opened, id, unmasked=True).product for id in ids] == ["Portal", "Old"]


def test_a_plan_is_carried_out_once(opened: Library, review: Make) -> None:
    deed = do(opened, "trash", "", [review()])
    with pytest.raises(Conflict, match="done already"):
        bulk.carry_out(opened, deed, "ada")


def test_an_edit_that_began_before_is_told(opened: Library, review: Make) -> None:
    before = reviews.get(opened, review(), unmasked=True)
    do(opened, "team", "EMEA", [before.id])
    with pytest.raises(Conflict):
        reviews.edit(opened, before.id, reviews_draft(before), version=before.version, who="bob")


def reviews_draft(review: Review) -> Draft:

    return Draft(title="Mine", body=review.body, language="en")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("tag", "", "needs a name"),
        ("untag", "nothing like it", "no topic"),
        ("product", "x" * 300, "at most 200"),
        ("burn", "", "Bulk work is one of"),
        ("untag", "GDPR", "change none"),
    ],
)
def test_what_cannot_be_done_is_said(opened: Library, review: Make, kind: str, value: str, said: str) -> None:
    review("GDPR")
    with pytest.raises(InvalidInput, match=said):
        bulk.plan(opened, kind, value, [review()], "ada")


def test_no_review_is_no_plan(opened: Library, review: Make) -> None:
    thrown = review()
    reviews.trash(opened, [thrown], "ada")
    with pytest.raises(InvalidInput, match="Choose some"):
        bulk.plan(opened, "tag", "GDPR", [thrown, 999], "ada")


def test_all_that_a_search_finds_is_taken_and_no_gem(opened: Library, review: Make, gem: Make) -> None:
    ids = {review(body=f"The export fails, case {number}.") for number in range(15)}
    gem(review(body="Billing."), "export")
    opened.catch_up()
    assert set(bulk.by_search(opened, "export", {}, unmasked=True)) == ids


def test_the_history_of_each_review_says_it(opened: Library, review: Make) -> None:
    id = review()
    deed = do(opened, "tag", "GDPR", [id])
    deeds.undo(opened, deed, "bob")
    assert [(c.who, c.action) for c in reviews.past(opened, id)][:2] == [("bob", "no longer tagged"), ("ada", "tagged")]


def test_a_renamed_tag_is_found_by_its_new_name_before_it_is_indexed_anew(opened: Library, review: Make) -> None:
    review("privacy")
    opened.catch_up()
    tags.rename(opened, tags.named(opened, "privacy").id, "data protection", "ada")
    assert finding.search(opened, 'tag:"data protection"', unmasked=True).total == 1
    assert finding.search(opened, "", unmasked=True, filters={"tag": ("data protection",)}).total == 1
