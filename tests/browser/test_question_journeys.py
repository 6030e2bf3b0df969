"""A search that fails becomes a question, a reviewer answers it, the asker is told: with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from served import Site, Visitor

from kb import reviews
from kb.finding import saved
from kb.models import Draft
from kb.questions import matching

Visit = Callable[..., Visitor]
WORDS = "zirkvqx wompjq"


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def person(request: pytest.FixtureRequest, site: Site, visitor: Visit) -> Callable[[str], Page]:
    """person("reader"): a page of theirs."""
    return lambda role: visitor(site, role, java_script_enabled=request.param).page()


def search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_label("Search the library").fill(words)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile("/search"))


def test_a_search_that_fails_is_asked_answered_and_told(site: Site, person: Callable[[str], Page]) -> None:
    reader = person("reader")
    search(reader, WORDS)
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Nothing found")
    reader.get_by_role("button", name="without my name").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(WORDS)
    expect(reader.get_by_role("status")).to_contain_text("You are told when somebody answers it.")

    reviewer = person("reviewer")
    reviewer.goto("/questions")
    reviewer.get_by_role("link", name=WORDS).first.click()
    expect(reviewer.get_by_role("main")).not_to_contain_text("Robin")
    reviewer.get_by_label("In your words").fill("Set the writer to **microseconds**.")
    reviewer.get_by_role("button", name="Preview").click()
    expect(reviewer.get_by_role("region", name="Preview").locator("strong")).to_have_text("microseconds")
    reviewer.get_by_role("button", name="Answer it", exact=True).click()
    expect(reviewer.get_by_role("status")).to_contain_text("those who asked are told")

    reader.goto("/notices")
    expect(reader.locator(".fresh-notice").filter(has_text=WORDS)).to_contain_text("answered your question")
    reader.get_by_role("link", name=WORDS).first.click()
    expect(reader.locator(".answer strong")).to_have_text("microseconds")


def test_what_comes_in_later_is_proposed_and_taken(site: Site, person: Callable[[str], Page]) -> None:
    reader = person("reader")
    search(reader, WORDS)
    reader.get_by_role("button", name="Ask it as a question").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(WORDS)
    reviews.add(site.library, Draft(title="A case", body=f"The {WORDS}: set microseconds.", language="en"), "Rosa")
    site.library.catch_up()
    matching.catch_up(site.library)
    reader.reload()
    reader.get_by_role("button", name="This answers it").click()
    expect(reader.get_by_role("heading", name="The answer")).to_be_visible()
    reader.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(reader.get_by_role("heading", name="May this answer it?")).to_be_visible()


def test_the_same_question_is_joined_and_parted(site: Site, person: Callable[[str], Page]) -> None:
    for role, text in (("reader", WORDS), ("admin", f"why {WORDS} upwards")):
        page = person(role)
        page.goto("/questions/new")
        page.get_by_label("The question").fill(text)
        page.get_by_role("button", name="Ask it", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(text)
    page.get_by_role("button", name="The same: join").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS)
    expect(page.get_by_role("main")).to_contain_text("asked by 2")
    page.get_by_role("status").get_by_role("button", name="Part them again").click()
    expect(page.get_by_role("main")).to_contain_text("asked by one")


def test_a_search_is_saved_something_new_comes_and_it_is_told(site: Site, person: Callable[[str], Page]) -> None:
    reader = person("reader")
    search(reader, WORDS)
    reader.get_by_text("Save this search").click()
    reader.get_by_label("Its name").fill("Flanges")
    reader.locator(".save-search").get_by_role("button", name="Save").click()
    expect(reader.get_by_role("status")).to_contain_text("Saved.")
    reviews.add(site.library, Draft(title="A new case", body=f"The {WORDS} again.", language="en"), "Rosa")
    site.library.catch_up()
    saved.catch_up(site.library)
    reader.goto("/notices")
    expect(reader.locator(".fresh-notice").filter(has_text="Flanges")).to_contain_text("found something new")
    reader.goto("/mine/searches")
    expect(reader.get_by_role("list", name="New in Flanges")).to_contain_text("A new case")
    reader.get_by_role("link", name="Flanges").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(WORDS)
    reader.goto("/mine/searches")
    expect(reader.get_by_role("list", name="New in Flanges")).to_have_count(0)
    reader.get_by_text("Change Flanges").click()
    reader.locator("details[open]").get_by_role("button", name="Take it out").click()
    expect(reader.get_by_role("main")).not_to_contain_text("Flanges")
    reader.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(reader.get_by_role("main")).to_contain_text("Flanges")


def test_what_is_not_found_gets_a_synonym_that_finds_it(site: Site, person: Callable[[str], Page]) -> None:
    reader = person("reader")
    search(reader, "zirkvqx")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Nothing found")
    served = site.app.extensions["kb"]
    served.searches.save(served.library)
    curator = person("curator")
    curator.goto("/searches?which=nothing")
    curator.get_by_role("link", name=re.compile("Add a synonym.*zirkvqx")).click()
    curator.get_by_label("A new row").fill("zirkvqx = export")
    curator.get_by_role("button", name="Add it").click()
    expect(curator.get_by_role("main")).to_contain_text("zirkvqx = export")
    search(reader, "zirkvqx")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("found for")
    expect(reader.locator(".hits mark").first).to_have_text(re.compile("export", re.IGNORECASE))
