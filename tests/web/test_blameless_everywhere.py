"""Whose work was reviewed stands on nothing that a reader can come to, by whatever link."""

from __future__ import annotations

import json
import re
from collections import deque
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from browsing import Browser, signed_in
from flask import Flask

from kb import members, reviews
from kb.digest import editions
from kb.gems import gems, matching
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.trails import trails
from kb.values.trails import StepKind, TrailState
from kb.web.access import ENDPOINTS, READER

OWNER = "Zebulon Quagmire"
NAME = re.compile("zebulon|quagmire", re.IGNORECASE)
SAID = f"Zebulon told them: an invoice is voided under Billing > History. {OWNER} wrote it down."
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
MOST = 500  # pages; there are fewer
REVIEWS = [
    {
        "id": "2026-10/zebulon.md", "kind": "peer", "title": "Zebulon and the invoice", "reviewer": "Rosa Reviewer",
        "reviewee": OWNER, "product": "Ledger", "team": "EMEA", "date": "2026-10-05", "tags": ["billing", OWNER],
        "body": SAID, "score": 3, "scorecard": [{"criterion": "Tone", "value": "no", "comment": "Zebulon was short."}],
        "turns": [
            {"role": "customer", "speaker": "Kim", "text": "Zebulon, how do I void an invoice?"},
            {"role": "agent", "speaker": OWNER, "text": f"I am Zebulon. {SAID}"},
        ],
        "feedback": {"csat": 4, "comment": "Zebulon is great."},
        "comments": [{"author": OWNER, "body": "I am Zebulon."}, {"author": "Rosa Reviewer", "body": "Well done, Zebulon."}],
        "gems": [
            {"id": "zebulon-1", "title": "What Zebulon found on invoices", "body": SAID, "quote": SAID},
            {"id": "zebulon-2", "title": "Zebulon's older way", "body": SAID, "quote": "an invoice is voided"},
        ],
    },
    {
        "id": "self-quagmire", "kind": "self", "title": "Quagmire on himself", "reviewer": OWNER, "reviewee": OWNER,
        "body": f"{SAID} I should have asked first.", "date": "2026-10-06", "tags": ["billing"],
    },
    {
        "id": "gone", "kind": "peer", "title": "Zebulon again", "reviewer": "Rosa Reviewer", "reviewee": OWNER,
        "body": f"{SAID} Credit notes are Zebulon's, too.", "date": "2026-10-07", "tags": ["billing"],
        "gems": [{"id": "g3", "title": "Zebulon's credit notes", "body": SAID, "quote": "Credit notes are Zebulon's, too."}],
    },
    {
        "id": "other", "title": "Invoices in bulk", "reviewer": "Otto Other", "tags": ["billing"],
        "body": "An invoice is voided one by one.",
        "gems": [{"id": "g4", "title": "Zebulon's way in bulk", "body": SAID, "quote": "voided one by one"}],
    },
]  # fmt: skip


@pytest.fixture
def told(library: Library, client_as, tmp_path) -> Library:
    """A library where all that names a person names the same one."""
    source = tmp_path / "reviews.ndjson"
    source.write_text("\n".join(json.dumps(review) for review in REVIEWS), "utf-8")
    assert intake.ingest(library, [str(source)], IntakeOptions(), who="Rosa Reviewer").added == len(REVIEWS)
    reader, reviewer, curator = map(client_as, ("reader", "reviewer", "curator"))

    def post(browser: Browser, address: str, **data: object) -> None:
        assert browser.post(address, data=data).status_code in (200, 302, 303), address

    post(reader, "/questions/new", text="How is an invoice voided?")
    post(reviewer, "/questions/1/answer", answer=SAID, gem="1", version="1")
    post(reader, "/questions/new", text="Who makes credit notes?")
    for gem in (1, 2, 3):
        post(curator, f"/gems/{gem}/comments", body=f"{SAID} @reader@kb.example")
        post(reviewer, f"/gems/{gem}/vote", worked="yes", word="Zebulon was right.")
        post(reader, f"/mine/bookmarks/gem/{gem}")
    post(reviewer, "/gems/1/doubt", word="Zebulon says that the menu moved.")
    post(curator, "/gems/2/retire", reason="replaced", replaced_by="/gems/1", word="As Zebulon said.")
    post(curator, "/gems/4/merge", into="1", sure="yes")
    post(
        reviewer,
        "/reviews/1/gems/new",
        title="Zebulon's newest",
        body=SAID,
        quote="wrote it down",
        looked_at=["1", "3"],
    )
    post(reader, "/tags/1/follow")
    post(reader, "/mine/searches", q="invoice", name="Invoices")
    post(curator, "/reviews/3/trash")
    owner = members.by_email(library, "curator@kb.example")
    steps = [(StepKind.GEM, 1, ""), (StepKind.REVIEW, 1, ""), (StepKind.REVIEW, 2, ""), (StepKind.GEM, 3, "")]
    trails.make(library, "First week", "", owner, new=steps, state=TrailState.PUBLISHED)
    for who in (reader, reviewer, curator):
        post(who, "/trails/1/steps/1", done="yes")
        post(who, "/reviews/1/replay", do="compare", answer="Under Billing.", turn="1")
    edited = {"title": "What Zebulon found on invoices at last", "body": f"Zebulon again: {SAID}", "tags": "billing"}
    post(curator, "/gems/1/edit", **edited, version=gems.get(library, 1, unmasked=True).version)
    post(curator, "/gems/3/retire", reason="outdated", word="As Zebulon said.")
    matching.catch_up(library)
    library.catch_up()
    week = editions.this_week(library)
    editions.draft(library, week, "Chris Curator")
    editions.approve(library, week, "Chris Curator")
    return library


