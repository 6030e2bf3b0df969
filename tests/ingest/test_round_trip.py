"""What is written is read back as it was: in every format, for any draft."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.ingest.base import Options
from kb.ingest.csv_ import Csv
from kb.ingest.dump import content_hash, dump
from kb.ingest.keys import GEM_KEYS, REVIEW_KEYS, TAG_KEYS
from kb.ingest.markdown import Markdown
from kb.ingest.ndjson import Ndjson
from kb.ingest.record import Reader
from kb.ingest.write import markdown, write_markdown, write_ndjson
from kb.models import Answer, CommentDraft, Draft, Feedback, GemDraft, Kind, TagDraft, Turn

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0\r")
TRICKY = st.sampled_from(
    ["no", "10:30", "007", "1.10", "null", "~", "- a", "a: b", "#x",
     "*a", "&a", "---", "2026-02-31", "1e5", "[x",
     "{", "'", '"', ";a;b", "\x85", "\u2028x", "é", "日本",
     "🙂", "a\tb", "=1+1", "```\n# x\n```", "yes", "0x1F", "1_000", ".5", "true"]
)  # fmt: skip
TEXTS = (st.text(CHARACTERS, max_size=30) | TRICKY).map(lambda text: text.strip())
LINES = TEXTS.map(lambda text: " ".join(text.split()))
WORDS = LINES.filter(bool)
NAMES = st.lists(WORDS, max_size=3, unique=True).map(tuple)
TIMES = st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
MONDAYS = st.dates(date(1901, 1, 7), date(2199, 1, 1)).map(lambda day: day - timedelta(days=day.weekday()))
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
TURNS = st.builds(Turn, WORDS, LINES, st.sampled_from(["customer", "agent", "bot", "note", ""]), LINES)
ANSWERS = st.builds(Answer, WORDS, st.sampled_from(["yes", "no", "n/a", "4", "4.5", "", "sehr gut"]), TEXTS)
FEEDBACK = st.builds(
    Feedback, st.none() | st.floats(1, 5), st.none() | st.floats(1, 7), st.none() | st.floats(0, 10), TEXTS
)
GEMS = st.builds(
    GemDraft, WORDS, TEXTS, TEXTS, NAMES, st.sampled_from(["", "nominated", "published", "retired"]), LINES
)
COMMENTS = st.builds(
    CommentDraft, WORDS, LINES, st.just("") | TIMES.map(lambda at: at.isoformat().replace("+00:00", "Z"))
)
DRAFTS = st.builds(
    Draft,
    external_id=WORDS,
    kind=st.sampled_from(Kind),
    title=WORDS,
    body=WORDS | TEXTS.filter(bool),
    date=st.none() | TIMES,
    reviewer=LINES,
    reviewee=LINES,
    customer=LINES,
    case_id=LINES,
    case_url=LINES,
    channel=LINES,
    product=LINES,
    team=LINES,
    language=st.sampled_from(["", "en", "de", "ja", "zh"]),
    cycle=st.none() | MONDAYS,
    tags=NAMES,
    scorecard=st.lists(ANSWERS, max_size=3).map(tuple),
    score=st.none() | NUMBERS,
    feedback=FEEDBACK,
    turns=st.lists(TURNS, max_size=3).map(tuple),
    gems=st.lists(GEMS, max_size=2).map(tuple),
    comments=st.lists(COMMENTS, max_size=2).map(tuple),
    updated_at=st.none() | TIMES,
    extra=st.dictionaries(WORDS, PLAIN, max_size=3),
)
TAGS = st.builds(TagDraft, WORDS, TEXTS, NAMES, LINES)
ALONE = st.builds(GemDraft, WORDS, TEXTS, TEXTS, NAMES, st.sampled_from(["", "published"]), LINES)
RECORDS = DRAFTS | TAGS | ALONE
FULL = Draft(
    external_id="17",
    kind=Kind.CALIBRATION,
    title="Zwei: Uhren",
    body="    indented\n\n# Head\n\ntext",
    date=datetime(2026, 3, 3, 14, 0, tzinfo=UTC),
    language="de",
    cycle=date(2026, 3, 2),
    tags=("GDPR", "a;b"),
    scorecard=(Answer("Ton", "yes", "gut\n\nsehr"),),
    score=67.5,
    feedback=Feedback(4, None, 9, "ok"),
    turns=(Turn("Hi\nthere", "Ann", "customer", "10:30"),),
    gems=(GemDraft("Clock", "Set it", "the clock", ("time",), "published", "g1"),),
    comments=(CommentDraft("Yes", "Bo", "2026-03-03T15:00:00Z"),),
    extra={"n": 1.5, "deep": {"list": [1, None, "10:30"]}, "extra": "x"},
)


@given(RECORDS)
def test_a_record_is_read_back_from_its_dump(record: Draft) -> None:
    assert Reader().read(dump(record)) == record


@given(RECORDS)
def test_a_record_is_read_back_from_ndjson(record: Draft) -> None:
    out = io.StringIO()
    write_ndjson([record], out)
    (found,) = Ndjson().parse(BytesIO(out.getvalue().encode()), "a.ndjson", Options())
    assert found.item == record


@given(RECORDS)
def test_a_record_is_read_back_from_markdown(record: Draft) -> None:
    if isinstance(record, Draft):  # every export writes an id; a text without one is a note, whose `#words` are topics
        record = replace(record, external_id=record.external_id or "17")
    (found,) = Markdown().parse(BytesIO(markdown(record).encode()), "a.md", Options())
    assert found.item == record


def write_csv(records: list[Draft | TagDraft | GemDraft], out: TextIO) -> None:
    """A header with every key, then one row a record; lists of names parted by `;`, other structures as JSON."""
    writer = csv.DictWriter(out, dict.fromkeys((*REVIEW_KEYS, *TAG_KEYS, *GEM_KEYS)), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in dump(record).items()} for record in records)


def _cell(value: Any) -> Any:
    if isinstance(value, list) and all(_is_plain_name(item) for item in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _is_plain_name(item: Any) -> bool:
    return isinstance(item, str) and ";" not in item and item[:1] not in ("[", "{")


@settings(deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_records_are_read_back_from_csv(records: list[Draft]) -> None:
    out = io.StringIO(newline="")
    write_csv(records, out)
    found = Csv().parse(BytesIO(out.getvalue().encode()), "a.csv", Options())
    assert [located.item for located in found] == records


@pytest.mark.parametrize("name", ["a.ndjson", "a.json", "a.csv", "a.md"])
def test_a_full_review_has_one_content_hash_in_every_format(name: str) -> None:
    out = io.StringIO(newline="")
    if name == "a.csv":
        write_csv([FULL], out)
    else:
        out.write(markdown(FULL) if name == "a.md" else json.dumps(dump(FULL)))
    parser = {"a.ndjson": Ndjson(), "a.json": Ndjson(), "a.csv": Csv(), "a.md": Markdown()}[name]
    (found,) = parser.parse(BytesIO(out.getvalue().encode()), name, Options())
    assert content_hash(found.item) == content_hash(FULL)  # type: ignore[arg-type]


def test_the_content_hash_stays_the_same_from_version_to_version() -> None:
    assert content_hash(FULL) == "a941e2da839dd5e1d3544005c481cd7e"
    assert content_hash(Draft(body="x")) == "b097e6b8b2b9f0764474e6dbf3802904"


def test_the_content_hash_leaves_the_id_out() -> None:
    assert content_hash(Draft(external_id="1", body="x")) == content_hash(Draft(external_id="2", body="x"))


def test_two_records_of_one_name_are_two_markdown_files(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    written = write_markdown([Draft(external_id="A/1", body="x"), Draft(external_id="a 1", body="y")], folder)
    assert written == 2
    assert sorted(path.name for path in folder.iterdir()) == ["A-1.md", "a-1-2.md"]
