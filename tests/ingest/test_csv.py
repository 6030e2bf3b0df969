"""CSV and its kin: what parts the cells is found out, a bad row costs itself only."""

from __future__ import annotations

from typing import Any

import pytest
from bringing import BringIn, ReasonOf, located

from kb.models import Answer, Draft, Feedback, SkippedRow, TagDraft, Turn


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_what_parts_the_cells_is_found_out(bring_in: BringIn, mark: str) -> None:
    rows = [["ID", "Case ID", "Body", "Tags"], ["1", "4390", '"a, b; c | d\t"', '"GDPR; export"']]
    (draft,) = bring_in("\n".join(mark.join(row) for row in rows), "a.csv")
    assert draft == Draft(external_id="1", case_id="4390", body="a, b; c | d", tags=("GDPR", "export"))


def test_excel_s_own_hint_is_followed(bring_in: BringIn) -> None:
    assert bring_in("sep=;\r\nid;body\r\n1;a,b,c\r\n", "a.csv") == [Draft(external_id="1", body="a,b,c")]


def test_cells_of_structured_columns_hold_json(bring_in: BringIn) -> None:
    text = 'turns,scorecard,feedback.csat,extra\n"[{""text"": ""Hi""}]",Tone: yes; Speed: 3,4,"{""a"": 1}"\n'
    (draft,) = bring_in(text, "a.csv")
    assert draft.turns == (Turn("Hi"),)
    assert draft.scorecard == (Answer("Tone", "yes"), Answer("Speed", "3"))
    assert (draft.feedback, draft.extra) == (Feedback(csat=4.0), {"a": 1})


def test_json_in_a_cell_that_is_cut_off_is_refused(reason_of: ReasonOf) -> None:
    assert reason_of('body,turns\nx,"[{""text"": ]"\n', "a.csv").startswith("turns begins like JSON but is not")


def test_a_row_knows_its_number_and_its_line() -> None:
    found = located('id,body\n1,"a\nb"\n2,c\n', "a.csv")
    assert [item.location for item in found] == ["row 2", "row 3 (line 4)"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,a,b\n", "has 3 cells, the header 2"),
        ("1\n", "has 1 cell, the header 2"),
        ("1,a\0b\n", "body holds a NUL"),
        ('1,"a" b\n', "a quote inside a text is written twice"),
        ("1,a\rb\n", "carriage return"),
        ('1,"never closed\n', "A quote opens here that never closes"),
        (f"1,{'x' * 150}\n", "body is 150 bytes long"),
    ],
)
def test_a_bad_row_is_set_aside_with_the_header_and_the_others_come_in(bring_in: BringIn, row: str, words: str) -> None:
    found = bring_in(f"id,body\n0,before\n{row}2,after\n3,later\n", "a.csv", max_field=100)
    assert [item.body for item in found if isinstance(item, Draft)] == ["before", "after", "later"]
    (skipped,) = (item for item in found if isinstance(item, SkippedRow))
    assert (skipped.location, skipped.content) == ("row 3", f"id,body\n{row}".encode())
    assert words in skipped.reason


def test_a_row_in_another_encoding_is_set_aside_as_its_bytes_are(bring_in: BringIn) -> None:
    first, second, skipped = bring_in("id,body\n1,Grüße\n2,schön\n".encode() + b"3,gr\xfcn\n", "a.csv")
    assert (first.body, second.body) == ("Grüße", "schön")
    assert skipped.content == b"id,body\n3,gr\xfcn\n"
    assert "byte 5 of line 4 (0xfc)" in skipped.reason


def test_a_set_aside_row_comes_in_once_it_is_mended(bring_in: BringIn) -> None:
    (skipped,) = bring_in("id;body\n1;a;b\n", "a.csv")
    mended = skipped.content.replace(b"a;b", b'"a;b"')
    assert bring_in(mended, skipped.source, skipped.format) == [Draft(external_id="1", body="a;b")]


def test_empty_rows_and_empty_cells_after_the_last_are_nothing(bring_in: BringIn) -> None:
    assert bring_in("id,body\n\n,\n1,a,,\n", "a.csv") == [Draft(external_id="1", body="a")]


