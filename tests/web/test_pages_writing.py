"""What is written through the pages: reviews, topics, comments, gems; and what happens to mistakes."""

from __future__ import annotations

import json

import pytest
from browsing import page

from kb import reviews, threads
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemStatus, Member, Turn
from kb.tags import tags

FORM = {"kind": "peer", "title": "Gate four", "body": "The gate was shut.", "do": "save"}


@pytest.fixture
def review(library: Library) -> int:
    draft = Draft(
        title="Gate three", body="The gate was open.", reviewee="Maren", turns=(Turn("Hi", "Jo", "customer"),)
    )
    return reviews.add(library, draft, "Rosa").id


def test_a_review_is_added_with_its_topics(library, client_as) -> None:
    sent = client_as("reviewer").post("/reviews/new", data=FORM | {"tags": "gates, night shift"})
    assert sent.status_code == 303
    added = reviews.listed(library)[0][0]
    assert added.title == "Gate four"
    assert [tag.name for tag in added.tags] == ["gates", "night shift"]


def test_a_mistake_gives_everything_back_with_its_sentence(client_as) -> None:
    answer = client_as("reviewer").post("/reviews/new", data=FORM | {"csat": "9", "customer": "Tallow & Tin"})
    assert answer.status_code == 400
    assert "CSAT goes from 1 to 5." in answer.text
    assert "Tallow &amp; Tin" in answer.text
    assert "The gate was shut." in answer.text


def test_a_preview_saves_nothing(library, client_as) -> None:
    text = page(client_as("reviewer").post("/reviews/new", data=FORM | {"body": "It is *shut*", "do": "preview"}))
    assert "<em>shut</em>" in text
    assert reviews.listed(library)[1] == 0


def test_the_preview_for_the_script_is_a_piece_of_a_page(client_as) -> None:
    text = page(client_as("reviewer").post("/preview", data={"body": "# Big <script>", "turns": "Agent: Hi"}))
    assert "<html" not in text
    assert "<script>" not in text
    assert "Agent" in text


def test_an_edit_is_saved_and_its_history_readable(library, review, client_as) -> None:
    browser = client_as("reviewer")
    sent = browser.post(f"/reviews/{review}/edit", data=FORM | {"version": "1", "turns": "Jo (customer): Hi"})
    assert sent.status_code == 303
    assert reviews.get(library, review, unmasked=True).turns == (Turn("Hi", "Jo", "customer"),)
    text = page(browser.get(f"/reviews/{review}/history"))
    assert "Gate three" in text
    assert "Gate four" in text
    assert "Rosa Reviewer" in text


def test_who_saves_second_gets_both_texts(library, review, client_as) -> None:
    client_as("curator").post(f"/reviews/{review}/edit", data=FORM | {"version": "1"})
    answer = client_as("reviewer").post(f"/reviews/{review}/edit", data=FORM | {"version": "1", "title": "Gate five"})
    assert answer.status_code == 409
    assert "Gate four" in answer.text
    assert 'value="Gate five"' in answer.text
    assert 'name="version" value="2"' in answer.text


def test_a_preview_of_an_edit_keeps_the_version_that_it_began_from(library, review, client_as) -> None:
    browser = client_as("reviewer")
    reviews.edit(library, review, Draft(body="Theirs."), version=1, who="Chris")
    text = page(browser.post(f"/reviews/{review}/edit", data=FORM | {"version": "1", "do": "preview"}))
    assert 'name="version" value="1"' in text


def test_thrown_away_and_brought_back(library, review, client_as) -> None:
    browser = client_as("reviewer")
    text = page(browser.post(f"/reviews/{review}/trash", follow_redirects=True))
    assert f'action="/reviews/{review}/restore"' in text
    browser.post(f"/reviews/{review}/restore")
    assert reviews.get(library, review, unmasked=True).trashed_at is None


def test_a_topic_that_is_none_is_answered_with_a_sentence(library, review, client_as) -> None:
    text = page(client_as("reviewer").post(f"/reviews/{review}/tags", data={"name": "x" * 100}, follow_redirects=True))
    assert "at most 80" in text
    assert reviews.get(library, review, unmasked=True).tags == ()


