"""Ids collide: what is an edit of a review, and what is another review of the same name or number."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from kb import reviews
from kb.cli import cli
from kb.intake import carrying_out, intake, runs
from kb.intake.intake import IntakeOptions, Report
from kb.library import Library
from kb.migrations import migrations

EXPORT = (
    "The nightly export of Brightwater stopped at fifty thousand rows, and nobody had told them about the limit. Ann"
    " split it by month and showed how to schedule each part before the office opens in the morning."
)
EXPORT_EDITED = EXPORT.replace("by month", "by quarter").replace("nobody had told them", "our docs never mention it")
LOGIN = (
    "Customers of Oakhythe were signed out every few minutes since the clock on their identity provider ran ahead."
    " Ben compared both times first, which saved a long search through certificates and browser settings."
)
BILLING = (
    "Two invoices carried one number because a draft was copied instead of being made anew. Finance wanted a credit"
    " note; Cleo explained why voiding the copy keeps their ledger clean and wrote that into our macro afterwards."
)
EXPORT_DE = (
    "Der nächtliche Ablauf blieb bei fünfzigtausend Zeilen stehen, und niemand hatte dem Kunden von dieser Grenze"
    " erzählt. Anna teilte alles nach Monaten auf und zeigte, wie sich jeder Teil vor Arbeitsbeginn planen lässt."
)
JA_EXPORT = (
    "夜間エクスポートが五万行で止まり、上限について誰も案内していませんでした。"
    "月ごとに分けて予約する方法を説明しました。"
)
JA_LOGIN = "認証サーバーの時計が進んでいたため、数分ごとにログアウトされていた。最初に両方の時刻を比べるべきである。"
MINE = IntakeOptions()


def bring(library: Library, *paths: object, **options: Any) -> Report:
    return intake.ingest(library, [str(path) for path in paths], IntakeOptions(**options), who="ada")


def notes(tmp_path: Path, whose: str, text: str) -> Path:
    """Somebody's own `upload/notes.md`."""
    path = tmp_path / whose / "upload" / "notes.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def table(tmp_path: Path, name: str, *rows: dict[str, Any]) -> Path:
    path = tmp_path / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.skipped_count


def bodies(library: Library) -> list[str]:
    return [reviews.get(library, id, unmasked=True).body for id in range(1, reviews.listed(library)[1] + 1)]


def test_two_colleagues_notes_of_one_name_are_two_reviews(opened: Library, tmp_path: Path) -> None:
    bring(opened, notes(tmp_path, "ann", EXPORT))
    assert counts(bring(opened, notes(tmp_path, "ben", LOGIN))) == (1, 0, 0, 0)
    assert bodies(opened) == [EXPORT, LOGIN]


def test_notes_of_one_name_that_come_again_change_nothing(opened: Library, tmp_path: Path) -> None:
    files = [notes(tmp_path, who, text) for who, text in (("ann", EXPORT), ("ben", LOGIN), ("cleo", BILLING))]
    for file in files:
        bring(opened, file)
    assert [counts(bring(opened, file)) for file in files] == [(0, 0, 1, 0)] * 3
    assert bodies(opened) == [EXPORT, LOGIN, BILLING]


def test_edited_notes_update_their_own_review(opened: Library, tmp_path: Path) -> None:
    for who, text in (("ann", EXPORT), ("ben", LOGIN), ("cleo", BILLING)):
        bring(opened, notes(tmp_path, who, text))
    edited = LOGIN + " It is in the checklist now."
    assert counts(bring(opened, notes(tmp_path, "ben", edited))) == (0, 1, 0, 0)
    assert counts(bring(opened, notes(tmp_path, "ann", EXPORT_EDITED))) == (0, 1, 0, 0)
    assert bodies(opened) == [EXPORT_EDITED, edited, BILLING]


def test_notes_written_into_one_template_are_two_reviews(opened: Library, tmp_path: Path) -> None:
    template = (
        "# Weekly notes\n\n## What went well with this customer\n\n{}\n\n## What we should do otherwise next time\n\n{}"
    )
    halves = [text.split(". ", 1) for text in (EXPORT, LOGIN)]
    bring(opened, notes(tmp_path, "ann", template.format(*halves[0])))
    assert counts(bring(opened, notes(tmp_path, "ben", template.format(*halves[1])))) == (1, 0, 0, 0)


def test_in_japanese_edits_and_other_notes_are_told_apart_by_their_characters(opened: Library, tmp_path: Path) -> None:
    bring(opened, notes(tmp_path, "ann", JA_EXPORT))
    assert counts(bring(opened, notes(tmp_path, "ben", JA_LOGIN))) == (1, 0, 0, 0)
    edited = JA_EXPORT.replace("月ごと", "四半期ごと")
    assert counts(bring(opened, notes(tmp_path, "ann", edited))) == (0, 1, 0, 0)
    assert bodies(opened) == [edited, JA_LOGIN]


