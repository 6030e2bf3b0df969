"""What every answer and cookie carries; forms that somebody else sends."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from browsing import page

from kb import resources
from kb.errors import LibraryError
from kb.web.security import CONTENT_SECURITY_POLICY, HEADERS, kept_secret

ADDRESSES = ["/sign-in", "/", "/nowhere", "/static/base.css", "/api/v1/search?q=x", "/healthz"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(client_as, address):
    response = client_as("reader").get(address)
    assert {name: response.headers.get(name) for name in HEADERS} == dict(HEADERS)


def test_the_policy_lets_nothing_inline_run():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


TEMPLATES = resources.folder("templates")
# What goes out by mail is no page: mail programs know no style sheets.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] != "mail")


@pytest.mark.parametrize("template", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_needs_anything_inline(template):
    text = template.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_pages_are_kept_by_no_browser_or_proxy(client_as):
    assert client_as("reader").get("/").headers["Cache-Control"] == "no-store, private"


def test_what_is_asked_for_by_its_digest_is_kept_for_good(client_as):
    text = page(client_as(None).get("/sign-in"))
    sheet = re.search(r'href="(/static/print\.css\?v=[0-9a-f]+)"', text)[1]
    assert "immutable" in client_as(None).get(sheet).headers["Cache-Control"]
    assert client_as(None).get("/static/base.css?v=old").headers["Cache-Control"] == "no-cache"


def test_the_session_cookie_is_for_this_site_and_no_script(client_as):
    cookie = client_as(None).sign_in("reader").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # on this machine's own address


@pytest.mark.parametrize(
    ("setting", "local", "secure"),
    [("auto", False, True), ("auto", True, False), ("yes", True, True), ("no", False, False)],
)
def test_cookies_are_sent_over_https_only_but_where_the_settings_say_so(make_app, setting, local, secure):
    browser = make_app(local_http=local, cookie_secure=setting).test_client()
    cookie = browser.get("/sign-in", base_url="https://kb.example").headers["Set-Cookie"]
    assert ("Secure" in cookie) == secure
    assert cookie.startswith("__Host-kb=" if secure else "kb=")


def test_over_https_browsers_are_told_to_stay_there(make_app):
    browser = make_app(local_http=False).test_client()
    assert "Strict-Transport-Security" in browser.get("/sign-in", base_url="https://kb.example").headers
    assert "Strict-Transport-Security" not in browser.get("/sign-in").headers


def test_forwarded_addresses_count_only_behind_a_trusted_proxy(make_app):
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "kb.example"}
    alone = make_app(proxies=0, local_http=False).test_client().get("/sign-in", headers=sent)
    behind = make_app(proxies=1, local_http=False).test_client().get("/sign-in", headers=sent)
    assert "Strict-Transport-Security" not in alone.headers
    assert "Strict-Transport-Security" in behind.headers


@pytest.mark.parametrize("address", ["/reviews/new", "/account/tokens", "/ingest/upload", "/sign-out", "/preview"])
def test_a_form_without_its_token_changes_nothing(client_as, address):
    response = client_as("reviewer").post(address, csrf=False, data={"body": "text"})
    assert response.status_code == 400
    assert "nothing was saved" in response.text


def test_anothers_token_is_no_token(client_as):
    other, mine = client_as("other"), client_as("reviewer")
    other.get("/help")
    response = mine.post("/account/tokens", csrf=False, data={"csrf_token": other.token_now()})
    assert response.status_code == 400


def test_a_refused_form_gives_the_text_back_to_be_sent_again(client_as):
    browser, text = client_as("reviewer"), "A long explanation <b>of</b> what went wrong, typed over lunch."
    refused = browser.post("/reviews/new", csrf=False, data={"body": text, "kind": "call"})
    assert "A long explanation &lt;b&gt;of&lt;/b&gt; what went wrong" in refused.text
    assert 'action="/reviews/new"' in refused.text
    assert browser.post("/reviews/new", data={"body": text, "kind": "call", "do": "save"}).status_code == 303


def test_a_form_sent_after_the_session_ended_gives_the_text_back_too(client_as):
    refused = client_as(None).post("/reviews/new", data={"body": "Typed for an hour, and then signed out meanwhile."})
    assert refused.status_code == 401
    assert "Typed for an hour" in refused.text


def test_no_password_comes_back_on_a_page(client_as):
    form = {"old": "my old secret", "new": "my new secret", "again": "my new secret"}
    assert "secret" not in client_as("reader").post("/account/password", csrf=False, data=form).text


def test_the_secret_is_made_once_and_is_the_owners_alone(tmp_path):
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: kept_secret(path), range(16)))
    assert len(found) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [left.name for left in Path(tmp_path).iterdir()] == ["secret_key"]


def test_a_secret_that_is_none_stops_the_start_with_a_sentence(tmp_path):
    (tmp_path / "secret_key").write_text("x")
    with pytest.raises(LibraryError, match="Delete it"):
        kept_secret(tmp_path / "secret_key")
