"""Signing in and out, and what ends a session."""

from __future__ import annotations

from browsing import page


def test_a_member_signs_in_with_the_form(client_as):
    browser = client_as(None)
    response = browser.sign_in("reader")
    assert response.status_code == 302
    assert response.headers["Location"] == "/"
    assert "Robin Reader" in page(browser.get("/account"))
