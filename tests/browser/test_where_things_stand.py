"""What belongs together stands together, and what is written can be read: places and widths as Chromium lays them out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looks import sideways
from playwright.sync_api import Locator, Page, expect
from served import Site, Visitor

PHONE = {"width": 360, "height": 740}


def box(thing: Locator) -> tuple[float, float, float, float]:
    """left, top, right, bottom"""
    found = thing.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def opened(who: Visitor, path: str) -> Page:
    page = who.page()
    page.goto(path)
    return page


@pytest.mark.parametrize("language", ["en", "de", "es", "ja"])
@pytest.mark.parametrize("width", [320, 360, 768, 961, 1153, 1280])
def test_what_is_above_the_search_box_stands_in_one_line(
    width: int, language: str, samples: Site, reader: Callable[..., Visitor]
) -> None:
    page = reader("admin", language).tab()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/tags")
    page.locator(".library-name span").evaluate("name => name.textContent = 'Customer success library of Orrin Vale'")
    parts = page.locator(".library-name, .nav-row li, .nav-fold > summary, .masthead-inner > .menu > summary")
    middles = [(box(part)[1] + box(part)[3]) / 2 for part in parts.all() if part.is_visible()]
    assert len(middles) > 2
    assert max(middles) - min(middles) < 8
    assert sideways(page) == []


def test_on_a_phone_the_places_are_behind_one_button_by_keyboard_too(
    samples: Site, visitor: Callable[..., Visitor]
) -> None:
    page = opened(visitor(samples, "reviewer", viewport=PHONE), "/tags")
    places = page.get_by_role("navigation", name="Library")
    expect(places.get_by_role("link")).to_have_count(0)
    button = places.locator("summary")
    button.press("Enter")
    expect(places.get_by_role("link")).to_have_count(7)
    expect(places.locator("[aria-current=page]:visible")).to_have_text("Topics")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(places.get_by_role("link")).to_have_count(0)


def test_how_to_ask_stands_beside_the_button_on_a_phone(samples: Site, visitor: Callable[..., Visitor]) -> None:
    page = opened(visitor(samples, "reader", viewport=PHONE), "/")
    search = box(page.get_by_role("main").get_by_role("button", name="Search", exact=True))
    card = box(page.get_by_role("main").locator(".query-card > summary"))
    assert search[1] < card[1] < search[3]
    assert card[0] > search[2]


def test_the_first_criteria_of_a_scorecard_can_be_read(samples: Site, visitor: Callable[..., Visitor]) -> None:
    page = opened(visitor(samples, "reviewer"), "/reviews/new")
    criteria = page.locator("[name=criterion]").evaluate_all(
        "boxes => boxes.filter(box => box.value).map(box => [box.value, box.scrollWidth <= box.clientWidth])"
    )
    assert len(criteria) > 3
    assert [words for words, whole in criteria if not whole] == []


@pytest.mark.parametrize("width", [1100, 1440])
def test_the_way_back_stands_over_the_review(width: int, samples: Site, visitor: Callable[..., Visitor]) -> None:
    page = opened(visitor(samples, "reader", viewport={"width": width, "height": 800}), "/reviews/1?from=tag:1")
    assert box(page.locator(".way a").first)[0] == pytest.approx(box(page.locator("h1"))[0], abs=1)


def test_the_buttons_of_ones_feed_stand_beside_each_other(samples: Site, visitor: Callable[..., Visitor]) -> None:
    page = opened(visitor(samples, "reader"), "/digest/preferences")
    copy = box(page.get_by_role("button", name="Copy"))
    new = box(page.get_by_role("button", name="Make a new address"))
    assert new[0] > copy[2]
    assert new[1] == pytest.approx(copy[1], abs=1)


def test_on_paper_there_is_nothing_to_press_or_to_fill_in(samples: Site, reader: Callable[..., Visitor]) -> None:
    page = reader("curator").tab()
    for path in ("/gems/1", "/reviews/1", "/search?q=export"):
        page.goto(path)
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("main").locator("button:visible, textarea:visible, input:visible")).to_have_count(0)
        page.emulate_media(media="screen")
