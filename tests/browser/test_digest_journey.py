"""The weekly edition from draft to archive, and its mail as a mail program shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from looks import look, violations
from playwright.sync_api import Browser, Locator, Page, expect
from served import SCREENSHOTS, Site, Visitor, picture

from kb import reviews, settings
from kb.digest import delivery, dryrun, editions
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft
from tests.digest.mailroom import MailServer

GEMS = (
    (
        "Export stops at 50,000 rows: schedule it by night",
        "Use **Reports > Schedule**; the limit is per request.",
        "en",
    ),
    ("夜間に予約すれば 5 万行を超えても書き出せる", "「レポート」から予約する。上限はリクエストごと。🚀", "ja"),
    ("SSO fails with ERR_42 after a certificate change", "Upload the new certificate *before* the old one ends.", "en"),
)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def newsworthy(site: Site) -> Site:
    """A served library with three gems of this week."""
    for number, (title, body, language) in enumerate(GEMS):
        quote = f"Passage {number} that says it."
        review = reviews.add(site.library, Draft(title=f"Case {number}", body=quote, language=language), "ada")
        gems.lift(site.library, review.id, GemDraft(title, body, quote, (f"news {number}",)), who="ada", publish=True)
    return site


def send(site: Site, mail: MailServer) -> None:
    """What cron does, with a mail server set."""
    chosen = settings.load(
        site.settings.home, environ={}, name="Orrin Vale", meaning="off", digest_optin="no", base_url=site.url,
        smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none",
    )  # fmt: skip
    library = Library(chosen)
    delivery.run(library)
    library.close()


def entries_of(page: Page) -> Locator:
    return page.locator("[data-entries]").first.locator(".title")


def titles(page: Page) -> list[str]:
    expect(entries_of(page)).not_to_have_count(0)
    return entries_of(page).all_inner_texts()


def expect_first(page: Page, first: list[str]) -> None:
    """Wait until these stand first: a press of Save is another page, and that takes as long as it takes."""
    for at, title in enumerate(first):
        expect(entries_of(page).nth(at)).to_have_text(title)


def draft(page: Page) -> None:
    page.goto("/digest")
    page.get_by_role("button", name=re.compile("Draft week")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Week")


def test_from_draft_to_archive(newsworthy: Site, visitor: Callable[..., Visitor], mail: MailServer) -> None:
    curator = visitor(newsworthy, "curator")
    page = curator.page()
    draft(page)
    before = titles(page)
    page.get_by_role("button", name=f"Move down: {before[0]}").click()
    expect(page.get_by_role("button", name=f"Move down: {before[0]}")).to_be_focused()
    expect_first(page, [before[1], before[0]])
    page.get_by_label("Opening words").fill("A *short* word to begin with.")
    page.get_by_role("button", name="Save").last.click()
    expect_first(page, [before[1], before[0]])
    picture(page, "digest-edit-1280-light")
    page.get_by_role("link", name="As mail").click()
    expect(page.frame_locator(".frame-narrow").get_by_role("heading", level=1)).to_contain_text("Orrin Vale")
    picture(page, "digest-preview-mail-1280-light")
    for kind in ("As plain text", "In Slack", "In Teams"):
        page.get_by_role("link", name=kind).click()
        expect(page.get_by_role("main")).to_contain_text(before[1])
        picture(page, f"digest-preview-{kind.split()[-1].lower()}-1280-light")
    page.get_by_role("link", name=re.compile("Back to week")).click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Approved.")
    send(newsworthy, mail)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("4 sent")
    picture(page, "digest-deliveries-1280-light")
    reader = visitor(newsworthy, "reader").page()
    reader.goto("/digest")
    reader.get_by_role("link", name=re.compile(re.escape(before[1]))).click()
    expect(reader.get_by_text("A short word to begin with.")).to_be_visible()
    picture(reader, "digest-edition-1280-light")
    assert set(mail.received.values()) == {1}
    assert curator.complaints == []


def test_entries_are_moved_by_dragging(newsworthy: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(newsworthy, "curator").page()
    draft(page)
    before = titles(page)
    entries = page.locator("[data-entry]")
    entries.nth(2).drag_to(entries.nth(0), target_position={"x": 20, "y": 2})
    page.get_by_role("button", name="Save").last.click()
    expect_first(page, [before[2]])


def test_what_is_looked_at_is_what_stands_on_the_desk(newsworthy: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(newsworthy, "curator").page()
    draft(page)
    page.get_by_label("Opening words").fill("Not saved by hand.")
    page.get_by_role("link", name="As plain text").click()
    expect(page.locator("pre")).to_contain_text("Not saved by hand.")


def test_the_desk_works_without_javascript(newsworthy: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(newsworthy, "curator", java_script_enabled=False).page()
    draft(page)
    before = titles(page)
    page.get_by_role("button", name=f"Move down: {before[0]}").click()
    expect_first(page, [before[1], before[0]])


def test_leaving_takes_one_click_without_signing_in(
    newsworthy: Site, visitor: Callable[..., Visitor], mail: MailServer
) -> None:
    link = str(sent(newsworthy, mail)["List-Unsubscribe"]).strip("<> ")
    page = visitor(newsworthy, None).page()
    page.goto(link)
    picture(page, "digest-leave-1280-light")
    page.get_by_role("button", name="Send me no more").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done")


def sent(site: Site, mail: MailServer) -> EmailMessage:
    week = editions.this_week(site.library)
    version = editions.draft(site.library, week, "chris").edition.version
    opening = f"Type this:\n\n```\n{'a line of code that is longer than any telephone is wide ' * 3}\n```"
    editions.edit(site.library, week, "chris", version=version, opening=opening, order=[], dropped=set(), credits={})
    editions.approve(site.library, week, "chris")
    send(site, mail)
    return mail.messages[0]


@pytest.mark.parametrize(("width", "scheme"), [(700, "light"), (700, "dark"), (320, "light"), (320, "dark")])
def test_the_mail_is_readable_everywhere(
    newsworthy: Site, chromium: Browser, mail: MailServer, tmp_path: Path, width: int, scheme: str
) -> None:
    body = sent(newsworthy, mail).get_body(("html",))
    assert body is not None
    file = tmp_path / "mail.html"
    file.write_text(body.get_content(), "utf-8")
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=True,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.route(re.compile("^http"), lambda route: route.abort())  # nothing may be fetched: images are off
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrast = [each for each in violations(page) if each[0] in ("color-contrast", "link-name")]
    picture(page, f"digest-mail-{width}-{scheme}")
    context.close()
    assert contrast == []


def test_the_messages_are_kept_as_files(newsworthy: Site, tmp_path: Path) -> None:
    week = editions.this_week(newsworthy.library)
    edition = editions.draft(newsworthy.library, week, "chris").edition
    dryrun.write(newsworthy.library, edition, tmp_path)
    blocks = json.loads((tmp_path / "slack.json").read_text("utf-8"))["blocks"]
    assert [block["type"] for block in blocks[:2]] == ["header", "context"]
    if SCREENSHOTS.is_dir():
        (SCREENSHOTS / "digest-slack-blocks.json").write_text((tmp_path / "slack.json").read_text("utf-8"), "utf-8")


PAGES = {
    "digest": ("reader", "/digest"),
    "digest-as-curator": ("curator", "/digest"),
    "digest-show": ("reader", "/digest/{week}"),
    "digest-desk": ("curator", "/digest/{week}/edit"),
    "digest-look": ("curator", "/digest/{week}/preview?as=slack"),
    "digest-fate": ("curator", "/digest/{week}/deliveries"),
    "digest-preferences": ("curator", "/digest/preferences"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_edition_fits_and_axe_is_content(
    newsworthy: Site, visitor: Callable[..., Visitor], name: str
) -> None:
    role, path = PAGES[name]
    week = editions.this_week(newsworthy.library)
    editions.draft(newsworthy.library, week, "chris")
    if role == "reader" or name == "digest-fate":
        editions.approve(newsworthy.library, week, "chris")
        delivery.run(newsworthy.library)
    who = visitor(newsworthy, role)
    page = who.page()
    page.goto(path.format(week=week))
    look(page, name)
    assert who.complaints == []
