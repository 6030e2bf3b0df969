"""The curators' pages: topics kept clean, and many reviews changed at once."""

from __future__ import annotations

import re

import pytest
from browsing import page
from standing import set_status

from kb import reviews
from kb.gems import gems
from kb.models import Draft, GemStatus, TagRule
from kb.store import tag_rules as rule_rows
from kb.tags import bulk, deeds, tags
from kb.tags import rules as tag_rules
from kb.values.gems import GemDraft


@pytest.fixture
def review(library):
    def write(*names, title="A case", body="They ask what we keep.", **fields):
        return reviews.add(library, Draft(title=title, body=body, language="en", tags=names, **fields), "ada").id

    return write


@pytest.fixture
def curator(client_as):
    return client_as("curator")


def names_on(library, id):
    return [tag.name for tag in reviews.get(library, id, unmasked=True).tags]


def undo_address(text):
    return re.search(r'action="(/(?:tags/undo|bulk)/\d+[^"]*)"', text)[1]


def test_a_merge_is_shown_done_and_undone(curator, library, review):
    id = review("privacy")
    review("GDPR")
    address = f"/tags/{tags.named(library, 'privacy').id}/merge"
    assert "1 review and 0 gems move" in page(curator.post(address, data={"into": "gdpr"}))
    done = page(curator.post(address, data={"into": "GDPR", "sure": "yes"}, follow_redirects=True))
    assert names_on(library, id) == ["GDPR"]
    assert "Undone: Chris Curator merged privacy into GDPR" in page(
        curator.post(undo_address(done), follow_redirects=True)
    )
    assert names_on(library, id) == ["privacy"]


def test_what_a_merge_would_do_has_an_address_to_come_back_to(curator, library, review):
    review("privacy")
    review("GDPR")
    form = page(curator.get(f"/tags/{tags.named(library, 'privacy').id}/edit"))
    action = re.search(r'<form method="get" action="([^"]+)"', form)[1]
    assert "1 review and 0 gems move" in page(curator.get(action, query_string={"into": "gdpr"}))


def test_a_page_that_was_open_since_before_a_merge_does_nothing_to_the_other_topic(curator, library, review):
    id, other = review("privacy"), review("GDPR")
    review("export")
    gone = tags.named(library, "privacy").id
    curator.post(f"/tags/{gone}/merge", data={"into": "GDPR", "sure": "yes"})
    assert curator.post(f"/tags/{gone}/delete").status_code == 409
    assert curator.post(f"/tags/{gone}/split", data={"name": "new", "reviews": str(id)}).status_code == 400
    answer = curator.post(f"/tags/{gone}/merge", data={"into": "export", "sure": "yes"}, follow_redirects=True)
    assert "GDPR" in page(answer)
    assert names_on(library, id) == names_on(library, other) == ["GDPR"]


def test_the_same_rule_twice_is_one(curator, library, review):
    review("privacy")
    for _ in range(2):
        curator.post("/tags/rules", data={"tag": "privacy", "kind": "words", "pattern": "erase", "do": "keep"})
    assert len(rule_rows.all_rules(library.db)) == 1


def test_a_merge_into_what_is_not_there_is_said_beside_the_box(curator, library, review):
    review("privacy")
    response = curator.post(f"/tags/{tags.named(library, 'privacy').id}/merge", data={"into": "nowhere"})
    assert response.status_code == 400
    assert "There is no topic &#39;nowhere&#39;" in response.text


def test_that_a_topic_is_not_there_is_said_in_the_language_of_the_page(curator, review):
    review("privacy")
    german = {"Accept-Language": "de"}
    for name, words in (("nowhere", "Es gibt kein Thema &#39;nowhere&#39;."), ("private", "Ähnlich: privacy.")):
        answer = curator.post("/tags/automatic", data={"tag": name}, headers=german)
        assert answer.location == "/tags/rules"
        assert words in curator.get("/tags/rules", headers=german).text


def test_two_who_edit_at_once_are_told(curator, client_as, library, review):
    review("privacy")
    id = tags.named(library, "privacy").id
    form = page(curator.get(f"/tags/{id}/edit"))
    seen = re.search(r'name="seen" value="(\w+)"', form)[1]
    tags.edit(library, id, definition="Their words.", who="Otto")
    mine = {"name": "privacy", "definition": "My words.", "aliases": "", "parent": "", "owner": "", "seen": seen}
    response = curator.post(f"/tags/{id}/edit", data=mine)
    assert response.status_code == 409
    assert "Their words." in response.text
    assert "My words." in response.text
    assert tags.get(library, id).definition == "Their words."


