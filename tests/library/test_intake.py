"""Bringing in: what is new, changed, the same, and set aside."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kb import members, reviews, threads
from kb.cli.ingest import ingest
from kb.errors import Conflict, InvalidInput
from kb.finding import finding
from kb.finding.indexing import LibraryFeed
from kb.gems import gems
from kb.intake import carrying_out, intake, runs
from kb.intake.intake import IntakeOptions, Progress, Report
from kb.library import Library
from kb.models import GemStatus, Role
from kb.search.base import FILTER_FIELDS
from kb.store import comments
from kb.tags import tags


def written(path: Path, *rows: dict[str, Any] | str) -> str:
    path.write_text(
        "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows) + "\n", "utf-8"
    )
    return str(path)


def row(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "title": f"Case {id}", "body": f"The answer to case {id}.", "language": "en", **fields}


def bring(library: Library, *paths: str, **options: Any) -> Report:
    return intake.ingest(library, paths, IntakeOptions(**options), who="ada")


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.skipped_count


def test_new_rows_are_added_and_found(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, written(tmp_path / "a.ndjson", row("1", tags=["GDPR"]), row("2")))
    assert counts(report) == (2, 0, 0, 0)
    assert [hit.external_id for hit in finding.search(opened, "tag:gdpr", unmasked=True).hits] == ["1"]


def test_a_conversation_tells_the_language_where_the_text_above_it_does_not(opened: Library, tmp_path: Path) -> None:
    said = [{"speaker": "Ada", "text": "Der Export bricht nach fünfzigtausend Zeilen ab, was können wir tun?"}]
    bring(opened, written(tmp_path / "a.ndjson", {"title": "Acme", "body": "3.3.2026\n31m 5s", "turns": said}))
    assert reviews.get(opened, 1, unmasked=True).language == "de"


def test_the_same_file_again_changes_nothing(opened: Library, tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.ndjson", row("1", gems=[{"title": "G", "quote": "answer"}]), row("2", comments=[{"body": "ok"}])
    )
    bring(opened, path)
    before = opened.db.execute("SELECT max(seq) FROM changes").fetchone()
    assert counts(bring(opened, path)) == (0, 0, 2, 0)
    assert opened.db.execute("SELECT max(seq) FROM changes").fetchone() == before


def test_a_changed_row_updates_its_review_and_keeps_what_members_added(opened: Library, tmp_path: Path) -> None:
    bring(opened, written(tmp_path / "a.ndjson", row("1", tags=["old"])))
    tags.add_to_review(opened, 1, "ours", "ben")
    report = bring(opened, written(tmp_path / "a.ndjson", row("1", tags=["new"], title="Renamed")))
    assert counts(report) == (0, 1, 0, 0)
    assert [tag.name for tag in reviews.get(opened, 1, unmasked=True).tags] == ["new", "ours"]
    assert reviews.past(opened, 1)[0].fields["title"] == ("Case 1", "Renamed")


def test_a_changed_row_brings_its_thread_anew_and_leaves_what_members_said(opened: Library, tmp_path: Path) -> None:
    bring(opened, written(tmp_path / "a.ndjson", row("1", comments=[{"author": "Tom", "body": "ok"}])))
    threads.say(opened, 1, "ours", members.add(opened, "ben@kb.example", role=Role.REVIEWER, password="long enough 1"))
    said = [{"author": "Tom", "body": "ok, mended"}, {"author": "Eva", "body": "seen"}]
    bring(opened, written(tmp_path / "a.ndjson", row("1", comments=said)))
    assert {comment.body for comment in comments.of_review(opened.db, 1)} == {"ok, mended", "ours", "seen"}


def test_a_comment_keeps_its_time_and_gets_that_of_the_run_where_it_has_none(opened: Library, tmp_path: Path) -> None:
    said = [{"body": "first", "at": "2026-03-03T15:00:00+01:00"}, {"body": "second"}]
    bring(opened, written(tmp_path / "a.ndjson", row("1", comments=said)))
    times = {comment.body: comment.at for comment in comments.of_review(opened.db, 1)}
    assert times["first"].isoformat() == "2026-03-03T14:00:00+00:00"
    assert times["second"] >= runs.listed(opened)[0].started_at


def test_a_gem_that_no_review_cites_comes_in_alone(opened: Library, tmp_path: Path) -> None:
    alone = {"type": "gem", "id": "g", "title": "By night", "body": "Schedule it.", "tags": ["export"]}
    bring(opened, written(tmp_path / "a.ndjson", alone, row("1")))
    bring(opened, written(tmp_path / "a.ndjson", alone, row("1")))
    ((found,), total) = gems.listed(opened, unmasked=True)
    assert (total, found.title, found.status, gems.tag_names(found)) == (
        1,
        "By night",
        GemStatus.PUBLISHED,
        ["export"],
    )


def test_a_row_that_vanished_stays(opened: Library, tmp_path: Path) -> None:
    bring(opened, written(tmp_path / "a.ndjson", row("1"), row("2")))
    bring(opened, written(tmp_path / "a.ndjson", row("2")))
    assert reviews.listed(opened)[1] == 2


def test_ids_are_told_apart_by_their_source(opened: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", row("1"))
    bring(opened, path, source="desk")
    assert counts(bring(opened, path, source="calls")) == (1, 0, 0, 0)


def test_a_moved_markdown_file_is_the_same_review(opened: Library, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.md").write_text("# Export\n\nBy night.\n", "utf-8")
    bring(opened, str(tmp_path / "one"))
    (tmp_path / "one" / "a.md").rename(tmp_path / "one" / "b.md")
    assert counts(bring(opened, str(tmp_path / "one"))) == (0, 0, 1, 0)


def test_a_bad_row_is_set_aside_whole_beside_the_good_ones(opened: Library, tmp_path: Path) -> None:
    bad = '{"id": "2", "body": "x", "date": "31.02.2024"}'
    report = bring(opened, written(tmp_path / "a.ndjson", row("1"), bad, row("3")))
    assert counts(report) == (2, 0, 0, 1)
    ((_, kept, _),) = runs.skipped(opened, report.run_id or 0)
    assert kept.content.decode().strip() == bad
    assert "31.02.2024" in kept.reason
    assert kept.location == "line 2"


def test_a_set_aside_row_comes_in_after_mending(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, written(tmp_path / "a.ndjson", '{"id": "2", "body": "x", "date": "31.02.2024"}'))
    mended = written(tmp_path / "mended.ndjson", row("2"))
    again = carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada", mended=[mended])
    assert counts(again) == (1, 0, 0, 0)
    with pytest.raises(InvalidInput, match="has no row"):
        carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada")


def test_a_row_that_was_mended_in_place_settles_only_itself(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, written(tmp_path / "a.ndjson", '{"id": "1", "date": "x"}', '{"id": "2", "date": "y"}'))
    (first, _, _), _ = runs.skipped(opened, report.run_id or 0)
    carrying_out.retry(
        opened, report.run_id or 0, IntakeOptions(), who="ada", texts={first: b'{"id": "1", "body": "now"}'}
    )
    assert [settled is None for _, _, settled in runs.skipped(opened, report.run_id or 0)] == [False, True]


def test_a_second_row_with_one_id_never_takes_the_first_ones_place(opened: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", row("1", title="First"), row("1", title="Second"))
    report = bring(opened, path)
    again = carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada")
    assert counts(again) == (0, 0, 0, 1)
    mended = written(tmp_path / "mended.ndjson", row("1", title="Second"), row("2"))
    assert counts(carrying_out.retry(opened, again.run_id or 0, IntakeOptions(), who="ada", mended=[mended])) == (
        1,
        0,
        0,
        1,
    )
    assert reviews.get(opened, 1, unmasked=True).title == "First"


def test_a_second_row_comes_in_once_it_has_an_id_of_its_own(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, written(tmp_path / "a.ndjson", row("1"), row("1", title="Second")))
    ((number, _, _),) = runs.skipped(opened, report.run_id or 0)
    texts = {number: json.dumps(row("2", title="Second")).encode()}
    assert counts(carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada", texts=texts)) == (
        1,
        0,
        0,
        0,
    )


def test_a_named_file_that_may_not_be_read_does_not_stop_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.ndjson", row("1"))
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert ingest.make_context("ingest", [path]).params["paths"] == (path,)


def test_a_file_whose_name_is_no_text_comes_in(opened: Library, tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")
    try:
        Path(path).write_text("# Export\n\nBy night.\n", "utf-8")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    assert counts(bring(opened, path)) == (1, 0, 0, 0)


def test_a_csv_row_that_was_set_aside_still_knows_its_columns(opened: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,title,body,date", "1,One,text,2026-01-01", "2,Two,text,31.02.2024")
    report = bring(opened, path)
    ((number, kept, _),) = runs.skipped(opened, report.run_id or 0)
    texts = {number: kept.content.replace(b"31.02", b"28.02")}
    assert counts(carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada", texts=texts)) == (
        1,
        0,
        0,
        0,
    )
    assert reviews.get(opened, 2, unmasked=True).title == "Two"


def test_a_dry_run_says_what_would_happen_and_stores_nothing(opened: Library, tmp_path: Path) -> None:
    bring(opened, written(tmp_path / "a.ndjson", row("1"), row("2")))
    path = written(tmp_path / "a.ndjson", row("1"), row("2", title="New"), row("3"), "{")
    report = intake.preview(opened, [path], IntakeOptions())
    assert counts(report) == (1, 1, 1, 1)
    assert {line.outcome: line.draft.title for line in report.first} == {
        "added": "Case 3",
        "updated": "New",
        "unchanged": "Case 1",
    }
    assert reviews.listed(opened)[1] == 2
    assert len(runs.listed(opened)) == 1


def test_every_row_gets_the_tags_of_the_command(opened: Library, tmp_path: Path) -> None:
    bring(opened, written(tmp_path / "a.ndjson", row("1", tags=["GDPR"])), tags=("Q4", "gdpr"))
    assert [tag.name for tag in reviews.get(opened, 1, unmasked=True).tags] == ["GDPR", "Q4"]


def test_gems_come_in_with_their_reviews_and_one_id_is_one_gem(opened: Library, tmp_path: Path) -> None:
    gem = {"id": "g", "title": "By night", "body": "Schedule it."}
    path = written(
        tmp_path / "a.ndjson",
        row("1", gems=[{**gem, "quote": "answer to case 1"}], tags=["export"]),
        row("2", gems=[{**gem, "quote": "answer to case 2"}]),
    )
    bring(opened, path)
    ((found,), total) = gems.listed(opened, unmasked=True)
    assert (total, found.status, [tag.name for tag in found.tags]) == (1, GemStatus.PUBLISHED, ["export"])
    assert {passage.quote for passage in found.evidence} == {"answer to case 1", "answer to case 2"}


def test_a_gem_comes_in_with_the_status_that_it_has(opened: Library, tmp_path: Path) -> None:
    stated = [{"title": word, "quote": "answer", "status": word} for word in ("nominated", "published", "retired")]
    bring(opened, written(tmp_path / "a.ndjson", row("1", gems=stated)))
    assert opened.db.execute("SELECT count(*) FROM gems WHERE title = status").fetchone() == (3,)


def test_somebody_who_may_not_publish_brings_gems_in_as_nominated(opened: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", row("1", gems=[{"title": "G", "quote": "answer", "status": "published"}]))
    bring(opened, path, may_publish=False)
    assert gems.listed(opened, unmasked=True)[0][0].status is GemStatus.NOMINATED


def test_a_run_that_is_told_to_stop_keeps_what_it_has_and_running_again_finishes(
    opened: Library, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.ndjson", *(row(str(n)) for n in range(1200)))

    def stop(progress: Progress) -> None:
        runs.stop(opened, 1)

    report = intake.ingest(opened, [path], IntakeOptions(), who="ada", progress=stop)
    assert runs.get(opened, 1).state == "stopped"
    assert 0 < report.added < 1200
    again = bring(opened, path)
    assert (again.added + report.added, again.unchanged) == (1200, report.added)


def test_an_upload_that_nobody_confirms_is_removed_after_a_week(opened: Library, tmp_path: Path) -> None:
    folder = opened.settings.uploads / "abc"
    folder.mkdir(parents=True)
    (folder / "one.md").write_text("One.")
    began = opened.now()
    id = runs.plan(opened, folder, IntakeOptions(), who="ada")
    opened.now = lambda: began + timedelta(days=6)
    assert (runs.drop_forgotten(opened), folder.exists()) == (0, True)
    opened.now = lambda: began + timedelta(days=8)
    assert (runs.drop_forgotten(opened), folder.exists(), runs.get(opened, id).state) == (1, False, "dropped")


def test_a_planned_run_is_carried_out_once(opened: Library, tmp_path: Path) -> None:
    folder = opened.settings.uploads / "x" / "upload"
    folder.mkdir(parents=True)
    written(folder / "a.ndjson", row("1"))
    id = runs.plan(opened, folder, IntakeOptions(tags=("Q4",)), who="ada")
    carrying_out.carry_out(opened, id)
    assert runs.get(opened, id).state == "done"
    assert not folder.exists()
    with pytest.raises(Conflict):
        runs.begin(opened, id)


def test_an_upload_that_is_not_wanted_leaves_nothing_behind(opened: Library) -> None:
    folder = opened.settings.uploads / "x" / "upload"
    folder.mkdir(parents=True)
    id = runs.plan(opened, folder, IntakeOptions(), who="ada")
    runs.discard(opened, id)
    assert (runs.get(opened, id).state, folder.exists()) == ("dropped", False)


def test_a_file_that_is_refused_whole_is_kept_whole(opened: Library, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"PK\x03\x04 not a sheet")
    report = bring(opened, str(tmp_path / "a.csv"))
    ((number, kept, _),) = runs.skipped(opened, report.run_id or 0)
    assert kept.content == b"PK\x03\x04 not a sheet"
    again = carrying_out.retry(
        opened, report.run_id or 0, IntakeOptions(), who="ada", texts={number: b"id,body\n1,text\n"}
    )
    assert counts(again) == (1, 0, 0, 0)


def test_nothing_is_retried_of_a_path_that_is_not_there(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, str(tmp_path / "nowhere.md"))
    with pytest.raises(InvalidInput, match="Name the mended files"):
        carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada")


def test_a_case_link_that_is_no_web_address_becomes_no_link(opened: Library, tmp_path: Path) -> None:
    bring(
        opened,
        written(
            tmp_path / "a.ndjson", row("1", case_url="javascript:alert(1)"), row("2", case_url="https://x.example/2")
        ),
    )
    first, second = reviews.get(opened, 1, unmasked=True), reviews.get(opened, 2, unmasked=True)
    assert (first.case_url, first.extra) == ("", {"case_url": "javascript:alert(1)"})
    assert second.case_url == "https://x.example/2"


def test_every_field_that_finds_are_narrowed_by_holds_something(opened: Library, tmp_path: Path) -> None:
    several = ("product", "team", "channel", "reviewer", "customer", "case_id", "source")
    whole = row(
        "1",
        kind="call",
        date="2026-03-01",
        tags=["gdpr"],
        reviewee="Kim Vogt",
        **{name: f"Some {name}" for name in several},
    )
    whole["gems"] = [{"title": "The answer", "quote": "The answer to case 1.", "status": "published"}]
    bring(opened, written(tmp_path / "in.ndjson", whole))
    documents = [document for batch in LibraryFeed(opened).documents(10) for document in batch]
    assert {field for document in documents for field in document.values} == set(FILTER_FIELDS)