def test_columns_without_a_name_or_with_one_name_are_kept_apart(bring_in: BringIn) -> None:
    (draft,) = bring_in("body,Note,Note,\nx,1,2,3\n", "a.csv")
    assert draft.extra == {"Note": "1", "Note (2)": "2", "column 4": "3"}


@pytest.mark.timeout(60)  # it took minutes
def test_columns_of_one_name_by_the_thousand_are_kept_apart(bring_in: BringIn) -> None:
    (draft,) = bring_in(f"body{',Note' * 9_000}\nx{',1' * 9_000}\n", "a.csv")
    assert list(draft.extra)[-1] == "Note (9000)"


@pytest.mark.parametrize("text", ["id,body\n", "id,body", "id,body\n\n,\n", "id,body\nid,body\n"])
def test_a_table_of_a_header_alone_gets_a_sentence(reason_of: ReasonOf, text: str) -> None:
    assert reason_of(text, "a.csv") == "The table has a header, but no row below it."


def test_a_header_without_a_body_is_said_once(reason_of: ReasonOf) -> None:
    reason = reason_of("Ticket,Summary\n1,a\n2,b\n", "a.csv")
    assert (
        "None of its columns is known as the text (body) or the conversation (turns): it has Ticket, Summary." in reason
    )


def test_a_table_whose_header_cannot_be_used_is_kept_with_its_rows_and_comes_in_with_a_mapping(
    bring_in: BringIn,
) -> None:
    (skipped,) = bring_in('Ticket,Summary\n1,"a\nb"\n2,c\n', "a.csv")
    mapped = bring_in(skipped.content, skipped.source, skipped.format, mapping={"columns": {"Summary": "body"}})
    assert [item.body for item in mapped] == ["a\nb", "c"]


def test_of_a_very_long_table_without_a_usable_header_the_beginning_is_kept(bring_in: BringIn) -> None:
    (skipped,) = bring_in("Ticket,Summary\n" + "1,a\n" * 100, "a.csv", max_field=10)
    assert skipped.content == b"Ticket,Summary\n" + b"1,a\n" * 16
    assert skipped.reason.endswith("only its beginning is kept here.")


def test_what_a_spreadsheet_could_not_work_out_is_an_empty_cell(bring_in: BringIn) -> None:
    (draft,) = bring_in("body,date,tags,customer,product\nText,#DIV/0!,#REF!,#BEZUG!,#1\n", "a.csv")
    assert (draft.date, draft.tags, draft.customer, draft.product) == (None, (), "", "#1")


def test_tables_one_below_the_other_are_one(bring_in: BringIn) -> None:
    drafts = bring_in("id,title,body\n1,One,a\nid,title,body\n2,Two,b\n", "a.csv")
    assert [draft.title for draft in drafts] == ["One", "Two"]


def test_a_tag_may_be_a_row(bring_in: BringIn) -> None:
    assert bring_in("type,name,aliases\ntag,GDPR,DSGVO;RGPD\n", "a.csv") == [TagDraft("GDPR", "", ("DSGVO", "RGPD"))]


@pytest.mark.parametrize(("deciding", "month"), [("31/1/2024", 4), ("1/31/2024", 3), ("1/1/2024", 3)])
def test_one_date_of_the_column_decides_how_all_are_read(bring_in: BringIn, deciding: str, month: int) -> None:
    first, _ = bring_in(f"id,date,body\n1,03/04/2026,a\n2,{deciding},b\n", "a.csv")
    assert first.date.month == month


def test_a_row_without_an_id_gets_one_from_its_content(bring_in: BringIn) -> None:
    first = bring_in("title,body\nT,a\n", "a.csv")[0].external_id
    assert first.startswith("content-")
    assert bring_in("body;title\na;T\n", "b.csv")[0].external_id == first
    assert bring_in("title,body\nT,b\n", "a.csv")[0].external_id != first


def test_old_mac_line_ends_are_line_ends(bring_in: BringIn) -> None:
    assert bring_in("id,body\r1,a\r2,b\r", "a.csv") == [
        Draft(external_id="1", body="a"),
        Draft(external_id="2", body="b"),
    ]


def test_quotes_that_never_close_do_not_take_time_without_end(bring_in: BringIn) -> None:
    rows: list[Any] = bring_in("id,body\n" + '"a\n"b"c\n' * 3000, "a.csv")
    assert all(isinstance(row, SkippedRow) for row in rows)


