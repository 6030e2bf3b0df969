"""What somebody does who never takes the hands off the keys."""

from __future__ import annotations

import re
from collections.abc import Callable

from looks import key
from playwright.sync_api import expect
from samples import PASSWORD
from served import Site, Visitor

Visit = Callable[..., Visitor]


def test_from_signing_in_to_an_open_find(samples: Site, visitor: Visit) -> None:
    person = visitor(samples, None)
    page = person.page()
    page.goto("/sign-in")
    expect(page.locator("[name=email]")).to_be_focused()
    page.keyboard.type("reader@kb.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    key(page, "/")
    page.keyboard.type("export limit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    key(page, "j")
    key(page, "j")
    key(page, "k")
    first = page.locator("[data-walk-to]").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(reviews|gems)/[0-9]+"))
    assert person.complaints == []


def test_j_goes_from_entry_to_entry_and_tab_to_what_stands_within(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/search?q=export")
    first, second = (page.locator(".hits > li").nth(number) for number in (0, 1))
    within = first.locator(".within h3 a")
    key(page, "j")
    expect(first.locator("[data-walk-to]")).to_be_focused()
    for _ in range(9):
        page.keyboard.press("Tab")
        if within.evaluate("link => link === document.activeElement"):
            break
    expect(within).to_be_focused()
    page.keyboard.press("j")
    expect(second.locator("[data-walk-to]")).to_be_focused()
    within.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/reviews/[0-9]+"))
    page.get_by_role("link", name="Search: export").click()
    page.wait_for_url("**/search?q=export#n1")
    expect(first.locator("[data-walk-to]")).to_be_focused()


def test_slash_goes_to_the_search_box_and_selects_what_is_in_it(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/search?q=export")
    key(page, "/")
    page.keyboard.type("import")
    expect(page.get_by_role("combobox", name="Search the library")).to_have_value("import")


def test_slash_in_a_box_is_a_slash(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reviewer").page()
    page.goto("/reviews/new")
    page.get_by_label("Title", exact=True).focus()
    page.keyboard.type("24/7")
    expect(page.get_by_label("Title", exact=True)).to_have_value("24/7")


def test_arrow_and_enter_open_a_suggestion(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/")
    key(page, "/")
    page.keyboard.type("dsg")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("GDPR")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("GDPR")


def test_enter_without_a_choice_searches_for_what_was_typed(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/")
    key(page, "/")
    page.keyboard.type("gdp")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=gdp")


def test_escape_closes_the_suggestions_and_keeps_the_words(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/")
    key(page, "/")
    page.keyboard.type("exp")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_have_value("exp")


def test_arrows_walk_round_the_suggestions_and_back_to_the_box(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/")
    key(page, "/")
    page.keyboard.type("exp")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("combobox").get_attribute("aria-activedescendant") is None


def test_question_mark_shows_the_keys(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/")
    key(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_first_tab_leads_past_the_masthead(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/reviews")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_account_menu_opens_and_escape_closes_it(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/reviews")
    page.get_by_label("Your account").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Account")).to_be_hidden()
