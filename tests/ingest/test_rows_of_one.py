"""Tables in which a review has several rows: one for each criterion, or one for each turn of its conversation."""

from __future__ import annotations

from typing import Any

import pytest
from bringing import BringIn, located

from kb.ingest import columns
from kb.ingest.base import Options
from kb.ingest.columns import KEPT, Seen
from kb.ingest.proposing import proposed
from kb.ingest.salvage import id_of
from kb.models import Answer, Draft, SkippedRow, Turn

CRITERIA = """Review ID,Agent,Section,Question,Answer,Comment
r1,Ben,Skills,Tone,Yes,Warm from the first line.
r2,Cy,Skills,Tone,No,
r1,Ben,Solution,Speed,4,Knew the night schedule.
r2,Cy,Solution,Speed,2,
"""
COLUMNS = {"Review ID": "id", "Agent": "reviewee", "Question": "answer.criterion", "Answer": "answer.value"}
ON_EACH = {"columns": {**COLUMNS, "Comment": "answer.comment", "Summary": "body"}}
AS_TEXT = {"columns": {**COLUMNS, "Comment": "body"}}
CHAT = """conversation_id,sent at,sender,type,message
c1,2026-03-03 10:00:00,Maya,customer,The export stops.
c2,2026-03-03 10:00:30,Bo,customer,Nobody can sign in.
c1,2026-03-03 10:01:00,Ann,agent,"Schedule it,
by night."
c2,2026-03-03 10:02:00,Ann,agent,Look at the clock.
"""
SAID = {"sent at": "turn.at", "sender": "turn.speaker", "type": "turn.role", "message": "turn.text"}


def read(content: str, mapping: dict[str, Any], **more: Any) -> list[Any]:
    return [found.item for found in located(content, "a.csv", mapping=mapping, **more)]


def chosen(content: str) -> dict[str, str]:
    """What the page would propose for a table."""
    seen = Seen()
    located(content, "a.csv", seen=seen)
    found = [(column, columns.meaning_of(column.name, None) or KEPT) for column in seen.columns]
    return {column.name: meaning for column, meaning in found if meaning != KEPT} | proposed(found)


def test_rows_of_criteria_with_one_id_are_one_review() -> None:
    header, *rows = CRITERIA.splitlines()
    content = "\n".join([f"{header},Summary", *(f"{row},Kind and quick." for row in rows)])
    first, second = read(content, ON_EACH)
    assert (first.external_id, first.reviewee, first.body) == ("r1", "Ben", "Kind and quick.")
    assert first.scorecard == (
        Answer("Tone", "yes", "Warm from the first line."),
        Answer("Speed", "4", "Knew the night schedule."),
    )
    assert second.scorecard == (Answer("Tone", "no"), Answer("Speed", "2"))


def test_what_differs_from_row_to_row_stands_beside_its_criterion() -> None:
    (draft, _) = read(CRITERIA.replace("r2,Cy,Skills,Tone,No,", "r2,Cy,Skills,Tone,No,Late."), AS_TEXT)
    assert draft.extra == {"scorecard": {"0": {"Section": "Skills"}, "1": {"Section": "Solution"}}}


def test_texts_of_several_rows_stand_below_each_other_with_their_criteria() -> None:
    draft, skipped = read(CRITERIA, AS_TEXT)
    assert draft.body == "Tone: Warm from the first line.\n\nSpeed: Knew the night schedule."
    assert "neither a text (body) nor a conversation (turns)" in skipped.reason


def test_a_row_without_an_id_goes_on_with_the_one_above_it() -> None:
    content = "Review ID,Agent,Question,Answer,Comment\nr1,Ben,Tone,Yes,Warm.\n,,Speed,No,Slow.\nr2,Cy,Tone,No,Cold.\n"
    assert [(draft.external_id, draft.reviewee, len(draft.scorecard)) for draft in read(content, AS_TEXT)] == [
        ("r1", "Ben", 2),
        ("r2", "Cy", 1),
    ]


def test_a_review_with_a_bad_row_is_set_aside_with_all_its_rows_and_comes_back_with_them() -> None:
    bad = CRITERIA.replace("r1,Ben,Solution,Speed,4,Knew", "r1,Ben,Solution,Speed,4,,Knew").replace(
        "Tone,No,", "Tone,No,Cold."
    )
    first, second = located(bad, "a.csv", mapping=AS_TEXT)
    assert isinstance(second.item, Draft)
    assert isinstance(first.item, SkippedRow)
    assert (first.location, first.item.reason[:40]) == ("rows 2 to 4", "Row 4 has 7 cells, the header 6: a cell ")
    assert id_of(first.item, Options(mapping=AS_TEXT)) == "r1"
    (draft,) = read(first.item.content.decode().replace(",,Knew", ",Knew"), AS_TEXT)
    assert (draft.external_id, len(draft.scorecard)) == ("r1", 2)


