"""Trails and replays in a real browser: tried, walked, built and assigned; by keyboard alone, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from looks import key
from playwright.sync_api import Page, expect
from served import Site, Visitor

from kb import members
from kb.finding import finding
from kb.gems import gems, life
from kb.trails import replays, trails, walking

Visit = Callable[..., Visitor]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-script", "without-script"])


@pytest.fixture
def case(site: Site) -> str:
    """A review with a conversation of three answers."""
    question = 'title:"Christmas price list"'
    return finding.search(site.library, question, unmasked=True, filters={"type": ("review",)}, limit=1).hits[0].url


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
    mine = replays.mine(site.library, members.by_email(site.library, "reader@kb.example"), unmasked=False)
    assert mine[1] == 1


def tab_to(page: Page, name: str, most: int = 80) -> None:
    """Go on with Tab to what is called so, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        called = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.innerText"
            " || document.activeElement.innerText || '').trim()"
        )
        if called.startswith(name):
            return
    raise AssertionError(f"Tab does not come to {name!r}")


def test_a_curator_builds_and_assigns_a_trail_by_keyboard_alone(site: Site, visitor: Visit) -> None:
    page = visitor(site, "curator").page()
    page.goto("/trails")
    tab_to(page, "New trail")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("New trail")
    tab_to(page, "Title")
    page.keyboard.type("Exports, from scratch")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Exports, from scratch")
    for typed in ("export", "Christmas price"):
        tab_to(page, "A gem, a review or a topic")
        page.keyboard.type(typed)
        expect(page.locator("#add [role=option]").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".desk-steps > li")).to_have_count(1 if typed == "export" else 2)
        page.wait_for_url("**/edit#step-*")
    tab_to(page, "Or a few words between them")
    page.keyboard.type("Begin **here**.")
    tab_to(page, "Add the words")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-steps > li")).to_have_count(3)
    page.wait_for_load_state()
    tab_to(page, "Move step 3 up")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Move step 2 up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Move step 1 up")).to_be_focused()
    expect(page.locator(".desk-steps .title").first).to_contain_text("Begin here.")
    page.goto(page.url.partition("#")[0])
    tab_to(page, "Publish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who walks it")
    tab_to(page, "To a member")
    page.keyboard.type("Robin")
    tab_to(page, "Assign to the member")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Assigned.")
    reader = members.by_email(site.library, "reader@kb.example")
    (made,) = [one for one in walking.mine(site.library, reader) if one.trail.title == "Exports, from scratch"]
    assert [str(row.kind) for row in made.rows] == ["words", "topic", "review"]


def test_steps_are_dragged_into_order(site: Site, visitor: Visit) -> None:
    page = visitor(site, "curator").page()
    page.goto("/trails/1/edit")
    titles = page.locator(".desk-steps > li .title")
    first, second = titles.nth(0).inner_text(), titles.nth(1).inner_text()
    with page.expect_response("**/trails/1/edit"):  # dropping sends the new order, and shows the page that answers
        page.locator(".desk-steps > li").nth(1).locator("[data-grip]").drag_to(
            page.locator(".desk-steps > li").nth(0), target_position={"x": 200, "y": 5}
        )
    expect(titles.nth(0)).to_have_text(second)
    page.reload()
    expect(titles.nth(0)).to_have_text(second)
    expect(titles.nth(1)).to_have_text(first)


@SCRIPTS
def test_a_reader_walks_a_trail_leaves_off_and_comes_back(site: Site, visitor: Visit, scripts: bool) -> None:
    page = visitor(site, "reader", java_script_enabled=scripts).page()
    page.goto("/notices")
    page.get_by_role("link", name="GDPR in your first week").click()
    page.get_by_role("link", name="Begin").click()
    expect(page.locator("main")).to_contain_text("Step 1 of")
    page.get_by_role("button", name="Done, go on").click()
    expect(page.locator("main")).to_contain_text("Step 2 of")
    expect(page.locator(".curators-words strong")).to_have_text("before")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("main")).to_contain_text("Step 3 of")
    again = visitor(site, "reader", java_script_enabled=scripts).page()
    again.goto("/trails")
    expect(again.locator(".trails")).to_contain_text("1 of")
    again.get_by_role("link", name="GDPR in your first week").click()
    again.get_by_role("link", name="Go on with step 3").click()
    expect(again.locator("main")).to_contain_text("Step 3 of")
    again.get_by_role("navigation", name="Along the trail").get_by_role("link", name="Previous").click()
    expect(again.locator("main")).to_contain_text("Step 2 of")


