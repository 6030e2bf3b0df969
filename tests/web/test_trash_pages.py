"""The trash: back by one click, or erased for good after what goes and what stays was said."""

from __future__ import annotations

import re

import pytest
from browsing import page

from kb import reviews, trash
from kb.library import Library
from kb.models import Draft


@pytest.fixture
def thrown(library: Library) -> int:
    draft = Draft(title="By night", body="Noor schedules it.", reviewee="Noor <b>Haddani", language="en")
    id = reviews.add(library, draft, "ada").id
    reviews.trash(library, [id], "ada")
    return id


def test_a_review_is_erased_after_it_was_said_what_that_means(client_as, library: Library, thrown: int) -> None:
    browser = client_as("curator")
    assert f'href="/trash/erase?review={thrown}"' in page(browser.get("/trash"))
    sure = page(browser.get(f"/trash/erase?review={thrown}"))
    assert "Erase this review for good?" in sure
    assert "nothing else has “Noor &lt;b&gt;Haddani”" in sure
    assert reviews.trashed(library)[1] == 1
    after = page(browser.post(f"/trash/erase?review={thrown}", follow_redirects=True))
    assert "1 review is erased." in after
    assert f"Review {thrown}, by" in after
    assert reviews.trashed(library)[1] == 0
    assert browser.get(f"/reviews/{thrown}").status_code == 404


def test_what_was_brought_back_meanwhile_is_not_erased(client_as, library: Library, thrown: int) -> None:
    reviews.restore(library, [thrown], "ada")
    browser = client_as("curator")
    for answer in (browser.get(f"/trash/erase?review={thrown}"), browser.post(f"/trash/erase?review={thrown}")):
        assert (answer.status_code, "Throw it away first" in answer.text) == (409, True)
    assert trash.erasures(library) == []


def test_several_are_ticked_and_erased_together(client_as, library: Library, thrown: int) -> None:
    more = [reviews.add(library, Draft(title=f"No. {n}", body="Text.", language="en"), "ada").id for n in range(2)]
    reviews.trash(library, more, "ada")
    browser = client_as("curator")
    sure = page(browser.get("/trash/erase", query_string={"review": [thrown, more[0]]}))
    assert "Erase 2 reviews for good?" in sure
    chosen = re.findall(r'name="review" value="(\d+)"', sure)
    assert "2 reviews are erased." in page(browser.post("/trash/erase", data={"review": chosen}, follow_redirects=True))
    assert [row.id for row in reviews.trashed(library)[0]] == [more[1]]


def test_nothing_is_erased_where_nothing_was_ticked(client_as, library: Library, thrown: int) -> None:
    browser = client_as("curator")
    assert "Tick the reviews" in page(browser.get("/trash/erase", follow_redirects=True))
    assert "Tick the reviews" in page(browser.post("/trash/erase", data={"review": "x"}, follow_redirects=True))
    assert reviews.trashed(library)[1] == 1


def test_only_a_curator_erases(client_as, library: Library, thrown: int) -> None:
    for role in ("reader", "reviewer"):
        assert client_as(role).post(f"/trash/erase?review={thrown}").status_code == 403
    assert reviews.trashed(library)[1] == 1
