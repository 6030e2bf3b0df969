"""NDJSON line by line, JSON as a list, an object, an envelope, or several in a row."""

from __future__ import annotations

import json

import pytest
from bringing import BringIn, ReasonOf, located

from kb.models import Draft, SkippedRow


def test_each_line_is_a_record_and_an_empty_line_is_none() -> None:
    found = located('\ufeff{"id": 1, "body": "a"}\r\n\n  \n{"id": 2, "body": "b"}', "a.ndjson")
    assert [(item.location, item.item) for item in found] == [
        ("line 1", Draft(external_id="1", body="a")),
        ("line 4", Draft(external_id="2", body="b")),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": 1, "body": "cut o', "cut off in the middle"),
        ('{"id": 1, "body": ', "cut off in the middle"),
        ('{"id": 1, "body": "cut o\n', "after 24 characters: a line break stands in the middle of the object."),
        ('{"id": 1, "body": \n', "a line break stands in the middle of the object."),
        ('{"id": 1, "body": "a\tb"}\n', "not JSON: Invalid control character at character 21."),
        ('{"id": 1 "body": "x"}', "Expecting ',' delimiter at character 10"),
        ("[1, 2]", "is a list, not an object"),
        ("17", "is a single value"),
        ("[" * 100_000, "nests lists and objects too deep"),
        ('{"body": "x", "n": ' + "9" * 5000 + "}", "thousands of digits"),
        ('{"body": "x", "date": "31.02.2024"}', "month 2 of 2024 has no day 31"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_taken_is_set_aside_whole(bring_in: BringIn, line: str, words: str) -> None:
    good = '{"id": 2, "body": "good"}\n'
    draft, skipped = bring_in(good + line, "a.ndjson")
    assert draft.body == "good"
    assert (skipped.location, skipped.content, skipped.format) == ("line 2", line.encode(), "ndjson")
    assert words in skipped.reason


def test_a_line_in_another_encoding_is_set_aside_and_the_others_come_in(bring_in: BringIn) -> None:
    bad = '{"body": "Grüße"}\n'.encode("cp1252")
    rows = bring_in('{"body": "Grüße"}\n{"body": "schöne"}\n'.encode() + bad, "a.ndjson")
    assert [type(row) for row in rows] == [Draft, Draft, SkippedRow]
    assert "not UTF-8: byte 13 (0xfc)" in rows[2].reason
    assert rows[2].content == bad


def test_a_line_longer_than_any_record_is_set_aside_and_the_next_come_in(bring_in: BringIn) -> None:
    long = json.dumps({"id": 1, "body": "x" * 5000})
    skipped, draft = bring_in(f'{long}\n{{"id": 2, "body": "b"}}\n', "a.ndjson", max_field=100)
    assert "longer than 800 bytes" in skipped.reason
    assert draft.body == "b"


def test_a_field_over_the_limit_is_set_aside_whole(bring_in: BringIn) -> None:
    line = json.dumps({"id": 1, "body": "x" * 150}) + "\n"
    (skipped,) = bring_in(line, "a.ndjson", max_field=100)
    assert skipped.reason.startswith("body is 150 bytes long")
    assert skipped.content == line.encode()


def test_nan_is_no_value_and_infinity_the_word(bring_in: BringIn) -> None:
    (draft,) = bring_in('{"body": "x", "score": NaN, "n": -Infinity}', "a.ndjson")
    assert (draft.score, draft.extra) == (None, {"n": "-Infinity"})


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 1, "body": "a"}, {"id": 2, "body": "b"}]',
        '{"reviews": [{"id": 1, "body": "a"}, {"id": 2, "body": "b"}], "page": 1}',
        '{"id": 1,\n "body": "a"}\n{"id": 2,\n "body": "b"}\n',
        '{"id": 1, "body": "a"}\n{"id": 2, "body": "b"}\n',
    ],
)
def test_json_is_a_list_an_envelope_or_objects_in_a_row(bring_in: BringIn, text: str) -> None:
    assert bring_in(text, "a.json") == [Draft(external_id="1", body="a"), Draft(external_id="2", body="b")]


def test_one_object_is_one_record_even_with_a_list_of_items(bring_in: BringIn) -> None:
    (draft,) = bring_in('{"id": 1, "body": "a", "items": [{"body": "b"}]}', "a.json")
    assert draft.extra == {"items": [{"body": "b"}]}


def test_a_list_that_breaks_off_gives_what_stood_before(bring_in: BringIn) -> None:
    draft, skipped = bring_in('[{"id": 1, "body": "a"},\n {"id": 2, "bo', "a.json")
    assert draft.body == "a"
    assert (skipped.location, skipped.content) == ("line 2", b'{"id": 2, "bo')
    assert "breaks off in the middle" in skipped.reason


def test_a_record_of_a_list_that_cannot_be_taken_is_set_aside_by_itself(bring_in: BringIn) -> None:
    first, second, third = bring_in('[{"id": 1, "body": "a"}, {"id": 2}, 3]', "a.json")
    assert isinstance(first, Draft)
    assert (second.location, json.loads(second.content)) == ("item 2", {"id": 2})
    assert "not an object" in third.reason


def test_json_that_is_none_is_set_aside(reason_of: ReasonOf) -> None:
    assert "begins neither with { nor with [" in reason_of("id,body\n1,a\n", "a.json")


def test_json_that_is_not_utf_8_is_set_aside_with_its_line(bring_in: BringIn) -> None:
    text = '[\n{"body": "é"},\n{"body": "ü"},\n'.encode() + b'{"body": "\xff"}]'
    (skipped,) = bring_in(text, "a.json")
    assert "line 4 has the byte 0xff" in skipped.reason
