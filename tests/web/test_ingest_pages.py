"""Bringing in by the browser: look, say yes, watch, mend."""

from __future__ import annotations

import json
import time
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from browsing import page, signed_in
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from kb import members, reviews
from kb.gems import gems
from kb.intake import runs
from kb.web import ingest

GOOD = b'{"id": "a1", "title": "Export stops at 50,000 rows", "body": "Schedule it by night."}\n'
BAD = b'{"id": "a2", "title": "cut off'
HOW = {"source": "helpdesk", "tags": "Export; GDPR"}


def drop(browser, *files, **form):
    """Drop (name, content) pairs; the answer, and the address of the run."""
    data = {**HOW, "files": [(BytesIO(content), name) for name, content in files], **form}
    response = browser.post("/ingest/upload", data=data, content_type="multipart/form-data")
    return response, response.headers.get("Location", "")


def carried_out(library, browser, address):
    """Say yes, and wait for the process that brings it in."""
    assert browser.post(f"{address}/start").status_code == 302
    for _ in range(600):
        status = browser.get(f"{address}/status").json
        if status["finished"]:
            return status
        time.sleep(0.05)
    raise AssertionError(status)


def test_topics_for_all_that_comes_in_are_parted_as_in_every_box(library, client_as) -> None:
    for number, typed in enumerate(("Export, GDPR", "Export; GDPR", "Export、GDPR"), 1):
        drop(client_as("reviewer"), ("a.ndjson", GOOD), tags=typed)
        assert runs.options_of(library, number)[1].tags == ("Export", "GDPR")


def test_the_plan_says_what_would_happen_and_nothing_happens(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD + BAD))
    text = page(browser.get(address))
    assert "Export stops at 50,000 rows" in text
    assert "upload/notes.ndjson, line 2" in text
    assert reviews.listed(library)[1] == 0


def test_saying_yes_brings_it_in_and_reports(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD + BAD))
    status = carried_out(library, browser, address)
    assert (status["state"], status["added"], status["skipped"]) == ("done", 1, 1)
    [row], total = reviews.listed(library)
    assert ([tag.name for tag in row.tags], total) == (["Export", "GDPR"], 1)
    report = page(browser.get(address))
    assert "Brought in" in report
    assert f'href="/reviews/{row.id}"' in report  # whoever brought one in goes on with it


def test_the_same_file_dropped_again_is_the_same(client_as, library):
    browser = client_as("reviewer")
    markdown = b"---\ntitle: A call\n---\nWithout any id of its own.\n"
    for expected in ("added", "unchanged"):
        _, address = drop(browser, ("call.md", markdown))
        assert carried_out(library, browser, address)[expected] == 1