def test_a_trail_is_walked_by_keys(site: Site, visitor: Visit) -> None:
    page = visitor(site, "reader").page()
    page.goto("/trails/1")
    key(page, "n")
    expect(page.locator("main")).to_contain_text("Step 1 of")
    key(page, "d")
    expect(page.locator("main")).to_contain_text("Step 2 of")
    key(page, "n")
    expect(page.locator("main")).to_contain_text("Step 3 of")
    key(page, "p")
    expect(page.locator("main")).to_contain_text("Step 2 of")
    key(page, "o")
    expect(page).to_have_url(re.compile("/gems/"))


@SCRIPTS
def test_a_replay_is_a_step_and_done_when_compared(site: Site, visitor: Visit, scripts: bool) -> None:
    page = visitor(site, "reader", java_script_enabled=scripts).page()
    page.goto("/trails/1")
    page.get_by_role("link", name="A case: try it first").click()
    expect(page.get_by_text("This step is done when you have compared.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Try it first").click()
    page.get_by_label("What would you answer?").fill("What is the file for?")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("link", name="Back to the trail").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Christmas price list")
    expect(page.get_by_role("button", name="Not done after all")).to_be_visible()


def test_a_reader_agrees_and_the_curator_sees_a_number(site: Site, visitor: Visit) -> None:
    reader, curator = visitor(site, "reader").page(), visitor(site, "curator").page()
    reader.goto("/trails/1/steps/1")
    reader.get_by_role("button", name="Done, go on").click()
    expect(reader.locator("main")).to_contain_text("Step 2 of")
    curator.goto("/trails/1/people")
    expect(curator.locator("main")).to_contain_text("does not show how far they are")
    reader.goto("/trails/1")
    reader.get_by_role("switch").check()
    reader.locator("#share").get_by_role("button", name="Save").click()
    expect(reader.get_by_role("status")).to_contain_text("Curators see from now on")
    curator.reload()
    expect(curator.get_by_label("Steps that Robin Reader has done")).to_have_attribute("value", "1")
    curator.get_by_role("button", name="Remind once").click()
    expect(curator.get_by_role("status")).to_contain_text("Nobody is reminded twice.")
    expect(curator.get_by_role("button", name="Remind once")).to_have_count(0)
    reader.goto("/notices")
    expect(reader.locator("main")).to_contain_text("reminds you of your trail")


def test_without_script_a_curator_finds_adds_moves_and_takes_back(site: Site, visitor: Visit) -> None:
    page = visitor(site, "curator", java_script_enabled=False).page()
    page.goto("/tags/1")
    page.get_by_role("button", name="Make a trail").click()
    steps = page.locator(".desk-steps > li")
    expect(steps.first).to_contain_text("Topic")
    count = steps.count()
    page.get_by_label("A gem, a review or a topic").fill("Christmas price")
    page.get_by_role("button", name="Look for it").click()
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(steps).to_have_count(count + 1)
    added = steps.last.locator(".title").inner_text()
    page.get_by_label(f"Move step {count + 1} up").click()
    expect(steps.nth(count - 1).locator(".title")).to_have_text(added)
    page.get_by_label(f"Take step {count} out").click()
    expect(steps).to_have_count(count)
    page.get_by_role("button", name="Undo").click()
    expect(steps).to_have_count(count + 1)


def test_a_gap_is_told_and_closed_with_one_click(site: Site, visitor: Visit) -> None:
    curator = members.by_email(site.library, "curator@kb.example")
    step = trails.steps(site.library, 1)[1]
    title = gems.get(site.library, step.object_id or 0, unmasked=True).title
    other = next(one for one in gems.listed(site.library, unmasked=False)[0] if one.id != step.object_id)
    life.retire(site.library, step.object_id or 0, "replaced", curator, replaced_by=other.id)
    page = visitor(site, "curator").page()
    page.goto("/notices")
    expect(page.locator("main")).to_contain_text("took something away that was a step of your trail")
    expect(page.locator("main")).to_contain_text(title)
    page.goto("/trails/1/edit")
    gap = page.locator(f"#step-{step.id}")
    expect(gap).to_contain_text("Retired:")
    gap.get_by_role("button", name="Put that gem in its place").click()
    expect(page.locator(f"#step-{step.id}")).to_contain_text(other.title)
    expect(page.locator(f"#step-{step.id}")).not_to_contain_text("Retired:")
