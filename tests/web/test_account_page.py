"""One's own password and tokens."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from browsing import PASSWORD, page

from kb import members

NEW = "another good password"


def form(**fields: str) -> dict[str, str]:
    return {"old": PASSWORD, "new": NEW, "again": NEW, **fields}


def test_the_new_password_is_the_one_that_counts(client_as):
    client_as("reader").post("/account/password", data=form())
    assert client_as(None).sign_in("reader").status_code == 401
    assert client_as(None).sign_in("reader", NEW).status_code == 302


def test_ones_own_new_password_revokes_the_tokens_if_one_wants_that(client_as, library):
    token = members.new_token(library, "reader@kb.example")
    assert 'name="tokens"' in page(client_as("reader").get("/account"))
    client_as("reader").post("/account/password", data=form())
    assert members.by_token(library, token)
    again = form(old=NEW, new=PASSWORD, again=PASSWORD, tokens="end")
    done = client_as("reader").post("/account/password", data=again, follow_redirects=True)
    assert "Your tokens are revoked." in page(done)
    assert members.by_token(library, token) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "not the old one"}, "The old password is wrong"),
        ({"new": "short", "again": "short"}, "too short"),
        ({"again": "a typing error"}, "not the same"),
        ({"new": "x" * 1001, "again": "x" * 1001}, "too long"),
    ],
)
def test_a_password_that_cannot_be_taken_gets_a_sentence(client_as, fields, words):
    response = client_as("reader").post("/account/password", data=form(**fields))
    assert response.status_code == 400
    assert words in response.text
    assert client_as(None).sign_in("reader").status_code == 302


def test_who_guesses_the_old_password_is_slowed_down_as_at_the_door(app, client_as):
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    browser = client_as("reader")
    app.extensions["kb"].library.now = lambda: moment  # however slow the machine is, no wait has passed
    for _ in range(5):
        assert browser.post("/account/password", data=form(old="a guess")).status_code == 400
    refused = browser.post("/account/password", data=form())
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert "Too many tries" in refused.text


def test_a_token_is_shown_once_and_works(client_as, app):
    browser = client_as("reader")
    token = re.search(r"kb_[\w-]{40,}", page(browser.post("/account/tokens")))[0]
    assert token not in page(browser.get("/account"))
    answer = app.test_client().get("/api/v1/search?q=x", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "never" not in page(browser.get("/account"))  # last used


def test_a_revoked_token_is_no_good(client_as, app, library):
    token = members.new_token(library, "reader@kb.example")
    client_as("reader").post("/account/tokens/1/revoke")
    answer = app.test_client().get("/api/v1/search?q=x", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_nobody_revokes_anothers_token(client_as, library):
    token = members.new_token(library, "reader@kb.example")
    assert client_as("admin").post("/account/tokens/1/revoke").status_code == 404
    assert members.by_token(library, token)