MERGED = ";;Reviewer;;Scores;\nTicket;Subject;Name;Team;Tone;Findings\n1;Slow export;Ann;EMEA;Yes;Run it by night.\n"
TITLED = "QA Export, March\nGenerated 2026-03-01\n\nTicket;Subject;Findings\n1;Slow export;Run it by night.\n"
PADDED = "QA Export,,\nGenerated 2026-03-01,,\nTicket,Subject,Findings\n1,Slow export,Run it by night.\n"
FINDINGS = {"columns": {"Ticket": "id", "Subject": "title", "Findings": "body"}}


@pytest.mark.parametrize("text", [MERGED, TITLED, PADDED], ids=["merged cells", "a title", "a title with marks"])
def test_what_stands_above_a_header_is_passed_over(bring_in: BringIn, text: str) -> None:
    (draft,) = bring_in(text, "a.csv", mapping=FINDINGS)
    assert (draft.external_id, draft.title, draft.body) == ("1", "Slow export", "Run it by night.")


def test_a_row_below_a_title_is_counted_as_a_spreadsheet_counts_it_and_kept_with_its_header() -> None:
    mapping = {"columns": {"Day": "date", "Findings": "body"}}
    found = located(
        "QA Export;;\n\nTicket;Day;Findings\n1;31.02.2026;One\n2;13/4/2026;Two\n3;4/3/2026;Three\n",
        "a.csv",
        mapping=mapping,
    )
    assert (found[0].location, found[0].raw) == ("row 4", b"Ticket;Day;Findings\n1;31.02.2026;One\n")
    assert [str(each.item.date.date()) for each in found[1:]] == ["2026-04-13", "2026-03-04"], "day first in all of it"


def test_a_table_below_a_title_that_cannot_be_used_is_kept_whole_and_names_its_columns(bring_in: BringIn) -> None:
    (skipped,) = bring_in(PADDED, "a.csv")
    assert "it has Ticket, Subject, Findings." in skipped.reason
    assert skipped.content.decode() == PADDED


@pytest.mark.parametrize(
    "text",
    ["body;;;\nOne;a;b;c\nTwo;a;b;c\n", ";;body;;\na;b;One;d;e\na;b;Two;d;e\n"],
    ids=["columns without a name", "most of them"],
)
def test_a_header_that_kb_can_use_is_the_header_however_empty(bring_in: BringIn, text: str) -> None:
    assert [draft.body for draft in bring_in(text, "a.csv")] == ["One", "Two"]


def test_numbers_are_no_header(reason_of: ReasonOf) -> None:
    assert "it has Results." in reason_of("Results;;\n1;2;3\n4;5;6\n", "a.csv")


def test_tables_one_below_the_other_have_their_own_headers(bring_in: BringIn) -> None:
    text = "id,body,score\n1,One,80\n\nid,score,body\n2,60,Two\n\nAgent,Team\nBen,Blue\nCy,Red\n"
    first, second, rest = bring_in(text, "a.csv")
    assert [(draft.body, draft.score) for draft in (first, second)] == [("One", 80.0), ("Two", 60.0)]
    assert (rest.location, rest.content) == ("row 7", b"Agent,Team\nBen,Blue\nCy,Red\n")
    assert "no row below it was taken" in rest.reason


def test_a_row_that_says_what_columns_are_called_is_a_row_where_no_gap_stands_above_it(bring_in: BringIn) -> None:
    assert [draft.body for draft in bring_in("id,body\n1,One\nAgent,Team\n", "a.csv")] == ["One", "Team"]


def test_a_text_file_that_holds_a_table_asks_what_its_columns_mean(reason_of: ReasonOf) -> None:
    table = "Case ID\tReviewer\tNotes\n4711\tLea Röth\tNachts planen, sonst bricht er ab.\n"
    assert "None of its columns is known as the text" in reason_of(table.encode("utf-16"), "unicode.txt")


def test_a_text_with_commas_is_no_table(bring_in: BringIn) -> None:
    (draft,) = bring_in("Notes, customer, product\n\nThe export stops, always.\n", "a.txt")
    assert draft.body.startswith("Notes, customer, product")
