"""A gem lifted while an upload is looked at: it waits for the run, is made with it, and changes no row."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from browsing import page, signed_in

from kb import reviews
from kb.gems import gems, planned
from kb.intake import carrying_out
from kb.intake.intake import IntakeOptions
from kb.models import GemStatus

ROW = (
    '{"id": "a1", "title": "Export stops at 50,000 rows", "body": "They said: run it by night, and 100% of it came."}\n'
)
CUT = '{"id": "a2", "title": "cut off'
MENDED = '{"id": "a2", "title": "Second", "body": "Ask for the long list."}\n'
QUOTE = "run it by night"
GEM = {"title": "Run long exports by night", "body": "Schedule it.", "quote": QUOTE, "tags": "Exports"}


def uploaded(browser, content=ROW):
    """The address of the plan of an upload."""
    files = [(BytesIO(content.encode()), "notes.ndjson")]
    answer = browser.post(
        "/ingest/upload", data={"source": "helpdesk", "files": files}, content_type="multipart/form-data"
    )
    return answer.headers["Location"]


def rows_of(browser, address):
    return re.findall(rf'href="({address}/rows/\w+)"', page(browser.get(address)))


def lifted(browser, address, **form):
    [row, *_] = rows_of(browser, address)
    return browser.post(f"{row}/gem", data={**GEM, **form})


def carry_out(library, address):
    return carrying_out.carry_out(library, int(address.rsplit("/", 1)[1]))


def number(address):
    return int(address.rsplit("/", 1)[1])


def test_a_row_of_the_plan_opens_to_its_text(client_as):
    browser = client_as("reviewer")
    [row] = rows_of(browser, uploaded(browser))
    text = page(browser.get(row))
    assert "and 100% of it came" in text
    assert "data-select-gem" in text


def test_the_form_proposes_title_and_topics(client_as):
    browser = client_as("reviewer")
    address = uploaded(browser, ROW.replace('"id"', '"tags": ["Exports"], "id"'))
    [row] = rows_of(browser, address)
    text = page(browser.get(f"{row}/gem", query_string={"quote": "run it by night"}))
    assert 'value="Run it by night"' in text
    assert 'value="Exports"' in text


def test_the_gem_is_shown_with_the_plan_and_does_not_exist_yet(client_as, library):
    browser = client_as("reviewer")
    address = uploaded(browser)
    assert lifted(browser, address).status_code == 303
    assert GEM["title"] in page(browser.get(address))
    assert gems.listed(library, unmasked=True)[1] == 0


@pytest.mark.parametrize(("role", "status"), [("reviewer", GemStatus.NOMINATED), ("curator", GemStatus.PUBLISHED)])
def test_it_is_made_with_the_run_and_cites_the_row(client_as, library, role, status):
    browser = client_as(role)
    address = uploaded(browser)
    lifted(browser, address)
    carry_out(library, address)
    [gem], _ = gems.listed(library, status=status, unmasked=True)
    [passage] = gem.evidence
    [review] = reviews.listed(library)[0]
    assert (gem.title, passage.quote, passage.review_id) == (GEM["title"], QUOTE, review.id)
    assert passage.start is not None
    assert f"/gems/{gem.id}" in page(browser.get(address))


def test_the_same_file_again_changes_nothing_and_can_still_give_a_gem(client_as, library):
    browser = client_as("reviewer")
    first = uploaded(browser)
    lifted(browser, first)
    carry_out(library, first)
    second = uploaded(browser)
    lifted(browser, second, title="Another find")
    report = carry_out(library, second)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
    assert {gem.title for gem in gems.listed(library, unmasked=True)[0]} == {GEM["title"], "Another find"}


def test_a_row_that_came_changed_gives_its_gem(client_as, library):
    browser = client_as("reviewer")
    carry_out(library, uploaded(browser, ROW.replace("by night", "by day")))
    address = uploaded(browser)
    lifted(browser, address)
    assert carry_out(library, address).updated == 1
    assert gems.listed(library, unmasked=True)[0][0].evidence[0].quote == QUOTE


def test_dropping_the_plan_drops_its_gems(client_as, library):
    browser = client_as("reviewer")
    address = uploaded(browser)
    lifted(browser, address)
    browser.post(f"{address}/discard")
    assert planned.of_run(library, number(address)) == []
    assert gems.listed(library, unmasked=True)[1] == 0


def test_one_gem_can_be_dropped_before_the_run(client_as, library):
    browser = client_as("reviewer")
    address = uploaded(browser)
    lifted(browser, address)
    [waiting] = planned.of_run(library, number(address))
    browser.post(f"{address}/gems/{waiting.id}/drop")
    carry_out(library, address)
    assert gems.listed(library, unmasked=True)[1] == 0


def test_making_them_again_makes_nothing_twice(client_as, library):
    browser = client_as("reviewer")
    address = uploaded(browser)
    lifted(browser, address)
    carry_out(library, address)
    browser.post(f"{address}/gems/make")
    assert gems.listed(library, unmasked=True)[1] == 1


def test_a_gem_whose_row_is_gone_is_said_in_the_report_and_made_later(client_as, library, tmp_path):
    browser = client_as("reviewer")
    address = uploaded(browser, MENDED)
    lifted(browser, address, quote="Ask for the long list.")
    for path in library.settings.uploads.rglob("notes.ndjson"):
        path.write_text(CUT)  # the row cannot be read any more when its turn comes
    assert carry_out(library, address).skipped_count == 1
    text = page(browser.get(address))
    assert "Its row was set aside" in text
    assert gems.listed(library, unmasked=True)[1] == 0
    mended = tmp_path / "mended.ndjson"
    mended.write_text(MENDED)
    carrying_out.retry(library, number(address), IntakeOptions(), who="reviewer@example.org", mended=[str(mended)])
    assert [gem.title for gem in gems.listed(library, unmasked=True)[0]] == [GEM["title"]]


@pytest.mark.parametrize(
    ("form", "says"),
    [({"quote": "words that are not there"}, "not in this row"), ({"title": ""}, "needs a title"),
     ({"body": "", "quote": ""}, "needs the workaround")],
    ids=["quote", "title", "empty"],
)  # fmt: skip
def test_what_cannot_be_a_gem_is_said_at_its_field(client_as, form, says):
    browser = client_as("reviewer")
    answer = lifted(browser, uploaded(browser), **form)
    assert answer.status_code == 400
    assert says in answer.text


def test_a_preview_without_a_script_keeps_what_was_typed(client_as, library):
    browser = client_as("reviewer")
    address = uploaded(browser)
    answer = lifted(browser, address, body="Schedule **it**.", do="preview")
    assert "<strong>it</strong>" in page(answer)
    assert planned.of_run(library, number(address)) == []


def test_who_does_not_see_scores_sees_no_rows_of_somebody_else(make_app, library):
    app = make_app(scores_visible_to="curator")
    mine, other = (signed_in(app.test_client(), library, who) for who in ("reviewer", "other"))
    [row] = rows_of(mine, uploaded(mine))
    assert mine.get(row).status_code == 200
    assert other.get(row).status_code == 404
    assert other.post(f"{row}/gem", data=GEM).status_code == 404


def test_nobody_lifts_from_anothers_upload_but_a_curator(client_as):
    address = uploaded(client_as("curator"))
    [row] = rows_of(client_as("curator"), address)
    assert client_as("reviewer").post(f"{row}/gem", data=GEM).status_code == 403


def test_a_row_of_a_run_that_was_begun_leads_nowhere(client_as, library):
    browser = client_as("reviewer")
    address = uploaded(browser)
    [row] = rows_of(browser, address)
    carry_out(library, address)
    assert browser.get(row).status_code == 409


def test_a_row_that_is_not_there_is_said(client_as):
    browser = client_as("reviewer")
    assert browser.get(f"{uploaded(browser)}/rows/nothing").status_code == 404
