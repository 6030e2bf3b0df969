"""Mapping files: other people's columns to ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from bringing import BringIn

from kb.errors import UsageError
from kb.ingest import mapping
from kb.models import Answer, Draft, Feedback, Kind

YAML = """
columns:
  Ticket Number: case_id
  Summary: body
  What went well: body
  Product Area: tags
  Labels: tags
  CSAT: feedback.csat
  Closed On: date
scorecard:
  Tone: Q1
  Found the cause: {value: Q2, comment: Q2 remarks}
lists: {tags: ","}
dates: day-first
defaults: {language: de}
values:
  kind: {Voice: call, Colleague: peer}
drop: [Internal Id]
"""
ROW = (
    "Ticket number;Summary;WHAT WENT WELL;Product_Area;Labels;CSAT;Closed on;Kind;Q1;Q2;Q2 Remarks;Internal Id;Mood\n"
    "4390;Clock drift;Calm;SSO;time,clock;4;03/04/2026;voice;Y;2;late;secret;calm\n"
)


@pytest.fixture
def mapping_file(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.yaml"
    path.write_text(YAML)
    return path


def test_a_mapping_file_makes_ours_of_their_columns(bring_in: BringIn, mapping_file: Path) -> None:
    (draft,) = bring_in("id;" + ROW.replace("\n4", "\n7;4"), "a.csv", mapping=mapping.load(mapping_file))
    assert draft.date is not None
    assert draft == Draft(
        external_id="7",
        kind=Kind.CALL,
        case_id="4390",
        body="Clock drift\n\nCalm",
        tags=("SSO", "time", "clock"),
        feedback=Feedback(csat=4.0),
        date=draft.date.replace(month=4, day=3),
        scorecard=(Answer("Tone", "yes"), Answer("Found the cause", "2", "late")),
        language="de",
        extra={"Mood": "calm"},
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.toml", '[columns]\nSummary = "body"\n'),
        ("m.json", '{"columns": {"Summary": "body"}}'),
        ("m.yml", "columns:\r\n  Summary: body\r\n"),
    ],
)
def test_a_mapping_may_be_yaml_toml_or_json(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert mapping.load(str(tmp_path / name)) == {"columns": {"Summary": "body"}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("column: {a: b}", '"column", which is no section. Did you mean columns?'),
        ("columns: {Ref: case}", 'Ref leads to "case", which is no key. Did you mean case_id?'),
        ("columns: [a, b]", "columns must hold lines of `key: value`"),
        ("dates: american", 'dates must be day-first or month-first or spreadsheet, not "american"'),
        ("lists: {body: ','}", "lists is for tags and aliases"),
        ("values: {kind: call}", "values of kind must hold lines"),
        ("scorecard: {Tone: [a]}", "scorecard of Tone must be a column"),
        ("drop: Name", "drop must be a list"),
        ("defaults: {colour: red}", 'colour leads to "colour"'),
        ("- a", "must hold sections"),
        ("columns: {a: b: c}", "line 1"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        mapping.load(path)
    assert str(refused.value).startswith(f"The mapping file {path}")
    assert words in str(refused.value)


def test_a_mapping_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        mapping.load(tmp_path / "none.yaml")


def test_a_column_that_a_mapped_one_pushes_aside_is_kept_under_extra(bring_in: BringIn) -> None:
    (draft,) = bring_in(
        '{"body": "x", "date": "old", "closed": "2026-03-03"}', "a.ndjson", mapping={"columns": {"closed": "date"}}
    )
    assert draft.date is not None
    assert draft.extra == {"date (2)": "old"}


def test_flat_feedback_and_a_feedback_object_come_together(bring_in: BringIn) -> None:
    row = '{"body": "x", "CSAT": 4, "feedback": {"nps": 9}}'
    (draft,) = bring_in(row, "a.ndjson", mapping={"columns": {"CSAT": "feedback.csat"}})
    assert draft.feedback == Feedback(csat=4.0, nps=9.0)


def test_a_default_stands_only_where_the_row_has_nothing(bring_in: BringIn) -> None:
    rows = bring_in("body,kind\na,\nb,self\n", "a.csv", mapping={"defaults": {"kind": "call"}})
    assert [row.kind for row in rows] == [Kind.CALL, Kind.SELF]


def test_the_order_of_dates_in_the_mapping_goes_before_what_the_column_says(bring_in: BringIn) -> None:
    first, _ = bring_in("id,date,body\n1,03/04/2026,a\n2,1/31/2024,b\n", "a.csv", mapping={"dates": "day-first"})
    assert first.date.month == 4


@pytest.mark.parametrize(
    ("text", "mapping", "said"),
    [
        ("id,body\n1,\n2,Two\n", None, "There is no text to read: body is empty."),
        (
            "Ticket,Comment,Advice\n1,, \n2,Two,\n",
            {"columns": {"Ticket": "id", "Comment": "body", "Advice": "body"}},
            "There is no text to read: Comment, Advice are empty.",
        ),
    ],
)
def test_a_row_without_a_text_says_which_columns_are_empty(
    bring_in: BringIn, text: str, mapping: dict[str, object] | None, said: str
) -> None:
    skipped, draft = bring_in(text, "a.csv", mapping=mapping)
    assert (skipped.reason, draft.body) == (said, "Two")


def test_what_stands_in_an_object_is_named_by_its_path(bring_in: BringIn) -> None:
    rules = mapping.check({"columns": {"source.body": "body", "parts": "turns"}, "drop": ["source.author.email"]})
    row = (
        '{"conversations": [{"source": {"body": "It stops.", "author": {"email": "m@kunde.example", "name": "Maria"}},'
        ' "parts": {"total": 1, "parts": [{"author": {"name": "Bob", "type": "admin"}, "body": "Schedule it."}]}}]}'
    )
    (draft,) = bring_in(row, "a.json", mapping=rules)
    assert (draft.body, draft.turns[0].speaker, draft.turns[0].text) == ("It stops.", "Bob", "Schedule it.")
    assert draft.extra["source"] == {"author": {"name": "Maria"}}
