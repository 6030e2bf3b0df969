"""What people do on a review's page, in place: topics, comments, gems from selected words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from samples import ADVICE, AWKWARD
from served import Site, Visitor

from kb.finding import finding

Visit = Callable[..., Visitor]


@pytest.fixture
def page(site: Site, visitor: Visit) -> Page:
    """The awkward review as a reviewer sees it; the page is marked, so that a test can tell whether it was left."""
    found = finding.search(site.library, f"title:{AWKWARD}", unmasked=True, limit=1)
    opened = visitor(site, "reviewer").page()
    opened.goto(found.hits[0].url)
    opened.evaluate("window.stayed = true")
    return opened


def topics(page: Page) -> list[str]:
    return page.locator("#tags .chip:not(.chip-suggested) a").all_inner_texts()


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_a_topic_is_added_by_an_alias_without_leaving_the_page(page: Page) -> None:
    page.get_by_label("Add a topic").press_sequentially("DSGV")
    expect(page.get_by_role("option").first).to_contain_text("GDPR")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#tags").get_by_role("link", name="GDPR")).to_be_visible()
    assert stayed(page)
    expect(page.get_by_label("Add a topic")).to_be_focused()


def test_a_new_topic_is_made_by_writing_it(page: Page) -> None:
    page.get_by_label("Add a topic").fill("slow lorry")
    page.keyboard.press("Enter")
    expect(page.locator("#tags").get_by_role("link", name="slow lorry")).to_be_visible()


def test_a_suggested_topic_is_taken_in_one_click(page: Page) -> None:
    suggested = page.locator(".chip-suggested").first
    name = suggested.locator(".accept").inner_text().splitlines()[-1].strip()
    suggested.locator(".accept").click()
    expect(page.locator("#tags").get_by_role("link", name=name, exact=True)).to_be_visible()
    assert stayed(page)


def test_a_suggested_topic_is_refused_in_one_click_and_not_suggested_again(page: Page) -> None:
    refuse = page.get_by_role("button", name=re.compile("^Do not suggest")).first
    name = re.sub("^Do not suggest (.*) here$", r"\1", refuse.get_attribute("aria-label") or "")
    refuse.click()
    expect(page.get_by_role("button", name=f"Do not suggest {name} here")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name=f"Do not suggest {name} here")).to_have_count(0)
    assert name not in topics(page)


def test_a_topic_that_was_taken_off_can_be_put_back(page: Page) -> None:
    page.get_by_role("button", name="Take export off").click()
    expect(page.get_by_role("status").filter(has_text="export taken off.")).to_be_visible()
    assert "export" not in topics(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#tags").get_by_role("link", name="export", exact=True)).to_be_visible()


def test_a_comment_is_sent_taken_back_and_brought_back(page: Page) -> None:
    page.get_by_label("Answer").fill("Per **request**.")
    page.get_by_role("button", name="Send").click()
    said = page.locator(".thread li", has_text="Per request.")
    expect(said).to_be_visible()
    assert stayed(page)
    said.get_by_role("button", name="Take back").click()
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".thread li", has_text="Per request.")).to_be_visible()


def test_selected_words_become_a_gem(page: Page) -> None:
    page.evaluate(
        """() => {
          const words = document.querySelector('#turn-1 .said');
          getSelection().selectAllChildren(words);
        }"""
    )
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").click()
    expect(page.get_by_label("The passage that says it")).to_have_value(
        "The single sign-on works, but the export stops."
    )
    page.get_by_label("Title").fill("Sign-on and export are apart")
    page.get_by_role("button", name="Nominate").click()
    expect(page.locator("mark.passage", has_text="The single sign-on works")).to_be_visible()
    expect(page.get_by_role("note").filter(has_text="Sign-on and export are apart")).to_be_visible()


def test_half_a_word_that_was_selected_is_quoted_whole(page: Page) -> None:
    page.evaluate(
        """() => {
          const words = document.querySelector('#turn-1 .said').firstChild;
          getSelection().setBaseAndExtent(words, 6, words, 14);
        }"""
    )
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").click()
    expect(page.get_by_label("The passage that says it")).to_have_value("single sign")


def test_where_words_are_not_parted_by_blanks_what_was_selected_is_quoted_as_it_is(site: Site, visitor: Visit) -> None:
    found = finding.search(
        site.library, "エクスポート", unmasked=True, filters={"type": ("review",), "language": ("ja",)}
    )
    page = visitor(site, "reviewer").page()
    page.goto(found.hits[0].url)
    part = page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
          const place = () => walker.currentNode.parentElement.closest('[data-quotable]')
            ? walker.currentNode.data.search(/[ぁ-ん一-龠]{6}/) : -1;
          while (place() < 0) walker.nextNode();
          const [node, from] = [walker.currentNode, place() + 2];
          getSelection().setBaseAndExtent(node, from, node, from + 3);
          return node.data.slice(from, from + 3);
        }"""
    )
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").click()
    expect(page.get_by_label("The passage that says it")).to_have_value(part)


def test_overlapping_passages_are_both_marked(page: Page) -> None:
    turn = page.locator("#turn-2")
    assert "".join(turn.locator("mark").all_inner_texts()).replace("\n", " ") == f"{ADVICE} The webhooks"
    expect(turn.get_by_role("note")).to_have_count(2)


def test_on_a_narrow_screen_the_notes_fold_in_under_their_passage(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    note, words = page.locator("#turn-2 [role=note]").first.bounding_box(), page.locator("#turn-2 .said").bounding_box()
    assert note is not None
    assert words is not None
    assert note["y"] >= words["y"] + words["height"]


def test_on_a_wide_screen_a_note_stands_beside_its_passage(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    note, words = page.locator("#turn-2 [role=note]").first.bounding_box(), page.locator("#turn-2 .said").bounding_box()
    assert note is not None
    assert words is not None
    assert note["x"] > words["x"] + words["width"]
    assert abs(note["y"] - words["y"]) < 24


def test_a_find_opens_at_its_turn(site: Site, visitor: Visit) -> None:
    page = visitor(site, "reader").page()
    page.goto('/search?q=webhooks+"not+touched"')
    page.get_by_role("listitem").filter(has_text="in turn 2").get_by_role("heading").get_by_role("link").click()
    page.wait_for_url(re.compile("#found$"))
    expect(page.locator("#turn-2").locator("#found")).to_be_in_viewport()
