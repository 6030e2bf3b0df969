"""Transcripts of calls, as meeting tools write them, become a call turn by turn."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bringing import BringIn, ReasonOf

from kb.models import Draft, Kind, Turn

OF_ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:04.000
Ann Lee: Hello Maria.

2
00:00:04.500 --> 00:00:07.000
Ann Lee: How can I help?

3
01:00:08.000 --> 01:00:15.000
Maria Gomez: Imports: they drop umlauts,

4
01:00:15.000 --> 01:00:18.000
Maria Gomez: since Monday.
"""
OF_TEAMS = """WEBVTT

NOTE language:de-de

8a1b-33/12-0
00:00:03.130 --> 00:00:06.210
<v Ann Lee>Guten Tag, <b>Frau</b> Müller &amp; Team.</v>

8a1b-33/13-0
00:00:07.130 --> 00:00:12.210
<v Frau Müller>Der Export bricht ab.</v>
"""
OF_SRT = (
    "1\r\n00:00:12,000 --> 00:00:15,123\r\n<i>The sync</i>\r\nfails\r\n\r\n"
    "2\r\n00:00:16,000 --> 00:00:18,000\r\nNote: wait\r\n"
)
ABOVE = ["Ann Lee   0:03", "0:03 | Ann Lee", "[Ann Lee] 0:03", "Ann Lee (0:03):", "Ann Lee\t0:03"]
BEFORE = [
    "(0:03) Ann Lee: ",
    "[0:03] Ann Lee: ",
    "0:03 Ann Lee: ",
    "Ann Lee (0:03): ",
    "0:03 From Ann Lee to Everyone: ",
]


def call(bring_in: BringIn, content: str, name: str = "a.vtt") -> Draft:
    (found,) = bring_in(content, name)
    assert isinstance(found, Draft), found
    return found


def test_what_one_person_says_in_consecutive_cues_is_one_turn(bring_in: BringIn) -> None:
    assert call(bring_in, OF_ZOOM).turns == (
        Turn("Hello Maria. How can I help?", "Ann Lee", "", "0:00:01"),
        Turn("Imports: they drop umlauts, since Monday.", "Maria Gomez", "", "1:00:08"),
    )


def test_voices_are_speakers_and_no_tag_is_left(bring_in: BringIn) -> None:
    found = call(bring_in, OF_TEAMS)
    assert [turn.speaker for turn in found.turns] == ["Ann Lee", "Frau Müller"]
    assert found.turns[0].text == "Guten Tag, Frau Müller & Team."
    assert (found.kind, found.language) == (Kind.CALL, "de")


def test_a_sentence_with_a_colon_is_no_speaker_where_nobody_else_is_named(bring_in: BringIn) -> None:
    assert call(bring_in, OF_SRT, "a.srt").turns == (Turn("The sync fails Note: wait", "", "", "0:00:12"),)


def test_who_goes_on_for_long_gets_paragraphs(bring_in: BringIn) -> None:
    cues = "".join(f"00:{n:02}:00.000 --> 00:{n:02}:09.000\nAnn: {'word ' * 30}end.\n\n" for n in range(8))
    (turn,) = call(bring_in, f"WEBVTT\n\n{cues}").turns
    assert turn.text.count("\n\n") == 1


@pytest.mark.parametrize("head", [*(f"{line}\n" for line in ABOVE), *BEFORE])
def test_a_text_in_which_lines_say_who_speaks_when_is_a_transcript(bring_in: BringIn, head: str) -> None:
    second, third = head.replace("Ann Lee", "Maria").replace("0:03", "0:07"), head.replace("0:03", "0:19")
    said = f"{head}Good morning.\n\n{second}It drops umlauts.\nSince Monday.\n{third}Use 1252.\n"
    found = call(bring_in, f"Meeting with Acme\nMarch 3, 2026, 2:00PM\n\n{said}", "call.txt")
    assert found.turns == (
        Turn("Good morning.", "Ann Lee", "", "0:03"),
        Turn("It drops umlauts.\nSince Monday.", "Maria", "", "0:07"),
        Turn("Use 1252.", "Ann Lee", "", "0:19"),
    )
    assert (found.title, found.date) == ("Meeting with Acme", datetime(2026, 3, 3, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "Agenda\n\nIntro   10:00\nDemo   10:30\nIntro   11:00\n",
        "We met at 10:30.\nIt went well.\nWe met again at 11:30.\nIt went well.\n",
        "Problem: it stops\nCause: the clock\nProblem: again\n",
        "Problem: it stops\nCause: the clock\nProblem: again\nCause: the same\nProblem: again\n",
    ],
)
def test_a_text_in_which_nobody_speaks_stays_a_text(bring_in: BringIn, text: str) -> None:
    assert call(bring_in, text, "a.txt").turns == ()