def test_a_placeholder_that_is_filled_in_is_an_edit(opened: Library, tmp_path: Path) -> None:
    bring(opened, notes(tmp_path, "ann", "# To do\n\nWrite this up after the call on Friday."))
    assert counts(bring(opened, notes(tmp_path, "ann", EXPORT))) == (0, 1, 0, 0)


def test_files_that_changed_their_names_are_the_same_reviews(opened: Library, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    texts = f"# Export\n\n{EXPORT}", f"# Login\n\n{LOGIN}"
    for name, text in zip(("a.md", "b.md"), texts, strict=True):
        (folder / name).write_text(text, "utf-8")
    bring(opened, folder)
    for name, text in zip(("b.md", "a.md"), texts, strict=True):
        (folder / name).write_text(text, "utf-8")
    assert counts(bring(opened, folder)) == (0, 0, 2, 0)


def test_notes_take_anothers_place_when_somebody_says_so(opened: Library, tmp_path: Path) -> None:
    bring(opened, notes(tmp_path, "ann", EXPORT))
    assert counts(bring(opened, notes(tmp_path, "ann", LOGIN), replace=True)) == (0, 1, 0, 0)
    assert bodies(opened) == [LOGIN]


def test_a_row_whose_id_another_review_has_is_set_aside_and_the_good_rows_come_in(
    opened: Library, tmp_path: Path
) -> None:
    bring(opened, table(tmp_path, "desk.ndjson", {"id": 1, "title": "Export", "body": EXPORT}))
    theirs = table(tmp_path, "calls.ndjson", {"id": 1, "body": LOGIN}, {"id": 2, "body": BILLING})
    report = bring(opened, theirs)
    assert counts(report) == (1, 0, 0, 1)
    [(_, row, _)] = runs.skipped(opened, report.run_id or 0)
    assert row.reason.startswith(
        "Review 1 (“Export”) has the id 1 of the source files, and its text has hardly anything"
    )
    assert "--source NAME" in row.reason
    assert "--replace" in row.reason
    assert (json.loads(row.content)["body"], row.location, row.format) == (LOGIN, "line 1", "ndjson")
    assert (row.taken_by, row.second) == (1, False)
    assert bodies(opened) == [EXPORT, BILLING]


def test_what_is_set_aside_stays_in_the_order_of_the_file(opened: Library, tmp_path: Path) -> None:
    bring(opened, table(tmp_path, "desk.ndjson", {"id": 1, "body": EXPORT}))
    bad = {"body": "x", "date": "31.02.2024"}
    report = bring(opened, table(tmp_path, "calls.ndjson", bad, {"id": 1, "body": LOGIN}, bad))
    assert [row.location for _, row, _ in runs.skipped(opened, report.run_id or 0)] == ["line 1", "line 2", "line 3"]


def test_the_sentence_holds_no_name_of_who_was_reviewed(opened: Library, tmp_path: Path) -> None:
    first = {"id": 1, "title": "Maren and the export", "reviewee": "Maren Holt", "body": EXPORT}
    bring(opened, table(tmp_path, "desk.ndjson", first))
    report = bring(opened, table(tmp_path, "calls.ndjson", {"id": 1, "body": LOGIN}))
    assert "“[name] and the export”" in report.skipped[0].reason


def test_such_a_row_comes_in_again_under_a_source_of_its_own(opened: Library, tmp_path: Path) -> None:
    bring(opened, table(tmp_path, "desk.ndjson", {"id": 1, "body": EXPORT}))
    report = bring(opened, table(tmp_path, "calls.ndjson", {"id": 1, "body": LOGIN}))
    again = carrying_out.retry(opened, report.run_id or 0, MINE, who="ada", source="calls")
    assert counts(again) == (1, 0, 0, 0)
    assert (runs.get(opened, again.run_id or 0).source, reviews.get(opened, 2, unmasked=True).source) == (
        "calls",
        "calls",
    )


def test_such_a_row_takes_the_place_when_somebody_says_so(opened: Library, tmp_path: Path) -> None:
    bring(opened, table(tmp_path, "desk.ndjson", {"id": 1, "body": EXPORT}))
    report = bring(opened, table(tmp_path, "calls.ndjson", {"id": 1, "body": LOGIN}))
    again = carrying_out.retry(opened, report.run_id or 0, IntakeOptions(replace=True), who="ada")
    assert counts(again) == (0, 1, 0, 0)
    assert reviews.past(opened, 1)[0].fields["body"] == (EXPORT, LOGIN)


def test_a_second_row_with_one_id_comes_in_under_a_source_of_its_own(opened: Library, tmp_path: Path) -> None:
    desk, calls = (
        table(tmp_path, f"{name}.ndjson", {"id": 1, "body": text}) for name, text in (("a", EXPORT), ("b", LOGIN))
    )
    report = bring(opened, desk, calls)
    assert counts(report) == (1, 0, 0, 1)
    assert counts(carrying_out.retry(opened, report.run_id or 0, MINE, who="ada", source="calls")) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "header",
    [
        {"case_id": "4390"},
        {"case_url": "https://desk.example/4390"},
        {"date": "2026-03-03", "reviewer": "Ann", "product": "Sync"},
    ],
    ids=["the same case", "the same link", "who and when"],
)
def test_a_translation_with_the_same_header_is_an_edit(opened: Library, tmp_path: Path, header: dict[str, str]) -> None:
    bring(opened, table(tmp_path, "en.ndjson", {"id": 1, "body": EXPORT, **header}))
    report = bring(opened, table(tmp_path, "de.ndjson", {"id": 1, "body": EXPORT_DE, "language": "de", **header}))
    assert counts(report) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    "row",
    [
        {"body": EXPORT_EDITED},
        {"body": f"{LOGIN} {BILLING} Before that: {EXPORT}"},
        {"body": EXPORT[: len(EXPORT) // 2]},
        {"body": " ".join(sorted(EXPORT.split()))},
        {"body": EXPORT, "title": "Quite another title", "product": "Sync"},
        {"turns": [{"speaker": "Ann", "text": EXPORT}]},
        {"body": "Withdrawn."},
    ],
    ids=["a few words", "much more", "half of it", "in another order", "its header", "as turns", "cut to a word"],
)
def test_an_edit_of_a_row_is_an_update(opened: Library, tmp_path: Path, row: dict[str, Any]) -> None:
    bring(opened, table(tmp_path, "a.ndjson", {"id": 1, "body": EXPORT}))
    assert counts(bring(opened, table(tmp_path, "a.ndjson", {"id": 1, **row}))) == (0, 1, 0, 0)


def test_what_is_new_or_the_same_is_compared_with_nothing(opened: Library, tmp_path: Path) -> None:
    path = table(tmp_path, "a.ndjson", *({"id": n, "body": f"{EXPORT} {n}"} for n in range(20)))

    def statements() -> int:
        said: list[str] = []
        opened.db.conn.set_trace_callback(said.append)
        intake.preview(opened, [str(path)], MINE)
        opened.db.conn.set_trace_callback(None)
        return len([one for one in said if "FROM reviews" in one])

    new = statements()
    bring(opened, path)
    assert (new, statements()) == (1, 1)


def test_a_hundred_changed_files_of_one_name_are_looked_up_together(opened: Library, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()

    def statements(count: int, text: str) -> int:
        for number in range(count):
            (folder / f"{number}.md").write_text(f"{text} {number}", "utf-8")
        said: list[str] = []
        opened.db.conn.set_trace_callback(said.append)
        intake.preview(opened, [str(folder)], MINE)
        opened.db.conn.set_trace_callback(None)
        return len(said)

    for number in range(100):
        (folder / f"{number}.md").write_text(f"{EXPORT} {number}", "utf-8")
    bring(opened, folder)
    assert statements(3, LOGIN) == statements(100, BILLING)


def test_the_command_sets_aside_and_replaces(tmp_path: Path) -> None:
    def kb(*words: object) -> Any:
        return CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), *map(str, words)], standalone_mode=False)

    kb("init")
    kb("ingest", table(tmp_path, "a.ndjson", {"id": 1, "body": EXPORT}))
    theirs = table(tmp_path, "b.ndjson", {"id": 1, "body": LOGIN})
    assert "set aside 1" in kb("ingest", theirs).output
    assert "updated 1" in kb("ingest", "--retry", 2, "--replace").output
    assert "added 1" in kb("ingest", table(tmp_path, "c.ndjson", {"id": 1, "body": BILLING}), "--source", "c").output


def test_rows_that_were_set_aside_before_kb_kept_why_are_known_by_their_sentences() -> None:
    with closing(Database(memory=True)) as db:
        migrations.apply(db, stop_before="m020_why_set_aside")
        db["runs"].insert({"id": 1, "source": "files", "state": "done", "who": "ada", "started_at": "", "beat_at": ""})
        go_on = "(--replace). In the browser both stand beside the rows that were set aside."
        reasons = {
            "Line 3 has the same id as line 1: 7. The first was taken.": (1, 0),
            f"Review 12 (“Export”) has the id 7 of the source files. {go_on}": (0, 12),
            "Review 12 has no text.": (0, 0),
        }
        rows = [{"run_id": 1, "source": "a", "location": "", "content": b"", "reason": reason} for reason in reasons]
        db["skipped_rows"].insert_all(rows)
        migrations.apply(db)
        kept = db.execute("SELECT reason, second, taken_by FROM skipped_rows").fetchall()
        assert {reason: (second, taken_by) for reason, second, taken_by in kept} == reasons