def test_a_row_whose_quote_never_closes_costs_no_review_its_rows() -> None:
    content = CRITERIA.replace("Tone,No,", "Tone,No,Cold.") + 'r3,Di,Skills,Tone,Yes,"Open\n'
    assert [type(row) for row in read(content, AS_TEXT)] == [Draft, Draft, SkippedRow]


def test_rows_of_turns_with_one_id_are_one_conversation() -> None:
    first, second = read(CHAT, {"columns": {**SAID, "conversation_id": "id"}})
    assert first.turns == (
        Turn("The export stops.", "Maya", "customer", "2026-03-03 10:00:00"),
        Turn("Schedule it,\nby night.", "Ann", "agent", "2026-03-03 10:01:00"),
    )
    assert (second.external_id, second.date.isoformat()) == ("c2", "2026-03-03T10:00:30+00:00")


def test_turns_without_an_id_are_all_one_conversation() -> None:
    content = "Start,Speaker,Text\n0:01,Ann,Good morning.\n0:04,Maya,The export stops.\n"
    (draft,) = read(content, {"columns": {"Start": "turn.at", "Speaker": "turn.speaker", "Text": "turn.text"}})
    assert ([turn.speaker for turn in draft.turns], draft.kind) == (["Ann", "Maya"], "call")


def test_nothing_of_a_row_is_lost() -> None:
    content = "id,Question,Answer,Comment,Mood,scorecard,tags\nr1,Tone,Yes,Warm.,calm,Quality 1,a\nr1,,,,wild,,b\n"
    (draft,) = read(content, AS_TEXT)
    assert draft.extra == {
        "scorecard (column)": "Quality 1",
        "rows": [{"Mood": "wild"}],
        "scorecard": {"0": {"Mood": "calm"}},
    }
    assert draft.tags == ("a", "b")


def test_a_row_of_json_is_a_review_with_one_criterion(bring_in: BringIn) -> None:
    (draft,) = bring_in(
        '{"id": 1, "Question": "Tone", "Answer": "yes", "Comment": "Warm."}', "a.ndjson", mapping=AS_TEXT
    )
    assert draft.scorecard == (Answer("Tone", "yes"),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (CRITERIA, {**COLUMNS, "Comment": "body"}),
        ("Review ID;Kriterium;Bewertung;Kommentar;Fazit\nr1;Ton;4;;Er war trotzdem freundlich und ruhig.\n;Tempo;2;Lang.;\n",
         {"Review ID": "id", "Kriterium": "answer.criterion", "Bewertung": "answer.value", "Kommentar": "answer.comment",
          "Fazit": "body"}),
        (CHAT, {**SAID, "conversation_id": "id"}),
        ("Start,Speaker,Text\n0:01,Ann,Good morning.\n0:04,Maya,It stops.\n0:09,Ann,Wait.\n",
         {"Start": "turn.at", "Speaker": "turn.speaker", "Text": "turn.text"}),
        ("Review ID,Question,Answer,Comment\nr1,Why now?,Yes,Warm from the first line to the last.\nr2,Why?,No,Cold.\n",
         {"Review ID": "id", "Answer": "scorecard", "Comment": "body"}),
        ("User,Text,Created at,Subject\nAnn,They want it so.,2026-03-03 10:00,Acme\nAnn,It stops.,2026-03-04 10:00,Brit\n",
         {"Text": "body", "Created at": "date", "Subject": "title"}),
    ],
    ids=["criteria", "merged cells", "turns", "one call", "each id once", "notes"],
)  # fmt: skip
def test_rows_that_seem_to_be_parts_of_reviews_are_proposed_as_such(content: str, expected: dict[str, str]) -> None:
    assert chosen(content) == expected


def test_a_large_table_whose_rows_lie_far_apart_is_put_together() -> None:
    rows = "".join(
        f"r{n},{question},Yes,Well done {n}.\n" for question in ("Tone", "Speed", "Words") for n in range(500)
    )
    found = read(f"Review ID,Question,Answer,Comment\n{rows}", AS_TEXT)
    assert len(found) == 500
    assert all(len(draft.scorecard) == 3 and draft.body.endswith(".") for draft in found)