@pytest.mark.parametrize(
    "head",
    [
        "31/03/2026, 14:05 - {}: ",
        "3/31/26, 2:05\u202fPM - {}: ",
        "[31.03.26, 14:05:00] {}: ",
        "\u200e[31.03.26, 14:05:00] \u202a{}\u202c: ",
    ],
)
def test_a_chat_with_days_is_a_conversation_of_these_days(bring_in: BringIn, head: str) -> None:
    lines = [
        ("+49 170 1234567", "It stops\nagain"),
        ("Ann Lee", "Wait"),
        ("Ann Lee", "Schedule it"),
        ("~ Ben", "Thanks"),
    ]
    found = call(bring_in, "\n".join(head.format(name) + text for name, text in lines), "chat.txt")
    assert [(turn.speaker, turn.text) for turn in found.turns] == [
        ("+49 170 1234567", "It stops\nagain"),
        ("Ann Lee", "Wait\nSchedule it"),
        ("~ Ben", "Thanks"),
    ]
    assert (found.kind, found.date) == (Kind.PEER, datetime(2026, 3, 31, 14, 5, tzinfo=UTC))
    assert found.turns[0].at == "2026-03-31T14:05:00Z"


def test_one_day_of_a_chat_says_how_all_are_written(bring_in: BringIn) -> None:
    text = "03/04/2026, 14:05 - Ann: Hello\n30/04/2026, 14:05 - Ann: Hello"
    assert call(bring_in, text, "chat.txt").date == datetime(2026, 4, 3, 14, 5, tzinfo=UTC)


def test_what_happens_in_a_chat_is_said_by_nobody(bring_in: BringIn) -> None:
    said = ["Ann: Hello", "Ben left", "Ann: Still there?"]
    found = call(bring_in, "\n".join(f"31/03/2026, 14:05 - {one}" for one in said), "chat.txt")
    assert [(turn.speaker, turn.text) for turn in found.turns] == [
        ("Ann", "Hello"),
        ("", "Ben left"),
        ("Ann", "Still there?"),
    ]


def test_names_without_times_below_a_clock_now_and_then_are_a_call(bring_in: BringIn) -> None:
    said = "00:00:00\n\nAnn Lee: Hello.\nMaria: It stops.\nAnn Lee: Where?\n\n00:05:00\n\nMaria: At the end.\n"
    found = call(bring_in, f"Acme sync (2026-03-03 14:00 GMT+1)\nAttendees\n\n{said}", "a.txt")
    assert [(turn.speaker, turn.at) for turn in found.turns] == [
        ("Ann Lee", "00:00:00"),
        ("Maria", ""),
        ("Ann Lee", ""),
        ("Maria", "00:05:00"),
    ]
    assert (found.kind, found.title, found.body) == (Kind.CALL, "Acme sync (2026-03-03 14:00 GMT+1)", "Attendees")
    assert found.date == datetime(2026, 3, 3, tzinfo=UTC)


def test_agent_and_customer_in_turns_are_a_conversation(bring_in: BringIn) -> None:
    found = call(bring_in, "Customer: It stops.\nAgent: Where?\nCustomer: At the end.\nAgent: Schedule it.\n", "a.txt")
    assert [turn.speaker for turn in found.turns] == ["Customer", "Agent", "Customer", "Agent"]
    assert found.kind == Kind.PEER


def test_a_file_s_name_is_the_title_where_somebody_gave_it_and_may_say_the_day(bring_in: BringIn) -> None:
    given = call(bring_in, OF_ZOOM, "calls/Onboarding of Acme.vtt")
    made = call(bring_in, OF_ZOOM, "calls/GMT20260303-140000_Recording.transcript.vtt")
    assert (given.title, given.date) == ("Onboarding of Acme", None)
    assert (made.title, made.date) == ("", datetime(2026, 3, 3, tzinfo=UTC))
    assert made.external_id == "calls/GMT20260303-140000_Recording.transcript.vtt"


@pytest.mark.parametrize("text", ["WEBVTT\n\n", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n", "nothing of the kind"])
def test_a_transcript_in_which_nothing_is_said_is_set_aside(reason_of: ReasonOf, text: str) -> None:
    assert "Nothing is said" in reason_of(text, "a.vtt")


@pytest.mark.timeout(60)  # it took minutes: from each blank on, all that follow were read
def test_a_transcript_of_blanks_is_read_once(reason_of: ReasonOf) -> None:
    assert "Nothing is said in it" in reason_of("WEBVTT\n\n" + "\t" * 2_000_000, "call.vtt")
