"""Writing and mending a review: preview, rows, mistakes, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect
from samples import AWKWARD
from served import Site, Visitor

from kb import reviews
from kb.finding import finding
from kb.models import Answer, Draft

Visit = Callable[..., Visitor]
CHAT = "Customer: It stops.\nAgent: Filter first.\n  Then export."


def test_the_preview_follows_what_is_written(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reviewer").page()
    page.goto("/reviews/new")
    page.get_by_label("Text").fill("It is **urgent**")
    page.get_by_label("Conversation").fill(CHAT)
    preview = page.locator("#preview")
    expect(preview.locator("strong")).to_have_text("urgent")
    expect(preview.locator(".turn")).to_have_count(2)
    expect(preview.locator(".turn").last).to_contain_text("Agent")


def test_a_row_is_added_to_the_scorecard(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reviewer").page()
    page.goto("/reviews/new")
    before = page.locator("[data-row]").count()
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator("[data-row]")).to_have_count(before + 1)
    expect(page.locator("[data-row]").last.locator("[name=criterion]")).to_be_focused()


def test_enter_ends_a_topic_and_does_not_save_a_review_with_half_a_name(site: Site, visitor: Visit) -> None:
    page = visitor(site, "reviewer").page()
    page.goto("/reviews/new")
    page.get_by_label("Text").fill("Ask for the gate number first.")
    page.get_by_label("Topics").press_sequentially("expo")
    page.get_by_label("Topics").press("Enter")
    expect(page.get_by_label("Topics")).to_have_value("expo, ")
    page.get_by_label("Topics").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Review saved.")


def test_a_review_is_written_and_read(site: Site, visitor: Visit) -> None:
    person = visitor(site, "reviewer")
    page = person.page()
    page.goto("/reviews/new")
    page.get_by_label("Title", exact=True).fill("The lorry that was late")
    page.get_by_label("Text").fill("Ask for the **gate number** first.")
    page.get_by_label("Conversation").fill(CHAT)
    page.locator("[name=value]").first.select_option("yes")
    page.get_by_label("Topics").press_sequentially("expo")
    page.get_by_role("option", name="export").first.click()
    expect(page.get_by_label("Topics")).to_have_value("export, ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The lorry that was late")
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator("#tags").get_by_role("link", name="export")).to_be_visible()
    assert person.complaints == []


def test_a_comment_of_two_lines_on_a_criterion_is_two_lines_after_an_edit(site: Site, visitor: Visit) -> None:
    came_in = Draft(title="Two lines", body="Calm.", scorecard=(Answer("Tone", "yes", "Calm\nall along."),))
    id = reviews.add(site.library, came_in, "Rosa").id
    page = visitor(site, "reviewer").page()
    page.goto(f"/reviews/{id}/edit")
    page.get_by_label("Title", exact=True).fill("Three words now")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Three words now")
    assert reviews.get(site.library, id, unmasked=True).scorecard == came_in.scorecard


def test_an_empty_review_comes_back_with_a_sentence_at_its_field(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reviewer").page()
    page.goto("/reviews/new")
    page.get_by_label("Title", exact=True).fill("Nothing in it")
    page.get_by_role("button", name="Save").click()
    box = page.get_by_label("Text")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile(r"`code`\. A review needs a text or a conversation\."))
    expect(page.get_by_label("Title", exact=True)).to_have_value("Nothing in it")


def test_who_saves_second_sees_both_and_loses_nothing(site: Site, visitor: Visit) -> None:
    url = finding.search(site.library, f"title:{AWKWARD}", unmasked=True, limit=1).hits[0].url
    first, second = visitor(site, "reviewer").page(), visitor(site, "curator").page()
    for page in (first, second):
        page.goto(f"{url}/edit")
    first.get_by_label("Title", exact=True).fill("The first title")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("The first title")
    second.get_by_label("Title", exact=True).fill("The second title")
    second.get_by_role("button", name="Save").click()
    both = second.get_by_role("alert").filter(has_text="Somebody else saved")
    expect(both).to_contain_text("The first title")
    expect(both).to_contain_text("The second title")
    expect(second.get_by_label("Title", exact=True)).to_have_value("The second title")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("The second title")


def test_leaving_with_unsaved_words_is_asked_about(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reviewer").page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/reviews/new")
    page.get_by_label("Title", exact=True).press_sequentially("Half a thou")
    page.goto("/reviews")
    assert asked == ["beforeunload"]


def test_the_list_of_topics_is_narrowed_as_one_types(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/tags")
    page.get_by_label("Show only topics with").fill("datenstr")
    expect(page.locator("#topics").get_by_role("link")).to_have_text(["data strategy"])
    page.get_by_label("Show only topics with").fill("qqqq")
    expect(page.get_by_text("No topic has that in its name.")).to_be_visible()


def test_a_page_that_comes_back_with_an_error_shows_it_and_its_box(site: Site, visitor: Visit) -> None:
    who = visitor(site, "curator", viewport={"width": 1280, "height": 600})
    first, second = who.page(), who.page()
    for page, title in ((first, "Mine"), (second, "Yours")):
        page.goto("/trails/1/edit")
        page.get_by_role("textbox", name="Title").fill(title)
    for page in (first, second):
        page.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_text("Somebody else changed this trail meanwhile.")).to_be_in_viewport()
    expect(second.get_by_role("textbox", name="Title")).to_be_focused()
