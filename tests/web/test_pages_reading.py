"""The first page, the search page and the lists, as each sort of person sees them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from browsing import page

from kb import reviews
from kb.gems import gems
from kb.library import Library
from kb.models import Answer, Draft, GemDraft, Kind, Turn
from kb.tags import tags

BODY = "The export stops at 50,000 rows. <script>alert(1)</script> Filter it first."


@pytest.fixture
def stocked(library: Library) -> Library:
    """Two reviews and a gem, found by searching."""
    draft = Draft(
        title="Export of <b>everything</b>",
        body=BODY,
        kind=Kind.PEER,
        date=datetime(2026, 3, 2, tzinfo=UTC),
        product="Reports",
        reviewee="Maren Vogt",
        language="en",
        tags=("export",),
        scorecard=(Answer("Tone", "no", "too curt"),),
        score=12,
        turns=(Turn("It stops again and again.", "Jo", "customer"),),
    )
    review = reviews.add(library, draft, "Rosa")
    gems.lift(library, review.id, GemDraft("Filter first", "Do it so.", "Filter it first."), who="Rosa", publish=True)
    reviews.add(library, Draft(body="エクスポートの制限", kind=Kind.CALL, language="ja", product="Collect"), "Rosa")
    library.catch_up()
    return library


def test_an_empty_library_leads_a_reviewer_to_the_first_ingest(client_as) -> None:
    text = page(client_as("reviewer").get("/"))
    assert 'href="/ingest"' in text
    assert "Bring in the first reviews" in text


def test_an_empty_library_tells_a_reader_whom_to_ask(client_as) -> None:
    text = page(client_as("reader").get("/"))
    assert "Ask a reviewer" in text
    assert "/ingest" not in text


@pytest.mark.parametrize(("role", "words"), [("reader", "Ask a reviewer"), ("reviewer", "Bring in the first reviews")])
def test_a_search_of_an_empty_library_says_that_it_is_empty(client_as, role: str, words: str) -> None:
    text = page(client_as(role).get("/search?q=export"))
    assert "The library is empty" in text
    assert words in text
    assert "fewer or other words" not in text
    assert "Ask it as a question" in text


def test_the_first_page_shows_the_newest(stocked, client_as) -> None:
    text = page(client_as("reader").get("/"))
    assert re.findall(r"<li><a href=\"/\w+\">(\d+ \w+)</a></li>", text) == ["2 reviews", "1 gem", "1 topic"]
    assert "Filter first" in text


def test_found_words_are_marked_and_nothing_of_a_text_becomes_markup(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=export"))
    assert "<mark>Export</mark> of &lt;b&gt;everything&lt;/b&gt;" in text
    assert "<script>alert" not in text


ARTICLE = """# Activation fails

> [!WARNING]
> Back up the key first.

