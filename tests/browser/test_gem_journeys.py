"""A gem's way through the library in a real browser: lifted by mouse, keys and touch, judged, merged, retired, kept true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from looks import key
from playwright.sync_api import Page, expect
from served import Site, Visitor

from kb import members, reviews
from kb.gems import gems, matching
from kb.intake import intake
from kb.library import Library
from kb.models import Draft, Gem, GemDraft, Member, Review, Turn
from kb.store import gems as store

Visit = Callable[..., Visitor]
WORDS = "Park the lorry at the green barrier"
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def person(library: Library, role: str) -> Member:
    found = members.by_email(library, f"{role}@kb.example")
    assert found is not None
    return found


@pytest.fixture
def fresh(site: Site) -> Review:
    """A review that came in just now."""
    draft = Draft(
        title="Deliveries turned away", body=f"They were turned away. {WORDS}, it opens at six.", language="en",
        turns=(Turn("We were turned away at the gate.", "Jo", "customer"), Turn(f"{WORDS}, please.", "Maren", "agent")),
    )  # fmt: skip
    return reviews.add(site.library, draft, "Rosa Reviewer")


def lift(site: Site, review: Review, role: str, *, publish: bool, title: str, quote: str = WORDS) -> Gem:
    draft = GemDraft(title, "The green one, from six.", quote, ("deliveries",))
    gem = gems.lift(site.library, review.id, draft, who=role, publish=publish, member=person(site.library, role))
    site.library.catch_up()
    return gem


def select_by_keys(page: Page) -> None:
    """Select the words of the agent's turn as the caret does it: from the beginning of the line."""
    said = page.locator("#turn-2 [data-quotable]")
    said.evaluate(
        """(node) => { const selection = getSelection(), range = document.createRange();
        range.setStart(node, 0); range.collapse(true); selection.removeAllRanges(); selection.addRange(range); }"""
    )
    for _ in range(len(WORDS)):
        page.evaluate("getSelection().modify('extend', 'forward', 'character')")


def finish(page: Page, title: str) -> None:
    page.get_by_label("What to do").fill("Use the **green** barrier.")
    expect(page.locator("[data-preview-here] strong")).to_have_text("green")
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Nominate").or_(page.get_by_role("button", name="Publish")).click()


def test_a_gem_is_lifted_with_the_mouse_from_the_passage_that_was_meant(
    site: Site, visitor: Visit, fresh: Review
) -> None:
    page = visitor(site, "reviewer").page()
    page.goto(f"/reviews/{fresh.id}")
    said = page.locator("#turn-2 [data-quotable]")
    said.click(click_count=3)
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").click()
    expect(page.get_by_label("The passage that says it")).to_have_value(f"{WORDS}, please.")
    finish(page, "Deliveries: the green barrier")
    expect(page.locator("mark.passage")).to_contain_text(WORDS)
    found = gems.listed(site.library, status=None, unmasked=True)[0][0]
    assert (found.title, found.evidence[0].turn) == ("Deliveries: the green barrier", 1)


def test_a_gem_is_lifted_with_keys_alone(site: Site, visitor: Visit, fresh: Review) -> None:
    page = visitor(site, "curator").page()
    page.goto(f"/reviews/{fresh.id}")
    select_by_keys(page)
    make = page.get_by_role("toolbar").get_by_role("link", name="Make a gem")
    expect(make).to_be_visible()
    make.focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("What to do")
    expect(box).to_be_focused()
    page.keyboard.type("Use the green one.")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Publish":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Gem published.")
    assert gems.listed(site.library, unmasked=True)[0][0].evidence[0].quote == WORDS


def test_who_is_quicker_than_the_bar_takes_the_words_as_they_are_now(site: Site, visitor: Visit, fresh: Review) -> None:
    page = visitor(site, "curator").page()
    page.goto(f"/reviews/{fresh.id}")
    select_by_keys(page)
    make = page.get_by_role("toolbar").get_by_role("link", name="Make a gem")
    expect(make).to_have_attribute("href", re.compile(r"barrier"))
    taken = make.evaluate(
        """(link) => { getSelection().modify("extend", "backward", "word"); link.focus();
        return new URL(link.href).searchParams.get("quote"); }"""
    )
    assert taken == WORDS.removesuffix(" barrier")


def test_a_gem_is_lifted_on_a_phone(site: Site, visitor: Visit, fresh: Review) -> None:
    page = visitor(site, "reviewer", **PHONE).page()
    page.goto(f"/reviews/{fresh.id}")
    # A long press selects; the handles are the phone's own, so the selection is drawn out by script.
    select_by_keys(page)
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").tap()
    expect(page.get_by_label("The passage that says it")).to_have_value(WORDS)
    finish(page, "Deliveries: the green barrier")
    expect(page.get_by_role("status")).to_contain_text("Gem nominated.")