def test_a_file_of_one_name_says_which_review_it_would_change(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.md", b"# Alpha\n\nOne."))
    assert "in the place of" not in page(browser.get(address))
    carried_out(library, browser, address)
    _, address = drop(browser, ("notes.md", b"# Beta\n\nAnother one."))
    assert '<a href="/reviews/1">in the place of this review</a>' in page(browser.get(address))


EXPORT = (
    b"The nightly export of Brightwater stopped at fifty thousand rows, and nobody had told them about the limit. Ann"
    b" split it by month and showed how to schedule each part before the office opens in the morning."
)
LOGIN = (
    b"Customers of Oakhythe were signed out every few minutes since the clock on their identity provider ran ahead."
    b" Ben compared both times first, which saved a long search through certificates and browser settings."
)


def test_a_file_of_one_name_and_another_text_comes_in_beside_the_first(client_as, library):
    browser = client_as("reviewer")
    for text in (EXPORT, LOGIN):
        _, address = drop(browser, ("notes.md", text))
        plan = page(browser.get(address))
        carried_out(library, browser, address)
    assert '<a href="/reviews/1">beside this review, whose file has the same name</a>' in plan
    assert reviews.listed(library)[1] == 2


def test_a_row_with_the_id_of_another_review_takes_its_place_only_when_that_is_ticked(client_as, library):
    browser = client_as("reviewer")
    for name, text in (("desk.csv", EXPORT), ("calls.csv", LOGIN)):
        _, address = drop(browser, (name, b'id,body\n1,"' + text + b'"\n'))
        plan = page(browser.get(address))
    assert 'name="replace"' not in plan
    runs.discard(library, 2)
    carried_out(library, browser, "/ingest/runs/1")
    _, address = drop(browser, ("calls.csv", b'id,body\n1,"' + LOGIN + b'"\n'))
    plan = page(browser.get(address))
    assert "1 row has the id, or its file the name, of a review with a wholly different text." in plan
    assert 'name="replace"' in plan
    assert '<a href="/reviews/1">To that review</a>' in plan
    browser.post(f"{address}/start", data={"replace": "yes"})
    assert carried_out(library, browser, address)["updated"] == 1
    assert reviews.get(library, 1, unmasked=True).body == LOGIN.decode()


@pytest.mark.parametrize(
    ("form", "found"),
    [({"replace": "yes"}, 1), ({"source": "calls"}, 2), ({"all": "yes"}, 1)],
    ids=["in its place", "from another source", "as it is"],
)
def test_a_row_with_the_id_of_another_review_can_be_tried_again(client_as, library, form, found):
    browser = client_as("reviewer")
    for name, text in (("desk.csv", EXPORT), ("calls.csv", LOGIN)):
        _, address = drop(browser, (name, b'id,body\n1,"' + text + b'"\n'))
        carried_out(library, browser, address)
    report = page(browser.get(address))
    assert 'name="replace"' in report
    assert '<a href="/reviews/1">To that review</a>' in report
    browser.post(f"{address}/retry", data=form)
    assert reviews.listed(library)[1] == found
    assert (reviews.get(library, 1, unmasked=True).body == LOGIN.decode()) == ("replace" in form)


def test_a_dropped_folder_keeps_its_names(client_as):
    browser = client_as("reviewer")
    data = {**HOW, "folder": [(BytesIO(GOOD), "notes/2026/march.ndjson"), (BytesIO(BAD), "notes/2026/april.ndjson")]}
    response = browser.post("/ingest/upload", data=data, content_type="multipart/form-data")
    assert "notes/2026/april.ndjson, line 1" in page(browser.get(response.headers["Location"]))


def test_a_file_of_an_unknown_kind_is_set_aside_with_its_reason(client_as):
    browser = client_as("reviewer")
    _, address = drop(browser, ("sheet.xlsx", b"PK\x03\x04 xl/ and so on"))
    assert "an Excel workbook; save the sheet as CSV" in page(browser.get(address))


def test_a_pasted_mapping_says_what_their_columns_mean(client_as):
    browser = client_as("reviewer")
    _, address = drop(
        browser,
        ("theirs.csv", b"Subject,Notes\nA slow export,Wait.\n"),
        mapping="columns:\n  Subject: title\n  Notes: body\n",
    )
    assert "A slow export" in page(browser.get(address))


def test_a_mapping_file_does_too_and_is_not_brought_in_itself(client_as):
    browser = client_as("reviewer")
    mapping = (BytesIO(b'{"columns": {"Subject": "title", "Notes": "body"}}'), "mapping.json")
    _, address = drop(browser, ("theirs.csv", b"Subject,Notes\nA slow export,Wait.\n"), mapping_file=mapping)
    text = page(browser.get(address))
    assert "A slow export" in text
    assert "mapping.json" not in text


def test_a_wrong_mapping_gets_a_sentence_and_leaves_nothing_behind(client_as, library):
    response, _ = drop(client_as("reviewer"), ("theirs.csv", b"a,b\n1,2\n"), mapping="columns: {Notes: boddy}")
    assert response.status_code == 400
    assert "Did you mean body?" in response.text
    assert not list(library.settings.uploads.glob("*"))


def test_a_mapping_that_is_too_large_is_not_read_in_part(client_as, library):
    mapping = b"columns:\n  Subject: title\n  Notes: body\n" + b"# more\n" * 200_000
    browser = client_as("reviewer")
    file = FileStorage(BytesIO(mapping), "mapping.yaml")
    # Not by `data`: the test client would leave a temporary file of its own open.
    boundary, body = encode_multipart({"csrf_token": browser.token_now(), "mapping_file": file})
    sent = {"input_stream": BytesIO(body), "content_length": len(body), "csrf": False}
    response = browser.post("/ingest/upload", content_type=f"multipart/form-data; boundary={boundary}", **sent)
    assert response.status_code == 400
    assert "The mapping has more than 1 MB" in response.text


def test_dropping_nothing_gets_a_sentence(client_as):
    response, _ = drop(client_as("reviewer"), ("", b""))
    assert response.status_code == 400
    assert "No file came with it" in response.text


def test_what_is_dropped_again_is_gone(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD))
    assert list(library.settings.uploads.rglob("notes.ndjson"))
    browser.post(f"{address}/discard")
    assert not list(library.settings.uploads.rglob("notes.ndjson"))
    assert "Dropped" in page(browser.get(address))


