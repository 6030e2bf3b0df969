"""What the columns of an upload lead to, and the mapping that follows from what somebody chose for them."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from kb.ingest import columns, pipeline
from kb.ingest.base import Input, Options
from kb.ingest.columns import CRITERION, KEPT, LEFT_OUT, REMARK, Column, Seen
from kb.ingest.proposing import proposed
from kb.models import Answer, Draft, SkippedRow

TABLE = b"""Ticket;Subject;Findings;Next time;Labels;Calm tone;Agent phone
4390;The clock ran ahead;Nobody could sign in.;Look at the clock first.;sso, time;Y;555 0100
4391;Export stops;It ends without a word.;Schedule it by night.;export;N;555 0101
"""


def read(content: bytes, name: str, mapping: dict[str, object] | None = None) -> tuple[Seen, list[object]]:
    seen = Seen()
    options = replace(Options(mapping=mapping), seen=seen)
    found = pipeline.items([Input(name, None, len(content), BytesIO(content))], options)
    return seen, [located.item for located in found]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"Subject;Mood\nOne;calm\nTwo;calm\n"),
        ("a.tsv", b"Subject\tMood\nOne\tcalm\nTwo\tcalm\n"),
        ("a.ndjson", b'{"Subject": "One", "Mood": "calm"}\n{"Subject": "Two", "Mood": "calm"}\n'),
        ("a.json", b'[{"Subject": "One", "Mood": "calm"}, {"Subject": "Two", "Mood": "calm"}]'),
    ],
)
def test_columns_are_seen_with_their_first_different_values_also_where_no_row_can_be_taken(
    name: str, content: bytes
) -> None:
    seen, items = read(content, name)
    assert [(column.name, column.examples) for column in seen.columns] == [
        ("Subject", ("One", "Two")),
        ("Mood", ("calm",)),
    ]
    assert all(isinstance(item, SkippedRow) for item in items)


def test_front_matter_has_columns_too() -> None:
    seen, _ = read(b"---\nms.reviewer: [ada, ben]\n---\nText.\n", "a.md")
    assert [(column.name, column.examples) for column in seen.columns] == [
        ("ms.reviewer", ("ada; ben",)),
        ("body", ("Text.",)),
    ]


def test_of_a_table_with_a_header_alone_the_columns_are_seen() -> None:
    seen, _ = read(b"Subject;Mood\n", "a.csv")
    assert [(column.name, column.examples) for column in seen.columns] == [("Subject", ()), ("Mood", ())]


def test_totals_below_a_table_are_no_values_of_its_first_column() -> None:
    seen, _ = read(b"Case,Subject\n1026,Export\n\nGrand Totals (2 records)\n", "a.csv")
    assert seen.columns[0].examples == ("1026",)


def test_a_long_value_is_cut_and_stands_in_one_line() -> None:
    seen, _ = read(b'{"Notes": "one\\n\\ntwo ' + b"x" * 500 + b'"}\n', "a.ndjson")
    [example] = seen.columns[0].examples
    assert example.startswith("one two xxx")
    assert (len(example), example[-1]) == (60, "…")


def test_thousands_of_columns_are_not_all_asked_about() -> None:
    seen, _ = read(";".join(f"c{number}" for number in range(3000)).encode() + b"\n", "a.csv")
    assert len(seen.columns) == 200


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Title", "title"), ("case-id", "case_id"), ("Feedback.CSAT", KEPT), ("feedback.csat", "feedback.csat"),
        ("Mood", KEPT), ("scorecard.Tone", CRITERION), ("extra", None), ("Type", KEPT), ("turns", "turns"),
    ],
)  # fmt: skip
def test_a_column_leads_to_what_its_name_says(name: str, meaning: str | None) -> None:
    assert columns.meaning_of(name, None) == meaning


def test_what_was_chosen_is_what_the_columns_lead_to_then() -> None:
    choices = [
        ("Ticket", "id"), ("Subject", "title"), ("Findings", "body"), ("Next time", "body"), ("Labels", "tags"),
        ("Calm tone", CRITERION), ("Agent phone", LEFT_OUT), ("Mood", KEPT),
    ]  # fmt: skip
    mapping = columns.chosen(None, choices, dates="day-first", separator=",")
    assert [(name, columns.meaning_of(name, mapping)) for name, _ in choices] == choices
    _, [first, _] = read(TABLE, "a.csv", mapping)
    assert isinstance(first, Draft)
    assert (first.external_id, first.title, first.tags) == ("4390", "The clock ran ahead", ("sso", "time"))
    assert first.body == "Nobody could sign in.\n\nLook at the clock first."
    assert [(answer.criterion, answer.value) for answer in first.scorecard] == [("Calm tone", "yes")]
    assert first.extra == {}


def test_no_mapping_is_made_where_every_column_means_what_it_says() -> None:
    assert columns.chosen(None, [("title", "title"), ("Body", "body"), ("Mood", KEPT)]) is None


def test_what_a_mapping_file_said_besides_stays() -> None:
    before = {
        "columns": {"Subject": "title"}, "scorecard": {"Cause": {"value": "Cause found", "comment": "Cause note"}},
        "values": {"kind": {"Voice": "call"}}, "defaults": {"language": "en"}, "lists": {"aliases": "|"},
    }  # fmt: skip
    choices = [("Subject", "title"), ("Cause found", CRITERION), ("Cause note", REMARK), ("Mood", LEFT_OUT)]
    assert columns.chosen(before, choices) == {**before, "drop": ["Mood"]}


def test_what_a_mapping_said_of_columns_that_were_not_asked_about_stays() -> None:
    before = {
        "columns": {"Finds": "gems", "Autumn": "body"},
        "scorecard": {"Calm tone": "Calm", "Cause": {"comment": "Cause note"}},
        "drop": ["Phone"],
    }
    assert columns.chosen(before, [("Subject", "title"), ("Autumn", LEFT_OUT)]) == {
        **before, "columns": {"Finds": "gems", "Subject": "title"}, "drop": ["Phone", "Autumn"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([("Subject", KEPT), ("Notes", KEPT)], {"Subject": "title", "Notes": "body"}),
        ([("件名", KEPT), ("Fecha", KEPT), ("Kunde", KEPT)], {"件名": "title", "Fecha": "date", "Kunde": "customer"}),
        (
            [("Review ID", KEPT), ("会話ID", KEPT), ("Grader", KEPT), ("Date Graded", KEPT)],
            {"Review ID": "id", "会話ID": "case_id", "Grader": "reviewer", "Date Graded": "date"},
        ),
        ([("Subject", KEPT), ("Headline", KEPT)], {"Subject": "title"}),  # only one can be
        ([("title", "title"), ("Subject", KEPT), ("turns", "turns"), ("Notes", KEPT)], {}),  # there is one already
    ],
)
def test_names_of_other_tools_are_proposed_where_nothing_else_means_that(
    found: list[tuple[str, str]], expected: dict[str, str]
) -> None:
    assert proposed([(Column(name), meaning) for name, meaning in found]) == expected


@pytest.mark.parametrize(
    ("examples", "expected"), [(("Y", "n"), CRITERION), (("yes", "maybe"), None), ((), None)], ids=str
)
def test_a_column_of_yes_and_no_is_proposed_as_a_criterion(examples: tuple[str, ...], expected: str | None) -> None:
    assert proposed([(Column("Calm tone", examples), KEPT)]).get("Calm tone") == expected


@pytest.mark.parametrize(
    ("name", "examples", "expected"),
    [
        ("Anforderer", ("Frieda Kunze",), "customer"), ("リクエスタ", ("佐藤花子",), "customer"),
        ("グループ", ("Tier 2",), "team"),
        ("Stichwörter", ("export",), "tags"), ("Labels (2)", ("limits",), "tags"), ("QA Score (%)", ("87,5%",), "score"),
        ("Reviewee name", ("Kim Ode",), "reviewee"), ("Geprüfter Mitarbeiter", ("Kim Ode",), "reviewee"),
        ("Assigned User", ("Kim Ode",), "reviewee"), ("Geprüft von", ("Jo Hall",), "reviewer"),
        ("Ergebnis in %", ("62",), "score"),
        ("Nota final (%)", ("85%",), "score"), ("Issue key", ("SUP-1",), "case_id"), ("Geprüft am", ("31.03.2026",), "date"),
        ("Ticket owner", ("Kim Ode",), "reviewee"),
        ("Ticket #", ("#7",), "case_id"),
        ("Conversation external ID", ("48211",), "case_id"), ("Conversation created at", ("2026-03-31",), "date"),
        ("Created time", ("2026-03-31 14:05",), "date"), ("conversation_rating.rating", ("4",), "feedback.csat"),
        ("Lösung gefunden", ("Ja", "k.A."), CRITERION), ("Is dispute", ("false",), None), ("is_archived", ("false",), None),
        ("open", ("True",), None), ("isDeleted", ("True",), None), ("Is it right?", ("True",), CRITERION),
    ],
)  # fmt: skip
def test_columns_of_helpdesks_are_proposed(name: str, examples: tuple[str, ...], expected: str | None) -> None:
    assert proposed([(Column(name, examples), KEPT), (Column("Notes"), KEPT)]).get(name) == expected


def test_how_often_something_was_done_is_no_rating() -> None:
    names = ("Agent interactions", "Customer replies", "parts.total_count", "Tone", "Speed")
    found = [(Column(name, ("2", "3"), rates=True), KEPT) for name in names]
    assert proposed(found) == {"Tone": CRITERION, "Speed": CRITERION}


def test_one_date_that_is_none_costs_its_row_and_not_the_column() -> None:
    days = Column("Datum", ("3.4.2026", "14.4.2026", "31.2.2026"))
    assert proposed([(days, KEPT)]) == {"Datum": "date"}
    assert proposed([(replace(days, examples=("today", "14.4.2026", "31.2.2026")), KEPT)]) == {}


def test_when_a_form_was_filled_in_is_the_date_where_nothing_else_is() -> None:
    stamp, day = Column("Timestamp", ("3/31/2026 14:05:11",)), Column("Call date", ("3/30/2026",))
    assert proposed([(stamp, KEPT)]) == {"Timestamp": "date"}
    assert proposed([(stamp, KEPT), (day, KEPT)]) == {"Call date": "date"}


def test_columns_of_ratings_are_proposed_as_criteria_where_there_are_several() -> None:
    seen = Seen()
    for row in (
        {"Ticket": "4711", "Greeting": "1", "Empathy": "4", "Cause found": "yes", "Minutes": "3"},
        {"Ticket": "4712", "Greeting": "0", "Empathy": "", "Cause found": "2", "Minutes": "12"},
    ):
        seen(row)
    found = [(column, KEPT) for column in seen.columns]
    assert proposed(found) == {
        "Ticket": "case_id",
        **dict.fromkeys(("Greeting", "Empathy", "Cause found"), CRITERION),
    }
    assert proposed([(column, "tags" if column.name != "Greeting" else KEPT) for column, _ in found]) == {}


@pytest.mark.parametrize(
    ("examples", "separator"),
    [
        (("sso, time", "export"), ","), (("sso; time", "a, b"), ""), (("a|b, c", "d"), "|"), (("export",), ""),
        (("closed_by_merge vip", "billing"), " "), (("data strategy", "data_export"), " "),
        (("data strategy", "export"), ""), (("Data_export late", "vip"), ""), (("closed_by_merge",), ""),
    ],
    ids=str,
)  # fmt: skip
def test_a_comma_a_bar_or_a_blank_is_proposed_where_it_seems_to_part_topics(
    examples: tuple[str, ...], separator: str
) -> None:
    assert columns.separator_of([Column("Labels", examples)]) == separator


def test_a_mapping_fits_a_file_that_has_all_its_columns() -> None:
    mapping = {"columns": {"Subject": "title"}, "drop": ["Agent phone"]}
    assert columns.fits(mapping, ["subject", "Agent Phone", "Mood"])
    assert not columns.fits(mapping, ["subject", "Mood"])
    assert not columns.fits({"dates": "day-first"}, ["subject"])


def test_remarks_are_the_text_where_nothing_else_is() -> None:
    found = [(Column("Ticket", ("1",)), KEPT), (Column("Comments", ("Read it all.",)), "comments")]
    assert proposed(found) == {"Ticket": "case_id", "Comments": "body"}
    assert proposed([*found, (Column("Notes", ("Long.",)), KEPT)]) == {"Ticket": "case_id", "Notes": "body"}


@pytest.mark.parametrize(
    ("name", "example", "expected"),
    [
        ("Satisfaction", "4", "feedback.csat"), ("Satisfaction", "good", None), ("Overall", "87,5", "score"),
        ("Overall", "Pass", None), ("Created", "3-Mar-26", "date"), ("Created", "last week", None),
        ("Week of", "3/2/2026", "cycle"), ("Conversation", "4711", "case_id"),
        ("Conversation", "Ann: Hello. Maria: It stops at noon.", "turns"), ("Link", "https://desk.example/1", "case_url"),
        ("Link", "see the wiki", None),
    ],
)  # fmt: skip
def test_nothing_is_proposed_that_the_values_cannot_be(name: str, example: str, expected: str | None) -> None:
    assert proposed([(Column(name, (example,)), KEPT), (Column("Notes"), KEPT)]).get(name) == expected


@pytest.mark.parametrize(
    "said", ["Ask for the log before you promise a day.", "五万行を超えるとエクスポートが止まる。"]
)
def test_the_column_that_says_most_is_the_text_where_no_name_tells(said: str) -> None:
    found = [Column("Outcome", ("Pass",)), Column("Feedback to Agent", (said,)), Column("Place", ("Row 4",))]
    assert proposed([(column, KEPT) for column in found]) == {"Feedback to Agent": "body"}
    assert proposed([(Column("Outcome", ("Pass",)), KEPT)]) == {}


def test_all_columns_of_sentences_are_the_text_where_no_name_tells() -> None:
    good = Column("Strengths", ("Kept calm while the export failed twice.",))
    better = Column("Opportunities", ("Ask for the number of rows before all else.", "Wait."))
    other = Column("Outcome", ("Solved at once, with no more to say", "Open", "Closed", "Open again", "Shut"))
    assert proposed([(column, KEPT) for column in (good, better, other)]) == {
        "Strengths": "body",
        "Opportunities": "body",
    }


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Ticket-Nr.;Punktzahl;Erstellt am;Bemerkung",
            "4390;87,5;4. März 2026;Wartet",
            ["case_id", "score", "date", "body"],
        ),
        (
            "Número de ticket;Puntuación;Fecha de creación;Comentario",
            "1;4;4/3/2026;Bien",
            ["case_id", "score", "date", "body"],
        ),
        ("チケット番号;総合評価;作成日;コメント", "1;4;2026年3月4日;良い", ["case_id", "score", "date", "body"]),
        (
            "\u200bTicket\u00a0ID;Overall;\ufeffDate;Comment",
            "1;4/5;2026-03-04;Fine",
            ["case_id", "score", "date", "body"],
        ),
        ("Note;Begrüßung;Lösung", "Hat nach der Uhr gefragt, gut;Ja;entfällt", ["body", "scorecard", "scorecard"]),
        ("Note;Greeting;Closing", "Asked for the clock, well done;Pass;N/A", ["body", "scorecard", "scorecard"]),
        ("Note;Tone;Speed", "Asked for the clock, well done;80 %;4/5", ["body", "scorecard", "scorecard"]),
        ("Note;Tone;Speed", "Asked for the clock, well done;★★★★☆;☆☆☆", ["body", "", ""]),
        ("Note;ratings", 'Fine;"[{""category"": ""Tone"", ""rating"": 4}]"', ["body", "scorecard"]),
    ],
    ids=[
        "German",
        "Spanish",
        "Japanese",
        "unseen signs",
        "ja and nein",
        "pass and fail",
        "ratings",
        "one rating",
        "a list",
    ],
)
def test_columns_as_people_write_them_are_proposed(header: str, row: str, expected: list[str]) -> None:
    seen, _ = read(f"{header}\n{row}\n".encode(), "a.csv")
    found = [(column, columns.meaning_of(column.name, None) or KEPT) for column in seen.columns]
    guessed = proposed(found)
    assert [guessed.get(column.name, meaning) for column, meaning in found] == expected


def test_a_list_of_ratings_in_a_cell_is_a_scorecard() -> None:
    table = b'Note;ratings\nFine;"[{""category"": ""Tone"", ""rating"": 4}]"\n'
    _, (draft,) = read(table, "a.csv", {"columns": {"Note": "body"}, "scorecard": {"ratings": "ratings"}})
    assert isinstance(draft, Draft)
    assert draft.scorecard == (Answer("Tone", "4"),)


def test_days_that_a_spreadsheet_counted_are_known_by_their_look() -> None:
    assert columns.dates_of([Column("Day", ("46084", "46085.5"))]) == "spreadsheet"
    assert columns.dates_of([Column("Day", ("46084", "3/3/2026"))]) is None
    assert columns.dates_of([Column("Day")]) is None


def test_what_stands_in_an_object_is_a_column_of_its_own() -> None:
    line = b'{"conversation": {"url": "https://a.example", "meta": {"team": "Blue"}}, "owner": {"name": "A"}, "note": "No"}'
    seen, _ = read(line + b"\n", "a.ndjson")
    assert [(column.name, column.examples) for column in seen.columns] == [
        ("conversation.url", ("https://a.example",)),
        ("conversation.meta.team", ("Blue",)),
        ("owner", ("name",)),
        ("owner.name", ("A",)),
        ("note", ("No",)),
    ]


def test_what_kb_reads_as_an_object_is_one_column() -> None:
    line = (
        b'{"reviewer": {"name": "Ann"}, "feedback": {"csat": 4}, "extra": {"mood": {"now": "calm"}}, "body": "Wait."}'
    )
    seen, _ = read(line + b"\n", "a.ndjson")
    assert [column.name for column in seen.columns] == ["reviewer", "feedback", "extra", "body"]


def test_what_was_chosen_of_an_object_is_read_there() -> None:
    line = b'{"ticket": {"url": "https://a.example", "text": "Wait.", "tone": "yes", "why": "calm", "phone": "555"}}'
    choices = [
        ("ticket.url", "case_url"), ("ticket.text", "body"), ("ticket.tone", CRITERION), ("ticket.why", REMARK),
        ("ticket.phone", LEFT_OUT),
    ]  # fmt: skip
    mapping = columns.chosen(None, choices)
    seen, (draft,) = read(line, "a.json", mapping)
    assert isinstance(draft, Draft)
    assert (draft.case_url, draft.body, draft.extra) == ("https://a.example", "Wait.", {})
    assert draft.scorecard == (Answer("tone", "yes", "calm"),)
    assert [columns.meaning_of(name, mapping) for name, _ in choices] == [meaning for _, meaning in choices]
    assert columns.fits(mapping or {}, seen.names)


@pytest.mark.parametrize(
    ("name", "criterion"),
    [
        ("Tone comment", "Tone"), ("tone_comments", "Tone"), ("Tone (Notes)", "Tone"), ("Comment on Tone", "Tone"),
        ("Kommentar zu Tone", "Tone"), ("ToneComment", "Tone"), ("Toneのコメント", "Tone"),
        ("Tone of voice - feedback", "Tone of voice"),
        ("Why?", "Speed"), ("Comment", "Speed"),
    ],
)  # fmt: skip
def test_a_comment_is_on_the_criterion_that_its_name_tells_else_on_the_one_before_it(name: str, criterion: str) -> None:
    choices = [("Tone", CRITERION), ("Tone of voice", CRITERION), ("Speed", CRITERION), (name, REMARK)]
    mapping = columns.chosen(None, choices)
    assert mapping is not None
    assert mapping["scorecard"] == {
        **{one: one for one in ("Tone", "Tone of voice", "Speed")},
        criterion: {"value": criterion, "comment": name},
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["Tone", "Tone comment", "Notes"], ["scorecard", "scorecard.comment", "body"]),
        (["Calm", "Tone rating", "Tone rating - why", "Comment"], ["scorecard", "", "", "body"]),
        (["Tone", "Comment", "Speed", "Comment (2)", "Summing up"], ["scorecard", "scorecard.comment"] * 2 + ["body"]),
        (["Tone", "Comment", "Name"], ["scorecard", "body", ""]),
    ],
)
def test_comments_on_criteria_are_proposed_as_such(header: list[str], expected: list[str]) -> None:
    values = {"Tone": "yes", "Calm": "no", "Speed": "yes", "Tone rating": "80 %"}
    found = [(Column(name, (values.get(name, "Asked for the time zone first."),)), KEPT) for name in header]
    guessed = proposed(found)
    assert [guessed.get(name, "") for name in header] == expected


def test_a_column_that_another_comments_on_is_proposed_as_a_criterion() -> None:
    found = [
        (Column("Tone", ("80 %", "60 %")), KEPT),
        (Column("Tone comment", ("Calm and friendly all along.",)), KEPT),
    ]
    assert proposed(found) == {"Tone": CRITERION, "Tone comment": REMARK}


def test_a_list_of_ratings_is_a_scorecard() -> None:
    line = (
        b'{"comment": "Good: asked for the time zone.", "ratings": '
        b'[{"categoryName": "Tone", "rating": 100, "weight": 2}, {"categoryName": "Speed", "rating": 50, "note": "late"}]}'
    )
    seen, _ = read(line, "a.json")
    guessed = proposed([(column, KEPT) for column in seen.columns])
    assert guessed == {"comment": "body", "ratings": CRITERION}
    _, (draft,) = read(line, "a.json", columns.chosen(None, list(guessed.items())))
    assert isinstance(draft, Draft)
    assert draft.scorecard == (Answer("Tone", "100"), Answer("Speed", "50", "late"))
    assert draft.extra == {"scorecard": {"0": {"weight": 2}}}


def test_what_is_called_comments_is_the_text_where_nothing_else_is() -> None:
    said = (Column("comments", ("Asked for the time zone first.",)), "comments")
    assert proposed([said]) == {"comments": "body"}
    assert proposed([said, (Column("body", ("Wait.",)), "body")]) == {}


@pytest.mark.parametrize(
    ("name", "example", "expected"),
    [
        ("source.body", "It stops.", "body"), ("ticket.subject", "Export", "title"), ("ticket.id", "4390", "case_id"),
        ("customer_data.id", "7", ""), ("owner.url", "https://a.example", ""), ("1. Title", "Export", ""),
    ],
)  # fmt: skip
def test_of_an_object_only_what_it_is_wherever_it_stands_is_proposed(name: str, example: str, expected: str) -> None:
    assert proposed([(Column(name, (example,)), KEPT), (Column("turns", ("Hi",)), "turns")]).get(name, "") == (
        expected if expected != "body" else ""
    )
    assert proposed([(Column(name, (example,)), KEPT)]).get(name, "") == expected