def test_a_passage_that_a_gem_says_already_becomes_its_evidence(site: Site, visitor: Visit, fresh: Review) -> None:
    gem = lift(site, fresh, "curator", publish=True, title="Park at the green barrier")
    again = reviews.add(site.library, Draft(title="Once more", body=f"Again: {WORDS}.", language="en"), "Rosa")
    page = visitor(site, "reviewer").page()
    page.goto(f"/reviews/{again.id}/gems/new?quote={WORDS}")
    expect(page.get_by_role("heading", name="These may say the same")).to_be_visible()
    page.get_by_role("button", name="Add this passage as further evidence instead").first.click()
    expect(page.get_by_role("status")).to_contain_text("as further evidence")
    assert len(gems.get(site.library, gem.id, unmasked=True).evidence) == 2


def test_a_gem_is_nominated_sent_back_mended_and_published_by_keys(site: Site, visitor: Visit, fresh: Review) -> None:
    gem = lift(site, fresh, "reviewer", publish=False, title="The barrier")
    desk = visitor(site, "curator").page()
    desk.goto(f"/queue?gem={gem.id}")
    left = int(desk.locator("h1 .count").inner_text())
    key(desk, "r")
    expect(desk.get_by_label("A word to who nominated it")).to_be_focused()
    desk.keyboard.type("Which one?")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("Sent back")
    page = visitor(site, "reviewer").page()
    page.goto("/notices")
    expect(page.locator("main")).to_contain_text("Which one?")
    page.get_by_role("link", name="The barrier").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Title").fill("Park at the green barrier")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Park at the green barrier")).to_be_visible()
    desk.goto(f"/queue?gem={gem.id}")
    assert int(desk.locator("h1 .count").inner_text()) == left
    expect(desk.get_by_role("heading", name="Park at the green barrier")).to_be_visible()
    key(desk, "p")
    expect(desk.get_by_role("status")).to_contain_text("Gem published.")
    assert gems.get(site.library, gem.id, unmasked=True).status == "published"


