"""Other people's columns, chosen by the browser: over the file's own first rows, and remembered for the next."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from browsing import Browser, page
from test_ingest_pages import carried_out, drop

from kb import reviews
from kb.intake import intake, runs
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.models import Answer

TABLE = b"""Ticket;Subject;Findings;Labels;Agent phone
4390;The clock ran ahead;Nobody could sign in.;sso, time;555 0100
"""
MORE = TABLE + b"4391;Export stops;It ends without a word.;export;555 0101\n"
CHOSEN = {"Ticket": "id", "Subject": "title", "Findings": "body", "Labels": "tags", "Agent phone": "-"}


def choose(browser: Browser, address: str, choices: dict[str, str], **form: str):
    data = {"column": list(choices), "means": list(choices.values()), **form}
    return browser.post(f"{address}/columns", data=data)


def selected(text: str) -> dict[str, str]:
    """What the form has chosen for each column."""
    names = re.findall(r'name="column" value="([^"]*)"', text)
    means = re.findall(r'<option value="([^"]*)" selected>', text.partition('id="f-dates"')[0])
    return dict(zip(names, means, strict=True))


@pytest.fixture
def browser(client_as) -> Browser:
    return client_as("reviewer")


def test_columns_are_shown_over_their_first_values_with_proposals_that_nothing_is_read_by(library, browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    text = page(browser.get(address))
    assert "Nobody could sign in." in text
    assert "These are proposals" in text
    assert selected(text) == {**CHOSEN, "Ticket": "case_id", "Agent phone": ""}
    assert '<option value="," selected>commas</option>' in text
    assert "would be set aside" in text
    assert runs.options_of(library, 1)[1].mapping is None


def test_a_table_that_does_not_say_whose_work_it_is_gets_a_word_on_names(browser: Browser) -> None:
    words = "None of them is the case owner yet."
    _, address = drop(browser, ("tickets.csv", TABLE))
    assert words in page(browser.get(address))
    choose(browser, address, {**CHOSEN, "Agent phone": "reviewee"})
    assert words not in page(browser.get(address))


def test_a_file_of_another_tool_is_said_to_want_its_columns_before_anything_else(browser: Browser) -> None:
    words, gems = "Nothing of it can come in as it is.", "Gems that come with it wait"
    _, address = drop(browser, ("tickets.csv", TABLE))
    text = page(browser.get(address))
    assert text.index(words) < text.index("Keep what is set aside")
    assert gems not in text
    choose(browser, address, CHOSEN)
    text = page(browser.get(address))
    assert words not in text
    assert gems in text


@pytest.mark.parametrize(
    ("name", "content", "heading"),
    [
        ("a.csv", b"title,body\nNight,Export by night.\n", "What its columns mean"),
        ("a.md", b"---\ntitle: Night\nMood: calm\n---\nExport by night.\n", "What its fields mean"),
        ("a.ndjson", b'{"title": "Night", "body": "Export by night."}\n', "What its fields mean"),
    ],
    ids=["a table", "front matter", "json"],
)
def test_what_is_no_table_has_fields_and_no_columns(browser, name: str, content: bytes, heading: str) -> None:
    _, address = drop(browser, (name, content))
    text = page(browser.get(address))
    assert [words for words in ("What its columns mean", "What its fields mean") if words in text] == [heading] * bool(
        heading
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.csv",
            "body;title\n¿Cómo se anula el envío?;Señal\n".encode("cp1252"),
            ["a table", "parted by semicolons", "in Windows-1252"],
        ),
        ("a.tsv", b"body\ttitle\nx\ty\n", ["a table", "parted by tabs"]),
        ("a.md", "Grüße".encode(), ["Markdown"]),
        ("a.json", '[{"body": "x"}]'.encode("utf-16"), ["JSON", "in UTF-16"]),
    ],
)
def test_the_page_says_what_a_file_is_read_as(browser: Browser, name: str, content: bytes, said: list[str]) -> None:
    _, address = drop(browser, (name, content))
    read = page(browser.get(address)).partition('<ul class="files-read">')[2].partition("</form>")[0]
    assert f"upload/{name}" in read
    assert re.findall("<li>([^<]+)</li>", read) == said


def test_what_is_chosen_is_looked_at_and_brought_in(library: Library, browser: Browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    assert choose(browser, address, CHOSEN, separator=",").status_code == 303
    text = page(browser.get(address))
    assert "The clock ran ahead" in text
    assert selected(text) == CHOSEN
    assert carried_out(library, browser, address)["added"] == 1
    review = reviews.get(library, 1, unmasked=True)
    assert (review.external_id, review.title, review.body) == ("4390", "The clock ran ahead", "Nobody could sign in.")
    assert {"sso", "time"} <= {tag.name for tag in review.tags}
    assert review.extra == {}


def test_topics_parted_by_blanks_are_proposed_and_brought_in_as_several(library: Library, browser: Browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE.replace(b"sso, time", b"closed_by_merge vip")))
    assert '<option value=" " selected>blanks</option>' in page(browser.get(address))
    choose(browser, address, CHOSEN, separator=" ")
    assert '<option value=" " selected>blanks</option>' in page(browser.get(address))
    carried_out(library, browser, address)
    assert {"closed_by_merge", "vip"} <= {tag.name for tag in reviews.get(library, 1, unmasked=True).tags}


def test_what_a_mapping_says_that_has_no_name_stays_chosen(browser: Browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    choose(browser, address, CHOSEN, separator=" + ")
    assert '<option value=" + " selected> + </option>' in page(browser.get(address))


def test_what_stands_in_objects_is_chosen_as_what_stands_beside_them(library: Library, browser: Browser) -> None:
    company = {"name": "Acme", "size": 3}
    note = {"id": 5, "properties": {"note": "It stops at night, they say.", "by": "7"}, "company": company}
    _, address = drop(browser, ("notes.json", json.dumps(note).encode()))
    shown = selected(page(browser.get(address)))
    assert shown == {
        "id": "id", "properties.note": "body", "properties.by": "", "company": "customer", "company.name": "",
        "company.size": "",
    }  # fmt: skip
    choose(browser, address, {**shown, "properties.by": "-"})
    assert carried_out(library, browser, address)["added"] == 1
    review = reviews.get(library, 1, unmasked=True)
    assert (review.body, review.customer) == ("It stops at night, they say.", "Acme")
    assert review.extra == {"customer": company}


def test_a_criterion_comes_in_with_what_was_commented_on_it(library: Library, browser: Browser) -> None:
    table = b"Summary,Tone,Tone comment,Speed\nThe night schedule is in no article.,yes,Calm all along.,no\n"
    _, address = drop(browser, ("a.csv", table))
    shown = selected(page(browser.get(address)))
    assert shown == {"Summary": "title", "Tone": "scorecard", "Tone comment": "scorecard.comment", "Speed": "scorecard"}
    choose(browser, address, {**shown, "Summary": "body"})
    carried_out(library, browser, address)
    assert reviews.get(library, 1, unmasked=True).scorecard == (
        Answer("Tone", "yes", "Calm all along."),
        Answer("Speed", "no"),
    )


def test_a_comment_that_stands_before_every_criterion_is_no_choice(browser: Browser) -> None:
    _, address = drop(browser, ("a.csv", b"Why,Summary\nCalm,Wait.\n"))
    answer = choose(browser, address, {"Why": "scorecard.comment", "Summary": "body"})
    assert (answer.status_code, "Why comments on no criterion: none stands before it." in answer.text) == (400, True)


def test_a_table_with_a_row_for_each_criterion_comes_in_as_its_reviews(library: Library, browser: Browser) -> None:
    table = (
        b"Audit,Question,Answer,Comment\nr1,Tone,Yes,Calm.\nr1,Speed,No,Two days.\nr2,Tone,Yes,Warm.\nr2,Speed,Yes,\n"
    )
    _, address = drop(browser, ("a.csv", table))
    choices = {"Audit": "", "Question": "answer.criterion", "Answer": "answer.value", "Comment": "body"}
    assert "Which rows are one review is told by its id" in choose(browser, address, choices).text
    choose(browser, address, {**choices, "Audit": "id"})
    assert carried_out(library, browser, address)["added"] == 2
    assert reviews.get(library, 1, unmasked=True).scorecard == (Answer("Tone", "yes"), Answer("Speed", "no"))


def test_the_next_file_of_the_same_source_and_columns_is_read_alike(library: Library, browser: Browser) -> None:
    _, first = drop(browser, ("tickets.csv", TABLE))
    choose(browser, first, CHOSEN, separator=",")
    carried_out(library, browser, first)
    _, address = drop(browser, ("tickets.csv", MORE))
    text = page(browser.get(address))
    assert 'read as in <a href="/ingest/runs/1">run no. 1</a>' in text
    assert selected(text) == CHOSEN
    status = carried_out(library, browser, address)
    assert (status["added"], status["unchanged"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "form"),
    [(MORE, {"source": "another tool"}), (MORE.replace(b"Findings", b"Remarks"), {})],
    ids=["another source", "other columns"],
)
def test_other_files_are_not_read_alike(
    library: Library, browser: Browser, content: bytes, form: dict[str, str]
) -> None:
    _, first = drop(browser, ("tickets.csv", TABLE))
    choose(browser, first, CHOSEN)
    carried_out(library, browser, first)
    drop(browser, ("tickets.csv", content), **form)
    assert runs.options_of(library, 2)[1].mapping is None


def test_choices_can_be_forgotten(library: Library, browser: Browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    choose(browser, address, CHOSEN)
    choose(browser, address, CHOSEN, do="forget")
    assert runs.options_of(library, 1)[1].mapping is None
    assert "These are proposals" in page(browser.get(address))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"Ticket": "title"}, "Ticket, Subject cannot all be Title"),
        ({"Title": ""}, "Title is a name that kb knows"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_kept_in_the_form(
    library: Library, browser: Browser, more: dict[str, str], said: str
) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    answer = choose(browser, address, {**CHOSEN, "Labels": "team", **more})
    assert answer.status_code == 400
    assert said in answer.text
    assert selected(answer.text)["Labels"] == "team"
    assert runs.options_of(library, 1)[1].mapping is None


def test_what_no_form_offers_is_refused(library: Library, browser: Browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    answer = choose(browser, address, {"Subject": "banana"})
    assert "&#39;banana&#39; is nothing that a column can mean" in answer.text
    assert "day first, month first, or as a spreadsheet" in choose(browser, address, CHOSEN, dates="year-first").text


def test_choices_are_taken_along_as_a_mapping_file_that_does_the_same(library: Library, browser: Browser) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    assert browser.get(f"{address}/mapping.yaml").status_code == 404
    choose(browser, address, CHOSEN, separator=",", dates="day-first")
    chosen = runs.options_of(library, 1)[1].mapping
    answer = browser.get(f"{address}/mapping.yaml")
    assert "attachment" in answer.headers["Content-Disposition"]
    drop(browser, ("tickets.csv", TABLE), mapping=answer.text, source="by file")
    assert runs.options_of(library, 2)[1].mapping == chosen


def test_a_file_with_kbs_own_columns_needs_no_choice(browser: Browser) -> None:
    _, address = drop(browser, ("a.csv", b"id,title,body\n1,One,Two\n"))
    text = page(browser.get(address))
    assert '<details>\n    <summary><h2 id="columns-head">' in text
    assert selected(text) == {"id": "id", "title": "title", "body": "body"}


def test_nobody_elses_upload_is_read_otherwise_and_none_that_was_started(
    library: Library, browser: Browser, client_as
) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    assert choose(client_as("other"), address, CHOSEN).status_code == 403
    assert runs.options_of(library, 1)[1].mapping is None
    choose(browser, address, CHOSEN)
    carried_out(library, browser, address)
    for form in ({"do": "forget"}, {"column": "Subject", "means": "banana"}):
        text = page(browser.post(f"{address}/columns", data=form, follow_redirects=True))
        assert "started or dropped already" in text
    assert runs.options_of(library, 1)[1].mapping


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"column": "x"},
        {"means": "title"},
        {"column": "\0", "means": "\0"},
        {"dates": "x" * 9000},
        {"separator": "\n;"},
    ],
    ids=["nothing", "no meaning", "no column", "NULs", "dates", "separator"],
)
def test_rubbish_is_no_error_of_ours(browser: Browser, form: dict[str, str]) -> None:
    _, address = drop(browser, ("tickets.csv", TABLE))
    assert browser.post(f"{address}/columns", data=form).status_code in (303, 400)
    assert browser.get(address).status_code == 200


def set_aside(library: Library, browser: Browser, content: bytes, name: str = "tickets.csv", **form: str) -> str:
    """The address of the report of a run that set this aside."""
    _, address = drop(browser, (name, content), **form)
    carried_out(library, browser, address)
    return address


def bring_back(browser: Browser, address: str, choices: dict[str, str], **form: str):
    data = {"column": list(choices), "means": list(choices.values()), **form}
    return browser.post(f"{address}/columns/bring-back", data=data)


def test_a_table_that_was_set_aside_whole_gets_its_columns_on_the_report_and_is_brought_in(
    library: Library, browser: Browser
) -> None:
    address = set_aside(library, browser, MORE, tags="desk")
    text = page(browser.get(address))
    assert selected(text) == {**CHOSEN, "Ticket": "case_id", "Agent phone": ""}
    assert "Nobody could sign in." in text
    assert bring_back(browser, address, CHOSEN, separator=",").location == "/ingest/runs/2"
    review = reviews.get(library, 1, unmasked=True)
    assert (review.external_id, review.title, review.extra) == ("4390", "The clock ran ahead", {})
    assert {"sso", "time", "desk"} <= {tag.name for tag in review.tags}
    assert runs.open_count(library, 1) == 0
    assert "What its columns mean" not in page(browser.get(address))


def test_what_was_chosen_on_a_report_is_remembered_for_the_next_upload(library: Library, browser: Browser) -> None:
    bring_back(browser, set_aside(library, browser, TABLE), CHOSEN, separator=",")
    _, address = drop(browser, ("tickets.csv", MORE))
    text = page(browser.get(address))
    assert 'read as in <a href="/ingest/runs/2">run no. 2</a>' in text
    assert selected(text) == CHOSEN


def test_rows_set_aside_under_a_mapping_are_mended_under_it(library: Library, browser: Browser) -> None:
    dated = MORE.replace(b"Labels", b"Closed on").replace(b"sso, time", b"31.02.2026").replace(b"export;", b"1.2.2026;")
    _, address = drop(browser, ("tickets.csv", dated), tags="desk")
    meant = {"Ticket": "id", "Findings": "body", "Closed on": "date"}
    choose(browser, address, meant)
    assert carried_out(library, browser, address)["skipped"] == 1
    assert meant.items() <= selected(page(browser.get(address))).items()
    [(id, row, _)] = runs.skipped(library, 1)
    browser.post(f"{address}/retry", data={f"row-{id}": row.content.decode().replace("31.02", "28.02")})
    review = reviews.get(library, 2, unmasked=True)
    assert (review.external_id, review.body) == ("4390", "Nobody could sign in.")
    assert [tag.name for tag in review.tags] == ["desk"]


def test_single_rows_that_were_set_aside_get_their_keys_on_the_report(library: Library, browser: Browser) -> None:
    lines = b'{"id": 1, "body": "Known."}\n{"id": 2, "seen": "Not known by this name."}\n'
    address = set_aside(library, browser, lines, "notes.ndjson")
    assert selected(page(browser.get(address))) == {"id": "id", "seen": "body"}  # the one that says most is proposed
    bring_back(browser, address, {"id": "id", "seen": "body"})
    assert [reviews.get(library, id, unmasked=True).body for id in (1, 2)] == ["Known.", "Not known by this name."]


def test_what_cannot_be_chosen_on_a_report_is_said_and_kept_in_the_form(library: Library, browser: Browser) -> None:
    address = set_aside(library, browser, TABLE)
    answer = bring_back(browser, address, {**CHOSEN, "Ticket": "title"})
    assert answer.status_code == 400
    assert "Ticket, Subject cannot all be Title" in answer.text
    assert selected(answer.text)["Agent phone"] == "-"
    assert runs.open_count(library, 1) == 1
    bring_back(browser, address, CHOSEN)
    again = bring_back(browser, address, CHOSEN)
    assert (again.status_code, "has no row that was set aside" in again.text) == (400, True)


def test_nobody_chooses_for_anothers_rows_but_a_curator(client_as, library: Library, browser: Browser) -> None:
    address = set_aside(library, browser, TABLE)
    other, curator = client_as("other"), client_as("curator")
    assert bring_back(other, address, CHOSEN).status_code == 403
    assert 'name="means"' not in page(other.get(address))
    assert bring_back(curator, address, CHOSEN).status_code == 302


def test_a_very_wide_table_says_what_happens_with_the_columns_that_are_not_shown(
    library: Library, browser: Browser
) -> None:
    names = ["body", *(f"column {n}" for n in range(1, 250)), "title", "Mood"]
    table = f"{';'.join(names)}\n{';'.join(f'cell {n}' for n in range(252))}\n".encode()
    _, address = drop(browser, ("wide.csv", table))
    text = page(browser.get(address))
    assert len(selected(text)) == 200
    assert "52 more columns are not shown here." in text
    assert carried_out(library, browser, address)["added"] == 1
    review = reviews.get(library, 1, unmasked=True)
    assert (review.title, review.extra["Mood"], review.extra["column 249"]) == ("cell 250", "cell 251", "cell 249")


def test_a_mapping_of_columns_that_are_too_many_to_be_shown_is_remembered(library: Library, browser: Browser) -> None:
    names = [*(f"c{n}" for n in range(250)), "Findings"]
    table = f"{','.join(names)}\n{','.join(f'cell {n}' for n in range(251))}\n".encode()
    _, address = drop(browser, ("wide.csv", table), mapping="columns: {Findings: body}")
    carried_out(library, browser, address)
    assert reviews.get(library, 1, unmasked=True).body == "cell 250"
    drop(browser, ("wide.csv", table))
    assert runs.options_of(library, 2)[1].mapping == {"columns": {"Findings": "body"}}


def test_a_mapping_with_a_day_of_toml_is_kept_with_its_run(library: Library, browser: Browser) -> None:
    mapping = (BytesIO(b'columns = {Findings = "body"}\ndefaults = {date = 2026-03-03}\n'), "mapping.toml")
    _, address = drop(browser, ("tickets.csv", TABLE), mapping_file=mapping)
    carried_out(library, browser, address)
    assert reviews.get(library, 1, unmasked=True).date == datetime(2026, 3, 3, tzinfo=UTC)


def test_days_that_a_spreadsheet_counted_are_offered_as_such_also_on_the_report(
    library: Library, browser: Browser
) -> None:
    address = set_aside(library, browser, b"id,body,date\n1,One,46084\n")
    text = page(browser.get(address))
    assert '<option value="spreadsheet" selected>' in text
    bring_back(browser, address, {"id": "id", "body": "body", "date": "date"}, dates="spreadsheet")
    assert reviews.get(library, 1, unmasked=True).date == datetime(2026, 3, 3, tzinfo=UTC)


def finished(browser: Browser, address: str) -> dict[str, object]:
    """What a run that a process of its own carries out comes to."""
    for _ in range(300):
        status = browser.get(f"{address}/status").json
        if status["finished"]:
            return status
        time.sleep(0.1)
    raise AssertionError(status)


@pytest.mark.parametrize("again", ["with its columns", "as it is"])
def test_what_is_much_is_brought_back_by_a_process_of_its_own(
    library: Library, browser: Browser, tmp_path: Path, again: str
) -> None:
    file, address = tmp_path / "tickets.csv", "/ingest/runs/1"
    file.write_bytes(b"Ticket;Findings\n4390;" + b"word " * 250_000 + b"\n")
    intake.ingest(library, [str(file)], IntakeOptions(tags=("desk",)), who="reviewer@kb.example")
    if again == "as it is":
        answer = browser.post(f"{address}/retry", data={"all": "yes"})
    else:
        answer = bring_back(browser, address, {"Ticket": "id", "Findings": "body"})
    assert (answer.status_code, answer.location) == (303, "/ingest/runs/2")
    came = finished(browser, answer.location)
    assert (came["added"], came["skipped"]) == ((0, 1) if again == "as it is" else (1, 0))
    assert runs.open_count(library, 1) == 0
    assert runs.get(library, 2).who == "reviewer@kb.example"
    if again != "as it is":
        review = reviews.get(library, 1, unmasked=True)
        assert (review.external_id, [tag.name for tag in review.tags]) == ("4390", ["desk"])
