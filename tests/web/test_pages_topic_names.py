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