def walked(browser: Browser, *, curates: bool = False) -> dict[str, str]:
    """Every address that a person comes to by links, with what it answers; of lists, only the first narrowing. A link that
    leads nowhere, or to what this person may not see, fails here. Who `curates` begins at the desks, too."""
    begin = [
        "/", "/search?q=invoice", "/search?q=credit+notes", "/search/suggest?q=inv", "/tags/complete?q=bil",
        "/api/v1/search?q=invoice", *(f"/api/v1/{type}s/{id}" for type in ("review", "gem") for id in (1, 2, 3)),
        *(f"/{type}s/{id}{ending}" for type in ("review", "gem") for id in (1, 2, 3) for ending in ("", ".md", ".txt")),
        *(f"/search?q=invoice&why=review:{id}" for id in (1, 2)), "/questions/1", "/questions/2", "/trails/1",
        "/reviews/1?from=search:0:q%3Dinvoice", "/mine/searches/1",
    ]  # fmt: skip
    begin += ["/queue", "/gems/due", "/library-health", "/gems/1/merge?into=3", "/tags/1/split"] if curates else []
    waiting, answers, linked = deque(begin), dict.fromkeys(begin, ""), set[str]()
    while waiting and len(answers) < MOST:
        address = waiting.popleft()
        answer = browser.get(address)
        assert answer.status_code < (400 if address in linked else 500), address
        answers[address] = unescape(answer.text)
        for link in map(unescape, LINK.findall(answer.text)):
            if link not in answers and len(parse_qsl(urlsplit(link).query)) < 2:
                linked.add(link)
                answers[link] = ""
                waiting.append(link)
    return answers


def endpoint(app: Flask, address: str) -> str:
    return app.url_map.bind("localhost").match(urlsplit(address).path, method="GET")[0]


def pages_for_readers(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and ENDPOINTS[rule.endpoint] == READER
    }


def test_no_link_leads_a_reader_to_the_name_of_who_was_reviewed(told: Library, app: Flask, client_as) -> None:
    answers = walked(client_as("reader"))
    assert (
        pages_for_readers(app) - {endpoint(app, address) for address in answers} == set()
    )  # a new page goes into `told`
    assert any(address.startswith("/digest/20") and "on invoices" in text for address, text in answers.items())
    assert [address for address, text in answers.items() if NAME.search(address) or NAME.search(text)] == []


def test_nor_when_the_reviews_that_knew_the_name_are_erased(told: Library, client_as) -> None:
    reviews.trash(told, [1, 2, 3], "Chris Curator")
    later = Library(told.settings, now=lambda: told.now() + timedelta(days=told.settings.trash_days + 1))
    assert reviews.empty_trash(later) == 3
    later.close()
    told.catch_up()
    answers = walked(client_as("reader"))
    assert "an invoice is voided" in answers["/gems/1"]
    assert [address for address, text in answers.items() if NAME.search(address) or NAME.search(text)] == []


@pytest.mark.parametrize("who", ["reviewer", "curator"])
def test_who_may_see_it_meets_the_name_on_the_same_way(told: Library, client_as, who: str) -> None:
    answers = walked(client_as(who))
    named = {urlsplit(address).path for address, text in answers.items() if NAME.search(text)}
    assert {"/reviews/1", "/gems/1", "/questions/1", "/search", "/api/v1/gems/1"} <= named


@pytest.mark.parametrize(("who", "least"), [("other", "curator"), ("curator", "admin")])
def test_where_names_are_for_others_no_link_leads_reviewers_or_curators_to_them(
    told: Library, make_app, who: str, least: str
) -> None:
    browser = signed_in(make_app(scores_visible_to=least).test_client(), told, who)
    answers = walked(browser, curates=who == "curator")
    assert "newest" in answers["/gems/5"]
    assert [address for address, text in answers.items() if NAME.search(address) or NAME.search(text)] == []
