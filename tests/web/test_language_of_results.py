"""Of a question that may be of any language, what is in the language of the page stands higher."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kb import reviews
from kb.finding import finding
from kb.library import Library
from kb.models import Draft


@pytest.fixture
def webhooks(library: Library) -> Library:
    """A German review that is a little better at `webhook` than the English one, and one in which it is hardly said."""
    for title, body, language in (
        ("Webhook aus", "Der Webhook ist aus.", "de"),
        (
            "Webhook off at night",
            "The webhook was off for a whole night, and nobody at all had looked at it since.",
            "en",
        ),
        ("Wartung", "Nach der Wartung ging alles, nur ein Webhook nicht mehr. " + "Alles andere ging. " * 40, "de"),
    ):
        reviews.add(library, Draft(title=title, body=body, language=language), "Rosa Reviewer")
    library.catch_up()
    return library


def titles(library: Library, question: str, **options: object) -> list[str]:
    return [hit.title for hit in finding.search(library, question, unmasked=False, **options).hits]  # type: ignore[arg-type]


def shown(text: str) -> Iterator[str]:
    for title in re.findall(r"<h2[^>]*>.*?<a [^>]*data-walk-to>(.*?)</a>", text, re.DOTALL):
        yield re.sub("<[^>]+>", "", title)


@pytest.mark.parametrize(
    ("reads", "first"),
    [("en", "Webhook off at night"), ("de", "Webhook aus"), ("", "Webhook aus"), ("ja", "Webhook aus")],
)
def test_what_is_in_the_readers_language_stands_before_what_is_a_little_better(
    webhooks: Library, reads: str, first: str
) -> None:
    assert titles(webhooks, "webhook", reads=reads)[0] == first


def test_what_is_much_better_in_another_language_stands_first_all_the_same(webhooks: Library) -> None:
    body = f"Once a webhook was late. {'All is well. ' * 200}"
    reviews.trash(webhooks, [2], "Rosa Reviewer")
    reviews.add(webhooks, Draft(title="A quiet night", body=body, language="en"), "Rosa Reviewer")
    webhooks.catch_up()
    assert titles(webhooks, "webhook", reads="en")[0] == "Webhook aus"


@pytest.mark.parametrize(
    "question",
    ["der Webhook ist nach der Wartung aus", '"webhook" OR aus OR wartung OR nach', "webhook aus wartung ohne pause"],
)
def test_a_question_that_tells_its_language_or_is_long_is_ordered_as_ever(webhooks: Library, question: str) -> None:
    assert titles(webhooks, question, reads="en") == titles(webhooks, question)


def test_what_most_of_the_finds_are_in_is_the_language_of_the_question(webhooks: Library) -> None:
    for number in range(4):
        draft = Draft(title=f"Nachtrag {number}", body="Ein Webhook kam zu spät. " * 3, language="de")
        reviews.add(webhooks, draft, "Rosa Reviewer")
    webhooks.catch_up()
    assert titles(webhooks, "webhook", reads="en")[0] == "Webhook aus"


def test_as_typed_and_by_date_nothing_stands_higher(webhooks: Library) -> None:
    for options in ({"exact": True}, {"sort": "newest"}):
        assert titles(webhooks, "webhook", reads="en", **options) == titles(webhooks, "webhook", **options)


def test_pages_follow_on_each_other(webhooks: Library) -> None:
    whole = titles(webhooks, "webhook", reads="en")
    assert [titles(webhooks, "webhook", reads="en", limit=1, offset=at)[0] for at in range(3)] == whole


def test_the_page_prefers_its_own_language_says_so_and_is_walked_in_its_order(webhooks, client_as) -> None:
    browser = client_as("reader")
    for language, first in (("en", "Webhook off at night"), ("de", "Webhook aus")):
        headers = {"Accept-Language": language}
        text = browser.get("/search?q=webhook", headers=headers).text
        order = list(shown(text))
        assert order[0] == first
        way = browser.get(re.findall(r'href="(/reviews/[^"]*from=search[^"]*)"', text)[0], headers=headers).text
        assert order[1] in re.sub("<[^>]+>", "", way)
    why = re.search(r'href="([^"]*why=review[^"]*)#why"', browser.get("/search?q=webhook").text)
    assert why is not None
    assert "It is in the language of this page" in browser.get(why[1].replace("&amp;", "&")).text


def test_a_script_gets_the_same_order_whoever_it_is_of(webhooks, client_as) -> None:
    found = client_as("reader").get("/api/v1/search?q=webhook", headers={"Accept-Language": "en"}).get_json()
    assert found["hits"][0]["title"] == "Webhook aus"
