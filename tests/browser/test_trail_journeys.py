"""Trails and replays in a real browser: tried, walked, built and assigned; by keyboard alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from served import Site, Visitor

from kb import finding, members
from kb.trails import replays

Visit = Callable[..., Visitor]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-script", "without-script"])


@pytest.fixture
def case(site: Site) -> str:
    """A review with a conversation of three answers."""
    question = 'title:"Christmas price list"'
    return finding.search(site.library, question, restricted=True, filters={"type": ("review",)}, limit=1).hits[0].url


@SCRIPTS
def test_a_case_is_tried_before_its_answer_is_read(site: Site, visitor: Visit, case: str, scripts: bool) -> None:
    page: Page = visitor(site, "reader", java_script_enabled=scripts).page()
    page.goto(case)
    page.get_by_role("link", name="Try it first").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Try it first")
    assert "71,400 rows" not in page.content()
    page.get_by_label("What would you answer?").fill("What is the file for?")
    page.get_by_role("button", name="Keep it, and go on with the case").click()
    expect(page.locator(".theirs")).to_contain_text("71,400 rows")
    assert "Schedule by night" not in page.content()
    page.get_by_label("What would you answer?").fill("One schedule for each of the four.")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".own .said")).to_have_text(["What is the file for?", "One schedule for each of the four."])
    expect(page.get_by_role("heading", name="What the review says")).to_be_visible()
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_role("status")).to_contain_text("Replay thrown away.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("The replay is back.")
    mine = replays.mine(site.library, members.by_email(site.library, "reader@kb.example"), restricted=False)
    assert mine[1] == 1
