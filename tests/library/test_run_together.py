"""Words run together or split: what the library has is searched, and said."""

from __future__ import annotations

import pytest

from kb import finding, reviews
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
    found = finding.search(opened, asked, restricted=False)
    assert [hit.title for hit in found.hits] == ["Case"]
    assert (found.did_you_mean or "").lower() == better


def test_neighbours_that_are_there_stay_as_they_are(opened: Library) -> None:
    for body in ("The data base.", "A database."):
        reviews.add(opened, Draft(title=body, body=body, language="en"), "ada")
    opened.catch_up()
    assert finding.search(opened, "data base", restricted=False).did_you_mean is None
