"""A gem and the reviews that it came from, as one entry of a page of results."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from blank import lay_down

from kb import reviews
from kb import settings as all_settings
from kb.finding import finding, grouping
from kb.finding.grouping import Entry
from kb.finding.hits import FoundHit, Source
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft, GemStatus
from kb.search.engines import ENGINES
from kb.store import evidence


def hit(key: str, score: float = 1.0, *came_from: int, status: str = "published", snippet: str = "") -> FoundHit:
    type, _, id = key.partition(":")
    return FoundHit(
        type=type, id=int(id), external_id="", title=key, title_spans=(), snippet=snippet, spans=(), place="",
        score=score, tags=(), date=None, kind="", language="", product="", team="",
        status=status if type == "gem" else "", url="", sources=tuple(source(n) for n in came_from),
    )  # fmt: skip


def source(id: int, *quotes: str) -> Source:
    return Source(id, f"Review {id}", None, "", f"/reviews/{id}", quotes)


def shape(*hits: FoundHit) -> list[list[str]]:
    """The titles of each entry, the one that leads first."""
    return [[entry.lead.title, *(one.title for one in entry.within)] for entry in grouping.entries(hits)]


def test_a_gem_that_answers_leads_where_its_review_stood() -> None:
    found = shape(hit("review:1", 10), hit("review:2", 9), hit("gem:1", 5, 1))
    assert found == [["gem:1", "review:1"], ["review:2"]]


def test_a_weak_gem_stands_within_its_review() -> None:
    found = shape(hit("review:1", 10), hit("review:2", 9), hit("gem:1", 4.9, 1))
    assert found == [["review:1", "gem:1"], ["review:2"]]


def test_a_gem_that_stands_first_draws_its_reviews_to_it() -> None:
    found = shape(hit("gem:1", 10, 1, 3), hit("review:2", 9), hit("review:1", 2), hit("review:3", 1))
    assert found == [["gem:1", "review:1", "review:3"], ["review:2"]]


def test_a_gem_is_measured_by_the_best_of_its_reviews() -> None:
    found = shape(hit("review:1", 10), hit("review:2", 4), hit("gem:1", 3, 2, 1))
    assert found == [["review:1", "gem:1"], ["review:2"]]


def test_a_gem_that_nobody_published_leads_no_review() -> None:
    assert shape(hit("gem:1", 10, 1, status="nominated"), hit("review:1", 9)) == [["review:1", "gem:1"]]


def test_a_review_is_in_one_entry_and_the_second_gem_names_it() -> None:
    found = grouping.entries([hit("review:1", 10), hit("gem:1", 9, 1), hit("review:2", 8), hit("gem:2", 7, 1)])
    assert [[entry.lead.title, *(one.title for one in entry.within)] for entry in found] == [
        ["gem:1", "review:1"],
        ["review:2"],
        ["gem:2"],
    ]
    assert [[named.id for named in entry.named] for entry in found] == [[], [], [1]]


def test_a_gem_names_the_reviews_that_are_no_results_of_the_page() -> None:
    [alone, with_one] = grouping.entries([hit("gem:1", 9, 1), hit("gem:2", 8, 2, 3), hit("review:3", 7)])
    assert [named.id for named in alone.named] == [1]
    assert ([one.title for one in with_one.within], [named.id for named in with_one.named]) == (["review:3"], [2])


def test_every_result_is_in_one_entry_whichever_stand_on_the_page() -> None:
    chance = Random(7)  # noqa: S311 - to lay cards, not to keep secrets
    for _ in range(300):
        keys = [f"{type}:{id}" for type in ("gem", "review") for id in range(1, 6)]
        chance.shuffle(keys)
        hits = [
            hit(
                key,
                chance.random() * 9,
                *(chance.sample(range(1, 7), chance.randrange(4)) if key.startswith("gem") else ()),
                status=chance.choice(["published", "nominated"]),
            )
            for key in keys[: chance.randrange(11)]
        ]
        found = [title for entry in shape(*hits) for title in entry]
        assert sorted(found) == sorted(one.title for one in hits)


@pytest.mark.parametrize(
    ("passage", "says_the_same"),
    [
        ("", True),
        ("… schedule it by  NIGHT …", True),
        ("told them to schedule it by night.", True),
        ("They asked for all of it. Nobody knew why, and in the end we told them to schedule it by night.", False),
        ("The limit is 50,000 rows.", False),
    ],
)
def test_a_passage_that_the_gem_quotes_is_not_said_twice(passage: str, says_the_same: bool) -> None:
    gem = dataclasses.replace(hit("gem:1", snippet="Use Reports."), sources=(source(1, "Schedule it by night"),))
    assert Entry(gem).repeats(hit("review:1", snippet=passage)) is says_the_same
    assert Entry(hit("review:1", snippet="Schedule it by night.")).repeats(gem) is False


# In a library, over every engine

QUOTE = "Noor Haddani runs the zebra export by night"


@pytest.fixture(params=ENGINES)
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    settings = all_settings.load(tmp_path / "home", environ={}, engine=request.param)
    lay_down(settings)
    opened = Library(settings)
    for number in range(12):
        reviews.add(opened, Draft(title=f"Other {number}", body="Of other things.", language="en"), "ada")
    yield opened
    opened.close()


def review(library: Library, title: str, body: str, day: str = "2026-03-03") -> int:
    date = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    draft = Draft(title=title, body=body, reviewee="Noor Haddani", language="en", date=date)
    return reviews.add(library, draft, "ada").id


def gem(library: Library, review_id: int, title: str, quote: str = QUOTE, body: str = "Do so.") -> int:
    made = gems.lift(library, review_id, GemDraft(title, body, quote), who="C", publish=True)
    library.catch_up()
    return made.id


def test_a_gem_and_its_review_are_one_entry(library: Library) -> None:
    case = review(library, "Zebra for Noor Haddani", f"The zebra stopped at noon. {QUOTE}.")
    lifted = gem(library, case, "The zebra runs by night")
    found = finding.search(library, "zebra", unmasked=False)
    [entry] = found.entries
    assert (entry.lead.type, entry.lead.id) == ("gem", lifted)
    assert [one.id for one in entry.within] == [case]
    assert (found.total, len(found.hits)) == (2, 2)
    assert finding.as_json(found)["hits"][0]["from"] == [{"type": "review", "id": case}]
    assert finding.as_json(found)["hits"][1]["from"] == []


def test_a_gem_that_hardly_has_what_was_asked_does_not_lead(library: Library) -> None:
    case = review(library, "Quota of the invoices", "The quota of the invoices is too low; the limit is fixed.")
    lifted = gem(library, case, "What is fixed", "the limit is fixed", body="Tell them so before they ask for a quota.")
    [entry] = finding.search(library, "quota of the invoices", unmasked=False).entries
    assert (entry.lead.id, entry.lead.type, [one.id for one in entry.within]) == (case, "review", [lifted])


def test_without_its_review_on_the_page_a_gem_names_it_to_readers_without_names(library: Library) -> None:
    case = review(library, "Zebra for Noor Haddani", QUOTE)
    gem(library, case, "The zebra runs by night")
    [entry] = finding.search(library, "zebra", unmasked=False, filters={"type": ("gem",)}).entries
    [named] = entry.named
    assert named.id == case
    assert named.title.startswith("Zebra for")
    assert named.url.startswith(f"/reviews/{case}#passage-")
    assert "Noor" not in repr(entry)
    assert "Noor Haddani" in repr(finding.search(library, "zebra type:gem", unmasked=True).entries)


def test_pages_hold_what_they_held_and_join_what_is_on_one(library: Library) -> None:
    case = review(library, "Zebra", QUOTE)
    gem(library, case, "The zebra runs by night")
    pages = [finding.search(library, "zebra", unmasked=False, limit=1, offset=offset) for offset in (0, 1)]
    assert [(found.total, len(found.hits), len(found.entries)) for found in pages] == [(2, 1, 1), (2, 1, 1)]
    leads = [entry for found in pages for entry in found.entries]
    assert {entry.lead.type: [named.id for named in entry.named] for entry in leads} == {"gem": [case], "review": []}


def test_the_newest_stands_where_the_newer_of_both_would(library: Library) -> None:
    first = review(library, "Zebra", QUOTE, day="2026-03-01")
    later = review(library, "Zebra of another herd", "A zebra.", day="2026-03-02")
    lifted = gem(library, first, "The zebra runs by night")
    found = finding.search(library, "zebra", unmasked=False, sort="newest")
    assert [[entry.lead.id, *(one.id for one in entry.within)] for entry in found.entries] == [[lifted, first], [later]]


def test_what_is_in_the_trash_or_contradicts_it_is_no_source(library: Library) -> None:
    case, against = review(library, "Zebra", QUOTE), review(library, "Zebra again", "No zebra runs by night.")
    lifted = gem(library, case, "The zebra runs by night")
    with library.transaction() as db:
        evidence.add(db, lifted, against, "No zebra runs by night.", None, now=library.now(), stance="contradicts")
    assert gems.get(library, lifted, unmasked=True).status is GemStatus.PUBLISHED
    found = finding.search(library, "zebra", unmasked=False)
    assert [[source.id for source in one.sources] for one in found.hits if one.type == "gem"] == [[case]]
    reviews.trash(library, [case], "ada")
    library.catch_up()
    found = finding.search(library, "zebra", unmasked=False)
    assert [one.sources for one in found.hits if one.type == "gem"] == [()]
