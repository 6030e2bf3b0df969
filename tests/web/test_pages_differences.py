"""What a history shows of a change can be read by a person."""

from __future__ import annotations

from kb.web import differences


def test_short_values_stand_side_by_side() -> None:
    change = differences.compare("product", "Reports", "Collect")
    assert (change.label, change.before, change.after, change.lines) == ("Product", "Reports", "Collect", ())


def test_in_a_long_text_only_what_changed_and_its_neighbours_are_shown() -> None:
    before = "\n".join(f"line {number}" for number in range(40))
    change = differences.compare("body", before, before.replace("line 20", "line twenty"))
    assert [line.state for line in change.lines] == ["gap", "same", "same", "out", "in", "same", "same"]
    assert "<del>20</del>" in change.lines[3].html
    assert "<ins>twenty</ins>" in change.lines[4].html


def test_markup_in_a_text_is_shown_not_obeyed() -> None:
    change = differences.compare("body", "<script>\nold", "<script>\nnew")
    assert all("<script>" not in line.html for line in change.lines)


def test_a_scorecard_is_read_row_by_row() -> None:
    row = {"criterion": "Tone", "value": "yes", "comment": ""}
    change = differences.compare("scorecard", [row], [row | {"value": "no", "comment": "curt"}])
    assert (change.before, change.after) == ("Tone: yes", "Tone: no (curt)")


def test_a_conversation_is_read_as_it_is_written() -> None:
    turn = {"text": "Hi", "speaker": "Jo", "role": "customer", "at": ""}
    assert differences.compare("turns", [], [turn]).after == "Jo (customer): Hi"
