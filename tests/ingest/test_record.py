"""One interchange record to a draft: kind to types, strict about meaning, nothing lost."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InvalidInput
from kb.ingest.parts import title_from
from kb.ingest.record import Reader
from kb.models import Answer, CommentDraft, Draft, Feedback, GemDraft, Kind, TagDraft, Turn


def read(**record: Any) -> Draft:
    draft = Reader().read({"body": "x", **record})
    assert isinstance(draft, Draft)
    return draft


def refusal(record: dict[str, Any]) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        Reader().read(record)
    return refused.value


def test_a_body_alone_is_a_review() -> None:
    assert Reader().read({"body": "Restart the relay."}) == Draft(body="Restart the relay.")


def test_turns_alone_are_a_review() -> None:
    draft = Reader().read({"turns": [{"speaker": "Ann", "role": "Customer", "at": 1030, "text": " Hi "}]})
    assert draft == Draft(turns=(Turn("Hi", "Ann", "customer", "1030"),))


def test_a_conversation_in_which_nobody_says_anything_is_called_so() -> None:
    assert "in which nobody says anything" in str(refusal({"id": 1, "turns": [{"speaker": "Ann"}]}))


@pytest.mark.parametrize("record", [{}, {"title": "T"}, {"body": "  "}, {"turns": []}, {"turns": [{"speaker": "A"}]}])
def test_a_review_with_nothing_to_read_is_refused(record: dict[str, Any]) -> None:
    assert refusal(record).field == "body"


def test_the_refusal_names_the_keys_that_there_are() -> None:
    assert "there is Summary, Agent" in str(refusal({"Summary": "a", "Agent": "b"}))


def test_unknown_keys_are_kept_whole_under_extra() -> None:
    assert read(sla={"met": True, "hours": [1, 2.5]}, mood="calm").extra == {
        "sla": {"met": True, "hours": [1, 2.5]},
        "mood": "calm",
    }


def test_extra_itself_and_unknown_keys_come_together() -> None:
    assert read(extra={"a": 1}, b=2).extra == {"a": 1, "b": 2}


def test_extra_that_would_hide_an_unknown_key_is_kept_beside_it() -> None:
    assert read(extra={"a": 1}, a=2).extra == {"a": 2, "extra": {"a": 1}}


@pytest.mark.parametrize("name", ["Case ID", "case-id", "caseId", "CASE_ID", "case_id"])
def test_a_key_is_known_in_any_spelling(name: str) -> None:
    assert read(**{name: 4390}).case_id == "4390"


def test_a_second_spelling_of_a_key_is_kept_under_extra() -> None:
    draft = read(case_id="1", caseId="2")
    assert (draft.case_id, draft.extra) == ("1", {"caseId": "2"})


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Peer review", Kind.PEER),
        ("CALL", Kind.CALL),
        ("call notes", Kind.CALL),
        ("self-assessment", Kind.SELF),
        ("", Kind.PEER),
    ],
)
def test_a_kind_is_known_by_its_usual_names(value: str, kind: Kind) -> None:
    assert read(kind=value).kind is kind


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    assert str(refusal({"body": "x", "kind": "audit"})) == (
        'kind is "audit"; it must be one of peer, self, manager, calibration, call.'
    )


@pytest.mark.parametrize(
    ("value", "tags"),
    [("GDPR", ("GDPR",)), ("GDPR; export;", ("GDPR", "export")), (["a;b", " c ", "c", None], ("a;b", "c")),
     ('["a", "b"]', ("a", "b")), (7, ("7",))],
)  # fmt: skip
def test_tags_come_as_a_list_or_as_one_text(value: object, tags: tuple[str, ...]) -> None:
    assert read(tags=value).tags == tags


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ("4/5", 80.0), ("8 von 10", 80.0), ("4,5 out of 5", 90.0), ("★★★★☆", 80.0), ("⭐⭐⭐⭐", 80.0),
        ("85%", 85.0), (" 4,5 ", 4.5), (4, 4.0), ("n/a", None), ("", None), ("1.234,5", 1234.5), ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0), ("1\u00a0234,5", 1234.5), ("1'234.5", 1234.5), ("1,234", 1.234),
        ("-1.234.567,5", -1234567.5),
    ],
)  # fmt: skip
def test_a_score_is_read_as_people_write_it(value: object, score: float | None) -> None:
    assert read(score=value).score == score


@pytest.mark.parametrize("value", ["good", "1_000", float("inf"), "1e999", {"value": 1}, True])
def test_a_score_that_is_no_number_is_refused(value: object) -> None:
    assert refusal({"body": "x", "score": value}).field == "score"


@pytest.mark.parametrize(
    ("value", "language"), [("EN-us", "en"), ("German", "de"), ("日本語", "ja"), ("zh-Hans-CN", "zh"),
     ("English (UK)", "en"), ("xx", "xx")]
)  # fmt: skip
def test_a_language_becomes_its_two_letters(value: str, language: str) -> None:
    assert read(language=value).language == language


def test_a_language_that_nobody_knows_is_kept_under_extra() -> None:
    draft = read(language="Mixed voices")
    assert (draft.language, draft.extra) == ("", {"language": "Mixed voices"})


def test_the_cycle_becomes_its_monday() -> None:
    assert read(cycle="2026-03-05").cycle == date(2026, 3, 2)


def test_dates_follow_the_zone_of_the_reader() -> None:
    assert read(date="2026-03-03T10:00:00+01:00").date == datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (True, "yes"),
        ("Y", "yes"),
        ("Ja", "yes"),
        ("sí", "yes"),
        ("いいえ", "no"),
        ("entfällt", "n/a"),
        ("Pass", "Pass"),
        ("FALSE", "no"),
        ("N/A", "n/a"),
        (4, "4"),
        (4.5, "4.5"),
        ("sehr gut", "sehr gut"),
        (None, ""),
    ],
)
def test_an_answer_of_the_scorecard_is_yes_no_or_a_number_as_text(value: object, answer: str) -> None:
    assert read(scorecard=[{"criterion": "Tone", "value": value}]).scorecard == (Answer("Tone", answer),)


@pytest.mark.parametrize(
    "value", [{"Tone": True}, {"Tone": {"value": "yes"}}, "Tone: yes", '[{"criterion":"Tone","value":"y"}]']
)
def test_a_scorecard_comes_in_several_shapes(value: object) -> None:
    assert read(scorecard=value).scorecard == (Answer("Tone", "yes"),)


def test_a_line_of_a_conversation_that_names_nobody_goes_on_with_the_turn_before_it() -> None:
    assert read(turns="[10:02] Ann: Hello\n\nHow are you?\nCustomer: Stuck").turns == (
        Turn("Hello\n\nHow are you?", "Ann", "", "10:02"),
        Turn("Stuck", "Customer", "customer"),
    )


@pytest.mark.parametrize(
    "conversation",
    [
        [{"author": {"name": "Ann", "type": "admin"}, "body": "Hi", "created_at": 1772546700}],
        {
            "total": 1,
            "parts": [{"sender": "Ann", "role": "agent", "message": "Hi", "timestamp": "2026-03-03T14:05:00Z"}],
        },
    ],
)
def test_a_turn_is_read_under_the_names_of_other_tools(conversation: object) -> None:
    assert read(turns=conversation).turns == (Turn("Hi", "Ann", "agent", "2026-03-03T14:05:00Z"),)


def test_what_happens_in_a_conversation_without_words_is_kept_beside_it() -> None:
    draft = read(turns=[{"author": "Fin", "body": None, "part_type": "assignment"}, {"author": "Ann", "body": "Hi"}])
    assert draft.turns == (Turn("Hi", "Ann"),)
    assert draft.extra == {"turns": {"without words": [{"author": "Fin", "body": None, "part_type": "assignment"}]}}


def test_of_an_object_where_a_name_should_be_the_name_is_read_and_the_rest_kept() -> None:
    ann = {"id": 7, "name": "Ann Lee", "email": "ann@kb.example"}
    draft = read(reviewer=ann, channel={"channel": "email", "source": {}})
    assert (draft.reviewer, draft.channel) == ("Ann Lee", "email")
    assert draft.extra["reviewer"] == ann


@pytest.mark.parametrize(
    "topics",
    [[{"id": 1, "name": "sso"}, {"id": 2, "name": "time"}], {"tags": [{"tag": "sso"}, {"tag": "time"}], "type": "x"}],
)
def test_topics_may_be_objects_that_have_a_name(topics: object) -> None:
    assert read(tags=topics).tags == ("sso", "time")


def test_what_a_scorecard_is_called_is_no_answer_and_is_kept() -> None:
    draft = read(scorecard="Support v3")
    assert (draft.scorecard, draft.extra) == ((), {"scorecard": "Support v3"})


@pytest.mark.parametrize("nothing", ["n/a", "n.a.", "--", "#N/A", "None"])
def test_a_score_that_says_that_there_is_none_is_none(nothing: str) -> None:
    assert read(score=nothing).score is None


def test_flat_keys_make_a_scorecard_and_feedback() -> None:
    draft = read(**{"scorecard.Tone": "yes", "scorecard.Tone.comment": "kind", "feedback.csat": "4"})
    assert (draft.scorecard, draft.feedback) == ((Answer("Tone", "yes", "kind"),), Feedback(csat=4.0))


def test_an_answer_without_a_criterion_is_refused() -> None:
    assert refusal({"body": "x", "scorecard": [{"value": "yes"}]}).field == "scorecard[0]"


def test_feedback_outside_its_scale_is_refused_with_the_scale() -> None:
    assert "it goes from 1 to 5" in str(refusal({"body": "x", "feedback": {"csat": 95}}))


def test_what_a_part_says_more_is_kept_under_extra_by_its_place() -> None:
    draft = read(turns=[{"text": "a"}, {"text": "b", "mood": "calm"}], feedback={"csat": 4, "asked": "mail"})
    assert draft.extra == {"turns": {"1": {"mood": "calm"}}, "feedback": {"asked": "mail"}}


@pytest.mark.parametrize("value", [["Ann: Hi", "Bo:\tHello"], "Ann: Hi\nBo: Hello", "Ann：Hi\nBo：Hello"])
def test_turns_may_be_lines_with_a_speaker(value: object) -> None:
    assert read(turns=value).turns == (Turn("Hi", "Ann"), Turn("Hello", "Bo"))


def test_a_link_or_a_time_at_the_beginning_of_a_turn_is_no_speaker() -> None:
    assert read(turns=["https://a.example is down", "10:30 it broke"]).turns == (
        Turn("https://a.example is down"),
        Turn("10:30 it broke"),
    )


def test_gems_and_comments_come_with_their_review() -> None:
    draft = read(
        gems=[{"title": "Clock", "quote": "the clock", "tags": "time", "status": "Published"}, "Only a title"],
        comments=[{"author": "Bo", "at": "2026-03-03 10:00", "body": "Yes"}, "No", {"author": "Cy"}],
    )
    assert draft.gems == (GemDraft("Clock", "", "the clock", ("time",), "published"), GemDraft("Only a title"))
    assert draft.comments == (CommentDraft("Yes", "Bo", "2026-03-03T10:00:00Z"), CommentDraft("No"))


def test_a_gem_of_an_unknown_status_is_refused() -> None:
    assert "nominated, published, retired" in str(refusal({"body": "x", "gems": [{"title": "a", "status": "old"}]}))


def test_a_tag_record_is_a_tag() -> None:
    tag = Reader().read({"type": "tag", "name": "GDPR", "aliases": "DSGVO; RGPD", "parent": "law"})
    assert tag == TagDraft("GDPR", "", ("DSGVO", "RGPD"), "law")


def test_a_gem_record_is_a_gem_of_its_own() -> None:
    gem = Reader().read({"type": "gem", "id": 7, "title": "Clock", "body": "Set it."})
    assert gem == GemDraft("Clock", "Set it.", id="7")


def test_somebody_else_s_type_is_kept_under_extra() -> None:
    assert read(type="article").extra == {"type": "article"}


def test_a_nul_is_refused_with_its_field() -> None:
    assert str(refusal({"body": "x", "title": "a\0b"})).startswith("title holds a NUL")


def test_half_an_emoji_becomes_the_replacement_character() -> None:
    assert read(title="cut \ud83d").title == "cut \ufffd"


def test_a_field_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="body is 24 bytes long; a single field may have 20"):
        Reader(max_field=20).read({"body": "日" * 8})


@pytest.mark.parametrize("field", ["reviewer", "reviewee"])
def test_a_name_as_long_as_a_text_is_refused(field: str) -> None:
    with pytest.raises(InvalidInput, match=f"{field} has 1,001 characters; a name has at most 1,000"):
        read(body="x", **{field: "n" * 1001})
    assert getattr(read(body="x", **{field: "n" * 1000}), field) == "n" * 1000


def test_line_ends_are_newlines_and_the_first_line_keeps_its_indent() -> None:
    assert read(body="\r\n\n    code\r\nmore\rend  \n").body == "    code\nmore\nend"


def test_lists_that_nest_without_end_are_refused() -> None:
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    assert "more than 32 deep" in str(refusal({"body": "x", "deep": deep}))


@pytest.mark.parametrize(
    ("record", "field"),
    [({"id": [1], "body": "x"}, "id"), ({"type": "gem", "id": ["g"], "title": "G"}, "gem.id")],
    ids=["of a review", "of a gem"],
)
def test_a_list_is_no_id(record: dict[str, object], field: str) -> None:
    assert str(refusal(record)) == f"{field} is a list; an id is one text or one number. Write it without the brackets."


def test_an_object_without_a_name_where_text_belongs_is_refused() -> None:
    assert str(refusal({"body": "x", "reviewer": {"first": "Ann"}})) == "reviewer must be text, not an object."


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "record",
    [
        {"body": "x", "date": "3.3.2026 1" + " " * 100_000 + "x"},
        {"body": "x", "date": "1" * 1_000_000},
        {"body": "x", "cycle": "2026-" * 100_000},
        {"turns": "Ann " * 50_000},
        {"turns": "10:02 " * 50_000},
        {"turns": ("A" + " " * 5_000 + "\n") * 50},
        {"turns": [{"author": "Ann", "body": "[" * 200_000}]},
        {"body": "x", "gems": [{"body": "# x" + "#" * 200_000 + "y"}]},
        {"body": "x", "gems": [{"body": "](" * 200_000}]},
        {"turns": ["a" + " " * 200_000, "a:" * 100_000]},
        {"body": "x", "scorecard": ":;" * 10_000},
        {"body": "x", "kind": "- " * 100_000},
        {"body": "x", "scorecard." + "a.comment" * 10_000: "x"},
    ],
)
def test_hostile_text_takes_no_time(record: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidInput):
        assert Reader().read(record)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("intro\n\n## The **clock** ##\n", "The clock"),
        ("# C#\n", "C#"),
        ("> - **Set** the [clock](http://a.example) now\nthen", "Set the clock now"),
        ("word " * 40, "word " * 15 + "word…"),
        ("語" * 100, "語" * 79 + "…"),
    ],
)
def test_a_title_is_the_first_heading_or_the_first_words(body: str, title: str) -> None:
    assert title_from(body) == title


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["type", "id", "kind", "title", "body", "date", "tags", "scorecard", "score",
     "feedback", "turns", "gems", "comments", "updated_at", "extra", "language", "cycle"]
)  # fmt: skip


@given(st.dictionaries(KEYS | st.text(max_size=8) | st.integers(), ANY, max_size=8))
def test_any_mapping_is_a_draft_or_refused(record: dict[Any, Any]) -> None:
    try:
        draft = Reader().read(record)
    except InvalidInput:
        return
    assert isinstance(draft, Draft | TagDraft | GemDraft)


@pytest.mark.parametrize("value", ["4/5", "4 out of 5", "4 von 5", "★★★★☆", "★★★★"])
def test_a_rating_of_its_scale_is_feedback(value: str) -> None:
    assert read(feedback={"csat": value}).feedback == Feedback(csat=4.0)


@pytest.mark.parametrize("value", ["4/10", "6/5", "★★★☆☆☆"])
def test_a_rating_of_another_scale_is_refused(value: str) -> None:
    assert refusal({"body": "x", "feedback": {"csat": value}}).field == "feedback.csat"
