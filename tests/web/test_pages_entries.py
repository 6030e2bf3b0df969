"""The page of results, where a gem and its reviews are one entry; and the same for scripts and terminals."""

from __future__ import annotations

import json
import re

import pytest
from browsing import page
from click.testing import CliRunner

from kb import members, reviews
from kb.cli import cli
from kb.gems import gems
from kb.models import Draft, GemDraft

QUOTE = "Noor Haddani runs the zebra export by night."


def lifted(library, number: int, body: str = "") -> int:
    """A review and its gem; the review's number."""
    body = body or f"The zebra of case {number} stopped at noon and nobody at all knew why that was so. \n\n{QUOTE}"
    draft = Draft(
        title=f"Case {number} of Noor Haddani", body=body, reviewee="Noor Haddani", language="en", product="Desk"
    )
    review = reviews.add(library, draft, "Rosa")
    gem = GemDraft(f"Run {number} by night", "Do so.", QUOTE)
    gems.lift(library, review.id, gem, who="Chris Curator", publish=True)
    return review.id


@pytest.fixture
def case(library) -> int:
    review = lifted(library, 1)
    for number in range(9):
        reviews.add(library, Draft(title=f"Other {number}", body="Of other things.", language="en"), "Rosa")
    library.catch_up()
    return review


def entries(text: str) -> list[str]:
    """The entries of a page of results, each in its words."""
    found = text[text.index('<ol class="hits"') : text.index("</ol>")]
    parts = re.split(r'<li class="hit [^>]*>', found)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]


def test_a_gem_and_its_review_show_as_one(client_as, case):
    text = page(client_as("reader").get("/search?q=zebra"))
    assert "2 found" in text
    [entry] = entries(text)
    assert entry.index("Run 1 by night") < entry.index("From the review Case 1 of")
    assert "Desk" in entry
    assert "stopped at noon" in entry
    assert "1 of the 2 results on this page stands within another" in text
    assert re.search(rf'href="/reviews/{case}\?from=search%3A1%3A[^"]+#found"', text)


def test_a_passage_that_the_gem_quotes_is_not_shown_again(client_as, library):
    lifted(library, 1, QUOTE)
    library.catch_up()
    [entry] = entries(page(client_as("reader").get("/search?q=zebra")))
    assert entry.count("by night .") + entry.count("by night.") == 1


def test_a_reader_meets_no_name_in_what_stands_within(client_as, case):
    for question in ("/search?q=zebra", "/search?q=zebra&type=gem"):
        text = page(client_as("reader").get(question))
        assert "From the review" in text
        assert "Noor" not in text
        assert "Noor" in page(client_as("reviewer").get(question))


def test_a_gem_names_its_review_where_that_is_not_on_the_page(client_as, case):
    text = page(client_as("reader").get("/search?q=zebra&type=gem"))
    assert re.search(rf'<li>From the review <a href="/reviews/{case}#passage-\d+"', text)
    assert "stands within" not in text


def test_what_stands_within_can_be_explained_and_chosen(client_as, case):
    text = page(client_as("curator").get(f"/search?q=zebra&why=review:{case}"))
    assert text.count('id="why"') == 1
    within = text[text.index('<ul class="within">') :]
    assert 'id="why"' in within
    assert f'name="ids" value="{case}"' in within
    assert "why=gem%3A1#why" in text[: text.index('<ul class="within">')]


def test_a_weak_gem_stands_within_and_is_told_why(client_as, library):
    body = "The quota of the invoices is too low; the limit is fixed."
    review = reviews.add(library, Draft(title="Quota of the invoices", body=body, language="en"), "Rosa")
    gem = GemDraft("What is fixed", "Say it before they ask for a quota.", "the limit is fixed")
    gems.lift(library, review.id, gem, who="Chris Curator", publish=True)
    for number in range(9):
        reviews.add(library, Draft(title=f"Other {number}", body="Of other things.", language="en"), "Rosa")
    library.catch_up()
    text = page(client_as("reader").get("/search?q=quota+of+the+invoices&why=gem:1"))
    [entry] = entries(text)
    assert "A gem was made from this: What is fixed" in entry
    assert "much less of your question than its review" in entry
    assert "counts more than the review" not in entry


def test_who_opened_what_stands_within_comes_back_to_its_entry(client_as, library, case):
    lifted(library, 2)
    library.catch_up()
    reader = client_as("reader")
    second = entries(page(reader.get("/search?q=zebra")))[1]
    assert "From the review" in second
    links = re.findall(r'href="(/(?:reviews|gems)/\d+\?from=[^"#]+)', page(reader.get("/search?q=zebra")))
    assert len(links) == 4
    rows = [re.search(r'/search\?q=zebra#n(\d+)"', page(reader.get(link.replace("&amp;", "&"))))[1] for link in links]
    assert rows == ["1", "1", "2", "2"]


def test_a_page_of_entries_takes_as_many_statements_for_many_as_for_few(app, client_as, library, case):
    served = app.extensions["kb"].library
    reader = client_as("reader")

    def statements() -> int:
        page(reader.get("/search?q=zebra"))
        said: list[str] = []
        served.db.conn.set_trace_callback(said.append)
        page(reader.get("/search?q=zebra"))
        served.db.conn.set_trace_callback(None)
        return len(said)

    few = statements()
    for number in range(2, 6):
        lifted(library, number)
    library.catch_up()
    assert len(entries(page(reader.get("/search?q=zebra")))) == 5
    assert statements() == few


def test_scripts_are_told_what_a_gem_came_from(client_as, case):
    hits = client_as("reader").get("/api/v1/search?q=zebra").json["hits"]
    assert [(hit["type"], hit["from"]) for hit in hits] == [("gem", [{"type": "review", "id": case}]), ("review", [])]


def test_a_member_who_is_kept_out_sees_nothing_by_the_terminal_either(home, library, case):
    members.set_active(library, "reader@kb.example", active=False)
    asked = CliRunner().invoke(cli, ["--home", str(home), "search", "zebra", "--as", "reader@kb.example"])
    assert str(asked.exception) == "reader@kb.example is kept out, and sees nothing."


def test_the_terminal_shows_them_as_one(home, library, case):
    members_see = CliRunner().invoke(cli, ["--home", str(home), "search", "zebra", "--as", "reader@kb.example"]).output
    blocks = members_see.split("\n\n")
    assert blocks[0] == "2 found"
    assert len(blocks) == 2
    assert blocks[1].startswith("◆ Run 1 by night")
    assert "\n    from the review Case 1 of " in blocks[1]
    assert "Noor" not in members_see
    alone = CliRunner().invoke(cli, ["--home", str(home), "search", "zebra type:gem"]).output
    assert "from the review Case 1 of Noor Haddani · /reviews/" in " ".join(alone.split())
    told = CliRunner().invoke(cli, ["--home", str(home), "search", "zebra", "--json"]).output
    assert json.loads(told)["hits"][0]["from"] == [{"type": "review", "id": case}]
