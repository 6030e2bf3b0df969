"""The pages of the weekly edition: reading, choosing, leaving, editing, approving."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from newsroom import WEEK, Newsroom
from werkzeug.test import TestResponse

from kb.digest import editions, settling, subscribing
from kb.mine import settings
from kb.models import Member, Role
from kb.values.digest import Cadence, EditionState
from kb.web import create_app

ATOM = "{http://www.w3.org/2005/Atom}"


class Reader:
    """A browser in which somebody is signed in, or nobody."""

    def __init__(self, app: Flask, member: Member | None) -> None:
        self.client: FlaskClient = app.test_client()
        if member is not None:
            with self.client.session_transaction() as session:
                session.update(
                    {"sid": member.email, "begun": 2_000_000_000, "seen": 2_000_000_000,
                     "_user_id": f"{member.id}:{member.session_key}"}
                )  # fmt: skip

    def get(self, path: str, status: int = 200) -> str:
        response = self.client.get(path)
        assert response.status_code == status, (path, response.status_code, response.text[:300])
        return response.text

    def post(self, path: str, **form: Any) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/help").text)
        assert found
        return self.client.post(path, data={"csrf_token": found[1], **form})

    def follow(self, response: TestResponse) -> str:
        return self.get(response.headers["Location"])


@pytest.fixture
def desk(newsroom: Callable[..., Newsroom]) -> Newsroom:
    return newsroom(cookie_secure="no")


@pytest.fixture
def app(desk: Newsroom) -> Iterator[Flask]:
    app = create_app(desk.library.settings, local_http=True)
    app.extensions["kb"].library.now = lambda: desk.now
    yield app
    app.extensions["kb"].close()


@pytest.fixture
def curator(desk: Newsroom, app: Flask) -> Reader:
    return Reader(app, desk.member("chris@kb.example", name="Chris", role=Role.CURATOR))


@pytest.fixture
def reader(desk: Newsroom, app: Flask) -> Reader:
    return Reader(app, desk.member("robin@kb.example", name="Robin"))


@pytest.fixture
def nobody(desk: Newsroom, app: Flask) -> Reader:
    return Reader(app, None)


def form_of(desk: Newsroom, **changes: Any) -> dict[str, Any]:
    edition = editions.get(desk.library, WEEK)
    return {"version": edition.version, "opening": "", "item": [i.id for i in edition.items], **changes}


def test_a_reader_sees_what_went_out_and_no_draft(desk: Newsroom, reader: Reader, curator: Reader) -> None:
    desk.gem("Export")
    desk.draft()
    reader.get("/digest/2026-W47", 404)
    assert "Export" in curator.get("/digest/2026-W47")
    desk.approve()
    assert "Export" in reader.get("/digest/2026-W47")
    assert "Export" in reader.get("/digest")


def test_what_is_approved_for_its_hour_is_read_by_nobody_before(
    desk: Newsroom, reader: Reader, curator: Reader, nobody: Reader
) -> None:
    desk.later(days=-7)
    desk.gem("Export")
    desk.draft(WEEK.later(-1))
    desk.approve(WEEK.later(-1))
    desk.later(days=6)
    desk.gem("Import")
    desk.draft()
    desk.approve(wait=True)
    feed = feed_path(desk, desk.member("ada@kb.example").id)
    reader.get("/digest/2026-W47", 404)
    assert "Import" in curator.get("/digest/2026-W47")
    assert "/digest/2026-W47/edit" in curator.get("/digest")
    early = [reader.get("/digest"), reader.get("/digest/2026-W46"), nobody.get(feed)]
    assert [page for page in early if "Import" in page or "2026-W47" in page] == []
    desk.later(hours=24)
    assert "Import" in reader.get("/digest/2026-W47")
    assert "Import" in nobody.get(feed)


def test_the_archive_of_nothing_says_what_comes(reader: Reader) -> None:
    assert "No edition yet" in reader.get("/digest")


def test_an_edition_leads_to_its_neighbours(desk: Newsroom, reader: Reader) -> None:
    desk.gem()
    desk.go_out()
    desk.later(weeks=2)
    desk.gem("Later")
    desk.go_out(WEEK.later(2))
    assert 'rel="next" href="/digest/2026-W49"' in reader.get("/digest/2026-W47")


def test_an_edition_for_which_nothing_is_chosen_says_so(desk: Newsroom, curator: Reader) -> None:
    assert "The edition of week 47 is drafted." in curator.follow(curator.post("/digest/draft", week="2026-W47"))
    text = curator.get("/digest/2026-W47")
    assert "Nothing is chosen for this edition yet." in text
    assert "What became of it" not in text


@pytest.mark.parametrize("path", ["/digest/2026-W99", "/digest/nonsense", "/digest/2026-W01"])
def test_a_week_that_has_none_is_not_found(reader: Reader, path: str) -> None:
    reader.get(path, 404)


def test_a_curator_moves_drops_and_writes_without_javascript(desk: Newsroom, curator: Reader) -> None:
    for title in ("A", "B", "C"):
        desk.gem(title)
    first = desk.draft().items[0].id
    curator.post("/digest/2026-W47/edit", **form_of(desk, do=f"down:{first}", opening="Hello"))
    edition = editions.get(desk.library, WEEK)
    assert (edition.items[1].id, edition.opening) == (first, "Hello")
    curator.post("/digest/2026-W47/edit", **form_of(desk, do="save", drop=[first]))
    assert len(desk.titles(editions.get(desk.library, WEEK))) == 2


def test_rubbish_in_the_desks_form_changes_nothing(desk: Newsroom, curator: Reader) -> None:
    desk.gem("A")
    before = desk.draft().items
    rubbish = ["9" * 5000, "-1", "²", "\x00", ""]
    answer = curator.post("/digest/2026-W47/edit", **form_of(desk, do=f"up:{'9' * 5000}", item=rubbish, drop=rubbish))
    assert answer.status_code == 303
    assert editions.get(desk.library, WEEK).items == before


def test_a_curator_adds_a_gem_on_the_page(desk: Newsroom, curator: Reader) -> None:
    gem = desk.gem("From the attic", ago=timedelta(days=100))
    desk.draft()
    assert "From the attic" in curator.get("/digest/2026-W47/edit")
    curator.post("/digest/2026-W47/edit", **form_of(desk, do="add", gem=gem))
    assert desk.titles(editions.get(desk.library, WEEK)) == ["From the attic"]


def test_an_edit_that_came_too_late_is_refused(desk: Newsroom, curator: Reader) -> None:
    desk.gem()
    desk.draft()
    old = form_of(desk, do="save", opening="Old")
    curator.post("/digest/2026-W47/edit", **form_of(desk, do="save", opening="New"))
    assert curator.post("/digest/2026-W47/edit", **old).status_code == 409
    assert editions.get(desk.library, WEEK).opening == "New"


def test_opening_words_that_are_too_long_come_back_to_be_shortened(desk: Newsroom, curator: Reader) -> None:
    desk.gem()
    desk.draft()
    response = curator.post("/digest/2026-W47/edit", **form_of(desk, do="save", opening="x" * 4001))
    assert (response.status_code, "x" * 4001 in response.text) == (400, True)
    assert "at most 4,000" in response.text


def test_refused_opening_words_take_nothing_with_them_that_was_ticked_or_moved(desk: Newsroom, curator: Reader) -> None:
    for title in ("A", "B"):
        desk.gem(title)
    first = desk.draft().items[0].id
    curator.post("/digest/2026-W47/edit", **form_of(desk, do="save", opening="Kept"))
    too_long = form_of(desk, do=f"down:{first}", opening="x" * 4001, drop=[first])
    assert curator.post("/digest/2026-W47/edit", **too_long).status_code == 400
    edition = editions.get(desk.library, WEEK)
    assert (edition.items[1].id, edition.items[1].dropped, edition.opening) == (first, True, "Kept")
    shortened = form_of(desk, do="save", opening="Shorter", drop=[first])
    assert curator.post("/digest/2026-W47/edit", **shortened).status_code == 303


@pytest.mark.parametrize(("base_url", "warns"), [("", True), ("https://kb.example", False)])
def test_a_curator_is_told_before_it_goes_out_that_its_links_lead_nowhere(
    newsroom: Callable[..., Newsroom], base_url: str, warns: bool
) -> None:
    room = newsroom(cookie_secure="no", digest_slack="https://hooks.example/x", base_url=base_url)
    room.gem("A")
    room.draft()
    app = create_app(room.library.settings, local_http=True)
    text = Reader(app, room.member("chris@kb.example", role=Role.CURATOR)).get("/digest/2026-W47/edit")
    app.extensions["kb"].close()
    assert ("which only this machine can open" in text) == warns


def test_a_double_click_on_approve_approves_once(desk: Newsroom, curator: Reader) -> None:
    desk.gem()
    desk.draft()
    form = form_of(desk, do="approve")
    assert curator.post("/digest/2026-W47/edit", **form).status_code == 303
    assert curator.post("/digest/2026-W47/edit", **form).status_code == 409
    assert editions.get(desk.library, WEEK).state is EditionState.APPROVED


def test_approving_keeps_what_was_typed(desk: Newsroom, curator: Reader) -> None:
    desk.gem()
    desk.draft()
    curator.post("/digest/2026-W47/edit", **form_of(desk, do="approve", opening="Last words"))
    edition = editions.get(desk.library, WEEK)
    assert (edition.opening, edition.approved_by) == ("Last words", "Chris")


@pytest.mark.parametrize("kind", ["mail", "text", "slack", "teams", "nonsense"])
def test_each_preview_shows_the_gem(desk: Newsroom, curator: Reader, kind: str) -> None:
    desk.gem("Export <now>")
    desk.draft()
    assert "Export &lt;now&gt;" in curator.get(f"/digest/2026-W47/preview?as={kind}")


def test_the_mail_is_framed_by_our_pages_only_and_may_do_nothing(desk: Newsroom, curator: Reader) -> None:
    desk.gem("Export")
    desk.draft()
    response = curator.client.get("/digest/2026-W47/mail")
    assert "frame-ancestors 'self'; sandbox" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "Export" in response.text


def test_what_became_of_it_can_be_sent_again_or_closed(desk: Newsroom, curator: Reader) -> None:
    desk.gem()
    desk.member("ada@kb.example")
    desk.go_out()
    with desk.library.transaction() as db:
        db.conn.execute("UPDATE deliveries SET state = 'uncertain', reason = 'Its sender stopped.'")
        id = db.execute("SELECT max(id) FROM deliveries").fetchone()[0]
    assert "Its sender stopped." in curator.get("/digest/2026-W47/deliveries")
    curator.post(f"/digest/2026-W47/deliveries/{id}", do="again")
    assert settling.counts(desk.library, editions.get(desk.library, WEEK))["mail"]["waiting"] >= 1  # type: ignore[index]
    assert "ada@kb.example" in curator.get("/digest/2026-W47/deliveries?state=waiting")


def test_a_member_chooses_what_to_get(desk: Newsroom, reader: Reader) -> None:
    tag = desk.tag("GDPR")
    form = {"cadence": "monthly", "scope": "followed", "followed": "gdpr", "zone": "Asia/Tokyo", "named": "yes"}
    assert reader.post("/digest/preferences", **form).status_code == 303
    found = subscribing.of_member(desk.library, 1)
    assert (found.cadence, found.followed, found.zone, found.named) == (
        Cadence.MONTHLY, frozenset({tag}), "Asia/Tokyo", True,
    )  # fmt: skip


def test_a_slip_in_the_form_keeps_what_was_typed(desk: Newsroom, reader: Reader) -> None:
    response = reader.post("/digest/preferences", cadence="weekly", scope="all", zone="Mars/Base", muted="no such")
    assert (response.status_code, "is no time zone" in response.text) == (400, True)
    assert 'value="Mars/Base"' in response.text


def leave_path(desk: Newsroom, member_id: int) -> str:
    return subscribing.addresses(desk.library, member_id).leave.removeprefix("https://kb.example")


def test_a_mail_program_lets_its_reader_leave_with_one_post(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    path = leave_path(desk, member.id)
    response = nobody.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert subscribing.of_member(desk.library, member.id).cadence is Cadence.NONE


def test_opening_the_link_alone_changes_nothing(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    assert "Send me no more" in nobody.get(leave_path(desk, member.id))
    assert subscribing.of_member(desk.library, member.id).cadence is Cadence.WEEKLY


def test_who_left_by_a_slip_comes_back(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    path = leave_path(desk, member.id)
    nobody.client.post(path)
    assert "Welcome back" in nobody.client.post(path, data={"back": "yes"}).text
    assert subscribing.of_member(desk.library, member.id).cadence is Cadence.WEEKLY


def test_the_page_to_leave_by_speaks_as_the_mail_did(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    settings.choose(desk.library, member, language="ja")
    path = leave_path(desk, member.id)
    assert '<html lang="ja"' in nobody.get(path)
    assert '<html lang="ja"' in nobody.client.post(path).text


def test_a_link_of_nobodys_is_not_found(nobody: Reader) -> None:
    nobody.get("/digest/leave/1.0.AAAAAAAAAAAAAAAAAAAAAAAAAAA", 404)


def feed_path(desk: Newsroom, member_id: int) -> str:
    return "/digest/feed/" + subscribing.feed_token(desk.library, subscribing.of_member(desk.library, member_id))


def test_the_feed_is_atom_with_an_entry_for_each_edition(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    desk.gem("<b>Export</b> & データ")
    desk.go_out()
    feed = ET.fromstring(nobody.get(feed_path(desk, member.id)))  # noqa: S314 - our own
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "<b>Export</b> & データ"
    assert "&lt;b&gt;Export&lt;/b&gt; &amp; データ</a>" in (entry.findtext(f"{ATOM}content") or "")


def test_no_character_of_a_title_or_a_curators_words_breaks_the_feed(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    desk.gem("Export \ufffe stops", body="By \uffff night.")
    version = desk.draft().version
    opening = "Good \x08 morning \ufffe"
    editions.edit(desk.library, WEEK, "chris", version=version, opening=opening, order=[], dropped=set(), credits={})
    desk.approve()
    entry = ET.fromstring(nobody.get(feed_path(desk, member.id))).find(f"{ATOM}entry")  # noqa: S314 - our own
    assert entry is not None
    assert "morning" in (entry.findtext(f"{ATOM}content") or "")


def test_the_feed_is_in_the_language_of_whose_it_is(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    settings.choose(desk.library, member, language="ja")
    desk.gem("データ戦略")
    desk.go_out()
    text = nobody.get(feed_path(desk, member.id))
    assert 'xml:lang="ja"' in text
    assert "新着" in text
    assert "New" not in text


def test_a_feed_is_read_again_only_when_it_changed(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    desk.gem()
    desk.go_out()
    first = nobody.client.get(feed_path(desk, member.id))
    again = nobody.client.get(feed_path(desk, member.id), headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_the_feed_ends_with_the_account(desk: Newsroom, nobody: Reader) -> None:
    member = desk.member("ada@kb.example")
    path = feed_path(desk, member.id)
    nobody.get(path)
    with desk.library.transaction() as db:
        db.conn.execute("UPDATE members SET active = 0 WHERE id = ?", [member.id])
    nobody.get(path, 404)


def test_a_new_address_for_the_feed(desk: Newsroom, reader: Reader, nobody: Reader) -> None:
    path = feed_path(desk, 1)
    reader.post("/digest/feed")
    nobody.get(path, 404)
    nobody.get(feed_path(desk, 1))


def test_the_archive_costs_the_same_for_many_editions(desk: Newsroom, app: Flask, reader: Reader) -> None:
    def statements() -> int:
        ran: list[str] = []
        app.extensions["kb"].library.db.conn.set_trace_callback(ran.append)
        reader.get("/digest")
        app.extensions["kb"].library.db.conn.set_trace_callback(None)
        return len(ran)

    for number in range(2):
        desk.gem()
        desk.go_out(WEEK.later(number))
        desk.later(weeks=1)
    few = statements()
    for number in range(2, 6):
        desk.gem()
        desk.go_out(WEEK.later(number))
        desk.later(weeks=1)
    assert statements() == few