def test_type_ahead_says_by_which_name_a_topic_was_found(library, review, client_as) -> None:
    tag = tags.add_to_review(library, review, "GDPR", "Rosa")
    tags.edit(library, tag.id, who="Rosa", aliases=["DSGVO"])
    found = json.loads(page(client_as("reader").get("/tags/complete?q=dsg")))["suggestions"]
    assert found == [{"kind": "tag", "text": "GDPR", "also": "DSGVO", "count": 1}]


def test_an_empty_comment_comes_back_with_a_sentence(review, client_as) -> None:
    answer = client_as("reviewer").post(f"/reviews/{review}/comments", data={"body": "  "})
    assert answer.status_code == 400
    assert "The comment is empty." in answer.text


def test_only_its_writer_or_a_curator_is_offered_to_take_a_comment_back(library, review, client_as, whose) -> None:
    comment = threads.say(library, review, "Mine.", whose("reviewer"))
    offered = f"/comments/{comment.id}/take-back"
    assert offered in page(client_as("reviewer").get(f"/reviews/{review}"))
    assert offered in page(client_as("curator").get(f"/reviews/{review}"))
    assert offered not in page(client_as("other").get(f"/reviews/{review}"))


@pytest.fixture
def whose(library: Library):
    from kb import members

    def find(who: str) -> Member:
        return members.by_email(library, f"{who}@kb.example")

    return find


def test_a_topics_edit_is_all_or_nothing(library, review, client_as) -> None:
    tags.add_to_review(library, review, "gates", "Rosa")
    form = {"name": "doors", "definition": "What opens.", "aliases": "gate, portal", "parent": "no such topic"}
    answer = client_as("curator").post("/tags/1/edit", data=form)
    assert answer.status_code == 400
    assert "no such topic" in answer.text
    assert tags.get(library, 1).name == "gates"


def test_a_renamed_topic_is_still_found_by_its_old_name(library, review, client_as) -> None:
    tags.add_to_review(library, review, "gates", "Rosa")
    client_as("curator").post("/tags/1/edit", data={"name": "doors", "aliases": "portal"})
    assert set(tags.get(library, 1).aliases) == {"gates", "portal"}


def test_a_merge_is_shown_before_it_is_done(library, review, client_as) -> None:
    for name in ("gates", "doors"):
        tags.add_to_review(library, review, name, "Rosa")
    curator = client_as("curator")
    text = page(curator.post("/tags/1/merge", data={"into": "doors"}))
    assert "It can be undone." in text
    assert len(tags.listed(library)) == 2
    curator.post("/tags/1/merge", data={"into": "doors", "sure": "yes"})
    assert [tag.name for tag in tags.listed(library)] == ["doors"]
    assert client_as("reader").get("/tags/1").headers["Location"].endswith("/tags/2")


@pytest.mark.parametrize("into", ["", "gates", "nowhere"])
def test_a_merge_into_nothing_or_itself_is_answered_with_a_sentence(library, review, client_as, into: str) -> None:
    tags.add_to_review(library, review, "gates", "Rosa")
    answer = client_as("curator").post("/tags/1/merge", data={"into": into})
    assert answer.status_code == 400
    assert 'id="f-into-error"' in answer.text


def test_a_reviewer_nominates_and_a_curator_publishes_and_undoes_it(library, review, client_as) -> None:
    form = {"title": "Look at gate three", "body": "First.", "quote": "gate was open"}
    client_as("reviewer").post(f"/reviews/{review}/gems/new", data=form)
    assert gems.get(library, 1, unmasked=True).status is GemStatus.NOMINATED
    curator = client_as("curator")
    text = page(curator.post("/gems/1/publish", follow_redirects=True))
    assert gems.get(library, 1, unmasked=True).status is GemStatus.PUBLISHED
    assert "/gems/1/withdraw" in text


def test_a_quote_that_is_not_in_the_review_is_said_at_its_box(review, client_as) -> None:
    form = {"title": "Look", "quote": "never said"}
    answer = client_as("reviewer").post(f"/reviews/{review}/gems/new", data=form)
    assert answer.status_code == 400
    assert 'id="f-quote-error"' in answer.text
    assert "never said" in answer.text