HALF = rb"\ud83d"  # of an emoji, where a tool cut a text to size


@pytest.mark.parametrize(
    "row",
    [
        b'{"id": 1, "body": "cut %s"}', b'{"body": "b", "mood": {"of %s": ["%s"]}}', b'{"no body %s": "%s"}',
        b'{"id": "%s", "kind": "%s", "body": "b"}', b'{"turns": [{"speaker": "A%s", "text": "x%s"}]}',
    ],
)  # fmt: skip
def test_half_an_emoji_anywhere_keeps_no_page_from_being_shown(client_as, library, row):
    browser = client_as("reviewer")
    _, address = drop(browser, ("cut.ndjson", GOOD + row.replace(b"%s", HALF)))
    assert "What would happen" in page(browser.get(address))
    carried_out(library, browser, address)
    assert "<h1>Brought in" in page(browser.get(address))


def test_saying_yes_twice_starts_it_once(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD))
    carried_out(library, browser, address)
    again = browser.post(f"{address}/start", follow_redirects=True)
    assert "started or dropped already" in again.text
    assert len(runs.listed(library)) == 1


def test_a_large_upload_first_says_that_it_is_looking(client_as, monkeypatch):
    monkeypatch.setattr(ingest, "_QUICK_BYTES", 10)
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD))
    looking = browser.get(address)
    assert looking.headers["Refresh"] == f"0; url={address}?look=1"
    assert "What would happen" in page(browser.get(f"{address}?look=1"))


def test_a_row_mended_on_the_page_is_brought_in(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD + BAD))
    carried_out(library, browser, address)
    [(id, row, _)] = runs.skipped(library, 1)
    report = page(browser.get(address))
    assert row.reason in report
    assert f'name="row-{id}"' in report
    mended = browser.post(f"{address}/retry", data={f"row-{id}": '{"id": "a2", "title": "Whole", "body": "Now."}\r\n'})
    assert mended.headers["Location"] == "/ingest/runs/2"
    assert {row.title for row in reviews.listed(library)[0]} == {"Export stops at 50,000 rows", "Whole"}
    assert "Mended" in page(browser.get(address))


