"""What was searched and not found: counted without anybody in it, shown to curators, forgotten in time."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from asked import Desk
from browsing import Browser, page
from flask import Flask

from kb import library as libraries
from kb import settings as all_settings
from kb.finding import searches
from kb.library import Library
from kb.privacy import mask_personal

Browse = Callable[[str], Browser]


def kept(app: Flask, desk: Desk, which: str = "both") -> list[tuple[str, int, int, int]]:
    """What curators see: (words, searched, opened, found)."""
    served = app.extensions["kb"]
    served.searches.save(served.library)
    return [(one.text, one.asked, one.clicked, one.found) for one in searches.missing(served.library, which)[0]]


def test_a_search_without_a_result_is_counted_however_it_is_written(app: Flask, desk: Desk, browse: Browse) -> None:
    browser = browse("reader")
    for words in ("Zirkvqx", "  zirkvqx ", "ZIRKVQX"):
        page(browser.get("/search", query_string={"q": words}))
    assert kept(app, desk) == [("Zirkvqx", 3, 0, 0)]


def test_opening_a_find_takes_the_search_off_the_list(app: Flask, desk: Desk, browse: Browse) -> None:
    review = desk.review("The zebra licence.")
    desk.library.catch_up()
    browser = browse("reader")
    page(browser.get("/search?q=zebra"))
    assert kept(app, desk, "unopened") == [("zebra", 1, 0, 1)]
    page(browser.get(f"/reviews/{review}", headers={"Referer": "http://localhost/search?q=zebra&page=1"}))
    assert kept(app, desk) == []
    assert kept(app, desk, "all") == [("zebra", 1, 1, 1)]


def test_opening_what_has_some_of_the_words_takes_the_search_off_the_list(
    app: Flask, desk: Desk, browse: Browse
) -> None:
    review = desk.review("The zebra licence.")
    desk.library.catch_up()
    browser = browse("reader")
    page(browser.get("/search?q=zebra+zirkvqx"))
    assert kept(app, desk, "nothing") == [("zebra zirkvqx", 1, 0, 0)]
    page(browser.get(f"/reviews/{review}", headers={"Referer": "http://localhost/search?q=zebra+zirkvqx"}))
    assert kept(app, desk) == kept(app, desk, "nothing") == []
    assert "opened once" in page(browse("curator").get("/searches?which=all"))


def test_a_search_that_was_read_otherwise_is_missing_as_typed_until_something_is_opened(
    app: Flask, desk: Desk, browse: Browse
) -> None:
    review = desk.review("The licences.")
    desk.library.catch_up()
    browser = browse("reader")
    assert "Searched as “licences”." in page(browser.get("/search?q=lisences"))
    page(browser.get("/search?q=lisences&exact=1"))
    assert kept(app, desk, "nothing") == [("lisences", 1, 0, 0)]
    page(browser.get(f"/reviews/{review}", headers={"Referer": "http://localhost/search?q=lisences"}))
    assert kept(app, desk) == []


def test_asking_why_something_was_found_is_no_new_search(app: Flask, desk: Desk, browse: Browse) -> None:
    review = desk.review("The zebra licence.")
    desk.library.catch_up()
    page(browse("reader").get(f"/search?q=zebra&why=review:{review}"))
    assert kept(app, desk, "all") == []


@pytest.mark.parametrize(
    "referrer", ["", "http://elsewhere.example/search?q=zebra", "http://localhost/tags?q=zebra", "http://[bad", "x" * 99],
    ids=["none", "elsewhere", "other-page", "broken", "rubbish"],
)  # fmt: skip
def test_only_a_search_of_this_library_counts_as_where_one_came_from(
    app, desk: Desk, browse: Browse, referrer: str
) -> None:
    review = desk.review("The zebra licence.")
    page(browse("reader").get(f"/reviews/{review}", headers={"Referer": referrer}))
    assert kept(app, desk, "all") == []


def test_a_further_page_and_a_narrowed_search_are_no_new_searches(app: Flask, desk: Desk, browse: Browse) -> None:
    for query in ("q=zirkvqx&page=2", "q=zirkvqx&tag=GDPR", "q="):
        page(browse("reader").get(f"/search?{query}"))
    assert kept(app, desk, "all") == []


def test_nothing_of_who_searched_is_kept(app: Flask, desk: Desk, browse: Browse) -> None:
    page(browse("second").get("/search?q=zirkvqx"))
    kept(app, desk)
    columns = {row[1] for row in desk.library.db.execute("PRAGMA table_info(searches)")}
    assert columns == {"key", "day", "text", "language", "asked", "clicked", "found"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("mail from jane.doe@example.com about SSO", "mail from [e-mail] about SSO"),
        ("call +49 (30) 1234-5678 back", "call [number] back"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("iban DE89370400440532013000", "iban [number]"),
        ("order 20261122001", "order [number]"),
        ("error 0x80070005", "error 0x80070005"),
        ("AADSTS50105 in v2.3.1", "AADSTS50105 in v2.3.1"),
        ("50,000 rows on 2026-03-01", "50,000 rows on 2026-03-01"),
        ("limit of 500000", "limit of 500000"),
        ("電話 ０３１２３４５６７８", "電話 [number]"),
    ],
    ids=["mail", "telephone", "card", "iban", "order", "hex", "code", "date", "short", "full-width"],
)
def test_addresses_and_long_numbers_are_taken_out_before_anything_is_kept(typed: str, said: str) -> None:
    assert mask_personal(typed) == said


@pytest.mark.timeout(60)  # it took the square of its length, minutes for this one
def test_one_very_long_word_is_looked_through_once() -> None:
    assert mask_personal("a" * 500_000) == "a" * 500_000


def test_what_is_kept_never_had_the_address_in_it(app: Flask, desk: Desk, browse: Browse) -> None:
    page(browse("reader").get("/search", query_string={"q": "zirkvqx jane@example.com"}))
    kept(app, desk)
    rows = desk.library.db.execute("SELECT key, text FROM searches").fetchall()
    assert rows == [("zirkvqx [e-mail]", "zirkvqx [e-mail]")]


def test_what_is_older_than_the_setting_is_forgotten(desk: Desk) -> None:
    counter = searches.Counter()
    counter.searched("old one", 0)
    counter.save(desk.library)
    desk.later(days=91)
    counter.searched("new one", 0)
    counter.save(desk.library)
    searches.forget_old(desk.library)
    assert [row[0] for row in desk.library.db.execute("SELECT text FROM searches")] == ["new one"]


def test_a_library_that_keeps_none_counts_none_and_forgets_what_is_there(desk: Desk) -> None:
    counter = searches.Counter()
    counter.searched("old one", 0)
    counter.save(desk.library)
    settings = all_settings.load(desk.library.settings.home, environ={"KB_SEARCH_DAYS": "0"})
    libraries.make(settings)
    other = Library(settings, now=desk.clock)
    counter.searched("new one", 0)
    counter.save(other)
    searches.forget_old(other)
    assert other.db.execute("SELECT count(*) FROM searches").fetchone()[0] == 0
    other.close()


def test_the_page_leads_to_a_question_a_synonym_and_a_gem(app: Flask, desk: Desk, browse: Browse) -> None:
    page(browse("reader").get("/search?q=zirkvqx"))
    kept(app, desk)
    text = page(browse("curator").get("/searches"))
    for words in ("zirkvqx", "searched once", "Ask as a question", "/synonyms?for=zirkvqx", "/reviews/new?kind=call"):
        assert words in text
    assert 'value="zirkvqx = "' in page(browse("curator").get("/synonyms?for=zirkvqx"))


def test_what_was_dealt_with_is_off_the_list_until_it_is_searched_again(app: Flask, desk: Desk, browse: Browse) -> None:
    reader, curator = browse("reader"), browse("curator")
    for _ in range(2):
        page(reader.get("/search?q=Zirkvqx"))
    assert kept(app, desk) == [("Zirkvqx", 2, 0, 0)]
    done = page(curator.post("/searches/take-off", data={"text": "Zirkvqx"}, follow_redirects=True))
    assert kept(app, desk, "all") == []
    undo = html.unescape(re.search(r'action="(/searches/put-back[^"]*)"', done)[1])  # type: ignore[index]
    curator.post(undo)
    assert kept(app, desk) == [("Zirkvqx", 2, 0, 0)]
    curator.post("/searches/take-off", data={"text": "zirkvqx"})
    page(reader.get("/search?q=Zirkvqx"))
    assert kept(app, desk) == [("Zirkvqx", 1, 0, 0)]


def test_a_synonym_is_asked_of_the_missing_word_not_of_the_whole_search(desk: Desk, browse: Browse) -> None:
    desk.review("A customer wants this.")
    desk.library.catch_up()
    assert 'value="zirkvqx = "' in page(browse("curator").get("/synonyms?for=customer+wants+a+zirkvqx"))
    assert 'value=" = "' not in page(browse("curator").get("/synonyms"))


def test_a_spreadsheet_gets_no_formula(app: Flask, desk: Desk, browse: Browse) -> None:
    page(browse("reader").get("/search", query_string={"q": '=HYPERLINK("zirkvqx")'}))
    kept(app, desk)
    response = browse("curator").get("/searches.csv")
    assert response.mimetype == "text/csv"
    assert "\n\"'=HYPERLINK" in response.text


def test_nor_does_one_that_parts_its_cells_by_semicolons(app: Flask, desk: Desk, browse: Browse) -> None:
    page(browse("reader").get("/search", query_string={"q": "zirkvqx;=1+1"}))
    kept(app, desk)
    assert "\nzirkvqx;'=1+1," in browse("curator").get("/searches.csv").text


def test_the_newest_search_says_whether_it_is_still_missing(desk: Desk) -> None:
    counter = searches.Counter()
    counter.searched("zebra", 0)
    counter.save(desk.library)
    desk.later(days=1)
    counter.searched("zebra", 3)
    counter.opened("zebra")
    counter.save(desk.library)
    assert searches.missing(desk.library)[0] == []
    assert searches.missing(desk.library, "all")[0][0].asked == 2
