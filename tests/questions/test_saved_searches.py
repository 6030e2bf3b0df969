"""Saved searches: a member's own, told at most once a day when something new is in them, shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asked import Desk
from browsing import Browser, page
from flask import Flask

from kb import exporting, notices
from kb.errors import InvalidInput, NotFound
from kb.finding import saved
from kb.store import changes
from kb.values.search import Saved

Browse = Callable[[str], Browser]


def keep(desk: Desk, question: str = "zebra", who: str = "reader", name: str = "", **options: object) -> Saved:
    options = {"filters": {}, **options}
    return saved.save(desk.library, desk.people[who], name, question, **options)  # type: ignore[arg-type]


def come_in(desk: Desk, *bodies: str) -> int:
    """Reviews come in, and a serving process looks: how many were told."""
    desk.later(minutes=10)
    for body in bodies:
        desk.review(body, body)
    desk.library.catch_up()
    return saved.catch_up(desk.library)


def new(desk: Desk, who: str = "reader") -> list[list[str]]:
    return [[hit.title for hit in hits] for _, hits in saved.listed(desk.library, desk.people[who])]


def told(desk: Desk, who: str = "reader") -> list[tuple[str, str]]:
    return [(one.kind, one.title) for one in notices.listed(desk.library, desk.people[who])]


def test_what_comes_in_later_is_new_and_what_was_there_is_not(desk: Desk) -> None:
    come_in(desk, "An old zebra.")
    keep(desk, name="Zebras")
    assert come_in(desk, "A new zebra.", "A giraffe.") == 1
    assert new(desk) == [["A new zebra."]]
    assert told(desk) == [("new in search", "Zebras")]


def test_a_gem_that_is_published_is_new(desk: Desk) -> None:
    keep(desk)
    desk.later(hours=1)
    desk.gem("Of zebras")
    desk.gem("Of zebras that wait", publish=False)
    desk.library.catch_up()
    saved.catch_up(desk.library)
    assert new(desk) == [["Of zebras", "A case"]]  # the review that it was lifted from is new, too


def test_an_edit_of_what_was_there_is_nothing_new(desk: Desk) -> None:
    come_in(desk, "An old zebra.")
    keep(desk)
    with desk.library.transaction() as db:
        changes.note(db, "review", [1])
    assert come_in(desk) == 0
    assert new(desk) == [[]]


def test_a_notice_comes_at_most_once_a_day_and_then_for_all_that_came(desk: Desk) -> None:
    keep(desk)
    assert [come_in(desk, f"Zebra number {number}.") for number in range(3)] == [1, 0, 0]
    desk.later(hours=24)
    assert saved.catch_up(desk.library) == 1
    assert saved.catch_up(desk.library) == 0
    assert len(told(desk)) == 1  # the first was not read: it is overtaken
    assert len(new(desk)[0]) == 3


def test_nothing_new_tells_nobody(desk: Desk) -> None:
    keep(desk)
    assert come_in(desk, "A giraffe.") == 0
    assert told(desk) == []


def test_who_does_not_want_to_be_told_sees_it_all_the_same(desk: Desk) -> None:
    keep(desk, alert=False)
    assert come_in(desk, "A new zebra.") == 0
    assert new(desk) == [["A new zebra."]]


def test_looking_makes_it_old(desk: Desk) -> None:
    mine = keep(desk)
    come_in(desk, "A new zebra.")
    saved.look(desk.library, mine.id, desk.people["reader"])
    assert (new(desk), told(desk)) == ([[]], [])
    come_in(desk, "A newer zebra.")
    assert new(desk) == [["A newer zebra."]]


def test_filters_hold_and_only_all_of_the_words_count(desk: Desk) -> None:
    keep(desk, "zebra crossing", filters={"product": ("Roads",)})
    desk.later(minutes=1)
    desk.review("A zebra crossing.", "here", product="Roads")
    desk.review("A zebra crossing.", "elsewhere", product="Zoo")
    desk.review("A zebra.", "half", product="Roads")
    come_in(desk)
    assert new(desk) == [["here"]]


def test_a_reader_is_not_told_of_what_only_reviewers_may_search(desk: Desk) -> None:
    keep(desk, "Vogt")
    keep(desk, "Vogt", "reviewer")
    desk.later(minutes=1)
    desk.review("A case.", "A case", reviewee="Maren Vogt")
    come_in(desk)
    assert (new(desk), new(desk, "reviewer")) == ([[]], [["A case"]])


def test_with_no_time_left_the_rest_is_looked_through_the_next_time(desk: Desk) -> None:
    for number in range(5):
        keep(desk, f"zebra OR stripe{number}", name=f"Zebras {number}")
    desk.later(minutes=1)
    desk.review("A new zebra.", "A new zebra.")
    desk.library.catch_up()
    assert saved.catch_up(desk.library, limit_seconds=-1) == 0
    assert saved.catch_up(desk.library) == 5


@pytest.mark.parametrize("name", ["x" * 81, "  "], ids=["long", "blank"])
def test_a_name_that_is_none_is_refused_with_a_sentence(desk: Desk, name: str) -> None:
    mine = keep(desk)
    with pytest.raises(InvalidInput, match="name"):
        saved.change(desk.library, mine.id, desk.people["reader"], name=name, alert=True)


def test_a_search_without_a_name_is_called_by_its_words(desk: Desk) -> None:
    assert keep(desk, "zebra " * 40).name == ("zebra " * 40)[:80].strip()


def test_there_is_an_end_to_how_many(desk: Desk) -> None:
    for number in range(saved.MOST):
        keep(desk, f"zebra {number}")
    with pytest.raises(InvalidInput, match="as many as fit"):
        keep(desk)


@pytest.mark.parametrize("who", ["second", "reviewer", "curator", "admin"])
def test_nobody_else_reads_changes_or_takes_out_a_search(desk: Desk, who: str) -> None:
    mine, other = keep(desk, name="Zebras of mine"), desk.people[who]
    assert saved.listed(desk.library, other) == []
    for act in (
        lambda: saved.look(desk.library, mine.id, other),
        lambda: saved.change(desk.library, mine.id, other, name="Theirs", alert=False),
        lambda: saved.remove(desk.library, mine.id, other),
        lambda: saved.get(desk.library, mine.id, other),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("who", ["second", "reviewer", "curator", "admin"])
def test_no_page_or_api_shows_it_to_anybody_else(app: Flask, desk: Desk, browse: Browse, who: str, tmp_path) -> None:
    keep(desk, "zirkvqx", name="Zebras of mine")
    come_in(desk, "A zirkvqx.")
    browser = browse(who)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and set(rule.arguments) <= {"id"}]
    shown = {
        rule.rule: browser.get(rule.rule.replace("<int:id>", "1")).text for rule in rules if "sign" not in rule.rule
    }
    assert [rule for rule, text in shown.items() if "Zebras of mine" in text] == []
    for path in ("/mine/searches/1", "/mine/searches/1/remove", "/mine/searches/1/restore"):
        assert browser.post(path, data={"name": "x"}).status_code == 404
    exporting.export(desk.library, tmp_path / "out")
    assert "Zebras of mine" not in "".join(p.read_text("utf-8") for p in (tmp_path / "out").rglob("*.ndjson"))


def test_saved_renamed_taken_out_and_brought_back_on_the_pages(desk: Desk, browse: Browse) -> None:
    browser = browse("reader")
    assert "Save this search" in page(browser.get("/search?q=zebra&kind=call"))
    browser.post("/mine/searches", data={"q": "zebra", "kind": "call", "name": "Calls of zebras", "alert": "yes"})
    text = page(browser.get("/mine/searches"))
    assert "Calls of zebras" in text
    assert browser.get("/mine/searches/1").headers["Location"] == "/search?q=zebra&kind=call"
    browser.post("/mine/searches/1", data={"name": "Zebras on the line"})
    assert "you are not told" in page(browser.get("/mine/searches"))
    browser.post("/mine/searches/1/remove")
    assert "No saved search" in page(browser.get("/mine/searches"))
    browser.post("/mine/searches/1/restore")
    assert "Zebras on the line" in page(browser.get("/mine/searches"))


def test_a_bad_name_is_said_at_its_box(desk: Desk, browse: Browse) -> None:
    keep(desk)
    response = browse("reader").post("/mine/searches/1", data={"name": "y" * 90})
    assert response.status_code == 400
    assert "at most 80 fit" in response.text
    assert "y" * 90 in response.text


def test_a_notice_leads_to_the_search(desk: Desk, browse: Browse) -> None:
    keep(desk, name="Zebras")
    come_in(desk, "A new zebra.")
    text = page(browse("reader").get("/notices"))
    assert "found something new in your search" in text
    assert 'href="/mine/searches/1"' in text
    assert 'Zebras</a> <span class="count">1 new</span>' in page(browse("reader").get("/mine"))


def test_what_was_saved_stands_under_mine_the_new_first(desk: Desk, browse: Browse) -> None:
    for name in ("Antelopes", "Zebras"):
        keep(desk, name=name, question=name.lower().removesuffix("s"))
    come_in(desk, "A new zebra.")
    text = page(browse("reader").get("/mine"))
    assert text.index("Zebras") < text.index("Antelopes")
    assert "Zebras" not in page(browse("curator").get("/mine"))


def test_the_list_takes_as_many_statements_for_many_as_for_few(app: Flask, desk: Desk, browse: Browse) -> None:
    served = app.extensions["kb"].library
    browser = browse("reader")
    counts = []
    for many in (2, 10):
        for number in range(many):
            keep(desk, f"zebra OR stripe{many}x{number}", name=f"{many} {number}")
        come_in(desk, *(f"Zebra {many} {number}." for number in range(many)))
        page(browser.get("/mine/searches"))
        said: list[str] = []
        served.db.conn.set_trace_callback(said.append)
        page(browser.get("/mine/searches"))
        served.db.conn.set_trace_callback(None)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_same_search_is_not_saved_twice(desk: Desk) -> None:
    keep(desk, name="Zebras", filters={"kind": ("call",)})
    with pytest.raises(InvalidInput, match="already, as “Zebras”"):
        keep(desk, name="Stripes", filters={"kind": ("call",)})
    keep(desk, filters={"kind": ("peer",)})
    keep(desk, who="curator", filters={"kind": ("call",)})
    assert len(saved.of_member(desk.library, desk.people["reader"])) == 2


def test_every_page_says_that_there_is_something_new(desk: Desk, browse: Browse) -> None:
    keep(desk)
    come_in(desk, "A new zebra.")
    browser = browse("reader")
    assert 'aria-label="Your account, 1 new notice"' in page(browser.get("/tags"))
    browser.get("/notices")
    assert 'aria-label="Your account"' in page(browser.get("/tags"))