def test_rows_that_nobody_touched_are_left_as_they_are(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", BAD + b"\n"))
    carried_out(library, browser, address)
    [(id, row, _)] = runs.skipped(library, 1)
    untouched = row.content.decode().replace("\n", "\r\n")
    response = browser.post(f"{address}/retry", data={f"row-{id}": untouched})
    assert response.status_code == 400
    assert len(runs.listed(library)) == 1


def test_a_file_of_mended_rows_takes_their_place(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", BAD))
    carried_out(library, browser, address)
    data = {"files": [(BytesIO(b'{"id": "a2", "body": "Mended in an editor."}'), "mended.ndjson")]}
    browser.post(f"{address}/retry", data=data, content_type="multipart/form-data")
    assert reviews.listed(library)[1] == 1
    assert [settled for _, _, settled in runs.skipped(library, 1)] == [2]
    assert not list(library.settings.uploads.glob("*"))


def test_what_no_mended_row_stands_for_stays_on_the_page(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", BAD + b"\n" + BAD.replace(b"a2", b"a3")))
    carried_out(library, browser, address)
    data = {"files": [(BytesIO(b'{"id": "a3", "body": "Mended in an editor."}'), "mended.ndjson")]}
    answer = browser.post(f"{address}/retry", data=data, content_type="multipart/form-data", follow_redirects=True)
    assert f'1 row of <a href="{address}">run no. 1</a> is still set aside.' in answer.text
    report = page(browser.get(address))
    assert "1 of them is still set aside." in report
    assert report.index("notes.ndjson, line 1") < report.index("notes.ndjson, line 2"), "the open one comes first"


def test_what_was_set_aside_again_leads_to_the_run_that_has_it(client_as, library):
    browser = client_as("reviewer")
    for _ in range(2):
        _, address = drop(browser, ("notes.ndjson", BAD))
        carried_out(library, browser, address)
    report = page(browser.get("/ingest/runs/1"))
    assert 'Set aside again: <a href="/ingest/runs/2">run no. 2</a>' in report
    assert "is mended there" in report
    assert "Mend it" not in report


def test_what_was_set_aside_can_be_taken_along(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", BAD), ("latin.csv", b"title;body\nCaf\xe9;\x00\n"))
    carried_out(library, browser, address)
    lines = [json.loads(line) for line in page(browser.get(f"{address}/skipped.ndjson")).splitlines()]
    assert BAD.decode() in [line.get("content") for line in lines]
    assert all(line["reason"] for line in lines)


DATELESS = b"id,body,date\n1,One,31.02.2024\n2,Two,31.02.2024\n"


def taken_along(browser, address):
    """What the download of a run's rows holds: (its name, content)."""
    answer = browser.get(f"{address}/skipped")
    return answer.headers["Content-Disposition"].split('"')[1], answer.data


def test_rows_of_several_formats_are_taken_along_in_an_archive_with_a_file_each(client_as, library):
    browser = client_as("reviewer")
    note = b"---\ndate: 31.02.2024\n---\nA note.\n"
    files = [
        ("notes.ndjson", BAD + b"\n" + BAD), ("a.csv", DATELESS), ("b.csv", DATELESS.replace(b"id", b"Id")),
        ("one.md", note), ("two.md", note + b"Second."), ("sheet.xlsx", b"PK\x03\x04 xl/ and so on"),
    ]  # fmt: skip
    _, address = drop(browser, *files)
    carried_out(library, browser, address)
    name, content = taken_along(browser, address)
    assert name == "run-1-set-aside.zip"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        held = {name.removeprefix("upload/"): archive.read(name) for name in archive.namelist()}
    assert {name: held[name] for name in ("one.md", "two.md", "sheet.xlsx")} == dict(files[3:])
    assert sorted(held) == sorted(name for name, _ in files)
    mended = [
        (name, content.replace(b"31.02", b"28.02").replace(b"cut off", b'", "body": "Now"}'))
        for name, content in held.items()
    ]
    again, _ = drop(browser, *mended[:-1])
    status = carried_out(library, browser, again.headers["Location"])
    assert (status["added"], status["skipped"]) == (5, 1), "all but the second a2"


@pytest.mark.parametrize(
    ("name", "content", "called"),
    [
        ("a.csv", DATELESS, "run-1-set-aside.csv"),
        ("a.tsv", DATELESS.replace(b",", b"\t"), "run-1-set-aside.tsv"),
        ("a.ndjson", BAD + b"\n" + BAD, "run-1-set-aside.ndjson"),
        (
            "a.json",
            b'[{"id": 1, "date": "x", "body": "One"},\n {"id": 2, "date": "y", "body": "Two"}]',
            "run-1-set-aside.json",
        ),
    ],
    ids=["CSV", "TSV", "NDJSON", "JSON"],
)
def test_rows_of_one_format_are_taken_along_in_one_file_that_comes_in_as_it_is(
    client_as, library, name, content, called
):
    browser = client_as("reviewer")
    _, address = drop(browser, (name, content))
    carried_out(library, browser, address)
    found, content = taken_along(browser, address)
    assert found == called
    _, again = drop(browser, (found, content))
    carried_out(library, browser, again)
    contents = [[row.content.strip() for _, row, _ in runs.skipped(library, run)] for run in (1, 2)]
    assert contents[0] == contents[1]


def test_tables_under_one_header_are_taken_along_as_one(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("a.csv", DATELESS), ("b.csv", DATELESS.replace(b"1,", b"3,").replace(b"2,T", b"4,T")))
    carried_out(library, browser, address)
    assert taken_along(browser, address)[0] == "run-1-set-aside.csv"


def test_who_sees_no_scores_reads_only_their_own_rows(make_app, library):
    app = make_app(scores_visible_to="curator")
    mine, other, curator = (signed_in(app.test_client(), library, who) for who in ("reviewer", "other", "curator"))
    _, address = drop(mine, ("notes.ndjson", GOOD + BAD))
    assert [browser.get(address).status_code for browser in (mine, other, curator)] == [200, 404, 200]
    carried_out(library, mine, address)
    assert "cut off" in page(mine.get(address))
    assert "cut off" not in page(other.get(address))
    assert {other.get(f"{address}/skipped{kind}").status_code for kind in ("", ".ndjson")} == {404}


def test_how_far_a_run_is_names_nobody_whose_name_was_left_out_as_a_topic(make_app, library):
    app = make_app(scores_visible_to="curator")
    mine, other = (signed_in(app.test_client(), library, who) for who in ("reviewer", "other"))
    _, address = drop(
        mine, ("n.ndjson", b'{"id": "m", "body": "By night.", "reviewee": "Maren Vogt", "tags": ["Maren Vogt"]}')
    )
    carried_out(library, mine, address)
    assert "Maren Vogt" in page(mine.get(address))
    assert "Maren" not in page(other.get(address)) + other.get(f"{address}/status").text


def test_gems_of_a_reviewers_upload_wait_for_a_curator(client_as, library):
    line = b'{"id": "g", "body": "Wait for the night.", "gems": [{"title": "Export by night", "body": "Schedule."}]}'
    for who in ("reviewer", "curator"):
        browser = client_as(who)
        _, address = drop(browser, (f"{who}.ndjson", line.replace(b'"g"', f'"{who}"'.encode())), source=who)
        carried_out(library, browser, address)
    found, _ = gems.listed(library, unmasked=True)
    assert sorted(gem.status.value for gem in found) == ["nominated", "published"]


@pytest.mark.parametrize("said", [True, False], ids=["that says its size", "that does not"])
def test_a_too_large_upload_gets_a_sentence(make_app, library, said):
    browser = signed_in(make_app(max_upload_mb=1).test_client(), library, "reviewer")
    file = FileStorage(BytesIO(b"x" * (1024 * 1024 + 1)), "large.ndjson")
    boundary, body = encode_multipart({"csrf_token": browser.token_now(), "files": file})
    size = {"content_length": len(body)} if said else {"environ_overrides": {"wsgi.input_terminated": True}}
    response = browser.post(
        "/ingest/upload",
        csrf=False,
        input_stream=BytesIO(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        **size,
    )
    assert response.status_code == 413
    assert "at most 1 MB" in response.text
    assert not list(library.settings.uploads.glob("*"))


def test_a_stranger_leaves_nothing_on_the_disk(client_as, library):
    response, _ = drop(client_as("reader"), ("notes.ndjson", GOOD))
    assert response.status_code == 403
    assert not list(library.settings.uploads.glob("*"))


def test_nobody_says_yes_or_no_to_anothers_upload_but_a_curator(client_as, library):
    _, address = drop(client_as("reviewer"), ("notes.ndjson", GOOD))
    other, curator = client_as("other"), client_as("curator")
    assert [other.post(f"{address}/{word}").status_code for word in ("start", "discard", "stop", "retry")] == [403] * 4
    assert runs.get(library, 1).state == "planned"
    assert curator.post(f"{address}/discard").status_code == 302
    assert runs.get(library, 1).state == "dropped"


def test_a_run_names_who_brought_in_as_they_are_called(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", GOOD))
    carried_out(library, browser, address)
    members.set_name(library, "reviewer@kb.example", "Rosa Brandt")
    for shown in ("/ingest", address, "/reviews/1/history"):
        text = page(browser.get(shown))
        assert "Rosa Brandt" in text
        assert "reviewer@kb.example" not in text, shown


def test_a_report_whose_rows_were_mended_long_ago_says_that_they_are_not_kept(client_as, library):
    browser = client_as("reviewer")
    _, address = drop(browser, ("notes.ndjson", BAD))
    carried_out(library, browser, address)
    mended = {"files": [(BytesIO(BAD + b'", "body": "x"}\n'), "mended.ndjson")], "source": "helpdesk"}
    browser.post(f"{address}/retry", data=mended, content_type="multipart/form-data")
    ended = library.now()
    library.now = lambda: ended + timedelta(days=library.settings.trash_days + 1)
    assert runs.forget_mended(library) == 1
    assert "was mended long ago" in page(browser.get(address))
