"""The front page, by role: what is new in my topics, this week's gems, the map of topics, what waits for me."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from browsing import page
from standing import set_status

from kb import front, members, reviews
from kb.digest import editions
from kb.gems import gems
from kb.mine.reading import VISIT_ENDS
from kb.models import Draft, GemDraft, GemStatus, Tag
from kb.questions import asking
from kb.store import gems as stored_gems
from kb.store import mine, sightings
from kb.tags import tags
from kb.topics import topics
from kb.topics.weeks import Moved
from kb.trails import trails, walking
from kb.values.trails import TrailState


@pytest.fixture
def person(library):
    return lambda who: members.by_email(library, f"{who}@kb.example")


@pytest.fixture
def reviewed(library):
    def make(title="A case", *names, days_ago=0, reviewer="Rosa Reviewer"):
        date = library.now() - timedelta(days=days_ago)
        body = "Run the export by night."
        draft = Draft(title=title, body=body, tags=names, date=date, language="en", reviewer=reviewer)
        return reviews.add(library, draft, "Rosa")

    return make


@pytest.fixture
def gem(library, reviewed, person):
    def make(title, *names, publish=True):
        draft = GemDraft(title, "Do so.", "Run the export by night", names)
        review = reviewed(f"Review of {title}", *names)
        return gems.lift(library, review.id, draft, who="Chris", publish=publish, member=person("curator"))

    return make


def was_here(library, member, **ago):
    with library.transaction() as db:
        mine.note_visits(db, [(member.id, library.now() - timedelta(**ago))], VISIT_ENDS.total_seconds())


def titles(things):
    return [thing.title for thing in things]


def news_of(text):
    found = re.search(r'<ul class="news".*?</ul>', text, re.DOTALL)
    return re.findall(r"data-walk-to>([^<]*)</a>", found[0]) if found else []


# -- An empty library ------------------------------------------------------------------------------------------------


def test_an_empty_library_leads_to_the_first_ingest_in_one_click(client_as):
    assert 'class="button button-main" href="/ingest"' in page(client_as("reviewer").get("/"))


def test_who_may_not_bring_anything_in_is_told_whom_to_ask(client_as):
    text = page(client_as("reader").get("/"))
    assert "Ask a reviewer or an admin" in text
    assert 'href="/ingest"' not in text


# -- New in my topics ------------------------------------------------------------------------------------------------


def test_what_came_in_followed_topics_since_the_last_visit_is_new(client_as, library, person, reviewed, gem):
    reviewed("On exports", "export")
    reviewed("On privacy", "gdpr")
    gem("By night", "export")
    was_here(library, person("reader"), days=1)
    topics.follow(library, tags.named(library, "export").id, person("reader"))
    text = page(client_as("reader").get("/"))
    assert news_of(text) == ["By night", "Review of By night", "On exports"]
    assert "since you were last here" in text


def test_what_was_there_at_the_last_visit_is_not_new(library, person, reviewed):
    reviewed("On exports", "export")
    topics.follow(library, tags.named(library, "export").id, person("reader"))
    was_here(library, person("reader"), hours=30)
    library.now = lambda now=library.now: now() + timedelta(hours=1)
    was_here(library, person("reader"))
    library.now = lambda now=library.now: now() + timedelta(days=1)
    assert front.news(library, person("reader"), unmasked=False).reviews == ()


def test_a_newcomer_sees_the_last_seven_days(library, person, reviewed):
    reviewed("On exports", "export")
    topics.follow(library, tags.named(library, "export").id, person("reader"))
    found = front.news(library, person("reader"), unmasked=False)
    assert found.first
    assert titles(found.reviews) == ["On exports"]


def test_who_follows_nothing_is_told_how(client_as, reviewed):
    reviewed("On exports", "export")
    text = page(client_as("reader").get("/"))
    assert "Follow a topic on its page" in text
    assert news_of(text) == []


def test_many_reviews_of_followed_topics_are_found_like_few(library, person, reviewed, monkeypatch):
    for number in range(4):
        reviewed(f"Case {number}", "export")
    topics.follow(library, tags.named(library, "export").id, person("reader"))
    few = front.news(library, person("reader"), unmasked=False)
    monkeypatch.setattr("kb.store.front._FEW", 1)
    assert titles(front.news(library, person("reader"), unmasked=False).reviews) == titles(few.reviews)


def test_news_name_no_reviewee_to_a_reader(client_as, library, person):
    draft = Draft(title="How Maren did it", body="Well.", reviewee="Maren Vogt", tags=("export",))
    reviews.add(library, draft, "Rosa")
    topics.follow(library, tags.named(library, "export").id, person("reader"))
    assert "Maren" not in page(client_as("reader").get("/"))


# -- This week's gems ------------------------------------------------------------------------------------------------


def test_without_an_edition_the_newest_gems_are_shown(client_as, gem):
    gem("By night", "export")
    text = page(client_as("reader").get("/"))
    assert "Newest gems" in text
    assert "By night" in text


def test_this_weeks_gems_are_those_of_the_edition_that_went_out(client_as, library, person, gem):
    told = gem("By night", "export")
    edition = editions.draft(library, editions.this_week(library), "Chris").edition
    editions.approve(library, edition.week, person("curator").name)
    gem("Came later", "export")
    found = front.finds(library, unmasked=False)
    assert [one.id for one in found.gems] == [told.id]
    assert "This week's gems" in page(client_as("reader").get("/")).replace("&#39;", "'")


def test_a_gem_that_was_retired_since_is_left_out(library, person, gem):
    told, kept = gem("By night", "export"), gem("In halves", "gdpr")
    edition = editions.draft(library, editions.this_week(library), "Chris").edition
    editions.approve(library, edition.week, person("curator").name)
    set_status(library, told.id, GemStatus.RETIRED, "Chris")
    assert [one.id for one in front.finds(library, unmasked=False).gems] == [kept.id]


# -- The map ---------------------------------------------------------------------------------------------------------


def test_the_map_says_size_and_movement_in_words(client_as, reviewed):
    for days in (1, 2, 3, 40):
        reviewed("A case", "export", days_ago=days)
    reviewed("A case", "gdpr", days_ago=40)
    text = page(client_as("reader").get("/"))
    assert "3 in the last four weeks, 1 in the four before" in text
    assert "0 in the last four weeks, 1 in the four before" in text
    assert "how many more or fewer" in text


def test_larger_topics_are_larger(library):
    everything = [Tag(1, "a", reviews=900), Tag(2, "b", reviews=300), Tag(3, "c", reviews=1), Tag(4, "unused")]
    assert [(spot.tag.name, spot.size) for spot in front.topic_map(library, everything)] == [
        ("a", 5), ("b", 3), ("c", 1),
    ]  # fmt: skip


def test_arrows_are_explained_where_there_are_some(client_as, reviewed):
    reviewed("A case", "export", days_ago=800)
    text = page(client_as("reader").get("/"))
    assert "export</a>" in text
    assert "how many more or fewer" not in text


def test_a_small_topic_that_moved_is_on_the_map_of_many(library, reviewed):
    reviewed("A case", "moving")
    moving = tags.named(library, "moving")
    others = [Tag(100 + number, f"t{number:02}", reviews=200 - number) for number in range(99)]
    found = front.topic_map(library, [moving, *others])
    assert len(found) == front.MAP
    assert found[0].tag.name == "moving"
    assert found[0].moved == Moved(1, 0)


# -- What waits ------------------------------------------------------------------------------------------------------


@pytest.fixture
def work(library, gem, reviewed):
    """Something of everything that may wait."""
    shown = gem("By night", "export")
    gem("Waits", "export", publish=False)
    reviewed("Bare and mine")
    again = reviewed("Seen again", "export")
    with library.transaction() as db:
        sightings.propose(db, [(shown.id, again.id, 0.5, -1, "by night")], library.now())
        stored_gems.note(db, shown.id, true_until=library.today())


def waits(text):
    found = re.search(r'aria-labelledby="waiting".*?</section>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split()) if found else ""


def test_a_reader_has_nothing_waiting(client_as, work):
    assert waits(page(client_as("reader").get("/"))) == ""


def test_for_a_reviewer_passages_and_own_reviews_wait(client_as, work):
    found = waits(page(client_as("reviewer").get("/")))
    assert "1 passage that may show a gem again: By night 1" in found
    assert "Reviews of yours without a topic: Bare and mine" in found
    assert "queue" not in found


def test_anothers_review_without_a_topic_does_not_wait_for_me(client_as, work):
    assert "Bare and mine" not in waits(page(client_as("other").get("/")))


def test_for_a_curator_the_queue_and_what_is_due_wait(client_as, work):
    found = waits(page(client_as("curator").get("/")))
    assert "1 gem in the queue" in found
    assert "1 gem to look at: still true?" in found
    assert "1 review without a topic" in found


def test_the_edition_in_hand_waits_for_a_curator(client_as, library, gem):
    gem("By night", "export")
    editions.draft(library, editions.this_week(library), "Chris")
    assert "The edition of week" in waits(page(client_as("curator").get("/")))
    assert "The edition of week" not in waits(page(client_as("reviewer").get("/")))


def test_questions_that_i_could_answer(client_as, library, person, reviewed):
    reviewed("On exports", "export")
    asking.ask(library, "Who knows how the export is split?", person("reader"), named=False)
    assert "Who knows how the export is split?" in page(client_as("reviewer").get("/"))
    assert "You may know" not in page(client_as("reader").get("/"))


# -- Cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["reader", "curator"])
def test_as_many_statements_for_much_as_for_little(app, client_as, library, person, reviewed, gem, work, who):
    served, browser = app.extensions["kb"].library, client_as(who)

    def statements():
        page(browser.get("/"))
        app.extensions["kb"].keeper.save(library)
        said = []
        served.db.conn.set_trace_callback(said.append)
        page(browser.get("/"))
        served.db.conn.set_trace_callback(None)
        return len(said)

    topics.follow(library, tags.named(library, "export").id, person(who))
    few = statements()
    for number in range(12):
        gem(f"Gem {number}", "export", f"topic {number}")
        reviewed(f"Case {number}", f"topic {number}")
        reviewed(f"Bare {number}")
        topics.follow(library, tags.named(library, f"topic {number}").id, person(who))
    assert statements() == few


# -- My trails -------------------------------------------------------------------------------------------------------


@pytest.fixture
def trail(library, person, gem):
    gem("By night", "export")
    made = trails.from_topic(library, tags.named(library, "export").id, person("curator"), "First week")
    return trails.set_state(library, made.id, TrailState.PUBLISHED, person("curator"))


def test_a_trail_that_was_begun_stands_on_the_front_page_with_how_far_one_is(client_as, library, person, trail):
    walk = walking.walk(library, trail.id, person("reader"), unmasked=False)
    walking.come_to(library, walk, walk.rows[0].id, person("reader"))
    text = page(client_as("reader").get("/"))
    assert "My trails" in text
    assert "First week" in text
    assert f"0 of {walk.count} done" in text


def test_a_trail_that_one_never_opened_does_not(client_as, trail):
    assert "My trails" not in page(client_as("reader").get("/"))


def test_nobody_elses_trail_stands_there(client_as, library, person, trail):
    walk = walking.walk(library, trail.id, person("reader"), unmasked=False)
    walking.come_to(library, walk, walk.rows[0].id, person("reader"))
    assert "My trails" not in page(client_as("admin").get("/"))
