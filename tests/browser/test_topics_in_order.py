"""A curator puts topics in order in a real browser: chooses reviews by keyboard, merges two topics, and undoes both."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from served import Site, Visitor, picture

from kb import reviews
from kb.tags import tags

Visit = Callable[..., Visitor]


def test_reviews_are_chosen_by_keyboard_tagged_and_given_back(site: Site, visitor: Visit) -> None:
    page = visitor(site, "curator").page()
    page.goto("/reviews")
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 reviews are chosen.")).to_be_visible()
    page.get_by_label("Topic, product or team").fill("looked at twice")
    picture(page, "bulk-chosen")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Put looked at twice on 2 reviews?")
    picture(page, "bulk-plan")
    page.get_by_role("button", name="Put (2)").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    picture(page, "bulk-done")
    assert tags.named(site.library, "looked at twice").reviews == 2
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Undone by")).to_be_visible()
    assert tags.named(site.library, "looked at twice").reviews == 0


def test_a_range_is_chosen_with_shift(site: Site, visitor: Visit) -> None:
    page = visitor(site, "curator").page()
    page.goto("/reviews")
    page.locator("[data-pick]").nth(1).click()
    page.locator("[data-pick]").nth(4).click(modifiers=["Shift"])
    expect(page.get_by_text("4 reviews are chosen.")).to_be_visible()


def test_two_topics_are_merged_and_parted_again(site: Site, visitor: Visit) -> None:
    before = {tag.name: tag.reviews for tag in tags.listed(site.library)}
    page = visitor(site, "curator").page()
    page.goto(f"/tags/{tags.named(site.library, 'data retention').id}/edit")
    page.get_by_label("Into").fill("GDP")
    page.get_by_role("option", name="GDPR").click()
    page.get_by_role("button", name="Look at the merge").click()
    picture(page, "topic-merge")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("data retention is now part of GDPR.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone:")).to_be_visible()
    assert {tag.name: tag.reviews for tag in tags.listed(site.library)} == before


def test_a_trash_needs_no_name(site: Site, visitor: Visit) -> None:
    page = visitor(site, "curator").page()
    page.goto("/reviews")
    first = page.locator("[data-pick]").first
    id = int(first.get_attribute("value") or 0)
    first.check()
    page.get_by_label("What to do").select_option("trash")
    expect(page.get_by_label("Topic, product or team")).to_be_hidden()
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name="Throw away (1)").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    assert reviews.get(site.library, id, unmasked=True).trashed_at is not None
