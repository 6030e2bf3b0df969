"""The JSON API: tokens, and the shapes that scripts rely on."""

from __future__ import annotations

import re

import pytest

from kb import members, reviews, threads
from kb.gems import gems
from kb.intake import intake
from kb.models import Answer, Draft, GemDraft, Kind, Role, Turn

MAREN = Draft(
    kind=Kind.PEER,
    title="Maren Okafor explains the export limit",
    body="Export stops at 50,000 rows. Maren told them to schedule it by night.",
    reviewee="Maren Okafor",
    reviewer="Rosa Reviewer",
    language="en",
    tags=("Export",),
    score=4.5,
    scorecard=(Answer("Tone", "yes", "Maren stayed calm"),),
    turns=(Turn("Hi, this is Maren.", "Maren Okafor", "agent"),),
)


@pytest.fixture
def told(library):
    """A review with a comment and a gem, found by search."""
    review = reviews.add(library, MAREN, "Rosa Reviewer")
    threads.say(library, review.id, "Well done, Maren", members.by_email(library, "reviewer@kb.example"))
    draft = GemDraft(title="Export by night", body="Schedule it.", quote="schedule it by night")
    gems.lift(library, review.id, draft, who="Chris Curator", publish=True)
    library.catch_up()
    return review


@pytest.fixture
def script(app, library):
    """Asks with a token: script("reader")("/api/v1/search?q=x")."""

    def as_member(who: str):
        sent = {"Authorization": f"Bearer {members.new_token(library, f'{who}@kb.example')}"}
        return lambda address, **options: app.test_client().get(address, headers={**sent, **options})

    return as_member


def test_a_search_answers_in_the_documented_shape(script, told):
    answer = script("reviewer")("/api/v1/search?q=export&limit=1").json
    assert set(answer) >= {"total", "took_ms", "did_you_mean", "facets", "hits"}
    assert answer["total"] == 2
    assert set(answer["hits"][0]) >= {
        "type", "id", "external_id", "title", "snippet", "score", "tags", "date", "url",
    }  # fmt: skip


def test_a_search_can_be_narrowed_as_on_the_page(script, told):
    answer = script("reviewer")("/api/v1/search?q=export&type=gem").json
    assert [(hit["type"], hit["title"]) for hit in answer["hits"]] == [("gem", "Export by night")]


def test_a_search_can_be_for_exactly_what_was_typed(script, told):
    asked = script("reader")
    read = asked("/api/v1/search?q=exporrt").json
    assert (read["corrected"], read["did_you_mean"], read["total"]) == (True, "Export", 2)
    assert read["notes"][0] == "Searched as “Export”."
    typed = asked("/api/v1/search?q=exporrt&exact=1").json
    assert (typed["corrected"], typed["did_you_mean"], typed["total"]) == (False, None, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        "limit=0",
        "limit=many",
        "limit=101",
        "offset=-1",
        "sort=best",
        "limit=99999999999999999",
        "limit=0000000010000000",
    ],
)
def test_a_number_that_is_none_gets_a_sentence(script, wrong):
    response = script("reader")(f"/api/v1/search?q=x&{wrong}")
    assert response.status_code == 400
    assert wrong.split("=")[0] in response.json["detail"]


def test_a_review_comes_in_the_interchange_shape(script, told):
    answer = script("reviewer")(f"/api/v1/reviews/{told.id}").json
    assert answer["kind"] == "peer"
    assert answer["reviewee"] == "Maren Okafor"
    assert answer["scorecard"] == [{"criterion": "Tone", "value": "yes", "comment": "Maren stayed calm"}]
    assert answer["gems"][0]["quote"] == "schedule it by night"
    assert answer["comments"][0]["body"] == "Well done, Maren"
    assert answer["url"] == f"/reviews/{told.id}"


