"""Signing in and out, and what ends a session."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
from argon2 import extract_parameters, profiles
from browsing import PASSWORD, page, signed_in, token_in

from kb import members
from kb.models import Role
from kb.signing_in import SlowDown

ROBIN = "reader@kb.example"


def test_a_member_signs_in_with_the_form(client_as):
    browser = client_as(None)
    response = browser.sign_in("reader")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert "Robin Reader" in page(browser.get("/account"))


def test_an_address_is_the_same_in_any_case(client_as):
    assert client_as(None).sign_in("READER").status_code == 302


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client_as):
    wrong_password = client_as(None).sign_in("reader", "not the password")
    wrong_name = client_as(None).sign_in("nobody", "not the password")
    hidden = [token_in(response.text) for response in (wrong_password, wrong_name)]
    texts = [
        response.text.replace(token, "").replace(f"{who}@kb.example", "")
        for response, token, who in zip((wrong_password, wrong_name), hidden, ("reader", "nobody"), strict=True)
    ]
    assert wrong_password.status_code == wrong_name.status_code == 401
    assert texts[0] == texts[1]


def test_the_typed_address_stays_in_the_form_and_the_password_does_not(client_as):
    text = client_as(None).sign_in("reader", "not the password").text
    assert ROBIN in text
    assert "not the password" not in text


def test_many_failures_slow_the_next_try_down(app, client_as):
    browser = client_as(None)
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    app.extensions["kb"].library.now = lambda: moment  # however slow the machine is, no wait has passed
    for _ in range(6):
        response = browser.sign_in("reader", "not the password")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert "Wait" in response.text


def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(app, client_as):
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    app.extensions["kb"].library.now = lambda: moment
    browsers = [client_as(None) for _ in range(20)]
    for browser in browsers:
        browser.get("/sign-in")
    with ThreadPoolExecutor(10) as at_once:
        answers = list(at_once.map(lambda browser: browser.sign_in("reader", "not the password"), browsers))
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 15}


def test_who_signs_in_slows_nobody_beside_them_down(app, client_as):
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    app.extensions["kb"].library.now = lambda: moment
    for number in range(19):
        client_as(None).sign_in(f"nobody{number}", "not the password")
    assert [client_as(None).sign_in("reader").status_code for _ in range(3)] == [302, 302, 302]


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "Wait a second, then"), (8, "Wait 8 seconds, then")])
def test_how_long_to_wait_is_said_in_words_that_fit(seconds, words):
    assert words in str(SlowDown(seconds))


def test_who_guesses_from_one_address_after_the_other_of_their_network_is_slowed(app, client_as):
    browser = client_as(None)
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    app.extensions["kb"].library.now = lambda: moment
    for last in range(6):
        browser.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{last}"
        response = browser.sign_in("reader", "not the password")
    assert response.status_code == 429
    browser.environ_base["REMOTE_ADDR"] = "2001:db8:1:3::1"
    assert browser.sign_in("reader").status_code == 302


def test_who_guesses_elsewhere_does_not_lock_the_owner_out(client_as):
    guesser, owner = client_as(None), client_as(None)
    for _ in range(7):
        guesser.sign_in("reader", "not the password")
    owner.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    assert owner.sign_in("reader").status_code == 302


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client_as):
    browser = client_as(None)
    asked = browser.get("/search?q=export&page=2")
    assert asked.headers["Location"] == "/sign-in?next=/search?q%3Dexport%26page%3D2"
    form = page(browser.get(asked.headers["Location"]))
    assert 'name="next" value="/search?q=export&amp;page=2"' in form
    assert browser.sign_in("reader", next="/search?q=export&page=2").headers["Location"] == "/search?q=export&page=2"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "/a\\..\\\\b",
    ],
)
def test_signing_in_never_leads_to_another_site(client_as, wanted):
    assert client_as(None).sign_in("reader", next=wanted).headers["Location"] == "/"


def test_signing_in_begins_a_session_of_a_new_id(client_as):
    browser = client_as(None)
    browser.sign_in("reader")
    with browser.session_transaction() as session:
        first, token = session["sid"], session.get("csrf_token")
    browser.sign_in("reader")
    browser.post("/sign-out")
    browser.sign_in("reader")
    with browser.session_transaction() as session:
        assert session["sid"] != first
        assert session.get("csrf_token") != token or token is None


def test_signing_out_needs_a_button(client_as):
    browser = client_as("reader")
    assert browser.get("/sign-out").status_code == 405
    assert page(browser.get("/account"))


def test_after_signing_out_a_copy_of_the_cookie_is_no_good(client_as, app):
    browser, thief = client_as("reader"), client_as(None)
    browser.get("/account")
    thief.set_cookie("kb", browser.get_cookie("kb").value)
    assert thief.get("/account").status_code == 200
    browser.post("/sign-out")
    assert browser.get("/account").status_code == 302
    assert thief.get("/account").status_code == 302


def test_who_signs_in_over_somebody_ends_their_session(client_as):
    browser, thief = client_as("reader"), client_as(None)
    thief.set_cookie("kb", browser.get_cookie("kb").value)
    assert thief.get("/account").status_code == 200
    browser.sign_in("curator")
    assert thief.get("/account").status_code == 302
    assert "Chris Curator" in page(browser.get("/account"))


def test_signing_out_here_leaves_the_other_browser_signed_in(client_as):
    here, there = client_as("reader"), client_as("reader")
    here.post("/sign-out")
    assert there.get("/account").status_code == 200


def test_another_password_ends_the_sessions_elsewhere_and_not_this_one(client_as):
    here, there, stranger = client_as("reader"), client_as("reader"), client_as("reviewer")
    form = {"old": PASSWORD, "new": "another good password", "again": "another good password"}
    assert here.post("/account/password", data=form).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert stranger.get("/account").status_code == 200


def test_who_is_kept_out_is_out_at_once(client_as, library):
    browser = client_as("reader")
    assert browser.get("/account").status_code == 200
    members.set_active(library, ROBIN, False)
    assert browser.get("/account").status_code == 302
    assert client_as(None).sign_in("reader").status_code == 401


def test_another_role_holds_at_once(client_as, library):
    browser = client_as("reader")
    assert browser.get("/members").status_code == 403
    members.set_role(library, ROBIN, Role.ADMIN)
    assert browser.get("/members").status_code == 200


@pytest.mark.parametrize(
    ("begun", "seen", "alive"),
    [(0, 0, True), (13 * 3600, 11 * 3600, True), (13 * 3600, 13 * 3600, False), (31 * 86400, 0, False)],
    ids=["fresh", "clicked an hour ago", "idle for 13 hours", "a month old"],
)
def test_a_session_ends_when_it_is_idle_or_old(client_as, begun, seen, alive):
    browser, now = client_as("reader"), int(time.time())
    with browser.session_transaction() as session:
        session.update(begun=now - begun, seen=now - seen)
    assert (browser.get("/account").status_code == 200) == alive


def test_a_click_keeps_a_session_alive(client_as):
    browser, then = client_as("reader"), int(time.time()) - 3600
    with browser.session_transaction() as session:
        session["seen"] = then
    browser.get("/account")
    with browser.session_transaction() as session:
        assert session["seen"] > then + 3000


def test_a_made_up_session_is_nobodys(client_as, app):
    browser = client_as("reader")
    with browser.session_transaction() as session:
        session["_user_id"] = "1:00000000000000000000000000000000"
    assert browser.get("/account").status_code == 302


def test_a_library_without_members_says_how_to_make_the_first(tmp_path):
    from kb import library, settings
    from kb.web import create_app

    chosen = settings.load(tmp_path, environ={})
    library.make(chosen)
    app = create_app(chosen, local_http=True)
    text = app.test_client().get("/sign-in").text
    app.extensions["kb"].close()
    assert "member add" in text
    assert "--role admin" in text


def test_over_plain_http_the_form_says_why_signing_in_would_fail(make_app):
    text = make_app(local_http=False).test_client().get("/sign-in", base_url="http://kb.example").text
    assert "KB_COOKIE_SECURE" in text


def test_a_member_who_is_signed_in_is_led_on_from_the_form(client_as):
    assert client_as("reader").get("/sign-in?next=/help").headers["Location"] == "/help"


def test_who_signs_in_as_somebody_else_is_somebody_else(app, library):
    browser = signed_in(app.test_client(), library, "reader")
    browser.sign_in("curator")
    assert "Chris Curator" in page(browser.get("/account"))


def test_passwords_are_kept_by_a_hash_that_takes_memory(tmp_path):
    home = str(tmp_path / "home")
    for command in (["init"], ["member", "add", ROBIN, "--role", "reader", "--password-stdin"]):
        subprocess.run(
            [sys.executable, "-m", "kb", "--home", home, *command], input=f"{PASSWORD}\n", text=True, check=True
        )
    with closing(sqlite3.connect(tmp_path / "home" / "library.db")) as db:
        (kept,) = db.execute("SELECT password_hash FROM members").fetchone()
    assert extract_parameters(kept) == profiles.RFC_9106_LOW_MEMORY


WRITTEN = {"title": "Signed out", "body": "Typed for an hour, and signed out meanwhile.", "kind": "call", "do": "save"}
ROSA = {"as_email": "reviewer@kb.example", "as_password": PASSWORD}


def test_what_somebody_signed_out_sends_is_carried_out_once_they_sign_in_below_it(client_as, library):
    browser = client_as(None)
    refused = browser.post("/reviews/new", data=WRITTEN)
    assert 'name="as_password"' in refused.text
    saved = browser.post("/reviews/new", data=WRITTEN | ROSA)
    assert saved.status_code == 303
    assert "Typed for an hour" in page(browser.get(saved.headers["Location"]))


def test_a_wrong_password_below_a_text_gives_the_text_back(client_as):
    refused = client_as(None).post("/reviews/new", data=WRITTEN | ROSA | {"as_password": "not the password"})
    assert refused.status_code == 401
    assert "The address or the password is wrong." in refused.text
    assert "Typed for an hour" in refused.text
    assert "not the password" not in refused.text


def test_who_signs_in_below_a_text_may_do_no_more_than_before(client_as):
    browser = client_as(None)
    refused = browser.post("/reviews/new", data=WRITTEN | ROSA | {"as_email": ROBIN})
    assert refused.status_code == 403
    assert "Typed for an hour" in refused.text


def test_nobody_is_signed_in_by_a_form_without_its_token(client_as):
    browser = client_as(None)
    assert browser.post("/reviews/new", csrf=False, data=WRITTEN | ROSA).status_code == 400
    assert browser.get("/account").status_code == 302


def test_what_was_written_comes_back_under_the_name_of_its_box(client_as):
    refused = client_as(None).post("/reviews/new", data={"turns": "Customer: It stops.\nAgent: Filter first."})
    assert ">Conversation</label>" in refused.text
