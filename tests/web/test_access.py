"""Who may do what: every address, tried as nobody and as each role."""

from __future__ import annotations

import pytest
from browsing import signed_in
from flask_login import login_user

from kb import members
from kb.models import Role
from kb.web import access
from kb.web.auth import User

PUBLIC, READER, REVIEWER, CURATOR, ADMIN = 0, 1, 2, 3, 4

# What the house says, written down a second time: a slip in access.py shows here. Nothing has the number 9999, so
# whoever is let in gets "not found", and nothing changes from one try to the next.
ROUTES = [
    ("GET", "/healthz", PUBLIC),
    ("GET", "/sign-in", PUBLIC),
    ("POST", "/sign-in", PUBLIC),
    ("GET", "/static/base.css", PUBLIC),
    ("GET", "/bundle/site.css", PUBLIC),
    ("GET", "/digest/leave/9999", PUBLIC),
    ("POST", "/digest/leave/9999", PUBLIC),
    ("GET", "/digest/feed/9999", PUBLIC),
    ("POST", "/sign-out", READER),
    ("GET", "/digest", READER),
    ("GET", "/digest/2020-W09", READER),
    ("GET", "/digest/preferences", READER),
    ("POST", "/digest/preferences", READER),
    ("POST", "/digest/feed", READER),
    ("GET", "/", READER),
    ("GET", "/help", READER),
    ("GET", "/account", READER),
    ("POST", "/account/password", READER),
    ("POST", "/account/tokens", READER),
    ("POST", "/account/tokens/9999/revoke", READER),
    ("GET", "/search", READER),
    ("GET", "/search/suggest", READER),
    ("GET", "/reviews", READER),
    ("GET", "/reviews/9999", READER),
    ("GET", "/reviews/9999.md", READER),
    ("GET", "/reviews/9999.txt", READER),
    ("GET", "/tags", READER),
    ("GET", "/tags/9999", READER),
    ("POST", "/tags/9999/follow", READER),
    ("GET", "/tags/complete", READER),
    ("GET", "/gems", READER),
    ("GET", "/gems/9999", READER),
    ("GET", "/mine/searches", READER),
    ("POST", "/mine/searches", READER),
    ("GET", "/mine/searches/9999", READER),
    ("POST", "/mine/searches/9999", READER),
    ("POST", "/mine/searches/9999/remove", READER),
    ("POST", "/mine/searches/9999/restore", READER),
    ("GET", "/questions", READER),
    ("GET", "/questions/new", READER),
    ("POST", "/questions/new", READER),
    ("GET", "/questions/9999", READER),
    ("POST", "/questions/9999/ask", READER),
    ("POST", "/questions/9999/withdraw", READER),
    ("POST", "/questions/9999/asks/9999/part", READER),
    ("POST", "/questions/9999/words", READER),
    ("POST", "/questions/9999/words/back", READER),
    ("POST", "/questions/9999/open", READER),
    ("POST", "/questions/9999/proposals/gem/9999", READER),
    ("POST", "/questions/9999/join", READER),
    ("POST", "/questions/9999/part", READER),
    ("POST", "/questions/9999/answer", REVIEWER),
    ("POST", "/questions/9999/close", REVIEWER),
    ("POST", "/questions/9999/topics", REVIEWER),
    ("POST", "/questions/9999/trash", CURATOR),
    ("POST", "/questions/9999/bring-back", CURATOR),
    ("GET", "/gems/9999.md", READER),
    ("GET", "/gems/9999.txt", READER),
    ("GET", "/api/v1/search", READER),
    ("GET", "/api/v1/reviews/9999", READER),
    ("GET", "/api/v1/gems/9999", READER),
    ("GET", "/reviews/new", REVIEWER),
    ("POST", "/reviews/new", REVIEWER),
    ("POST", "/preview", REVIEWER),
    ("GET", "/reviews/9999/edit", REVIEWER),
    ("POST", "/reviews/9999/edit", REVIEWER),
    ("GET", "/reviews/9999/history", REVIEWER),
    ("POST", "/reviews/9999/trash", REVIEWER),
    ("POST", "/reviews/9999/restore", REVIEWER),
    ("POST", "/reviews/9999/tags", REVIEWER),
    ("POST", "/reviews/9999/tags/9999/remove", REVIEWER),
    ("POST", "/reviews/9999/tags/9999/refuse", REVIEWER),
    ("POST", "/reviews/9999/comments", REVIEWER),
    ("POST", "/comments/9999/take-back", REVIEWER),
    ("POST", "/comments/9999/bring-back", REVIEWER),
    ("GET", "/reviews/9999/gems/new", REVIEWER),
    ("POST", "/reviews/9999/gems/new", REVIEWER),
    ("GET", "/ingest", REVIEWER),
    ("POST", "/ingest/upload", REVIEWER),
    ("GET", "/ingest/runs/9999", REVIEWER),
    ("GET", "/ingest/runs/9999/status", REVIEWER),
    ("POST", "/ingest/runs/9999/start", REVIEWER),
    ("POST", "/ingest/runs/9999/stop", REVIEWER),
    ("POST", "/ingest/runs/9999/go-on", REVIEWER),
    ("POST", "/ingest/runs/9999/discard", REVIEWER),
    ("POST", "/ingest/runs/9999/columns", REVIEWER),
    ("POST", "/ingest/runs/9999/columns/bring-back", REVIEWER),
    ("GET", "/ingest/runs/9999/mapping.yaml", REVIEWER),
    ("POST", "/ingest/runs/9999/retry", REVIEWER),
    ("GET", "/ingest/runs/9999/erase", REVIEWER),
    ("POST", "/ingest/runs/9999/erase", REVIEWER),
    ("GET", "/ingest/runs/9999/rows/abc", REVIEWER),
    ("GET", "/ingest/runs/9999/rows/abc/gem", REVIEWER),
    ("POST", "/ingest/runs/9999/rows/abc/gem", REVIEWER),
    ("POST", "/ingest/runs/9999/gems/9999/drop", REVIEWER),
    ("POST", "/ingest/runs/9999/gems/make", REVIEWER),
    ("GET", "/ingest/runs/9999/skipped.ndjson", REVIEWER),
    ("GET", "/ingest/runs/9999/skipped", REVIEWER),
    ("GET", "/queue", CURATOR),
    ("POST", "/gems/9999/publish", CURATOR),
    ("POST", "/gems/9999/withdraw", CURATOR),
    ("POST", "/gems/9999/send-back", CURATOR),
    ("POST", "/gems/9999/decline", CURATOR),
    ("GET", "/gems/9999/retire", CURATOR),
    ("POST", "/gems/9999/retire", CURATOR),
    ("POST", "/gems/9999/bring-back", CURATOR),
    ("GET", "/gems/9999/merge", CURATOR),
    ("POST", "/gems/9999/merge", CURATOR),
    ("POST", "/gems/9999/part", CURATOR),
    ("POST", "/gems/due/hand-over", CURATOR),
    ("GET", "/library-health", CURATOR),
    ("GET", "/library-health.csv", CURATOR),
    ("POST", "/tags/9999/gem-days", CURATOR),
    ("GET", "/gems/due", REVIEWER),
    ("GET", "/gems/9999/edit", REVIEWER),
    ("POST", "/gems/9999/edit", REVIEWER),
    ("GET", "/gems/9999/history/1", REVIEWER),
    ("POST", "/gems/9999/history/1/restore", REVIEWER),
    ("POST", "/gems/9999/verify", REVIEWER),
    ("POST", "/gems/9999/sightings/1", REVIEWER),
    ("POST", "/gems/9999/evidence", REVIEWER),
    ("POST", "/gems/9999/nominate", REVIEWER),
    ("POST", "/gems/9999/vote", READER),
    ("POST", "/gems/9999/doubt", READER),
    ("POST", "/gems/9999/comments", READER),
    ("POST", "/gem-comments/9999/take-back", READER),
    ("POST", "/gem-comments/9999/bring-back", READER),
    ("GET", "/notices", READER),
    ("GET", "/mine", READER),
    ("POST", "/mine/bookmarks/gem/9999", READER),
    ("GET", "/mine/bookmarks", READER),
    ("GET", "/mine/history", READER),
    ("POST", "/mine/history/clear", READER),
    ("GET", "/mine/settings", READER),
    ("POST", "/mine/settings", READER),
    ("GET", "/trails", READER),
    ("GET", "/trails/9999", READER),
    ("GET", "/trails/9999/steps/9999", READER),
    ("POST", "/trails/9999/steps/9999", READER),
    ("POST", "/trails/9999/share", READER),
    ("POST", "/trails/9999/forget", READER),
    ("GET", "/trails/9999/print", READER),
    ("GET", "/trails/9999/export.md", READER),
    ("GET", "/trails/new", CURATOR),
    ("POST", "/trails/new", CURATOR),
    ("POST", "/tags/9999/trail", CURATOR),
    ("GET", "/trails/9999/edit", CURATOR),
    ("POST", "/trails/9999/edit", CURATOR),
    ("GET", "/trails/suggest", CURATOR),
    ("POST", "/trails/9999/steps", CURATOR),
    ("POST", "/trails/9999/steps/9999/take-out", CURATOR),
    ("POST", "/trails/add/gem/9999", CURATOR),
    ("POST", "/trails/9999/arrange", CURATOR),
    ("POST", "/trails/9999/steps/9999/put-back", CURATOR),
    ("POST", "/trails/9999/state", CURATOR),
    ("POST", "/trails/9999/copy", CURATOR),
    ("POST", "/trails/9999/trash", CURATOR),
    ("POST", "/trails/9999/restore", CURATOR),
    ("GET", "/trails/9999/history", CURATOR),
    ("GET", "/trails/9999/people", CURATOR),
    ("POST", "/trails/9999/people", CURATOR),
    ("POST", "/trails/9999/people/9999/take-back", CURATOR),
    ("POST", "/trails/9999/people/9999/give-again", CURATOR),
    ("POST", "/trails/9999/remind", CURATOR),
    ("GET", "/replays", READER),
    ("GET", "/reviews/9999/replay", READER),
    ("POST", "/reviews/9999/replay", READER),
    ("GET", "/replays/9999", READER),
    ("POST", "/replays/9999", READER),
    ("POST", "/replays/9999/throw-away", READER),
    ("POST", "/replays/9999/bring-back", READER),
    ("GET", "/tags/9999/edit", CURATOR),
    ("POST", "/tags/9999/edit", CURATOR),
    ("GET", "/tags/9999/merge", CURATOR),
    ("POST", "/tags/9999/merge", CURATOR),
    ("GET", "/tags/9999/history", CURATOR),
    ("GET", "/tags/lately", CURATOR),
    ("POST", "/tags/undo/9999", CURATOR),
    ("GET", "/tags/9999/split", CURATOR),
    ("POST", "/tags/9999/split", CURATOR),
    ("GET", "/tags/9999/delete", CURATOR),
    ("POST", "/tags/9999/delete", CURATOR),
    ("GET", "/tags/rules", CURATOR),
    ("POST", "/tags/rules", CURATOR),
    ("POST", "/tags/rules/9999/remove", CURATOR),
    ("POST", "/tags/rules/restore", CURATOR),
    ("POST", "/tags/automatic", CURATOR),
    ("POST", "/tags/learn", CURATOR),
    ("GET", "/tags/look-alikes", CURATOR),
    ("POST", "/tags/look-alikes/keep-apart", CURATOR),
    ("GET", "/tags/untagged", CURATOR),
    ("GET", "/bulk", CURATOR),
    ("POST", "/bulk", CURATOR),
    ("GET", "/bulk/9999", CURATOR),
    ("GET", "/bulk/9999/status", CURATOR),
    ("POST", "/bulk/9999/do", CURATOR),
    ("POST", "/bulk/9999/undo", CURATOR),
    ("POST", "/digest/draft", CURATOR),
    ("GET", "/digest/2020-W09/edit", CURATOR),
    ("POST", "/digest/2020-W09/edit", CURATOR),
    ("GET", "/digest/2020-W09/preview", CURATOR),
    ("GET", "/digest/2020-W09/mail", CURATOR),
    ("GET", "/digest/2020-W09/deliveries", CURATOR),
    ("POST", "/digest/2020-W09/deliveries/9999", CURATOR),
    ("POST", "/digest/addresses/9999", CURATOR),
    ("GET", "/searches", CURATOR),
    ("GET", "/searches.csv", CURATOR),
    ("POST", "/searches/take-off", CURATOR),
    ("POST", "/searches/put-back", CURATOR),
    ("GET", "/synonyms", CURATOR),
    ("POST", "/synonyms", CURATOR),
    ("GET", "/synonyms/9999", CURATOR),
    ("POST", "/synonyms/9999", CURATOR),
    ("POST", "/synonyms/9999/remove", CURATOR),
    ("POST", "/synonyms/9999/undo/9999", CURATOR),
    ("GET", "/members/9999/forget", ADMIN),
    ("POST", "/members/9999/forget", ADMIN),
    ("GET", "/trash", CURATOR),
    ("GET", "/trash/erase", CURATOR),
    ("POST", "/trash/erase", CURATOR),
    ("POST", "/trash/reviews/9999/restore", CURATOR),
    ("GET", "/members", ADMIN),
    ("POST", "/members", ADMIN),
    ("POST", "/members/9999/role", ADMIN),
    ("POST", "/members/9999/active", ADMIN),
    ("POST", "/members/9999/team", ADMIN),
    ("POST", "/members/9999/name", ADMIN),
    ("POST", "/members/9999/password", ADMIN),
]
ROLES = {"reader": READER, "reviewer": REVIEWER, "curator": CURATOR, "admin": ADMIN}


