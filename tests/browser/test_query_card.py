"""The card that says how to ask, beside every search box; and what the box offers from one's own searches."""

from __future__ import annotations

from collections.abc import Callable

from looks import key
from playwright.sync_api import expect
from served import Site, Visitor

Visit = Callable[..., Visitor]


def test_the_card_opens_and_closes_by_keyboard(samples: Site, visitor: Visit) -> None:
    person = visitor(samples, "reader")
    page = person.page()
    page.goto("/reviews")
    key(page, "/")
    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    card = page.locator(".query-card").first
    expect(card.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("these words in a row")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("these words in a row")).to_be_hidden()
    expect(card.locator("summary")).to_be_focused()
    assert person.complaints == []


def test_the_card_fits_a_telephone_and_needs_no_script(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader", java_script_enabled=False, viewport={"width": 360, "height": 800}).page()
    for path in ("/", "/search?q=export"):
        page.goto(path)
        page.locator(".query-card summary").first.click()
        sheet = page.locator(".query-sheet").first
        expect(sheet).to_be_visible()
        box = sheet.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360


def test_a_search_made_before_is_offered_to_who_made_it(site: Site, visitor: Visit) -> None:
    page = visitor(site, "reader").page()
    page.goto("/search?q=webhook+retries")
    page.goto("/mine/history")  # writes down what is noted
    expect(page.get_by_role("link", name="webhook retries")).to_be_visible()
    key(page, "/")
    page.keyboard.type("webhook r")
    option = page.get_by_role("option").filter(has_text="searched before")
    expect(option).to_contain_text("webhook retries")
    other = visitor(site, "admin").page()
    other.goto("/")
    key(other, "/")
    other.keyboard.type("webhook")
    expect(other.get_by_role("option").first).to_be_visible()
    expect(other.get_by_role("option").filter(has_text="searched before")).to_have_count(0)
