"""Reading on: the way to a gem or review, next and previous within a topic or a search, copies to take along."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from browsing import page
from standing import set_status

from kb import copies, reviews
from kb.gems import gems
from kb.models import Draft, GemDraft, GemStatus, Turn
from kb.store import topics as stored
from kb.tags import tags


@pytest.fixture
def cases(library):
    """Five reviews on exports, the newest last, each with a gem."""
    made = []
    for number in range(5):
        date = datetime(2026, 3, 1 + number, tzinfo=UTC)
        body = f"Run the export by night, case {number}."
        draft = Draft(
            title=f"Case {number}", body=body, tags=("export",), date=date, language="en", reviewee="Maren Vogt"
        )
        review = reviews.add(library, draft, "Rosa")
        gem = gems.lift(library, review.id, GemDraft(f"Gem {number}", "Do **so**.", body), who="Chris", publish=True)
        made.append((review.id, gem.id))
    library.catch_up()
    return made


def around(text):
    """Where "Previous" and "Next" lead."""
    links = {}
    for url, name in re.findall(r'<a href="([^"]*)" rel="(prev|next)"', text):
        links[name] = url.replace("&amp;", "&")
    return links


def crumbs(text):
    found = re.search(r'class="small-print crumbs".*?</nav>', text, re.DOTALL)
    return re.findall(r">([^<]+)</a>", found[0]) if found else []


def test_without_an_origin_the_way_is_the_first_topic_and_nothing_is_next(client_as, cases):
    text = page(client_as("reader").get(f"/gems/{cases[0][1]}"))
    assert crumbs(text) == ["Topics", "export"]
    assert around(text) == {}


def test_reviews_of_a_topic_are_walked_newest_first(client_as, library, cases):
    export = tags.named(library, "export").id
    reader, path, seen = client_as("reader"), f"/reviews/{cases[4][0]}?from=tag:{export}", []
    while path:
        text = page(reader.get(path))
        seen.append(int(re.search(r"/reviews/(\d+)", path)[1]))
        path = around(text).get("next")
    assert seen == [review for review, _ in reversed(cases)]


def test_previous_leads_back_over_the_same_way(client_as, library, cases):
    export = tags.named(library, "export").id
    reader = client_as("reader")
    onward = around(page(reader.get(f"/reviews/{cases[2][0]}?from=tag:{export}")))["next"]
    back = around(page(reader.get(onward)))["prev"]
    assert back.startswith(f"/reviews/{cases[2][0]}?")


def test_gems_of_a_topic_are_walked_in_the_order_of_its_page(client_as, library, cases):
    export = tags.named(library, "export").id
    reader = client_as("reader")
    shown = re.findall(r'<article class="gem-card">\s*<h3[^>]*><a href="([^"]+)"', page(reader.get(f"/tags/{export}")))
    path, seen = shown[0], []
    while path:
        seen.append(path)
        path = around(page(reader.get(path))).get("next")
    assert seen == shown


def test_many_reviews_are_walked_like_few(library, cases, monkeypatch):
    ids = [tags.named(library, "export").id]
    undated = [reviews.add(library, Draft(title="U", body="x", tags=("export",)), "Rosa").id for _ in range(2)]
    dated = [review for review, _ in cases]
    few = [stored.around_review(library.db, ids, id) for id in dated[1:] + undated[:1]]
    monkeypatch.setattr(stored, "_MANY", 1)
    assert [stored.around_review(library.db, ids, id) for id in dated[1:] + undated[:1]] == few


def test_results_of_a_search_are_walked_in_its_order(client_as, cases):
    reader = client_as("reader")
    hits = re.findall(r'<a href="([^"]+)" data-walk-to', page(reader.get("/search?q=export&type=review&sort=newest")))
    path, seen = hits[0].replace("&amp;", "&"), []
    while path:
        text = page(reader.get(path))
        seen.append(int(re.search(r"/reviews/(\d+)", path)[1]))
        path = around(text).get("next")
    assert seen == [review for review, _ in reversed(cases)]
    assert crumbs(text) == ["Search: export"]


def test_a_search_is_walked_from_one_page_of_results_to_the_next(client_as, library, cases):
    for number in range(8):
        date = datetime(2026, 4, 1 + number, tzinfo=UTC)
        reviews.add(library, Draft(title=f"More {number}", body="An export.", date=date, language="en"), "Rosa")
    library.catch_up()
    reader = client_as("reader")
    second = page(reader.get("/search?q=export&type=review&sort=newest&page=2"))
    first_there = re.findall(r'<a href="([^"]+)" data-walk-to', second)[0].replace("&amp;", "&")
    text = page(reader.get(first_there))
    assert "page=2#n1" in text
    before = around(text)["prev"]
    assert around(page(reader.get(before)))["next"].split("?")[0] == first_there.split("?")[0]


def test_the_crumb_of_a_search_leads_back_to_the_row(client_as, cases):
    reader = client_as("reader")
    third = re.findall(r'<a href="([^"]+)" data-walk-to', page(reader.get("/search?q=export&sort=newest")))[2]
    text = page(reader.get(third.replace("&amp;", "&")))
    assert "/search?q=export&amp;sort=newest#n3" in text


@pytest.mark.parametrize(
    "said",
    ["", "tag:", "tag:x", "tag:99999999999999999999", "tag:9999", "search", "search:x:q=a", "search:0:", "search:9:q=%00",
     "search:99999:q=export", "nothing:1", "tag:٣", "search:0:" + "q" * 9000],
    ids=lambda said: said[:24] or "empty",
)  # fmt: skip
def test_nonsense_in_the_address_counts_as_nothing(client_as, cases, said):
    text = page(client_as("reader").get(f"/gems/{cases[0][1]}", query_string={"from": said}))
    assert around(text) == {} or "tag" not in said


def test_what_is_not_in_the_search_any_more_has_no_neighbours(client_as, cases):
    text = page(client_as("reader").get(f"/gems/{cases[0][1]}", query_string={"from": "search:0:q=zzzz"}))
    assert around(text) == {}


def test_a_neighbour_names_no_reviewee_to_a_reader(client_as, library):
    for title in ("How Maren did it", "Plain"):
        reviews.add(library, Draft(title=title, body="Well.", reviewee="Maren Vogt", tags=("t",)), "Rosa")
    tag = tags.named(library, "t").id
    assert "Maren" not in page(client_as("reader").get(f"/reviews/2?from=tag:{tag}"))
    assert "How Maren did it" in page(client_as("reviewer").get(f"/reviews/2?from=tag:{tag}"))


def test_a_topics_links_keep_where_one_came_from(client_as, library, cases):
    export = tags.named(library, "export").id
    text = page(client_as("reader").get(f"/tags/{export}"))
    assert f"/gems/{cases[0][1]}?from=tag:{export}" in text
    assert f"/reviews/{cases[0][0]}?from=tag:{export}" in text


def test_walking_takes_as_many_statements_for_much_as_for_little(app, client_as, library, cases):
    served, reader = app.extensions["kb"].library, client_as("reader")
    export = tags.named(library, "export").id
    paths = [f"/gems/{cases[2][1]}?from=tag:{export}", f"/reviews/{cases[2][0]}?from=tag:{export}"]

    def statements():
        counts = []
        for path in paths:
            page(reader.get(path))
            said = []
            served.db.conn.set_trace_callback(said.append)
            page(reader.get(path))
            served.db.conn.set_trace_callback(None)
            counts.append(len(said))
        return counts

    few = statements()
    for number in range(12):
        date = datetime(2026, 5, 1 + number, tzinfo=UTC)
        reviews.add(library, Draft(title="X", body="Run it.", tags=("export",), date=date, language="en"), "Rosa")
    assert statements() == few


# -- Copies ----------------------------------------------------------------------------------------------------------


def test_the_text_for_a_customer_has_the_workaround_and_nothing_of_the_library(client_as, cases):
    answer = client_as("reader").get(f"/gems/{cases[0][1]}.txt")
    assert answer.text == "Do so.\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_markdown_has_passages_topics_and_the_address(client_as, cases):
    text = client_as("reader").get(f"/gems/{cases[0][1]}.md").text
    assert text.startswith("# Gem 0\n\nDo **so**.\n\n> Run the export by night, case 0.")
    assert f"/gems/{cases[0][1]}>" in text


def test_a_retired_gem_says_so_when_it_is_copied(library, cases):
    retired = set_status(library, cases[0][1], GemStatus.RETIRED, "Chris")
    assert copies.gem_text(retired).startswith("Retired")
    assert "Retired" in copies.gem_markdown(retired, "http://kb.example/gems/1")


def test_a_copied_review_is_as_its_reader_sees_it(client_as, library):
    draft = Draft(
        title="Case", body="*Maren* was quick.", reviewee="Maren Vogt", score=4,
        turns=(Turn("It stops.", "Jo", "customer"), Turn("Try by night.", "Maren Vogt", "agent")),
    )  # fmt: skip
    id = reviews.add(library, draft, "Rosa").id
    text = client_as("reader").get(f"/reviews/{id}.txt").text
    assert "Maren" not in text
    assert "Jo: It stops." in text
    assert "**Maren Vogt:** Try by night." in client_as("reviewer").get(f"/reviews/{id}.md").text


@pytest.mark.parametrize("path", ["/gems/{}.md", "/gems/{}.txt"])
def test_a_copy_of_what_waits_is_not_for_readers(client_as, library, cases, path):
    set_status(library, cases[0][1], GemStatus.NOMINATED, "Chris")
    assert client_as("reader").get(path.format(cases[0][1])).status_code == 404


def test_without_a_script_the_copies_are_links(client_as, cases):
    text = page(client_as("reader").get(f"/gems/{cases[0][1]}"))
    assert f'href="/gems/{cases[0][1]}.txt"' in text
    assert f'href="/gems/{cases[0][1]}.md"' in text