|Code|Meaning|
|---|---|
|0x11|The key is used up.|
|0x12|The key is **blocked**.|
"""


@pytest.fixture
def article(library: Library) -> int:
    """A review as a support site writes: its title again as its first heading, a warning, a table."""
    id = reviews.add(library, Draft(title="Activation fails", body=ARTICLE, language="en"), "Rosa").id
    library.catch_up()
    return id


def test_an_excerpt_is_the_row_that_answers_and_not_the_title_again(article, client_as) -> None:
    text = page(client_as("reader").get("/search?q=0x12"))
    assert '<p class="snippet" lang="en">… <mark>0x12</mark> · The key is blocked.</p>' in text
    text = page(client_as("reader").get("/search?q=activation+fails"))
    assert (
        '<p class="snippet" lang="en">Warning: Back up the key first. Code · Meaning: 0x11 · The key is used up.'
        in text
    )


def test_a_warning_in_a_review_is_called_so_in_the_language_of_the_page(article, client_as) -> None:
    text = page(client_as("reader").get(f"/reviews/{article}"))
    assert (
        '<blockquote class="aside aside-warning">\n<p class="aside-name" lang="en"><strong>Warning</strong></p>' in text
    )
    text = page(client_as("reader").get(f"/reviews/{article}", headers={"Accept-Language": "de"}))
    assert '<p class="aside-name" lang="de"><strong>Warnung</strong></p>' in text
    assert "[!" not in text


def test_a_gem_is_made_of_an_excerpt_of_a_table_and_its_card_shows_no_signs(article, client_as) -> None:
    curator = client_as("curator")
    found = page(curator.get("/search?q=0x12"))
    form = page(curator.get(re.search(r'href="(/reviews/\d+/gems/new\?[^"]*)"', found)[1].replace("&amp;", "&")))
    quote = re.search(r'<textarea[^>]*name="quote"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)[1]
    assert quote == "|0x12|The key is **blocked**.|"
    body = "|Code|Do|\n|---|---|\n|0x12|Call us|\n\n> [!TIP]\n> By night."
    sent = {"title": "A blocked key", "body": body, "quote": quote, "place": "-1", "tags": ""}
    assert curator.post(f"/reviews/{article}/gems/new", data=sent).status_code == 303
    assert "Code · Do: 0x12 · Call us. Tip: By night." in page(curator.get("/gems"))
    assert ">0x12 · The key is blocked.</blockquote>" in page(curator.get("/gems/1"))
    review = page(curator.get(f"/reviews/{article}"))
    assert re.findall(r'<mark[^>]*class="passage[^>]*>(.*?)</mark>', review) == ["0x12", "The key is ", "blocked", "."]


def test_a_question_is_shown_as_text(stocked, client_as) -> None:
    text = page(client_as("reader").get('/search?q="><img src=x>'))
    assert "<img" not in text


def test_a_find_in_a_turn_leads_to_the_place_in_it(stocked, client_as) -> None:
    browser = client_as("reader")
    link = re.search(r'href="(/reviews/\d+\?from=search[^"#]*)#found"', page(browser.get("/search?q=again")))
    assert link
    turn = re.search(
        r'id="turn-1".*?id="found"[^>]*>again<', page(browser.get(link[1].replace("&amp;", "&"))), re.DOTALL
    )
    assert turn


def test_what_is_in_another_language_says_so_to_the_browser(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=エクスポート"))
    assert '<h2 lang="ja">' in text
    assert "Japanese" in text


def test_each_value_of_a_facet_is_a_link_that_narrows(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?kind=peer"))
    assert 'href="/search?q=&amp;kind=peer&amp;tag=export"' in text


def test_what_is_chosen_is_a_chip_that_takes_it_away(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=export&kind=peer&kind=call&sort=newest"))
    chips = re.findall(r'<a class="chip chip-chosen" href="([^"]+)"', text)
    assert chips == ["/search?q=export&amp;kind=call&amp;sort=newest", "/search?q=export&amp;kind=peer&amp;sort=newest"]


def test_a_new_question_keeps_what_is_chosen(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=export&kind=peer"))
    assert '<input type="hidden" name="kind" value="peer">' in text


def test_a_result_is_explained_where_it_stands(stocked, client_as) -> None:
    browser = client_as("reader")
    asked = page(browser.get("/search?q=export"))
    link = re.search(r'href="(/search\?q=export&amp;why=review%3A\d+)#why"', asked)
    assert link
    explained = page(browser.get(link.group(1).replace("&amp;", "&")))
    assert "Why this was found" in explained
    assert "It has all of your words" in explained
    assert explained.count("Why this was found") == 1


def test_asking_why_of_what_is_not_there_is_the_page_as_it_is(stocked, client_as) -> None:
    assert "Why this was found" not in page(client_as("reader").get("/search?q=export&why=gem:999"))


def test_a_question_without_a_word_is_not_said_to_be_found(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=(((("))
    assert "found for" not in text
    assert "reviews and gems</h1>" in text


def test_nothing_found_says_what_to_do(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=qqqqqqq&tag=export"))
    assert "Nothing found" in text
    assert "Search everywhere" in text
    assert "Look through the topics" in text


def test_a_slip_is_read_as_the_nearest_word_and_that_is_said_once(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=exporrt"))
    assert text.count("Searched as “export”.") == 1
    assert "Did you mean" not in text


def test_what_was_read_otherwise_can_be_searched_as_typed(stocked, client_as) -> None:
    browser = client_as("reader")
    text = page(browser.get("/search?q=exporrt&kind=peer"))
    link = re.search(r'<a href="([^"]+)" rel="nofollow">Search for “exporrt” as typed</a>', text)
    assert link
    assert link[1].replace("&amp;", "&") == "/search?q=exporrt&kind=peer&exact=1"
    typed = page(browser.get("/search?q=exporrt&exact=1"))
    assert "Nothing found for <q>exporrt</q>" in typed
    assert '<a href="/search?q=exporrt">Search as usual</a>: with slips put right' in typed


def test_what_is_searched_as_typed_stays_so_from_page_to_page(stocked, client_as) -> None:
    text = page(client_as("reader").get("/search?q=export&exact=1"))
    assert "Searched exactly as typed." in text
    assert '<a href="/search?q=export">Search as usual</a>' in text
    assert 'href="/search?q=export&amp;exact=1&amp;sort=newest"' in text or "sort=newest&amp;exact=1" in text
    assert "exact%3D1" in re.findall(r'href="/reviews/\d+\?from=([^"]+)"', text)[0]
    assert '<input type="hidden" name="exact"' not in text.partition("</header>")[0]


def test_next_to_a_result_stands_what_was_searched_as_typed(stocked, client_as) -> None:
    text = page(client_as("reader").get("/reviews/1?from=search:0:q%3Dexport%26exact%3D1"))
    assert 'href="/search?q=export&amp;exact=1#n1"' in text


def test_a_slip_in_quotation_marks_is_answered_with_a_link(stocked, client_as) -> None:
    text = page(client_as("reader").get('/search?q="exporrt"'))
    assert re.search(r'Did you mean <a href="/search\?q=%22export%22">', text)


@pytest.mark.parametrize(
    "address", ["/search?page=99", "/search?page=x&sort=y&kind=z", "/reviews?page=99", "/gems?page=9"]
)
def test_an_address_out_of_range_is_a_page(stocked, client_as, address: str) -> None:
    page(client_as("reader").get(address))


def test_suggestions_are_json_from_the_first_letters(stocked, client_as) -> None:
    answer = json.loads(page(client_as("reader").get("/search/suggest?q=exp")))
    assert {"kind": "tag", "text": "export", "url": "/tags/1", "count": 2} in answer["suggestions"]


def test_without_a_letter_nothing_is_suggested(stocked, client_as) -> None:
    assert json.loads(page(client_as("reader").get("/search/suggest?q=+"))) == {"suggestions": []}


def test_a_reader_sees_a_review_without_its_scores_and_names(stocked, client_as) -> None:
    text = page(client_as("reader").get("/reviews/1"))
    assert "It stops again" in text
    for hidden in ("Scorecard", "too curt", "Maren Vogt", "/reviews/1/edit", "/reviews/1/history"):
        assert hidden not in text


def test_a_reviewer_sees_the_scorecard_folded(stocked, client_as) -> None:
    text = page(client_as("reviewer").get("/reviews/1"))
    folded = text[text.index('<details class="fold') :]
    assert "too curt" in folded
    assert "Maren Vogt" in text


def test_a_passage_that_became_a_gem_is_marked_on_its_review(stocked, client_as) -> None:
    text = page(client_as("reader").get("/reviews/1"))
    assert '<mark class="passage" id="passage-1">Filter it first.</mark>' in text


def test_a_passage_whose_words_are_gone_shows_its_quote_only(stocked, client_as) -> None:
    before = reviews.get(stocked, 1, unmasked=True)
    draft = Draft(title=before.title, body="All is well now.", kind=before.kind, turns=before.turns)
    reviews.edit(stocked, 1, draft, version=before.version, who="Rosa")
    text = page(client_as("reader").get("/reviews/1"))
    assert "Also lifted from this review" in text
    assert "<mark" not in text


def test_a_topics_page_has_its_gems_reviews_and_neighbours(stocked, client_as) -> None:
    tags.add_to_review(stocked, 1, "row limit", "Rosa")
    stocked.catch_up()
    text = page(client_as("reader").get("/tags/1"))
    assert "Filter first" in text
    assert "Often together with" in text


def test_topics_stand_under_their_first_letters(stocked, client_as) -> None:
    tags.add_to_review(stocked, 1, "Übergabe", "Rosa")
    tags.add_to_review(stocked, 1, "2FA", "Rosa")
    text = page(client_as("reader").get("/tags"))
    assert re.findall(r'<h2 id="letter-\d+">(.)</h2>', text) == ["#", "E", "U"]


def test_readers_do_not_see_what_is_nominated(stocked, client_as) -> None:
    gem = gems.lift(stocked, 1, GemDraft("Not yet", "Wait."), who="Rosa", publish=False)
    assert client_as("reader").get(f"/gems/{gem.id}").status_code == 404
    assert "Not yet" not in page(client_as("reader").get("/gems?status=nominated"))
    assert "Not yet" in page(client_as("curator").get("/gems?status=nominated"))


def test_a_topic_counts_the_gems_that_are_on_its_page(stocked, client_as) -> None:
    gems.lift(stocked, 1, GemDraft("Not yet", "Wait.", "", ("export",)), who="Rosa", publish=False)
    listed = page(client_as("reader").get("/tags"))
    shown = page(client_as("reader").get("/tags/1"))
    assert re.findall(r'<span class="count">(.*?)</span>', listed)[-1] == "1 · 1 gem"
    assert "Not yet" not in shown


def test_the_first_page_of_a_library_without_gems_and_topics_says_how_to_make_one(library, client_as) -> None:
    reviews.add(library, Draft(title="A case", body="It stops."), "Rosa")
    assert "make it a gem" in page(client_as("reviewer").get("/"))
    text = page(client_as("reader").get("/"))
    assert "make it a gem" not in text
    assert "Follow a topic" not in text
