"""A question of hundreds of words is answered by the rarest of them, and that is said, whichever engine answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import library as libraries
from kb import reviews
from kb import settings as all_settings
from kb.finding import finding
from kb.library import Library
from kb.models import Draft
from kb.search.engines import ENGINES

ROW = "".join(map(chr, range(0x4E00, 0x4E00 + 160)))  # one "word" of 160 characters, 159 pairs of them


@pytest.fixture(params=ENGINES)
def filled(request: pytest.FixtureRequest, home: Path) -> Iterator[Library]:
    settings = all_settings.load(home, environ={"KB_ENGINE": request.param, "KB_MEANING": "off"})
    libraries.make(settings)
    library = Library(settings)
    for number in range(3):
        reviews.add(library, Draft(title=f"common {number}", body=f"{ROW[:100]} {number}", language="zh"), "ada")
    reviews.add(library, Draft(title="rare", body=ROW[120:], language="zh"), "ada")
    library.catch_up()
    yield library
    library.close()


def test_the_rarest_words_decide_and_it_is_said(filled: Library) -> None:
    found = finding.search(filled, f"{ROW} nowhere", unmasked=False)
    assert found.hits[0].title == "rare"
    said = "The question is very long; where some of its words suffice, the 64 rarest were searched."
    assert said in found.notes


def test_of_a_shorter_question_nothing_is_left_out(filled: Library) -> None:
    found = finding.search(filled, f"{ROW[80:140]} nowhere", unmasked=False)
    assert found.total == 4
    assert not found.notes


def test_words_with_signs_do_not_count_beside_more_words_than_that(filled: Library) -> None:
    found = finding.search(filled, f"{ROW[:80]} {ROW[110:]} comm*", unmasked=False)
    assert found.hits[0].title == "rare"


def test_what_is_narrowed_keeps_its_counts_where_nothing_has_all_the_words(filled: Library) -> None:
    question = f"{ROW[90:130]} nowhere"
    whole = finding.search(filled, question, unmasked=False)
    narrowed = finding.search(filled, question, unmasked=False, filters={"language": ("zh",)})
    assert narrowed.total == whole.total
    assert narrowed.facets["language"] == whole.facets["language"]