def test_the_queue_is_walked_with_j_and_k_and_a_slip_is_undone(site: Site, visitor: Visit, fresh: Review) -> None:
    lift(site, fresh, "reviewer", publish=False, title="Last of all", quote="it opens at six")
    page = visitor(site, "curator").page()
    page.goto("/queue")
    first = page.locator(".queue h2").first.inner_text()
    key(page, "j")
    expect(page.locator(".queue h2").first).not_to_have_text(first)
    key(page, "k")
    expect(page.locator(".queue h2").first).to_have_text(first)
    key(page, "d")
    expect(page.get_by_role("status")).to_contain_text("Gem declined.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".queue h2").first).to_have_text(first)


def test_two_gems_are_merged_and_parted_again(site: Site, visitor: Visit, fresh: Review) -> None:
    gone = lift(site, fresh, "curator", publish=True, title="Green barrier for lorries")
    kept = lift(site, fresh, "curator", publish=True, title="Barrier opens at six", quote="it opens at six")
    page = visitor(site, "curator").page()
    page.goto(f"/gems/{gone.id}")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Into which gem?").fill(str(kept.id))
    page.get_by_role("button", name="Look at both").click()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", name="Barrier opens at six")).to_be_visible()
    expect(page.locator(".evidence li")).to_have_count(2)
    page.goto(f"/gems/{gone.id}")
    expect(page.get_by_role("heading", name="Barrier opens at six")).to_be_visible()
    page.get_by_role("button", name="Part them again").click()
    expect(page.get_by_role("heading", name="Green barrier for lorries")).to_be_visible()


def test_a_gem_is_retired_and_says_what_replaces_it(site: Site, visitor: Visit, fresh: Review) -> None:
    old = lift(site, fresh, "curator", publish=True, title="Old barrier")
    new = lift(site, fresh, "curator", publish=True, title="New barrier", quote="it opens at six")
    page = visitor(site, "curator").page()
    page.goto(f"/gems/{old.id}/retire")
    page.get_by_label("Replaced by another gem").check()
    page.get_by_label("The gem that replaces it").fill(str(new.id))
    page.get_by_role("button", name="Retire").click()
    expect(page.get_by_role("status")).to_contain_text("Gem retired.")
    expect(page.get_by_role("note").get_by_role("link", name="New barrier")).to_be_visible()
    page.goto("/gems?sort=newest")
    expect(page.get_by_role("link", name="Old barrier")).to_have_count(0)


def test_a_later_ingest_brings_fresh_evidence_and_the_health_changes(
    site: Site, visitor: Visit, fresh: Review, tmp_path: Path
) -> None:
    gem = lift(site, fresh, "curator", publish=True, title="Deliveries turned away: park at the green barrier")
    with site.library.transaction() as db:
        store.note(db, gem.id, true_until=site.library.today() - timedelta(days=3))
    file = tmp_path / "later.ndjson"
    row = {"id": "x1", "title": "Lorry", "language": "en", "reviewer": "Otto",
           "body": "The lorry was turned away again. We told them to park at the green barrier, and it worked."}  # fmt: skip
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    intake.ingest(site.library, [str(file)], intake.IntakeOptions(source="later"), who="Ada")
    matching.catch_up(site.library)
    page = visitor(site, "reviewer").page()
    page.goto(f"/gems/{gem.id}")
    expect(page.locator("header .health")).to_have_text("Due")
    expect(page.get_by_role("heading", name="Seen again in 1 review?")).to_be_visible()
    page.get_by_role("button", name="Confirms it").click()
    expect(page.locator("header .health")).to_have_text("Fresh")
    expect(page.locator(".evidence li")).to_have_count(2)


def test_a_reader_says_that_it_worked_and_asks_a_colleague(site: Site, visitor: Visit, fresh: Review) -> None:
    gem = lift(site, fresh, "curator", publish=True, title="Green barrier")
    page = visitor(site, "reader", **PHONE).page()
    page.goto(f"/gems/{gem.id}")
    page.get_by_role("button", name="Worked", exact=False).first.tap()
    expect(page.get_by_role("button", name="Worked 1")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Say something about it").fill("Does it hold in winter, @rosa?")
    page.get_by_role("button", name="Send").tap()
    expect(page.locator("#talk .thread")).to_contain_text("in winter")
    told = visitor(site, "reviewer").page()
    told.goto("/notices")
    expect(told.locator("main")).to_contain_text("wrote your name under")


def test_a_gem_is_lifted_from_an_upload_before_it_is_brought_in(site: Site, visitor: Visit, tmp_path: Path) -> None:
    file = tmp_path / "notes.ndjson"
    turns = [{"speaker": "Jo", "text": "We were turned away."}, {"speaker": "Maren", "text": f"{WORDS}, please."}]
    file.write_text(json.dumps({"id": "up-9", "title": "Turned away at the gate", "turns": turns}) + "\n", "utf-8")
    page = visitor(site, "curator").page()
    page.goto("/ingest")
    page.locator("input[type=file][name=files]").first.set_input_files(file)
    page.get_by_role("button", name="See what would happen").click()
    page.get_by_role("link", name="Turned away at the gate").click()
    page.wait_for_url("**/rows/*")
    page.locator('[data-quotable="1"]').click(click_count=3)
    page.get_by_role("toolbar").get_by_role("link", name="Make a gem").click()
    expect(page.get_by_label("The passage that says it")).to_have_value(f"{WORDS}, please.")
    page.get_by_label("What to do").fill("Use the **green** barrier.")
    expect(page.locator("[data-preview-here] strong")).to_have_text("green")
    page.get_by_label("Title").fill("The green barrier opens at six")
    page.get_by_role("button", name="Keep it for this upload").click()
    page.get_by_role("link", name="Back to what would happen").click()
    page.get_by_role("button", name="Bring it in").click()
    page.get_by_role("link", name="The green barrier opens at six").click(timeout=60_000)
    expect(page.locator("blockquote").first).to_contain_text(WORDS)


def test_a_gem_that_two_changed_keeps_its_boxes_apart_from_what_stands_above_them(site: Site, visitor: Visit) -> None:
    who = visitor(site, "curator")
    first, second = who.page(), who.page()
    for page, words in ((first, "Mine"), (second, "Yours")):
        page.goto("/gems/1/edit")
        page.get_by_label("What to do").fill(words)
    for page in (first, second):
        page.get_by_role("button", name="Save").click()
    conflict = second.get_by_role("alert").filter(has_text="Somebody else saved this gem")
    preview = second.locator(".preview")
    expect(preview).to_contain_text("Yours")
    for above, label in ((conflict, "Title"), (preview, "Topics")):
        upper, lower = (
            above.bounding_box(),
            second.get_by_text(label, exact=True).locator("visible=true").last.bounding_box(),
        )
        assert upper is not None
        assert lower is not None
        assert lower["y"] - (upper["y"] + upper["height"]) >= 12
