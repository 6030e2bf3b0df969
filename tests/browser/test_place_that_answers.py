"""From a result to the place in its review that answers, and on to the other places with the same words."""

from __future__ import annotations

import re
from collections.abc import Callable

from looks import key
from playwright.sync_api import Page, expect
from served import Site, Visitor

Visit = Callable[..., Visitor]
QUESTION = "webhooks export"


def opened(page: Page) -> None:
    page.goto(f"/search?q={QUESTION.replace(' ', '+')}&product=Reports")
    page.get_by_role("link", name=re.compile("Awkward on purpose")).first.click()
    page.wait_for_url(re.compile("/reviews/[0-9]+.*#found$"))
    expect(page.get_by_role("navigation", name="Places that have your words")).to_be_visible()


def test_a_result_opens_at_the_place_that_answers(samples: Site, visitor: Visit) -> None:
    person = visitor(samples, "reader")
    page = person.page()
    opened(page)
    place = page.locator("#found")
    expect(place).to_be_in_viewport()
    expect(page.locator(".sought").filter(has_text="webhooks")).to_have_count(1)
    assert person.complaints == []


def test_keys_lead_to_the_next_and_previous_place_and_back_to_the_search(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    opened(page)
    count = page.locator("[data-stop]").count()
    assert count > 2
    first, second = (page.locator("[data-stop]").nth(at).get_attribute("id") for at in (0, 1))
    line = page.get_by_role("navigation", name="Places that have your words")
    while not page.url.endswith(f"#{first}"):
        before = page.url
        key(page, "Shift+M")
        page.wait_for_function("before => location.href !== before", arg=before)
    expect(line).to_contain_text(f"1 of {count}")
    key(page, "m")
    expect(line).to_contain_text(f"2 of {count}")
    expect(page.locator(f"#{second}")).to_be_in_viewport()
    line.get_by_role("button", name="Previous").click()
    expect(line).to_contain_text(f"1 of {count}")
    line.get_by_role("button", name="Previous").click()
    expect(line).to_contain_text(f"{count} of {count}")
    page.go_back()
    page.wait_for_url(re.compile("/search"))


def test_without_scripts_the_places_are_numbered_links(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader", java_script_enabled=False).page()
    opened(page)
    page.get_by_role("navigation", name="Places that have your words").get_by_role("link", name="1", exact=True).click()
    expect(page.locator("[data-stop]").first).to_be_in_viewport()


def test_m_in_a_box_is_a_letter(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    opened(page)
    key(page, "/")
    page.keyboard.type("mm")
    expect(page.get_by_role("combobox", name="Search the library")).to_have_value("mm")


def test_who_comes_from_elsewhere_sees_no_such_line(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    opened(page)
    page.goto(page.url.partition("?")[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Awkward on purpose")
    expect(page.locator(".sought, [data-stops]")).to_have_count(0)