def test_what_was_written_over_theirs_is_saved_the_second_time(curator, library, review):
    review("privacy")
    id = tags.named(library, "privacy").id
    mine = {"name": "privacy", "definition": "My words.", "seen": "of long ago"}
    response = curator.post(f"/tags/{id}/edit", data=mine)
    seen = re.search(r'name="seen" value="(\w+)"', response.text)[1]
    assert curator.post(f"/tags/{id}/edit", data=mine | {"seen": seen}).status_code == 303


def test_an_owner_is_a_member(curator, library, review):
    review("privacy")
    address = f"/tags/{tags.named(library, 'privacy').id}/edit"
    assert "nobody&#39;s address" in curator.post(address, data={"name": "privacy", "owner": "x@y.z"}).text
    curator.post(address, data={"name": "privacy", "owner": "curator@kb.example"})
    assert "Kept by Chris Curator" in page(curator.get(address.removesuffix("/edit")))


def test_a_split_takes_what_a_search_finds(curator, library, review):
    goes, stays = review("export", body="The limit is 50,000 rows."), review("export", body="It is slow.")
    library.catch_up()
    address = f"/tags/{tags.named(library, 'export').id}/split"
    form = page(curator.get(address, query_string={"q": "limit"}))
    chosen = re.findall(r'name="reviews" value="(\d+)"[^>]*checked', form)
    curator.post(address, data={"name": "export limits", "reviews": chosen})
    assert (names_on(library, goes), names_on(library, stays)) == (["export limits"], ["export"])


def test_a_split_offers_every_gem_that_a_merge_would_move(curator, library, review):
    draft = GemDraft(title="Export by night", body="Schedule it.", tags=("export",))
    gems.lift(library, review("export"), draft, who="ada", publish=False)
    id = tags.named(library, "export").id
    review("import")
    assert "1 gem move" in page(curator.get(f"/tags/{id}/merge?into=import"))
    assert "Export by night" in page(curator.get(f"/tags/{id}/split"))


def test_retired_gems_go_along_with_a_merge_and_can_be_split_off(curator, library, review):
    draft = GemDraft(title="Ask for a higher limit", body="No longer.", tags=("export",))
    gem = gems.lift(library, review("export"), draft, who="ada", publish=True)
    set_status(library, gem.id, GemStatus.RETIRED, "ada")
    id = tags.named(library, "export").id
    review("import")
    assert "1 retired gem goes along." in page(curator.get(f"/tags/{id}/merge?into=import"))
    form = page(curator.get(f"/tags/{id}/split"))
    chosen = re.findall(r'name="gems" value="(\d+)"', form)
    curator.post(f"/tags/{id}/split", data={"name": "limits", "gems": chosen})
    assert [tag.name for tag in gems.get(library, gem.id, unmasked=True).tags] == ["limits"]


def test_a_split_whose_name_is_taken_keeps_what_was_chosen(curator, library, review):
    chosen, other = review("export"), review("export")
    address = f"/tags/{tags.named(library, 'export').id}/split"
    form = curator.post(address, data={"name": "export", "reviews": str(chosen)}).text
    assert re.findall(r'name="reviews" value="(\d+)"[^>]*checked', form) == [str(chosen)]
    assert f'name="reviews" value="{other}"' in form


def test_deleting_shows_what_happens_first(curator, library, review):
    id = review("GDPR")
    address = f"/tags/{tags.named(library, 'GDPR').id}/delete"
    assert "Its 1 review stays" in page(curator.get(address))
    done = page(curator.post(address, follow_redirects=True))
    assert names_on(library, id) == []
    curator.post(undo_address(done))
    assert names_on(library, id) == ["GDPR"]


def test_a_rule_is_tried_then_kept_then_taken_out_and_brought_back(curator, library, review):
    review("GDPR", body="A data request.")
    review(title="Untagged one", body="A data request again.")
    rule = {"tag": "GDPR", "kind": "phrase", "pattern": "data request"}
    tried = page(curator.post("/tags/rules", data=rule | {"do": "try"}))
    assert "It finds 2 of the newest 2 reviews" in tried
    assert "Untagged one" in tried
    curator.post("/tags/rules", data=rule | {"do": "keep"})
    removed = page(curator.post("/tags/rules/1/remove", follow_redirects=True))
    assert rule_rows.all_rules(library.db) == []
    restore = re.search(r'action="(/tags/rules/restore[^"]*)"', removed)[1].replace("&amp;", "&")
    curator.post(restore)
    assert [rule.pattern for rule in rule_rows.all_rules(library.db)] == ["data request"]


