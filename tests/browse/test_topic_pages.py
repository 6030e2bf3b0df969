"""A topic's page: what it gathers, in which order, how often it came up, who knows about it; the list and the tree."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from browsing import PASSWORD, page

from kb import members, reviews
from kb.gems import gems, talk, worth
from kb.gems.reads import Counter
from kb.mine import settings
from kb.models import Draft, GemDraft, Role
from kb.store import gems as stored_gems
from kb.tags import tags
from kb.topics import family, topics, weeks


@pytest.fixture
def person(library):
    return lambda who: members.by_email(library, f"{who}@kb.example")


@pytest.fixture
def reviewed(library):
    """A review under these topics: reviewed("export", days_ago=3)."""

    def make(*names, days_ago=0, title="A case", now=None):
        date = (now or library.now()) - timedelta(days=days_ago)
        return reviews.add(
            library, Draft(title=title, body="Run the export by night.", tags=names, date=date, language="en"), "Rosa"
        )

    return make


@pytest.fixture
def gem(library, reviewed, person):
    """A published gem: gem("Title", "export", owner="curator")."""

    def make(title, *names, owner=None):
        member = person(owner) if owner else None
        draft = GemDraft(title, "Do so.", "Run the export by night", names)
        who = member.name if member else ""
        return gems.lift(library, reviewed(*names).id, draft, who=who, publish=True, member=member)

    return make


def id_of(library, name):
    return tags.named(library, name).id


def cards(text):
    return re.findall(r'<article class="gem-card">.*?<a href="[^"]*">([^<]*)</a>', text, re.DOTALL)


# -- What it gathers -------------------------------------------------------------------------------------------------


def test_a_parent_gathers_the_gems_and_reviews_of_its_children(client_as, library, reviewed, gem):
    gem("By night", "csv")
    reviewed("export", title="On exports")
    tags.edit(library, id_of(library, "csv"), who="Chris", parent="export")
    text = page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))
    assert cards(text) == ["By night"]
    assert "On exports" in text
    assert 'Reviews <span class="count">2</span>' in text


def test_what_carries_parent_and_child_is_counted_once(client_as, library, reviewed):
    reviewed("export", "csv")
    tags.edit(library, id_of(library, "csv"), who="Chris", parent="export")
    assert 'Reviews <span class="count">1</span>' in page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))


def test_the_way_down_to_a_topic_is_shown(client_as, library, reviewed):
    reviewed("data", "export", "csv")
    tags.edit(library, id_of(library, "export"), who="Chris", parent="data")
    tags.edit(library, id_of(library, "csv"), who="Chris", parent="export")
    crumbs = page(client_as("reader").get(f"/tags/{id_of(library, 'csv')}")).partition("</nav>\n")[2]
    assert re.findall(r"<li><a [^>]*>([^<]*)</a></li>", crumbs.partition('class="small-print crumbs"')[2])[:3] == [
        "Topics", "data", "export",
    ]  # fmt: skip


def test_often_together_are_the_topics_of_the_same_reviews_the_commonest_first(library, reviewed):
    for names in (("export", "csv"), ("export", "csv"), ("export", "limits"), ("gdpr",)):
        reviewed(*names)
    everything = tags.listed(library)
    export = tags.named(library, "export")
    found = topics.beside(library, export, everything, [export], 9)
    assert [(tag.name, count) for tag, count in found] == [("csv", 2), ("limits", 1)]


def test_reviews_in_the_trash_count_for_nothing(client_as, library, reviewed):
    review = reviewed("export", "csv")
    reviews.trash(library, [review.id], "Chris")
    export = tags.named(library, "export")
    assert topics.beside(library, export, tags.listed(library), [], 9) == []
    assert weeks.year(library, [export.id]).total == 0


# -- Best first ------------------------------------------------------------------------------------------------------


def test_gems_that_worked_stand_first(client_as, library, gem, person):
    gem("Nobody tried it", "export")
    tried = gem("It worked", "export")
    talk.vote(library, tried.id, person("reader"), worked=True)
    assert cards(page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))) == ["It worked", "Nobody tried it"]


def test_what_is_overdue_falls_behind_what_is_fresh(library, gem):
    fresh, old = gem("Fresh", "export"), gem("Old", "export")
    with library.transaction() as db:
        stored_gems.note(db, old.id, true_until=library.today() - timedelta(days=90))
    assert worth.order(library, [id_of(library, "export")]) == [fresh.id, old.id]


def test_of_equals_the_one_that_is_read_stands_first(library, gem):
    read, _ = gem("Read", "export"), gem("Not read", "export")
    counter = Counter()
    counter.add(read.id)
    counter.save(library)
    assert worth.order(library, [id_of(library, "export")])[0] == read.id


def test_reads_never_more_than_double_a_gems_worth():
    assert worth.worth(0.5, "fresh", 10**9) <= 2 * worth.worth(0.5, "fresh", 0)


def test_worth_falls_with_health():
    assert worth.worth(0.7, "fresh", 3) > worth.worth(0.7, "due", 3) > worth.worth(0.7, "overdue", 3)


# -- Weeks -----------------------------------------------------------------------------------------------------------


def test_a_year_has_52_weeks_and_ends_with_this_one(library, reviewed):
    reviewed("export")
    found = weeks.year(library, [id_of(library, "export")])
    assert len(found.weeks) == 52
    assert found.weeks[-1].reviews == 1


def test_reviews_are_counted_in_the_week_of_their_date(library, reviewed):
    for days in (0, 7, 7, 21, 30, 400):
        reviewed("export", days_ago=days)
    found = weeks.year(library, [id_of(library, "export")])
    assert [one.reviews for one in found.weeks[-4:]] == [1, 0, 2, 1]
    assert (found.total, found.lately, found.before) == (5, 4, 1)


def test_a_week_begins_on_monday_in_the_librarys_zone(make_app, library, reviewed):
    # Sunday evening in UTC is Monday morning in Tokyo.
    now = datetime(2026, 11, 18, tzinfo=UTC)
    reviewed("export", now=datetime(2026, 11, 15, 20, tzinfo=UTC))
    there = make_app(timezone="Asia/Tokyo").extensions["kb"].library
    for each in (library, there):
        each.now = lambda: now
    ids = [id_of(library, "export")]
    assert [one.reviews for one in weeks.year(library, ids).weeks[-2:]] == [1, 0]
    assert [one.reviews for one in weeks.year(there, ids).weeks[-2:]] == [0, 1]


def test_a_topic_without_a_review_of_the_last_year_has_no_empty_chart(client_as, library, reviewed):
    reviewed("export", days_ago=800)
    text = page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))
    assert "None of its reviews is of the last year." in text
    assert 'class="weeks"' not in text


def test_the_strip_of_weeks_can_be_read_as_text_and_as_a_table(client_as, library, reviewed):
    for days in (0, 0, 40):
        reviewed("export", days_ago=days)
    text = page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))
    assert "3 reviews in a year" in text
    assert "2 in the last four weeks, 1 in the four before" in text
    assert re.findall(r'</th><td class="num">(\d+)</td>', text) == ["2", "1"]


def test_what_moved_is_counted_anew_when_something_changed(library, reviewed):
    reviewed("export")
    export = id_of(library, "export")
    assert weeks.movement(library)[export] == weeks.Moved(1, 0)
    reviewed("export", days_ago=30)
    assert weeks.movement(library)[export] == weeks.Moved(1, 1)


# -- Who knows about it ----------------------------------------------------------------------------------------------


def test_nobody_is_named_who_did_not_agree(client_as, library, gem):
    gem("By night", "export", owner="curator")
    text = page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))
    assert "Who knows about it" not in text


def test_who_agreed_is_named_with_the_number_of_their_gems(client_as, library, gem, person):
    gem("By night", "export", owner="curator")
    gem("In halves", "export", owner="curator")
    settings.choose(library, person("curator"), known=True)
    text = page(client_as("reader").get(f"/tags/{id_of(library, 'export')}"))
    assert re.search(r"Chris Curator <span class=\"small-print\">2 gems", text)


def test_who_agreed_and_did_nothing_there_is_not_named(library, gem, person):
    gem("By night", "export", owner="curator")
    settings.choose(library, person("admin"), known=True)
    assert topics.people(library, [id_of(library, "export")]) == []


def test_a_name_that_two_members_have_counts_for_neither(library, gem, person):
    shared = gem("By night", "export")
    with library.transaction() as db:
        stored_gems.note(db, shared.id, verified_by="Chris Curator")
    settings.choose(library, person("curator"), known=True)
    assert topics.people(library, [id_of(library, "export")]) == [("Chris Curator", 1)]
    members.add(library, "two@kb.example", role=Role.READER, password=PASSWORD, name="Chris Curator")
    assert topics.people(library, [id_of(library, "export")]) == []


# -- Following -------------------------------------------------------------------------------------------------------


def test_following_and_no_longer_following(client_as, library, reviewed, person):
    reviewed("export")
    reader, export = client_as("reader"), id_of(library, "export")
    text = page(reader.post(f"/tags/{export}/follow", follow_redirects=True))
    assert "You follow export." in text
    assert topics.followed(library, person("reader")) == {export}
    reader.post(f"/tags/{export}/follow", data={"on": "no"})
    assert topics.followed(library, person("reader")) == set()


def test_following_shows_in_what_one_gets_by_mail(client_as, library, reviewed):
    reviewed("export")
    reader = client_as("reader")
    reader.post(f"/tags/{id_of(library, 'export')}/follow")
    assert 'name="followed" type="text" value="export"' in page(reader.get("/digest/preferences"))


def test_a_topic_that_is_not_there_cannot_be_followed(client_as):
    assert client_as("reader").post("/tags/9999/follow").status_code == 404


# -- The list --------------------------------------------------------------------------------------------------------


def test_the_list_can_be_narrowed_without_a_script(client_as, reviewed):
    reviewed("Export", "Éxito", "GDPR")
    text = page(client_as("reader").get("/tags?q=exi"))
    assert "Éxito" in text
    assert ">GDPR<" not in text
    assert "1 topic has" in text


def test_letters_that_no_topic_has_lead_back_to_all(client_as, reviewed):
    reviewed("Export")
    text = page(client_as("reader").get("/tags?q=zzz"))
    assert "0 topics have" in text
    assert "Show all topics" in text


def test_the_tree_shows_children_under_their_parent(client_as, library, reviewed):
    reviewed("export", "csv", "gdpr")
    tags.edit(library, id_of(library, "csv"), who="Chris", parent="export")
    found = family.tree(everything := tags.listed(library), everything)
    assert [(one.tag.name, [under.tag.name for under in one.under]) for one in found] == [
        ("export", ["csv"]), ("gdpr", []),
    ]  # fmt: skip
    assert "as a tree" in page(client_as("reader").get("/tags"))
    assert page(client_as("reader").get("/tags?view=tree")).count("data-filter-on") == 3


def test_the_tree_keeps_the_way_to_what_was_looked_for(library, reviewed):
    reviewed("export", "csv", "gdpr")
    tags.edit(library, id_of(library, "csv"), who="Chris", parent="export")
    everything = tags.listed(library)
    found = family.tree(everything, family.matching(everything, "CS"))
    assert [(one.tag.name, one.meant) for one in found] == [("export", False)]


# -- Cost ------------------------------------------------------------------------------------------------------------


def test_a_topic_takes_as_many_statements_for_much_as_for_little(app, client_as, library, reviewed, gem):
    served = app.extensions["kb"].library
    reader = client_as("reader")

    def statements():
        said = []
        page(reader.get("/tags/1"))
        served.db.conn.set_trace_callback(said.append)
        page(reader.get("/tags/1"))
        served.db.conn.set_trace_callback(None)
        return len(said)

    gem("First", "export", "csv")
    few = statements()
    for number in range(15):
        gem(f"Gem {number}", "export", f"topic {number}", owner="curator")
        reviewed("export", f"topic {number}")
    assert statements() == few
