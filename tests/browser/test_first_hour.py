"""A new hire's first hour, and the next day: from signing in to an answer, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from looks import key
from playwright.sync_api import Page, expect
from samples import PASSWORD
from served import Site, Visitor

from kb import members, reviews
from kb.finding import finding
from kb.mine.reading import VISIT_ENDS
from kb.models import Draft
from kb.questions import answering, questions
from kb.questions.questions import QuestionState
from kb.store import mine
from kb.tags import tags
from kb.trails import assigning, trails
from kb.values.trails import TrailState

Visit = Callable[..., Visitor]
NOWHERE = "zirkvqx wompjq"
NOTE = "ask Chris about the second gate"


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(request: pytest.FixtureRequest, site: Site, visitor: Visit) -> Page:
    return visitor(site, None, java_script_enabled=request.param).page()


@pytest.fixture
def trail(site: Site) -> str:
    """A trail on GDPR that is assigned to the reader."""
    curator, reader = (members.by_email(site.library, f"{who}@kb.example") for who in ("curator", "reader"))
    made = trails.from_topic(site.library, tags.named(site.library, "GDPR").id, curator, "First week")
    trails.set_state(site.library, made.id, TrailState.PUBLISHED, curator)
    assigning.assign(site.library, made.id, "member", curator, email=reader.email)
    return made.title


def test_a_first_hour_and_the_next_day(site: Site, page: Page, trail: str) -> None:
    sign_in(page)
    follow_a_topic_from_the_map(page)
    read_on_and_bookmark(page)
    begin_the_trail(page, trail)
    try_a_case(site, page)
    ask_what_is_not_found(page)
    a_day_goes_by(site)
    page.goto("/")
    expect(page.locator(".news")).to_contain_text("What came overnight")
    page.goto("/notices")
    expect(page.locator(".fresh-notice").filter(has_text=NOWHERE)).to_be_visible()


def sign_in(page: Page) -> None:
    page.goto("/")
    page.locator("[name=email]").fill("reader@kb.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What do we know about it?")


def follow_a_topic_from_the_map(page: Page) -> None:
    page.locator(".topic-map").get_by_role("link", name="GDPR", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("GDPR")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("status").first).to_contain_text("You follow GDPR.")


def read_on_and_bookmark(page: Page) -> None:
    page.locator(".gem-card a").first.click()
    expect(page.locator(".crumbs")).to_contain_text("GDPR")
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name=re.compile("^Next")).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(title)
    page.locator("summary", has_text="Bookmark").click()
    page.get_by_label("A note, for you alone").fill(NOTE)
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".own-note")).to_contain_text(NOTE)
    page.goto("/mine")
    expect(page.locator(".own-note-line")).to_have_text(NOTE)


def begin_the_trail(page: Page, trail: str) -> None:
    page.goto("/")
    page.get_by_role("link", name=trail, exact=True).click()
    page.get_by_role("link", name="Begin").click()
    expect(page).to_have_url(re.compile(r"/trails/[0-9]+/"))


def try_a_case(site: Site, page: Page) -> None:
    question = 'title:"Christmas price list"'
    found = finding.search(site.library, question, unmasked=False, filters={"type": ("review",)}, limit=1)
    page.goto(found.hits[0].url)
    page.get_by_role("link", name="Try it first").click()
    page.get_by_label("What would you answer?").fill("What is the file for?")
    page.get_by_role("button", name="Keep it, and go on with the case").click()
    expect(page.locator(".theirs")).to_contain_text("71,400 rows")


def ask_what_is_not_found(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search the library").fill(NOWHERE)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing found")
    page.get_by_role("button", name="without my name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NOWHERE)


def a_day_goes_by(site: Site) -> None:
    """Somebody answers, something comes in on the topic; and the reader was here last yesterday."""
    library = site.library
    reader, reviewer = (members.by_email(library, f"{who}@kb.example") for who in ("reader", "reviewer"))
    asked = questions.listed(library, state=QuestionState.OPEN)[0]
    question = next(one for one in asked if one.text == NOWHERE)
    answering.answer(library, question.id, answering.Answer(text="It is the second gate."), reviewer)
    site.app.extensions["kb"].keeper.save(library)
    with library.transaction() as db:
        db.conn.execute("DELETE FROM visits")
        yesterday = library.now() - timedelta(days=1)
        mine.note_visits(db, [(reader.id, yesterday)], VISIT_ENDS.total_seconds())
    reviews.add(library, Draft(title="What came overnight", body="On consent.", tags=("GDPR",)), "Rosa")


# -- By keyboard, and taking along ------------------------------------------------------------------------------------


def test_n_and_p_go_on_within_the_topic(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/tags/1")
    key(page, "j")
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(page.locator(".crumbs")).to_contain_text("Topics")
    first = heading.inner_text()
    key(page, "n")
    expect(heading).not_to_have_text(first)
    key(page, "p")
    expect(heading).to_have_text(first)


def test_whoever_comes_back_to_a_list_is_where_they_were(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/reviews")
    for _ in range(3):
        key(page, "j")
    expect(page).to_have_url(re.compile("#n3$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/reviews/[0-9]+"))
    page.go_back()
    expect(page.locator("[data-walk] > li").nth(2).locator("a").first).to_be_focused()


def test_the_topics_are_filtered_as_somebody_types(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/tags")
    page.get_by_label("Show only topics with").press_sequentially("gdp")
    expect(page.locator("#topics li:visible")).to_have_count(1)
    page.get_by_label("Show only topics with").press_sequentially("zz")
    expect(page.get_by_text("No topic has that in its name.")).to_be_visible()


def test_the_tree_is_walked_with_the_same_keys(samples: Site, visitor: Visit) -> None:
    page = visitor(samples, "reader").page()
    page.goto("/tags?view=tree")
    key(page, "j")
    key(page, "j")
    expect(page.locator("#topics li").nth(1).locator("a").first).to_be_focused()


@pytest.mark.parametrize(
    ("name", "begins"), [("Plain text", ""), ("Markdown", "# "), ("Link", "http")], ids=["text", "markdown", "link"]
)
def test_a_gem_is_copied(samples: Site, visitor: Visit, name: str, begins: str) -> None:
    page = visitor(samples, "reader", permissions=["clipboard-read", "clipboard-write"]).page()
    page.goto("/gems/1")
    page.locator("summary", has_text="Copy").click()
    page.get_by_text(name).click()
    expect(page.locator(".copies")).to_contain_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith(begins)
    assert copied.strip()


def test_a_dark_page_is_dark_on_a_light_device(site: Site, visitor: Visit) -> None:
    page = visitor(site, "reader", color_scheme="light").page()
    page.goto("/mine/settings")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Kept.")
    expect(page.locator("body")).to_have_css("background-color", "rgb(24, 22, 21)")
