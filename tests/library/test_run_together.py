"""Words run together or split: what the library has is searched, and said."""

from __future__ import annotations

import pytest

from kb import reviews
from kb.finding import explaining, finding
from kb.library import Library
from kb.models import Draft


@pytest.mark.parametrize(
    ("asked", "there", "better"),
    [
        ("data base slow", "The database is slow.", "database slow"),
        ("database slow", "The data base is slow.", "data base slow"),
        ("exprot data base", "The database and its export.", "export database"),
    ],
    ids=["split", "run together", "and a slip"],
)
def test_words_run_together_or_split_find_each_other(opened: Library, asked: str, there: str, better: str) -> None:
    reviews.add(opened, Draft(title="Case", body=there, language="en"), "ada")
    reviews.add(opened, Draft(title="Other", body="The invoice of today.", language="en"), "ada")
    opened.catch_up()
    found = finding.search(opened, asked, unmasked=False)
    assert [hit.title for hit in found.hits] == ["Case"]
    assert (found.did_you_mean or "").lower() == better


def test_neighbours_that_are_there_stay_as_they_are(opened: Library) -> None:
    for body in ("The data base.", "A database."):
        reviews.add(opened, Draft(title=body, body=body, language="en"), "ada")
    opened.catch_up()
    assert finding.search(opened, "data base", unmasked=False).did_you_mean is None


def test_two_words_that_together_look_like_a_form_of_the_first_stay_two(opened: Library) -> None:
    reviews.add(opened, Draft(title="Caso", body="Las facturas van aparte.", language="es"), "ada")
    opened.catch_up()
    assert finding.search(opened, "facturas iva", unmasked=False).did_you_mean is None


@pytest.mark.parametrize("asked", ["mark5mark", "ERR_5", "err5", "v2.3.5"])
def test_a_code_that_is_there_is_found_alone_and_not_among_its_likes(opened: Library, asked: str) -> None:
    for number in range(20):
        said = f"Something mark{number}mark, ERR_{number} in v2.3.{number}."
        reviews.add(opened, Draft(title=f"Case {number}", body=said, language="en"), "ada")
    opened.catch_up()
    found = finding.search(opened, asked, unmasked=False)
    assert [hit.title for hit in found.hits] == ["Case 5"]
    assert found.notes == ()


def test_a_code_is_explained_by_what_was_typed(opened: Library) -> None:
    reviews.add(opened, Draft(title="Case", body="It stopped with ERR_42.", language="en"), "ada")
    opened.catch_up()
    found = finding.search(opened, "ERR_42", unmasked=False)
    told = explaining.why(opened, found.hits[0], found.node)
    assert told is not None
    assert told.missing == ()


def test_a_part_of_a_longer_word_is_explained_by_that_word(opened: Library) -> None:
    reviews.add(opened, Draft(title="Fall", body="Eine Datenstrategie für alle.", language="de"), "ada")
    opened.catch_up()
    found = finding.search(opened, "Strategie", unmasked=False)
    told = explaining.why(opened, found.hits[0], found.node)
    assert told is not None
    assert told.missing == ()
    assert told.places == (("body", ("Datenstrategie",)),)
