"""A pasted conversation reads as turns, and what the form shows of turns reads back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models import Turn
from kb.web import transcript


def heads(text: str) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.role) for turn in transcript.read(text)]


def test_lines_with_a_name_begin_turns() -> None:
    assert transcript.read("Customer: It stops.\nAgent: Since when?") == (
        Turn("It stops.", "Customer", "customer"),
        Turn("Since when?", "Agent", "agent"),
    )


def test_a_role_in_parentheses_holds_for_the_name_from_then_on() -> None:
    assert heads("Maren Vogt (agent): Hi\nJo: Hi\nMaren Vogt: Bye") == [
        ("Maren Vogt", "agent"),
        ("Jo", ""),
        ("Maren Vogt", "agent"),
    ]


@pytest.mark.parametrize("line", ["10:04 Jo: It stops", "[10:04] Jo: It stops", "Jo [10:04]: It stops"])
def test_the_time_before_or_after_a_name_is_kept(line: str) -> None:
    assert transcript.read(line) == (Turn("It stops", "Jo", "", "10:04"),)


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:00:03.000 --> 00:00:05.000\n<v Jo>It stops.\n\n00:00:07.000 --> 00:00:09.000\n<v Support>Since when?",
        "Jo   0:00:03\nIt stops.\n\nSupport   0:00:07\nSince when?\n\nJo   0:00:09\n\n",
    ],
)
def test_a_transcript_is_pasted_as_a_meeting_tool_wrote_it(text: str) -> None:
    assert transcript.read(text) == (
        Turn("It stops.", "Jo", "", "0:00:03"),
        Turn("Since when?", "Support", "agent", "0:00:07"),
    )


def test_what_somebody_quotes_of_a_transcript_stays_in_their_turn() -> None:
    [turn] = transcript.read("Agent: The file says:\n00:00:03.000 --> 00:00:05.000\n  Jo: It stops.")
    assert turn.text.endswith("00:00:05.000\nJo: It stops.")


def test_further_lines_belong_to_the_turn_above() -> None:
    [turn] = transcript.read("Agent: First this.\nthen that.\n\n  Jo: is quoted here.")
    assert turn.text == "First this.\nthen that.\n\nJo: is quoted here."


@pytest.mark.parametrize(
    "line", ["https://kb.example/a", "at 10:30 it stopped", "so we said this to them all: no", "step 1: click"]
)
def test_what_is_no_name_begins_no_turn(line: str) -> None:
    assert len(transcript.read(f"Agent: Look.\n{line}")) == 1


def test_japanese_names_and_colons_are_names_and_colons() -> None:
    assert transcript.read("お客様：止まりました。\n田中（さん）") == (
        Turn("止まりました。\n田中（さん）", "お客様", "customer"),
    )


def test_words_before_the_first_name_are_not_lost() -> None:
    assert transcript.read("Chat of Monday\nJo: Hi")[0] == Turn("Chat of Monday")


LINES = st.text(alphabet="abJo :()[]\n-.", min_size=1, max_size=30).map(str.rstrip).filter(bool)
TURNS = st.builds(
    Turn,
    text=LINES.filter(lambda text: text == text.strip()),
    speaker=st.sampled_from(["", "Jo Tallow", "Maren", "Customer"]),
    role=st.sampled_from(["customer", "agent", "bot", "note"]),
    at=st.sampled_from(["", "10:04", "2026-11-20T10:04:00"]),
)


@given(st.lists(TURNS, max_size=4))
def test_what_is_written_reads_back_the_same(turns: list[Turn]) -> None:
    assert list(transcript.read(transcript.write(turns))) == turns
