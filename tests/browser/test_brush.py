"""Choosing months in the chart beside the results: by mouse, by finger, by key, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from served import Site, Visitor

Visit = Callable[..., Visitor]
BETWEEN = re.compile(r"from=2026-04&to=2026-06$")


def chart(page: Page) -> Locator:
    page.goto("/search?q=export&year=2026")
    found = page.get_by_role("listbox", name="Finds by month")
    expect(found).to_be_visible()
    return found


def at(bar: Locator) -> tuple[float, float]:
    box = bar.locator(".room").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def count(page: Page) -> int:
    return int((page.get_by_role("heading", level=1).text_content() or "").split()[0])


def test_dragging_over_months_shows_their_finds(samples: Site, visitor: Visit) -> None:
    person = visitor(samples, "reader")
    page = person.page()
    bars = chart(page)
    wanted = sum(
        int(bars.locator(f"[data-name='2026-0{month}']").get_attribute("data-count") or 0) for month in (4, 5, 6)
    )
    page.mouse.move(*at(bars.locator("[data-name='2026-06']")))
    page.mouse.down()
    page.mouse.move(*at(bars.locator("[data-name='2026-04']")), steps=4)
    expect(page.locator("[data-brushed]")).to_have_text(f"Apr 2026 – Jun 2026: {wanted}")
    page.mouse.up()
    page.wait_for_url(BETWEEN)
    expect(page.get_by_role("link", name="Take away: Date 1 Apr 2026 – 30 Jun 2026")).to_be_visible()
    assert count(page) == wanted
    expect(page.locator(".columns [data-chosen]")).to_have_count(3)
    assert person.complaints == []


def test_a_press_on_one_month_shows_that_month(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    bars = chart(page)
    page.mouse.click(*at(bars.locator("[data-name='2026-08']")))
    page.wait_for_url(re.compile("from=2026-08&to=2026-08$"))


def test_a_finger_chooses_months(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader", has_touch=True, viewport={"width": 360, "height": 800}).page()
    bars = chart(page)
    bars.scroll_into_view_if_needed()
    page.touchscreen.tap(*at(bars.locator("[data-name='2026-08']")))
    page.wait_for_url(re.compile("from=2026-08&to=2026-08$"))


def test_keys_walk_choose_and_show(samples: Site, visitor: Visit) -> None:
    person = visitor(samples, "reader")
    page = person.page()
    bars = chart(page)
    bars.locator("[data-name='2026-11']").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(bars.locator("[data-name='2026-06']")).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    expect(bars.locator("[aria-selected='true']")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(bars.locator("[aria-selected='true']")).to_have_count(0)
    bars.locator("[data-name='2026-04']").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(BETWEEN)
    assert person.complaints == []


def test_without_scripts_each_month_is_a_link_and_the_days_a_form(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader", java_script_enabled=False).page()
    page.goto("/search?q=export&year=2026")
    page.get_by_text("Month by month", exact=True).click()
    page.get_by_role("link", name=re.compile("Aug 2026")).click()
    page.wait_for_url(re.compile("from=2026-08&to=2026-08$"))
    page.get_by_label("Since", exact=True).fill("2026-04-01")
    page.get_by_label("Until", exact=True).fill("2026-06-30")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("q=export&year=2026&from=2026-04-01&to=2026-06-30$"))
    expect(page.get_by_role("link", name="Take away: Date 1 Apr 2026 – 30 Jun 2026")).to_be_visible()
