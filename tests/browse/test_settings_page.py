"""A member's own settings: they change every page for that member, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from browsing import page

from kb import members, reviews
from kb.errors import InvalidInput
from kb.mine import settings
from kb.models import Draft
from kb.values.mine import MemberSettings

CHOSEN = {"language": "", "known": "", "history": "yes", "theme": "dark", "density": "close", "zone": "Asia/Tokyo"}


@pytest.fixture
def reader(library):
    return members.by_email(library, "reader@kb.example")


def test_nobody_who_chose_nothing_sees_anything_else_than_before(client_as):
    head = page(client_as("reader").get("/")).partition("<head>")[0]
    assert "data-theme" not in head
    assert "data-density" not in head


def test_what_is_chosen_is_kept_and_shown_again(client_as, library, reader):
    browser = client_as("reader")
    assert browser.post("/mine/settings", data=CHOSEN).status_code == 303
    assert settings.of(library, reader) == MemberSettings(theme="dark", density="close", zone="Asia/Tokyo")
    assert 'value="dark" checked' in page(browser.get("/mine/settings"))


def test_colours_and_spacing_are_said_on_every_page(client_as):
    browser = client_as("reader")
    browser.post("/mine/settings", data=CHOSEN)
    for path in ("/", "/gems", "/nowhere"):
        head = browser.get(path).text.partition("<head>")[0]
        assert 'data-theme="dark"' in head
        assert 'data-density="close"' in head


def test_they_are_nobody_elses(client_as):
    client_as("reader").post("/mine/settings", data=CHOSEN)
    assert "data-theme" not in page(client_as("admin").get("/")).partition("<head>")[0]


def test_dates_are_told_in_the_members_zone(client_as, library):
    late = datetime(2026, 3, 3, 20, tzinfo=UTC)
    reviews.add(library, Draft(title="Late", body="In the evening.", date=late, language="en"), "Rosa")
    browser = client_as("reader")
    assert "3 Mar 2026" in page(browser.get("/reviews"))
    browser.post("/mine/settings", data=CHOSEN)
    assert "4 Mar 2026" in page(browser.get("/reviews"))


@pytest.mark.parametrize(
    "wrong",
    [{"theme": "pink"}, {"density": "none"}, {"zone": "Moon/Crater"}, {"language": "tlh"}],
    ids=["theme", "density", "zone", "language"],
)
def test_what_is_no_choice_is_refused_with_a_sentence(client_as, library, reader, wrong):
    response = client_as("reader").post("/mine/settings", data=CHOSEN | wrong)
    assert response.status_code == 400
    assert 'class="error"' in response.text
    assert settings.of(library, reader) == MemberSettings()


def test_the_language_is_the_one_that_was_chosen_whatever_the_browser_asks_for(client_as):
    browser = client_as("reader")
    browser.post("/mine/settings", data=CHOSEN | {"language": "ja"})
    asked = browser.get("/", headers={"Accept-Language": "de"})
    assert '<html lang="ja"' in asked.text


def test_what_is_not_given_stays(library, reader):
    settings.choose(library, reader, theme="dark")
    settings.choose(library, reader, density="close")
    assert settings.of(library, reader) == MemberSettings(theme="dark", density="close")


def test_a_wrong_choice_names_its_field(library, reader):
    with pytest.raises(InvalidInput) as refused:
        settings.choose(library, reader, zone="Moon/Crater")
    assert refused.value.field == "zone"


def test_the_settings_are_asked_for_once_a_page(app, client_as):
    browser = client_as("reader")
    page(browser.get("/gems"))
    said = []
    app.extensions["kb"].library.db.conn.set_trace_callback(said.append)
    page(browser.get("/gems"))
    assert sum("member_settings" in statement for statement in said) == 1
