"""Addresses to be used elsewhere are the library's own, whatever host a request says it is at."""

from __future__ import annotations

from browsing import page, signed_in

from kb import reviews
from kb.models import Draft
from kb.trails import trails
from kb.values.trails import StepKind

AT = "https://kb.example/library"


def test_the_feeds_address_is_that_of_the_library(make_app, library):
    app = make_app(base_url=AT)
    name = app.config["SESSION_COOKIE_NAME"]
    session = signed_in(app.test_client(), library, "reader").get_cookie(name).value
    headers = {"Host": "elsewhere.example", "Cookie": f"{name}={session}"}
    seen = page(app.test_client(use_cookies=False).get("/digest/preferences", headers=headers))
    assert f"{AT}/digest/feed/" in seen
    assert "elsewhere.example" not in seen


def test_behind_a_proxy_with_a_path_of_its_own_the_path_stands_there_once(make_app, library):
    browser = signed_in(make_app(base_url=AT, proxies=1).test_client(), library, "reader")
    seen = page(browser.get("/digest/preferences", headers={"X-Forwarded-Prefix": "/library"}))
    assert f"{AT}/digest/feed/" in seen


def test_a_trail_taken_along_leads_to_the_library(make_app, library):
    review = reviews.add(library, Draft(title="A case", body="Calm."), "Rosa")
    trail = trails.make(library, "First week", "", None, new=[(StepKind.REVIEW, review.id, "")])
    curator = signed_in(make_app(base_url=AT).test_client(), library, "curator")
    seen = curator.get(f"/trails/{trail.id}/export.md").text
    assert f"<{AT}/reviews/{review.id}>" in seen


def test_without_an_address_set_it_is_the_one_that_was_called(client_as):
    assert "http://localhost/digest/feed/" in page(client_as("reader").get("/digest/preferences"))
