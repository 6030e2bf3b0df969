"""Everything works with JavaScript off; the scripts only make it better."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from samples import AWKWARD
from served import Site, Visitor

from kb.finding import finding

Visit = Callable[..., Visitor]


@pytest.fixture
def page(site: Site, visitor: Visit) -> Page:
    return visitor(site, "reviewer", java_script_enabled=False).page()


@pytest.fixture
def review(site: Site) -> str:
    return finding.search(site.library, f"title:{AWKWARD}", unmasked=True, limit=1).hits[0].url


def test_searching_narrowing_and_opening(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search the library").fill("export")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("navigation", name="Narrow down").get_by_role("link", name=re.compile("^Call note")).click()
    expect(page.locator(".chosen")).to_contain_text("Call note")
    page.locator(".hit a[data-walk-to]").first.click()
    expect(page).to_have_url(re.compile("/(reviews|gems)/"))


def test_putting_a_topic_on_and_off(page: Page, review: str) -> None:
    page.goto(review)
    page.get_by_label("Add a topic").fill("DSGVO")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Take GDPR off").click()
    expect(page.locator("#tags").get_by_role("link", name="GDPR")).to_have_count(0)


def test_commenting(page: Page, review: str) -> None:
    page.goto(review)
    page.get_by_label("Answer").fill("I asked them.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thread")).to_contain_text("I asked them.")


def test_writing_a_review_with_a_look_at_it_before(page: Page) -> None:
    page.goto("/reviews/new")
    page.get_by_label("Text").fill("It was the *second* gate.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview em")).to_have_text("second")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("It was the")


def test_making_a_gem(page: Page, review: str) -> None:
    page.goto(f"{review}/gems/new")
    page.get_by_label("The passage that says it").fill("The single sign-on works")
    page.get_by_label("Title").fill("Sign-on is not it")
    page.get_by_role("button", name="Nominate").click()
    made = page.get_by_role("note").filter(has_text="Sign-on is not it")
    look_alikes = page.get_by_role("button", name="Nominate all the same")
    expect(made.or_(look_alikes)).to_be_visible()
    if look_alikes.count():  # gems that say nearly the same are shown first
        look_alikes.click()
    expect(made).to_be_visible()
