"""Conversations and reviews in the JSON of other tools, known by their rows and not by whose export it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from bringing import BringIn
from hypothesis import given
from hypothesis import strategies as st

from kb.ingest.base import Options
from kb.ingest.dump import dump
from kb.ingest.json_ import Json
from kb.ingest.record import Reader
from kb.models import Draft, SkippedRow

FIRST = {"speaker": "Ann", "text": "The export stops.", "at": "2026-03-03T10:00:00Z"}
SECOND = {"speaker": "Ben", "text": "Schedule it by night.", "at": "2026-03-03T10:01:00Z"}


def said(draft: Draft) -> list[tuple[str, str, str, str]]:
    return [(turn.speaker, turn.role, turn.at, turn.text) for turn in draft.turns]


@pytest.fixture
def read(bring_in: BringIn):
    """read(document, name="a.json", **options) -> the drafts and skipped rows of a document."""

    def run(document: Any, name: str = "a.json", **options: Any) -> list[Any]:
        return bring_in(json.dumps(document), name, **options)

    return run


@pytest.mark.parametrize(
    "document",
    [
        {"Transcript": [FIRST, SECOND], "Channel": "CHAT"},
        {"data": {"transcript": {"sentences": [FIRST, SECOND]}}},
        {"page": 1, "callTranscripts": [{"callId": "7", "transcript": [FIRST, SECOND]}]},
        {"_embedded": {"conversations": [{"subject": "Export", "_embedded": {"threads": [FIRST, SECOND]}}]}},
        {"_results": [{**FIRST, "body": "<p>The export stops.</p>"}, SECOND]},
        [{"helpdesk_ticket": {"id": 9, "notes": [FIRST, SECOND]}}],
        {"ok": True, "messages": [FIRST, SECOND]},
        [FIRST, SECOND],
    ],
    ids=[
        "beside a channel",
        "within objects",
        "in rows",
        "in rows of objects",
        "mails",
        "in a wrapper",
        "messages",
        "rows alone",
    ],
)
def test_what_plainly_are_turns_are_a_conversation_wherever_they_stand(read, document: object) -> None:
    (draft,) = read(document)
    assert said(draft) == [
        ("Ann", "", "2026-03-03T10:00:00Z", "The export stops."),
        ("Ben", "", "2026-03-03T10:01:00Z", "Schedule it by night."),
    ]
    assert draft.date.isoformat() == "2026-03-03T10:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "speaker", "role"),
    [
        (
            {
                "user": "U1",
                "user_profile": {"real_name": "Ann Lee", "display_name": "ann"},
                "text": "Hi",
                "ts": "1772532000.0002",
            },
            "Ann Lee",
            "",
        ),
        (
            {"ParticipantRole": "CUSTOMER", "Content": "Hi", "AbsoluteTime": "2026-03-03T10:00:00Z"},
            "CUSTOMER",
            "customer",
        ),
        (
            {
                "createdBy": {"type": "customer", "first": "Ann", "last": "Lee"},
                "body": "Hi",
                "createdAt": "2026-03-03T10:00:00Z",
            },
            "Ann Lee",
            "customer",
        ),
        (
            {
                "from": {"user": {"displayName": "Ann Lee"}},
                "body": {"contentType": "text", "content": "Hi"},
                "createdDateTime": "2026-03-03T10:00:00Z",
            },
            "Ann Lee",
            "",
        ),
        (
            {
                "user_id": 6,
                "incoming": True,
                "body_text": "Hi",
                "body": "<p>Hi</p>",
                "created_at": "2026-03-03T10:00:00Z",
            },
            "6",
            "customer",
        ),
        ({"author": "Ann", "direction": "outbound", "message": "Hi", "date": 1772532000000}, "Ann", "agent"),
        ({"author_id": 6, "public": False, "body": "Hi", "created_at": "2026-03-03T10:00:00Z"}, "6", "note"),
    ],
    ids=[
        "a profile",
        "a role",
        "first and last name",
        "an object in an object",
        "coming in",
        "going out",
        "not public",
    ],
)
def test_a_turn_is_known_by_what_other_tools_call_its_parts(read, row: dict[str, Any], speaker: str, role: str) -> None:
    (draft,) = read({"messages": [row, {**row, "id": 2}]})
    assert said(draft)[0][:2] == (speaker, role)
    assert draft.turns[0].text == "Hi"
    assert draft.turns[0].at.replace("+00:00", "Z") == "2026-03-03T10:00:00Z"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("slack/users.json", {"id": "U1", "name": "ann", "deleted": False, "profile": {"email": "ann@desk.example"}}),
        ("channels.json", {"id": "C1", "name": "support", "topic": {"value": "Desk"}, "purpose": {"value": ""}}),
    ],
)  # fmt: skip
def test_the_people_and_channels_of_a_chat_are_one_line_of_the_report_and_are_not_kept(
    read, name: str, row: Any
) -> None:
    (skipped,) = read([row, {**row, "id": "X2"}], name)
    assert "nobody says anything" in skipped.reason
    assert skipped.content == b""
    assert len(read([row, row], "a.json")) == 2
    assert isinstance(read([{"title": "Night", "body": "Export by night."}], name)[0], Draft)


def test_what_a_database_wraps_to_say_its_type_is_read_bare(read) -> None:
    (draft,) = read(
        [{"_id": {"$oid": "66aa"}, "date": {"$date": "2026-03-03T10:00:00Z"}, "body": "Night.", "a": {"$b": 1}}]
    )
    assert (draft.external_id, draft.date, draft.extra) == (
        "66aa",
        datetime(2026, 3, 3, 10, tzinfo=UTC),
        {"a": {"$b": 1}},
    )


def test_a_channel_is_a_conversation_a_thread_and_one_of_what_stands_in_none(read) -> None:
    def message(user: str, name: str, text: str, second: int, **more: Any) -> dict[str, Any]:
        return {
            "type": "message",
            "user": user,
            "user_profile": {"real_name": name},
            "text": text,
            "ts": f"17725320{second}.000200",
        } | more

    joined = {
        "type": "message",
        "subtype": "channel_join",
        "user": "U1",
        "text": "<@U1> has joined",
        "ts": "1772532000.0001",
    }
    begun = "1772532010.000200"
    loose, thread = read(
        [
            joined,
            message("U1", "Ann", "The export stops.", 10, thread_ts=begun, reply_count=1),
            message("U2", "Ben", "Good morning", 11),
            message("U2", "Ben", "Schedule it, <@U1>", 12, thread_ts=begun),
        ],
        "general/2026-03-03.json",
    )
    assert (loose.external_id, [turn.text for turn in loose.turns]) == ("general/2026-03-03.json", ["Good morning"])
    assert loose.extra["turns"]["without words"] == [joined]
    assert thread.external_id == f"general/2026-03-03.json {begun}"
    assert [(turn.speaker, turn.text) for turn in thread.turns] == [
        ("Ann", "The export stops."),
        ("Ben", "Schedule it, @Ann"),
    ]


def test_rows_that_name_their_conversation_are_one_review_each(read) -> None:
    rows = [{**FIRST, "conversation_id": 1}, {**FIRST, "conversation_id": 2}, {**SECOND, "conversation_id": 1}]
    assert [(draft.external_id, len(draft.turns)) for draft in read(rows)] == [("1", 2), ("2", 1)]


def test_speakers_that_are_ids_get_their_names_from_the_document(read) -> None:
    (draft,) = read(
        {
            "ticket": {"id": 35, "subject": "Fire"},
            "comments": [{"author_id": 6, "body": "Hot", "created_at": "2026-03-03T10:00:00Z"}],
            "users": [{"id": 6, "name": "Maya", "role": "end-user"}],
        }
    )
    assert said(draft) == [("Maya", "customer", "2026-03-03T10:00:00Z", "Hot")]
    assert draft.external_id == "35"


@pytest.mark.parametrize(
    "around",
    [
        {"subject": "The export stops"},
        {"title": None, "source": {"subject": "<p>The export stops</p>"}},
        {"metaData": {"id": 7, "title": "The export stops"}},
    ],
)
def test_a_conversation_is_called_as_its_subject_says(read, around: dict[str, Any]) -> None:
    (draft,) = read({**around, "messages": [FIRST, SECOND]})
    assert draft.title == "The export stops"


def test_what_somebody_is_called_is_no_title(read) -> None:
    (draft,) = read({"contact": {"id": 3, "name": "Maya", "title": "CEO"}, "messages": [FIRST, SECOND]})
    assert draft.title == ""


def test_a_recording_tells_its_day_and_its_id_beside_what_is_said(read) -> None:
    call = {
        "metaData": {"id": "c7", "started": "2026-03-03T14:00:00Z"},
        "parties": [{"speakerId": "6", "name": "Maya"}],
    }
    said_ = [{"speakerId": "6", "sentences": [{"start": start, "text": "Hello."}]} for start in (1.5, 9.5)]
    (draft,) = read({"calls": [{**call, "transcript": said_}]})
    assert (draft.external_id, draft.kind, draft.date) == ("c7", "call", datetime(2026, 3, 3, 14, tzinfo=UTC))
    assert draft.turns[0].speaker == "Maya"


def test_a_conversation_with_the_newest_first_is_turned_round(read) -> None:
    rows = [{**FIRST, "text": text, "at": f"2026-03-03T10:0{minute}:00Z"} for minute, text in enumerate("abc")]
    assert [turn.text for turn in read({"messages": rows[::-1]})[0].turns] == ["a", "b", "c"]
    assert [turn.text for turn in read({"messages": [rows[0], rows[2], rows[1]]})[0].turns] == ["a", "c", "b"]


@pytest.mark.parametrize(
    "named",
    [
        {"requester": {"id": 5, "name": "Maya"}, "assignee": {"id": 6, "name": "Ann"}},
        {"requester_id": 5, "requester_name": "Maya", "responder_id": 6, "responder_name": "Ann"},
    ],
    ids=["objects", "pairs of id and name"],
)
def test_who_stands_beside_a_conversation_by_what_they_are_to_it_is_named(read, named: dict[str, Any]) -> None:
    answers = [
        {"user_id": 6, "body": "Set the clock.", "created_at": "2026-03-03T10:00:00Z"},
        {"user_id": 5, "body": "Works.", "created_at": "2026-03-03T11:00:00Z"},
    ]
    (draft,) = read({**named, "description": "<p>Nobody gets in.</p>", "notes": answers})
    assert [(turn.speaker, turn.role, turn.text) for turn in draft.turns] == [
        ("Maya", "customer", "Nobody gets in."),
        ("Ann", "agent", "Set the clock."),
        ("Maya", "customer", "Works."),
    ]


def test_what_a_ticket_says_twice_is_said_once(read) -> None:
    ticket = {"requester": {"id": 5, "name": "Maya"}, "description": "Nobody  gets in."}
    row = {"author_id": 5, "body": "Nobody gets in.", "created_at": "2026-03-03T10:00:00Z"}
    (draft,) = read({**ticket, "comments": [row, {**row, "body": "Now they do."}]})
    assert [turn.text for turn in draft.turns] == ["Nobody gets in.", "Now they do."]


def test_a_row_that_has_its_speaker_s_id_and_name_together_names_them(read) -> None:
    row = {"createdBy": "V-1", "senders": [{"actorId": "V-1", "name": "Maya"}], "text": "Hi", "direction": "INCOMING"}
    (draft,) = read({"results": [{**row, "createdAt": f"2026-03-03T10:0{n}:00Z"} for n in range(2)]})
    assert said(draft)[0][:2] == ("Maya", "customer")


def test_what_was_said_first_and_kept_apart_comes_first(read) -> None:
    (draft,) = read(
        {
            "source": {"body": "The export stops.", "author": {"type": "user", "name": "Maya"}},
            "conversation_parts": {
                "conversation_parts": [
                    {"author": {"type": "admin", "name": "Ann"}, "body": "Schedule it", "created_at": 1772532000}
                ]
            },
        }
    )
    assert [(turn.speaker, turn.role) for turn in draft.turns] == [("Maya", "customer"), ("Ann", "agent")]


def test_a_user_beside_customers_is_one_of_the_helpdesk(read) -> None:
    rows = [{**FIRST, "role": "customer", "n": 1}, {**SECOND, "role": "user", "n": 2}]
    (draft,) = read({"threads": rows})
    assert [turn.role for turn in draft.turns] == ["customer", "agent"]


@pytest.mark.parametrize(
    ("starts", "places"),
    [
        ([460230, 465000, 540000], ["7:40", "7:45", "9:00"]),
        ([0, 65, 3700], ["0:00", "1:05", "1:01:40"]),
        ([0.5, 65.9], ["0:00", "1:05"]),
    ],
    ids=["milliseconds", "a long silence", "seconds"],
)
def test_places_in_a_recording_are_shown_as_a_clock_does(read, starts: list[float], places: list[str]) -> None:
    rows = [
        {"speakerId": str(n % 2), "sentences": [{"start": start, "text": "Yes."}, {"text": "No."}]}
        for n, start in enumerate(starts)
    ]
    (draft,) = read({"callTranscripts": [{"callId": "7", "transcript": rows}], "n": 1})
    assert ([turn.at for turn in draft.turns], draft.kind, draft.external_id) == (places, "call", "7")
    assert draft.turns[0].text == "Yes. No."


def test_nothing_of_a_conversation_is_lost(read) -> None:
    (draft,) = read({"Version": "1", "Participants": [{"x": 1}], "Transcript": [{**FIRST, "mood": "calm"}, SECOND]})
    assert draft.extra == {"Version": "1", "Participants": [{"x": 1}], "turns": {"0": {"mood": "calm"}}}


def test_reviews_below_a_key_are_rows_with_what_they_stand_in(read) -> None:
    document = {
        "conversations": [
            {
                "externalUrl": "https://a.example/1",
                "reviews": [{"id": 1, "score": 80, "comment": "Good"}, {"id": 2, "score": 60, "comment": "Late"}],
            },
            {"externalUrl": "https://a.example/2", "reviews": [{"id": 3, "score": 90, "comment": "Fast"}]},
        ]
    }
    assert [type(row) for row in read(document)] == [SkippedRow] * 3
    mapping = {"columns": {"comment": "body", "externalUrl": "case_url"}}
    assert [(row.external_id, row.body, row.case_url) for row in read(document, mapping=mapping)] == [
        ("1", "Good", "https://a.example/1"),
        ("2", "Late", "https://a.example/1"),
        ("3", "Fast", "https://a.example/2"),
    ]


def test_reviews_are_found_below_keys_that_nobody_told_of(read) -> None:
    audits = [{"auditId": 1, "agent": "Ben", "comments": "Good"}, {"auditId": 2, "agent": "Cy", "comments": "Late"}]
    rows = read({"meta": {"page": 1}, "payload": {"audits": audits}})
    assert [json.loads(row.content) for row in rows] == audits


@pytest.mark.parametrize(
    "document",
    [
        {
            "id": 1,
            "subject": "Export",
            "notes": "Told them.",
            "attachments": [{"id": 1, "name": "a.png"}, {"id": 2, "name": "b.png"}],
        },
        {
            "id": 1,
            "notes": "Told them.",
            "ratings": [
                {"name": "Tone", "comment": "Calm", "score": 3},
                {"name": "Speed", "comment": "Slow", "score": 1},
            ],
        },
    ],
    ids=["attachments", "ratings"],
)
def test_a_list_in_a_record_is_neither_reviews_nor_a_conversation(read, document: dict[str, Any]) -> None:
    (skipped,) = read(document)
    assert json.loads(skipped.content) == document
    (draft,) = read(document, mapping={"columns": {"notes": "body"}})
    assert (draft.body, draft.turns) == ("Told them.", ())


@pytest.mark.parametrize(
    "more", [{"title": "Acme"}, {"customer": "Acme"}, {"score": 4}, {"created_at": "2026-03-03"}], ids=str
)
def test_notes_one_below_the_other_are_no_conversation(read, more: dict[str, Any]) -> None:
    notes = [{"user": "Ann", "text": "They want it by night.", "created_at": "2026-03-03T10:00:00Z"} | more] * 2
    assert [type(row) for row in read(notes)] == [SkippedRow] * 2


def test_what_somebody_says_of_the_columns_goes_before_a_conversation(read) -> None:
    rows = [{"user": "Ann", "text": "One", "time": "10:00"}, {"user": "Ben", "text": "Two", "time": "10:01"}]
    assert [draft.body for draft in read(rows, mapping={"columns": {"text": "body"}})] == ["One", "Two"]


def test_a_text_that_somebody_named_stands_beside_the_conversation(read) -> None:
    document = {"summary": "It was the clock.", "messages": [FIRST, SECOND]}
    (draft,) = read(document, mapping={"columns": {"summary": "body"}})
    assert (draft.body, len(draft.turns)) == ("It was the clock.", 2)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "<p>See <a href='https://a.example/1'>the page</a></p><ul><li>One</li><li>Two</li></ul>",
            "See the page (https://a.example/1)\n\n- One\n- Two",
        ),
        ("<div>Hi\n Ann,</div><div><br></div><div>It works&nbsp;now.</div>", "Hi Ann,\n\nIt works now."),
        (
            "See <https://a.example/4|ticket 4> &gt; <https://a.example>",
            "See ticket 4 (https://a.example/4) > https://a.example",
        ),
        ("Use <your_domain> if 3 < 4,\nR&D &copy=1", "Use <your_domain> if 3 < 4,\nR&D &copy=1"),
        ("<style>p {}</style><!-- x --><p>Wait</p>", "Wait"),
    ],
    ids=["html", "lines", "a chat's marks", "no tags", "what is not shown"],
)
def test_a_turn_is_shown_without_tags_and_kept_as_it_came(read, written: str, shown: str) -> None:
    (draft,) = read({"messages": [{**FIRST, "text": written, "n": 1}, SECOND]})
    assert draft.turns[0].text == shown
    assert draft.extra["turns"]["0"].get("as it came", shown) == written


@pytest.mark.parametrize("marks", ["<a href='x'>", "<p><!--", "<p><style>", "<img alt='", "<https://a|", "<"])
def test_marks_without_end_are_read_all_the_same(read, marks: str) -> None:
    (draft,) = read({"messages": [{**FIRST, "text": "Wait " + marks * 5_000, "n": 1}, SECOND]})
    assert draft.turns[0].text.startswith("Wait")


def test_a_line_of_ndjson_may_hold_a_conversation(bring_in: BringIn) -> None:
    line = json.dumps({"id": 1, "messages": [FIRST, SECOND]})
    assert [len(draft.turns) for draft in bring_in(f"{line}\n{line.replace('1', '2', 1)}\n", "a.ndjson")] == [2, 2]


def test_a_conversation_that_breaks_off_gives_what_was_said_before(bring_in: BringIn) -> None:
    draft, skipped = bring_in(json.dumps([FIRST, SECOND])[:-1] + ', {"speaker": "An', "a.json")
    assert len(draft.turns) == 2
    assert skipped.content == b'{"speaker": "An'


def test_what_is_no_turn_between_turns_is_set_aside_by_itself(read) -> None:
    draft, *others = read([FIRST, SECOND, *[FIRST] * 60, 17])
    assert len(draft.turns) == 62
    assert [other.content for other in others] == [b"17"]


def test_a_conversation_that_was_set_aside_comes_back_whole(bring_in: BringIn, read) -> None:
    (skipped,) = read([{**FIRST, "text": "x" * 200}, SECOND], max_field=150)
    (draft,) = bring_in(skipped.content, "a.json")
    assert len(draft.turns) == 2


def test_a_text_without_pieces_is_none(read) -> None:
    (draft,) = read({"messages": [{**FIRST, "n": 1}, SECOND, {**SECOND, "text": [], "n": 3}]})
    assert len(draft.turns) == 2


def test_objects_without_end_are_only_set_aside(bring_in: BringIn) -> None:
    (skipped,) = bring_in('{"reviews": [' * 300 + "{}" + "]}" * 300, "a.json")
    assert isinstance(skipped, SkippedRow)


KEYS = st.sampled_from(
    ["text", "body", "message", "sentences", "user", "author", "speakerId", "role", "ts", "at", "start", "thread_ts", "id",
     "name", "messages", "reviews", "turns", "users", "score", "comment", "ratings", "date", "incoming", "subtype", "source",
     "extra"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["Hi <b>x</b> <@U1> &gt;", "U1", "2026-03-03T10:00:00Z", "1772532000.0001", 17, 4.5, 1772532000, 10**30, -1, True,
     None, "", "customer", "10:02", "[]", "channel_join", float("inf")]
)  # fmt: skip
DOCUMENTS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)


@given(DOCUMENTS)
def test_any_document_is_read_as_what_comes_back_from_an_export_or_set_aside(document: object) -> None:
    for found in Json().parse(BytesIO(json.dumps(document).encode()), "a.json", Options()):
        if isinstance(found.item, SkippedRow):
            assert found.item.reason
        else:
            assert Reader().read(dump(found.item)) == found.item