def test_a_rule_that_cannot_be_used_is_said_beside_its_box(curator, library, review):
    review("GDPR")
    response = curator.post("/tags/rules", data={"tag": "GDPR", "kind": "regex", "pattern": "(a", "do": "keep"})
    assert response.status_code == 400
    assert "no regular expression that can be used" in response.text


def test_look_alikes_are_proposed_until_they_are_kept_apart(curator, library, review):
    review("export")
    review("exports")
    assert "forms of one word" in page(curator.get("/tags/look-alikes"))
    ids = {"tag": tags.named(library, "export").id, "into": tags.named(library, "exports").id}
    curator.post("/tags/look-alikes/keep-apart", data=ids)
    assert "No two topics look alike" in page(curator.get("/tags/look-alikes"))


def test_reviews_without_a_topic_have_a_list(curator, review):
    review("GDPR", title="Has one")
    review(title="Has none")
    text = page(curator.get("/tags/untagged"))
    assert "Has none" in text
    assert "Has one" not in text


def test_bulk_work_is_shown_done_and_undone(curator, library, review):
    ids = [review(title="First"), review(title="Second"), review(title="Third")]
    shown = curator.post("/bulk", data={"work": "tag", "value": "GDPR", "ids": ids[:2]}, follow_redirects=True)
    assert "Put GDPR on 2 reviews?" in page(shown)
    assert names_on(library, ids[0]) == []
    address = shown.request.path
    done = page(curator.post(f"{address}/do", follow_redirects=True))
    assert [names_on(library, id) for id in ids] == [["GDPR"], ["GDPR"], []]
    curator.post(undo_address(done))
    assert names_on(library, ids[0]) == []


def test_bulk_work_on_a_search_takes_all_pages(curator, library, review):
    for number in range(30):
        review(body=f"The export fails, case {number}.")
    library.catch_up()
    form = {"work": "team", "value": "EMEA", "all": "yes", "q": "export", "back": "/search?q=export"}
    assert "Set the team to EMEA on 30 reviews?" in page(curator.post("/bulk", data=form, follow_redirects=True))


def test_bulk_work_leads_back_to_the_list_in_which_it_was_chosen(curator, review):
    form = {"work": "tag", "value": "GDPR", "ids": review(), "back": "/search?q=export&page=2"}
    shown = curator.post("/bulk", data=form, follow_redirects=True)
    way = 'href="/search?q=export&amp;page=2">'
    assert f"{way}Leave them as they are" in shown.text
    done = curator.post(re.search(r'action="(/bulk/\d+/do[^"]*)"', shown.text)[1], follow_redirects=True)
    assert f"{way}Back to the list" in done.text


def test_bulk_work_without_a_choice_leads_back_with_a_word(curator, review):
    response = curator.post("/bulk", data={"work": "trash", "back": "/reviews?page=2"})
    assert response.headers["Location"] == "/reviews?page=2"
    assert "Choose some" in page(curator.get("/reviews"))


def test_much_bulk_work_goes_on_behind_the_page(curator, library, review, monkeypatch):
    monkeypatch.setattr("kb.web.bulk._AT_ONCE", 1)
    ids = [review(), review()]
    plan = bulk.plan(library, "product", "Console", ids, "ada")
    curator.post(f"/bulk/{plan.deed.id}/do")
    for _ in range(200):
        if curator.get(f"/bulk/{plan.deed.id}/status").get_json()["state"] == "done":
            break
    assert deeds.get(library, plan.deed.id).state == "done"
    assert [reviews.get(library, id, unmasked=True).product for id in ids] == ["Console", "Console"]


def test_only_curators_are_offered_it(client_as, review):
    review()
    assert "data-pick" in page(client_as("curator").get("/reviews"))
    assert "data-pick" not in page(client_as("reviewer").get("/reviews"))


@pytest.mark.parametrize(
    "path", ["/tags", "/tags/{id}", "/tags/rules", "/tags/look-alikes", "/tags/untagged", "/tags/{id}/history"]
)
def test_the_number_of_statements_does_not_grow(curator, app, library, review, path):
    def statements():
        library.catch_up()
        counted = []
        served = app.extensions["kb"].library
        served.db.conn.set_trace_callback(counted.append)
        page(curator.get(path.format(id=tags.named(library, "GDPR").id)))
        served.db.conn.set_trace_callback(None)
        return len(counted)

    review("GDPR", "export")
    review()
    tag_rules.add(library, 1, TagRule(kind="words", pattern="data"), "ada")
    statements()
    before = statements()
    for number in range(12):
        review("GDPR", f"topic {number:02d} x", f"export {number:02d}")
        review()
        tag_rules.add(library, 1, TagRule(kind="words", pattern=f"data {number}"), "ada")
    statements()
    assert statements() <= before
