"""Names of topics typed into one box."""

from __future__ import annotations

import pytest

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


def test_more_names_than_a_statement_can_hold_are_answered(client_as) -> None:
    many = ";".join(map(str, range(150_000)))
    answer = client_as("reader").post(
        "/digest/preferences", data={"cadence": "weekly", "scope": "all", "followed": many}
    )
    assert answer.status_code == 400
    assert "There is no topic" in answer.text
