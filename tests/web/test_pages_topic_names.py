"""Names of topics typed into one box."""

from __future__ import annotations

import pytest

from kb import reviews
from kb.models import Draft
from kb.web import topic_names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("GDPR, data strategy、輸出 ,GDPR,", ("GDPR", "data strategy", "輸出")),
        ("GDPR; export\nimport", ("GDPR", "export", "import")),
        ("Salt, Pepper", ("Salt, Pepper",)),
        ("GDPR,salt,  pepper, export", ("GDPR", "salt,  pepper", "export")),
        ("Salt, Sugar", ("Salt", "Sugar")),
        (" , ;", ()),
    ],
)
def test_commas_part_names_but_not_a_name_that_holds_one(typed: str, names: tuple[str, ...]) -> None:
    assert topic_names.split(typed, ["GDPR", "Salt, Pepper", "one,two"]) == names


@pytest.mark.timeout(60)  # two thousand took minutes
def test_names_by_the_thousand_are_parted_in_one_go() -> None:
    many = [f"topic {number}" for number in range(20_000)]
    assert list(topic_names.split(", ".join(many), ["Salt, Pepper"])) == many


def test_of_several_topics_typed_for_a_review_those_that_cannot_be_are_left_out_and_said(client_as, library) -> None:
    review = reviews.add(library, Draft(title="Export", body="It stops."), "R").id
    typed = {"name": f"GDPR, {'x' * 200}, data strategy"}
    answer = client_as("reviewer").post(f"/reviews/{review}/tags", data=typed, follow_redirects=True)
    assert "has 200 characters; a topic" in answer.text
    found = {tag.name for tag in reviews.get(library, review, unmasked=True).tags}
    assert found == {"GDPR", "data strategy"}


def test_topics_for_a_review_by_the_thousand_are_refused_whole(client_as, library) -> None:
    review = reviews.add(library, Draft(title="Export", body="It stops."), "R").id
    typed = {"name": ", ".join(f"topic {number}" for number in range(5_000))}
    answer = client_as("reviewer").post(f"/reviews/{review}/tags", data=typed, follow_redirects=True)
    assert "These are 5000 topics; at most 100 are added in one go." in answer.text
    assert reviews.get(library, review, unmasked=True).tags == ()


def test_more_names_than_a_statement_can_hold_are_answered(client_as) -> None:
    many = ";".join(map(str, range(150_000)))
    answer = client_as("reader").post(
        "/digest/preferences", data={"cadence": "weekly", "scope": "all", "followed": many}
    )
    assert answer.status_code == 400
    assert "There is no topic" in answer.text
