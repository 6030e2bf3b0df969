"""A word that some review has also finds what has it in a longer word or as two, below, whichever engine answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from blank import lay_down

from kb import reviews
from kb import settings as all_settings
from kb.finding import explaining, finding
from kb.finding.finding import Found
from kb.library import Library
from kb.models import Draft
from kb.search.base import Query
from kb.search.engines import ENGINES

BODIES = {
    "word": ("Das Portal zeigt keine Verträge mehr.", "de"),
    "compound": ("Im Kundenportal fehlt die Rechnung, schreibt ein Kunde.", "de"),
    "other": ("Die Lieferung kam zu spät.", "de"),
    "two": ("Das neue Portal für Kunden ist langsam.", "de"),
    "boxes": ("Both check-boxes stay empty in our data bases.", "en"),
    "report": ("The weekly report was exported.", "en"),
}


@pytest.fixture(params=ENGINES)
def filled(request: pytest.FixtureRequest, home: Path) -> Iterator[Library]:
    settings = all_settings.load(home, environ={"KB_ENGINE": request.param, "KB_MEANING": "off"})
    lay_down(settings)
    library = Library(settings)
    for title, (body, language) in BODIES.items():
        add(library, title, body, language)
    library.catch_up()
    yield library
    library.close()


def add(library: Library, title: str, body: str, language: str, product: str = "") -> None:
    reviews.add(library, Draft(title=title, body=body, language=language, product=product), "ada")


def search(library: Library, question: str, **filters: tuple[str, ...]) -> Found:
    return finding.search(library, question, unmasked=False, filters=filters)


def titles(found: Found) -> list[str]:
    return [hit.title for hit in found.hits]


def test_those_with_the_word_itself_come_first_and_it_is_said(filled: Library) -> None:
    found = search(filled, "Portal")
    assert set(titles(found)[:2]) == {"word", "two"}
    assert titles(found)[2:] == ["compound"]
    assert (found.total, found.relaxed) == (3, False)
    assert found.notes == ("2 have this word; the others have it within a longer word, or as two words.",)
    assert dict(found.facets["language"]) == {"de": 3}


def test_a_long_word_also_finds_its_two_words(filled: Library) -> None:
    found = search(filled, "Kundenportal")
    assert titles(found) == ["compound", "two"]
    assert found.notes == ("1 has this word; the others have it within a longer word, or as two words.",)


@pytest.mark.parametrize(
    ("asked", "marked", "relaxed"), [("checkbox", "check-boxes", False), ("database", "data bases", True)]
)
def test_a_word_that_is_nowhere_in_one_is_found_as_two(filled: Library, asked: str, marked: str, relaxed: bool) -> None:
    found = search(filled, asked)
    assert titles(found) == ["boxes"]
    assert found.relaxed is relaxed  # with a hyphen it is the word itself
    start, end = found.hits[0].spans[0]
    assert found.hits[0].snippet[start:end] == marked


def test_the_longer_word_is_marked_and_explained(filled: Library) -> None:
    found = search(filled, "Portal")
    hit = next(hit for hit in found.hits if hit.title == "compound")
    assert [hit.snippet[start:end] for start, end in hit.spans] == ["Kundenportal"]
    told = explaining.why(filled, hit, found.node)
    assert told is not None
    assert told.missing == ()
    assert told.places == (("body", ("Kundenportal",)),)


def test_the_two_words_are_marked_and_explained(filled: Library) -> None:
    found = search(filled, "Kundenportal")
    hit = next(hit for hit in found.hits if hit.title == "two")
    assert [hit.snippet[start:end] for start, end in hit.spans] == ["Portal für Kunden"]
    told = explaining.why(filled, hit, found.node)
    assert told is not None
    assert told.missing == ()
    assert told.places == (("body", ("Portal für Kunden",)),)


@pytest.mark.parametrize("asked", ['"Portal"', "body:Portal", "Portal OR Verträge", "Portal AND Verträge"])
def test_what_is_said_exactly_is_not_looked_for_in_longer_words(filled: Library, asked: str) -> None:
    found = search(filled, asked)
    assert "compound" not in titles(found)
    assert found.notes == ()


def test_brackets_that_group_nothing_do_not_say_exactly_what_is_wanted(filled: Library) -> None:
    assert titles(search(filled, "(Portal)")) == titles(search(filled, "Portal"))


def test_what_is_excluded_is_excluded_as_it_stands(filled: Library) -> None:
    assert titles(search(filled, "Portal -Kunden")) == ["word"]


def test_what_is_chosen_beside_it_narrows_the_longer_words_too(filled: Library) -> None:
    add(filled, "there", "Im Partnerportal fehlt etwas.", "de", product="Desk")
    filled.catch_up()
    everything, chosen = search(filled, "Portal"), search(filled, "Portal", product=("Desk",))
    assert dict(everything.facets["product"]) == {"Desk": 1}
    assert (titles(chosen), chosen.total) == (["there"], 1)


def test_a_page_further_on_has_the_rest(filled: Library) -> None:
    pages = [finding.search(filled, "Portal", unmasked=False, limit=1, offset=at) for at in range(4)]
    assert [title for page in pages for title in titles(page)] == titles(search(filled, "Portal"))
    assert {page.total for page in pages} == {3}


def test_a_word_is_not_dragged_in_by_its_letters(filled: Library) -> None:
    add(filled, "port", "The port 443 is closed.", "en")
    filled.catch_up()
    assert titles(search(filled, "port")) == ["port"]


def test_ten_that_have_the_word_are_enough_and_cost_one_question(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        add(filled, f"more {number}", f"Portal, zum {number}. Mal.", "de")
    filled.catch_up()
    asked: list[Query] = []
    engine = filled.engine
    real, looked_up = engine.search, engine.compounds
    monkeypatch.setattr(engine, "search", lambda query: asked.append(query) or real(query))
    monkeypatch.setattr(engine, "compounds", lambda word: pytest.fail(f"looked up {word}"))
    found = search(filled, "Portal")
    assert (found.total, found.notes, len(asked)) == (10, (), 1)
    monkeypatch.setattr(engine, "compounds", looked_up)
    asked.clear()
    search(filled, "Kundenportal")
    assert len(asked) == 2
    asked.clear()
    search(filled, "Lieferung")
    assert len(asked) == 1