def test_a_reader_gets_neither_scores_nor_names(script, told):
    reader = script("reader")
    texts = [
        reader(address).text for address in (f"/api/v1/reviews/{told.id}", "/api/v1/gems/1", "/api/v1/search?q=export")
    ]
    texts = [re.sub(r'"took_ms":[\d.]+', "", text) for text in texts]
    told_of = re.compile(r"Maren|(?<![\d.])4\.5(?!\d)")  # the score; not a part of the moment when it was saved
    assert not any(told_of.search(text) for text in texts)
    assert not {"score", "scorecard", "reviewee"} & set(reader(f"/api/v1/reviews/{told.id}").json)


def test_a_file_called_like_who_was_reviewed_is_not_told_to_a_reader(script, library, tmp_path):
    (tmp_path / "2026-10_maren-okafor.md").write_text("---\nreviewee: Maren Okafor\n---\nExport by night.", "utf-8")
    intake.ingest(library, [str(tmp_path)], intake.IntakeOptions(), who="ada")
    library.catch_up()
    addresses = ("/api/v1/reviews/1", "/api/v1/search?q=export")
    assert all("maren" not in script("reader")(address).text for address in addresses)
    assert all("2026-10_maren-okafor.md" in script("reviewer")(address).text for address in addresses)


def test_a_reader_does_not_find_by_what_they_may_not_see(script, told):
    assert script("reader")("/api/v1/search?q=maren").json["total"] == 0
    assert script("reviewer")("/api/v1/search?q=maren").json["total"] >= 1


def test_a_gem_comes_with_its_evidence(script, told):
    answer = script("reader")("/api/v1/gems/1").json
    assert (answer["title"], answer["status"]) == ("Export by night", "published")
    assert answer["evidence"][0]["url"] == f"/reviews/{told.id}"


def test_what_was_thrown_away_is_not_there(script, library, told):
    reviews.trash(library, [told.id], "Rosa Reviewer")
    assert script("reviewer")(f"/api/v1/reviews/{told.id}").status_code == 404


@pytest.mark.parametrize("sent", ["Bearer kb_wrong", "Bearer", "Basic cmVhZGVyOng=", "kb_x", ""])
def test_a_wrong_token_is_nobodys_even_in_a_signed_in_browser(client_as, sent):
    browser = client_as("admin")
    assert browser.get("/api/v1/search?q=x").status_code == 200
    response = browser.get("/api/v1/search?q=x", headers={"Authorization": sent})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_the_api_and_nothing_else(script):
    asked = script("admin")
    assert asked("/api/v1/search?q=x").status_code == 200
    assert asked("/members").status_code == 302


def test_a_token_ends_with_its_member(script, library):
    asked = script("reader")
    members.set_active(library, "reader@kb.example", False)
    assert asked("/api/v1/search?q=x").status_code == 401


def test_a_token_follows_its_members_role(script, library, told):
    asked = script("reader")
    members.set_role(library, "reader@kb.example", Role.REVIEWER)
    assert "Maren" in asked(f"/api/v1/reviews/{told.id}").text


def test_nobody_gets_nothing(client_as, told):
    assert client_as(None).get(f"/api/v1/reviews/{told.id}").status_code == 401


def test_asking_leaves_no_cookie(script):
    assert "Set-Cookie" not in script("reader")("/api/v1/search?q=x").headers


def test_letters_of_any_script_come_as_they_are(script, library):
    reviews.add(library, Draft(title="通話メモ", body="データ戦略", language="ja"), "x")
    assert "通話メモ" in script("reader")("/api/v1/reviews/1").text


def test_a_passage_whose_review_is_away_leads_nowhere(script, told, library):
    address = script("reviewer")("/api/v1/search?q=type:gem").json["hits"][0]["url"]
    asked = f"/api/v1{address}"
    assert script("reader")(asked).json["evidence"][0]["url"] == f"/reviews/{told.id}"
    reviews.trash(library, [told.id], "Chris Curator")
    assert [passage["url"] for passage in script("reader")(asked).json["evidence"]] == [""]
