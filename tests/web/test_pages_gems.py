"""The pages of gems: lifting, the queue, what is due, retiring, merging, the health of the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from browsing import Browser, page, signed_in

from kb import members, notices, reviews, trash
from kb.gems import gems, health, merging
from kb.gems import life as gem_life
from kb.library import Library
from kb.models import Draft, Gem, GemDraft, GemStatus, Member
from kb.store import gems as store
from kb.store import sightings

BODY = "The export stops at fifty thousand rows. Please schedule the report by night, that goes through."
QUOTE = "schedule the report by night"


def member(library: Library, who: str) -> Member:
    found = members.by_email(library, f"{who}@kb.example")
    assert found is not None
    return found


@pytest.fixture
def review(library: Library) -> int:
    return reviews.add(library, Draft(title="Export", body=BODY, reviewee="Maren Vogt", language="en"), "Rosa").id


@pytest.fixture
def make_gem(library: Library, review: int) -> Callable[..., Gem]:
    def make(
        who: str = "curator", *, publish: bool = True, title: str = "Export stops: schedule it", quote: str = QUOTE
    ) -> Gem:
        person = member(library, who)
        draft = GemDraft(title, "Reports > Schedule.", quote, ("export",))
        return gems.lift(library, review, draft, who=person.name, publish=publish, member=person)

    return make


def test_a_gem_is_lifted_with_a_title_and_topics_proposed(library, review, client_as) -> None:
    asked = {"quote": QUOTE, "place": "-1", "nth": "0"}
    text = page(client_as("reviewer").get(f"/reviews/{review}/gems/new", query_string=asked))
    assert 'value="Schedule the report by night"' in text
    assert QUOTE in text


def test_one_place_of_the_library_is_marked_as_where_one_is(review, client_as) -> None:
    masthead = client_as("reviewer").get(f"/reviews/{review}/gems/new").text.partition("<main")[0]
    assert set(re.findall(r'href="([^"]*)" aria-current', masthead)) == {"/reviews"}


def test_the_workaround_can_be_looked_at_before_saving_without_a_script(review, client_as) -> None:
    form = {"title": "T", "body": "Use **Schedule**", "quote": QUOTE, "do": "preview"}
    text = page(client_as("reviewer").post(f"/reviews/{review}/gems/new", data=form))
    assert "<strong>Schedule</strong>" in text


def test_what_a_gem_was_seen_in_is_not_shown_once_more_as_similar(library, review, make_gem, client_as) -> None:
    reviews.add(library, Draft(title="Like it", body=BODY, language="en"), "Rosa")
    gem = make_gem()
    library.catch_up()
    text = client_as("reader").get(f"/gems/{gem.id}").text.partition('id="related"')[2]
    assert "Like it" in text
    assert f'href="/reviews/{review}"' not in text
    beside = client_as("reader").get(f"/reviews/{review}").text.partition('id="similar"')[2]
    assert "Like it" in beside
    assert f'href="/gems/{gem.id}"' not in beside


def test_a_gem_that_says_the_same_is_shown_before_saving_and_takes_the_passage(library, make_gem, client_as) -> None:
    gem = make_gem()
    library.catch_up()
    other = reviews.add(library, Draft(title="Again", body=f"Told them to {QUOTE}.", language="en"), "Rosa").id
    reviewer = client_as("reviewer")
    form = {"title": "Schedule the report by night", "body": "x", "quote": QUOTE}
    text = page(reviewer.post(f"/reviews/{other}/gems/new", data=form))
    assert "Look first" in text
    assert gems.listed(library, unmasked=True)[1] == 1
    reviewer.post(f"/gems/{gem.id}/evidence", data={"review": str(other), "quote": QUOTE})
    assert len(gems.get(library, gem.id, unmasked=True).evidence) == 2


def test_who_has_looked_at_the_alike_saves_all_the_same(library, make_gem, client_as) -> None:
    gem = make_gem()
    library.catch_up()
    other = reviews.add(library, Draft(title="Again", body=f"Told them to {QUOTE}.", language="en"), "Rosa").id
    form = {"title": "Schedule the report by night", "body": "x", "quote": QUOTE, "looked_at": str(gem.id)}
    assert client_as("reviewer").post(f"/reviews/{other}/gems/new", data=form).status_code == 303


def test_the_queue_shows_one_gem_and_how_many_are_left(library, make_gem, client_as) -> None:
    first = make_gem("reviewer", publish=False, title="First of them")
    make_gem("reviewer", publish=False, title="Second of them", quote="fifty thousand rows")
    curator = client_as("curator")
    text = page(curator.get("/queue"))
    assert "1 of 2 left" in text
    answer = curator.post(f"/gems/{first.id}/publish", follow_redirects=True)
    assert "Second of them" in answer.text
    assert f"/gems/{first.id}/withdraw" in answer.text


def test_the_queue_shows_a_gem_whose_review_was_erased(library, review, make_gem, client_as) -> None:
    make_gem("reviewer", publish=False)
    reviews.trash(library, [review], "Chris Curator")
    trash.erase(library, [review], "Chris Curator")
    text = page(client_as("curator").get("/queue"))
    assert QUOTE in text
    assert "from a review that is no longer here" in text


def test_sending_back_without_a_word_is_said_at_the_box(library, make_gem, client_as) -> None:
    gem = make_gem("reviewer", publish=False)
    answer = client_as("curator").post(f"/gems/{gem.id}/send-back", data={"word": ""})
    assert answer.status_code == 400
    assert 'id="word-error"' in answer.text


def test_a_gem_that_was_sent_back_says_so_to_who_nominated_it(library, make_gem, client_as) -> None:
    gem = make_gem("reviewer", publish=False)
    client_as("curator").post(f"/gems/{gem.id}/send-back", data={"word": "which version?"})
    reviewer = client_as("reviewer")
    assert "which version?" in page(reviewer.get("/notices"))
    assert "which version?" in page(reviewer.get(f"/gems/{gem.id}"))
    version = str(store.get(library.db, gem.id).version)
    sent = reviewer.post(
        f"/gems/{gem.id}/edit", data={"title": "Since 4.2", "body": "x", "tags": "", "version": version}
    )
    assert sent.status_code == 303
    assert gem_life.waiting(library) == 1


def test_a_retired_gem_says_on_top_why_and_what_replaces_it(library, make_gem, client_as) -> None:
    gem, better = make_gem(), make_gem(title="Better", quote="goes through")
    form = {"reason": "replaced", "replaced_by": f"https://kb.example/gems/{better.id}"}
    sent = client_as("curator").post(f"/gems/{gem.id}/retire", data=form)
    assert sent.status_code == 303
    text = page(client_as("reader").get(f"/gems/{gem.id}"))
    assert text.index("replaced by another gem") < text.index("<h1")
    assert f'href="/gems/{better.id}"' in text
    assert "Export stops" not in page(client_as("reader").get("/gems"))


@pytest.mark.parametrize(
    ("form", "box"),
    [
        ({"reason": "replaced", "replaced_by": "x"}, "f-replaced_by"),
        ({"reason": "fixed", "link": "ftp://x"}, "f-link"),
    ],
)
def test_a_mistake_in_retiring_is_said_at_its_box(make_gem, client_as, form, box) -> None:
    answer = client_as("curator").post(f"/gems/{make_gem().id}/retire", data=form)
    assert answer.status_code == 400
    assert f'id="{box}-error"' in answer.text


def test_a_merged_gems_address_leads_to_the_kept_one_and_it_can_be_undone(library, make_gem, client_as) -> None:
    gone, kept = make_gem(), make_gem(title="Better", quote="goes through")
    curator = client_as("curator")
    assert "This one is kept" in page(curator.get(f"/gems/{gone.id}/merge?into={kept.id}"))
    curator.post(f"/gems/{gone.id}/merge", data={"into": str(kept.id), "sure": "yes"})
    answer = client_as("reader").get(f"/gems/{gone.id}", follow_redirects=True)
    assert answer.request.path == f"/gems/{kept.id}"
    assert "was merged into this one" in answer.text
    curator.post(f"/gems/{gone.id}/part")
    assert merging.into(library, kept.id, unmasked=True) == []
    assert page(client_as("reader").get(f"/gems/{gone.id}"))


def test_a_second_merge_of_a_gem_that_is_gone_leads_to_the_one_that_it_went_into(library, make_gem, client_as) -> None:
    gone, kept, third = (make_gem(title=title) for title in ("Gone", "Kept", "Third"))
    curator = client_as("curator")
    for into in (kept, third):
        answer = curator.post(
            f"/gems/{gone.id}/merge", data={"into": str(into.id), "sure": "yes"}, follow_redirects=True
        )
        assert "Kept" in page(answer)
    assert gems.get(library, kept.id, unmasked=True).id == kept.id


@pytest.mark.parametrize("into", ["", "nowhere", "9999", "1"])
def test_a_gem_merges_into_no_nothing_nor_itself(make_gem, client_as, into) -> None:
    answer = client_as("curator").post(f"/gems/{make_gem().id}/merge", data={"into": into, "sure": "yes"})
    assert answer.status_code == 400
    assert "error" in answer.text


def make_due(library: Library, gem: Gem, days: int = 0) -> None:
    with library.transaction() as db:
        store.note(db, gem.id, true_until=library.today() - timedelta(days=days))


def test_what_is_due_is_verified_in_one_click(library, make_gem, client_as) -> None:
    gem = make_gem()
    make_due(library, gem)
    curator = client_as("curator")
    assert "Export stops" in page(curator.get("/gems/due"))
    curator.post(f"/gems/{gem.id}/verify", data={"back": "/gems/due"})
    assert health.of(gems.get(library, gem.id, unmasked=True), library.today()) == "fresh"
    assert "Nothing is due" in page(curator.get("/gems/due"))


def test_a_reviewer_sees_only_their_own_due_gems(library, make_gem, client_as) -> None:
    make_due(library, make_gem())
    assert "Nothing is due" in page(client_as("reviewer").get("/gems/due"))


def test_due_gems_are_handed_over_and_their_owner_is_told(library, make_gem, client_as) -> None:
    gem = make_gem()
    make_due(library, gem)
    to = member(library, "reviewer")
    client_as("curator").post("/gems/due/hand-over", data={"gem": str(gem.id), "to": str(to.id)})
    assert [one.kind for one in notices.listed(library, to)] == ["due"]
    assert "asks you to look at" in page(client_as("reviewer").get("/notices"))


def test_a_reader_says_that_it_did_not_work_and_doubts_it(library, make_gem, client_as) -> None:
    gem = make_gem()
    reader = client_as("reader")
    reader.post(f"/gems/{gem.id}/vote", data={"worked": "no", "word": "not on 4.2"})
    assert "not on 4.2" in page(reader.get(f"/gems/{gem.id}"))
    assert reader.post(f"/gems/{gem.id}/doubt", data={"word": ""}).status_code == 400
    reader.post(f"/gems/{gem.id}/doubt", data={"word": "the menu moved"})
    text = page(reader.get(f"/gems/{gem.id}"))
    assert "health-due" in text
    assert "the menu moved" in text


def test_a_passage_seen_again_is_confirmed_on_the_page(library, make_gem, client_as) -> None:
    gem = make_gem()
    other = reviews.add(library, Draft(title="Again", body="Do schedule reports by night.", language="en"), "Rosa").id
    with library.transaction() as db:
        sightings.propose(db, [(gem.id, other, 0.5, -1, "Do schedule reports by night.")], library.now())
    reviewer = client_as("reviewer")
    assert "Seen again in 1 review" in page(reviewer.get(f"/gems/{gem.id}"))
    reviewer.post(f"/gems/{gem.id}/sightings/{other}", data={"word": "confirm"})
    assert len(gems.get(library, gem.id, unmasked=True).evidence) == 2
    assert "Seen again" not in page(client_as("reader").get(f"/gems/{gem.id}"))


def test_what_a_reader_sees_of_a_gem_names_no_reviewee(library, review, make_gem, client_as) -> None:
    gem = make_gem(title="As Maren Vogt said")
    client_as("curator").post(f"/gems/{gem.id}/comments", data={"body": "Maren knows. @robin"})
    assert "Maren" not in page(client_as("reader").get(f"/gems/{gem.id}"))


def test_who_sees_no_names_changes_a_gem_without_them_and_sees_no_earlier_text(make_app, library, make_gem) -> None:
    app = make_app(scores_visible_to="curator")
    own = make_gem("reviewer", publish=False, title="As Maren Vogt said")
    others = make_gem("curator", title="Ask Maren", quote="")
    reviewer = signed_in(app.test_client(), library, "reviewer")
    form = page(reviewer.get(f"/gems/{own.id}/edit"))
    assert "As [name] said" in form
    assert "Maren" not in form
    assert reviewer.get(f"/gems/{others.id}/edit").status_code == 403
    assert reviewer.get(f"/gems/{others.id}/history/{gems.past(library, others.id)[0].id}").status_code == 403


def test_a_passage_is_added_without_telling_names_in_the_gems_title(make_app, library, make_gem) -> None:
    gem = make_gem("curator", title="Ask Maren")
    again = reviews.add(library, Draft(title="Again", body=BODY, language="en"), "Rosa").id
    reviewer = signed_in(make_app(scores_visible_to="curator").test_client(), library, "reviewer")
    sent = {"review": str(again), "quote": "fifty thousand rows"}
    answer = reviewer.post(f"/gems/{gem.id}/evidence", data=sent, follow_redirects=True)
    assert "Added to “Ask [name]”" in page(answer)
    assert "Ask Maren" not in page(answer)


def test_a_retired_gem_is_read_when_what_replaced_it_waits_again(library, make_gem, client_as) -> None:
    old, new = make_gem(title="Old way"), make_gem(title="New way", quote="")
    gem_life.retire(library, old.id, "replaced", member(library, "curator"), replaced_by=new.id)
    assert "Use instead" in page(client_as("reader").get(f"/gems/{old.id}"))
    gem_life.withdraw(library, new.id, member(library, "curator"))
    answer = client_as("reader").get(f"/gems/{old.id}")
    assert answer.status_code == 200
    assert "Use instead" not in page(answer)


def test_an_earlier_text_is_compared_and_brought_back(library, make_gem, client_as) -> None:
    gem = make_gem()
    curator = client_as("curator")
    curator.post(
        f"/gems/{gem.id}/edit", data={"title": "New words", "body": "y", "tags": "", "version": str(gem.version)}
    )
    change = gems.past(library, gem.id)[0].id
    assert "Export stops" in page(curator.get(f"/gems/{gem.id}/history/{change}"))
    curator.post(f"/gems/{gem.id}/history/{change}/restore")
    assert gems.get(library, gem.id, unmasked=True).title == "Export stops: schedule it"


def test_an_edit_of_a_stale_version_shows_both(library, make_gem, client_as) -> None:
    gem = make_gem()
    curator = client_as("curator")
    form = {"title": "Mine", "body": "y", "tags": "", "version": str(gem.version)}
    curator.post(f"/gems/{gem.id}/edit", data=form | {"title": "Theirs"})
    answer = curator.post(f"/gems/{gem.id}/edit", data=form)
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text


def test_opening_a_gem_counts_a_read_but_a_reload_after_an_act_does_not(library, app, make_gem, client_as) -> None:
    gem = make_gem()
    reader = client_as("reader")
    reader.get(f"/gems/{gem.id}")
    reader.get(f"/gems/{gem.id}", headers={"Referer": f"http://localhost/gems/{gem.id}"})
    app.extensions["kb"].reads.save(library)
    assert health.reads(library, [gem]) == {gem.id: 1}


def test_the_health_of_the_library_is_read_as_text_and_as_csv(library, make_gem, client_as) -> None:
    make_due(library, make_gem(), days=40)
    make_gem(title="=SUM(A1)", quote="goes through")
    curator = client_as("curator")
    text = page(curator.get("/library-health"))
    assert "50% of 2 gems hold today" in text
    answer = curator.get("/library-health.csv")
    assert answer.text.splitlines()[1].startswith("export,2,1,0,1,")


def test_a_list_of_unread_gems_that_is_cut_says_so(library, make_gem, client_as) -> None:
    for number in range(16):
        make_gem(title=f"Gem {number}")
    text = page(client_as("curator").get("/library-health"))
    assert 'Read by nobody this quarter <span class="count">16</span>' in text
    assert "The oldest 15 of them" in text


def test_a_topic_gets_a_term_of_its_own(library, make_gem, client_as) -> None:
    gem = make_gem()
    curator = client_as("curator")
    curator.post(f"/tags/{gem.tags[0].id}/gem-days", data={"days": "30"})
    with library.transaction() as db:
        store.note(db, gem.id, true_until=date(2020, 1, 1))
    curator.post(f"/gems/{gem.id}/verify")
    assert gems.get(library, gem.id, unmasked=True).true_until == library.today() + timedelta(days=30)


def test_publishing_twice_from_two_windows_is_said_and_does_no_harm(library, make_gem, client_as) -> None:
    gem = make_gem("reviewer", publish=False)
    curator: Browser = client_as("curator")
    curator.post(f"/gems/{gem.id}/publish")
    answer = curator.post(f"/gems/{gem.id}/decline", follow_redirects=True)
    assert "Somebody else has dealt with this gem" in answer.text
    assert gems.get(library, gem.id, unmasked=True).status is GemStatus.PUBLISHED


def test_a_gem_is_made_of_a_search_result(library, review, client_as) -> None:
    library.catch_up()
    reviewer = client_as("reviewer")
    text = page(reviewer.get("/search?q=fifty"))
    found = re.search(r'href="(/reviews/\d+/gems/new[^"]+)"', text)
    assert found
    made = page(reviewer.get(found[1].replace("&amp;", "&")))
    quote = re.search(r'name="quote"[^>]*>\n?([^<]+)<', made)
    assert quote
    form = {"title": "T", "body": "x", "quote": quote[1]}
    assert reviewer.post(f"/reviews/{review}/gems/new", data=form).status_code == 303