def test_every_address_of_the_site_is_in_the_list_above(app):
    adapter = app.url_map.bind("kb.example")
    tried = {(adapter.match(path, method=method)[0], method) for method, path, _ in ROUTES}
    there = {
        (rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert tried == there


def test_the_table_names_every_address_and_no_other(app):
    assert set(access.ENDPOINTS) == {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("who", ["reader", "reviewer", "curator", "admin"])
def test_each_address_lets_in_those_it_is_for(who, client_as):
    found = {}
    for method, path, _ in ROUTES:
        response = client_as(who).open(path, method=method) if method == "GET" else client_as(who).post(path)
        assert response.status_code < 500, (method, path)
        found[method, path] = response.status_code != 403
    assert found == {(method, path): least <= ROLES[who] for method, path, least in ROUTES}


def test_nobody_gets_beyond_the_sign_in_page(client_as):
    found = {}
    for method, path, _ in ROUTES:
        response = client_as(None).open(path, method=method) if method == "GET" else client_as(None).post(path)
        asks = response.status_code == 302 and response.headers["Location"].startswith("/sign-in")
        found[method, path] = not asks and response.status_code != 401
    assert found == {(method, path): least == PUBLIC for method, path, least in ROUTES}


def test_an_address_outside_the_table_is_closed_to_everybody(make_app, library):
    app = make_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    response = signed_in(app.test_client(), library, "admin").get("/forgotten")
    assert response.status_code == 403
    assert "secret" not in response.text


@pytest.mark.parametrize("address", ["/nowhere", "/reviews/1/nothing", "/.env"])
def test_nobody_learns_nothing_from_an_address_that_is_not_there(client_as, address):
    response = client_as(None).get(address)
    assert response.status_code == 404
    assert "Topics" not in response.text


@pytest.mark.parametrize(("who", "offered"), [("reader", []), ("curator", ["publish_gems", "edit_tags", "see_trash"])])
def test_abilities_follow_the_role(app, library, who, offered):
    asked = ["publish_gems", "edit_tags", "see_trash", "manage_members"]
    with app.test_request_context():
        login_user(User(members.by_email(library, f"{who}@kb.example")))
        assert [ability for ability in asked if access.can(ability)] == offered


def test_every_ability_needs_an_account():
    assert all(role >= Role.READER for role in access.ABILITIES.values())


@pytest.mark.parametrize("path", ["/reviews/9999/edit", "/reviews/9999/history", "/trash"])
def test_who_sees_no_scores_opens_no_page_that_shows_whole_reviews(make_app, library, path):
    app = make_app(scores_visible_to="admin")
    assert signed_in(app.test_client(), library, "curator").get(path).status_code == 403
    assert signed_in(app.test_client(), library, "admin").get(path).status_code in (200, 404)
