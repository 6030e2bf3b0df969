"""A run over several inputs: identities, places, bytes."""

from __future__ import annotations

from io import BytesIO

import pytest
from bringing import located

from kb.ingest.base import Input, Options
from kb.ingest.pipeline import items
from kb.models import Draft, SkippedRow


def entry(name: str, text: str) -> Input:
    data = text.encode()
    return Input(name, None, len(data), BytesIO(data))


def test_a_second_row_with_the_same_id_is_set_aside_whole() -> None:
    first, second = located("id,body\n1,a\n1,b\n", "a.csv")
    assert isinstance(first.item, Draft)
    assert second.item == SkippedRow(
        "a.csv",
        "row 3",
        "Row 3 has the same id as row 2: 1. The first was taken.",
        b"id,body\n1,b\n",
        "csv",
        second=True,
    )


def test_the_same_row_in_two_exports_is_no_mistake() -> None:
    found = list(items([entry("a.csv", "id,body\n1,a\n2,b\n"), entry("b.csv", "id,body\n2,b\n3,c\n")], Options()))
    assert [type(one.item) for one in found] == [Draft] * 4


def test_one_id_with_two_contents_in_two_files_is_set_aside_with_the_other_s_place() -> None:
    found = list(items([entry("a.csv", "id,body\n1,a\n"), entry("b.csv", "id,body\n1,b\n")], Options()))
    assert isinstance(found[1].item, SkippedRow)
    assert "has the same id as a.csv, row 2: 1." in found[1].item.reason


def test_places_and_bytes_are_known_over_all_inputs() -> None:
    first, second = "id,body\n1,a\n2,b\n", '{"id": 3, "body": "c"}\n'
    found = list(items([entry("a.csv", first), entry("b.ndjson", second)], Options()))
    assert [(one.source, one.location, one.format) for one in found] == [
        ("a.csv", "row 2", "csv"),
        ("a.csv", "row 3", "csv"),
        ("b.ndjson", "line 1", "ndjson"),
    ]
    assert [one.offset for one in found] == [12, 16, 16 + len(second)]


def test_what_was_not_found_passes_through() -> None:
    missing = SkippedRow("none.md", "", "There is no such file or folder.")
    first, second = items([missing, entry("a.md", "x")], Options())
    assert first.item == missing
    assert isinstance(second.item, Draft)


def test_inputs_are_closed() -> None:
    data = BytesIO(b"x")
    list(items([Input("a.md", None, 1, data)], Options()))
    assert data.closed


@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
def test_an_export_of_tags_and_gems_is_taken_with_the_reviews(name: str) -> None:
    text = '{"type": "tag", "name": "a"}\n{"type": "gem", "title": "b"}\n{"body": "c"}\n'
    assert [type(one.item).__name__ for one in located(text, name)] == ["TagDraft", "GemDraft", "Draft"]
