"""Mended rows settle what they stand for, and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kb import reviews
from kb.cli import cli
from kb.intake import carrying_out, intake, runs
from kb.intake.intake import IntakeOptions, Report
from kb.library import Library

BAD_DATE = '{"id": "%s", "body": "Text %s.", "date": "31.02.2024"}\n'
GOOD_DATE = '{"id": "%s", "body": "Text %s.", "date": "28.02.2024"}\n'


def written(path: Path, text: str) -> str:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return str(path)


def bring(library: Library, *paths: str) -> Report:
    return intake.ingest(library, paths, IntakeOptions(), who="ada")


def retry(library: Library, report: Report, *mended: str, **options: Any) -> Report:
    return carrying_out.retry(library, report.run_id or 0, IntakeOptions(**options), who="ada", mended=mended)


def still_open(library: Library, report: Report) -> list[str]:
    return [row.location for _, row, settled in runs.skipped(library, report.run_id or 0) if settled is None]


def test_a_row_that_no_mended_row_stands_for_stays_set_aside(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, written(tmp_path / "a.ndjson", "".join(BAD_DATE % (n, n) for n in "12")))
    again = retry(opened, report, written(tmp_path / "mended.ndjson", GOOD_DATE % (2, 2)))
    assert (still_open(opened, report), again.still_aside) == (["line 1"], 1)
    last = retry(opened, report, written(tmp_path / "mended.ndjson", GOOD_DATE % (1, 1)))
    assert (still_open(opened, report), last.still_aside, reviews.listed(opened)[1]) == ([], 0, 2)


def test_what_was_mended_long_ago_is_not_kept_as_it_came_and_what_nobody_mended_is(
    opened: Library, tmp_path: Path
) -> None:
    report = bring(opened, written(tmp_path / "a.ndjson", "".join(BAD_DATE % (n, n) for n in "12")))
    retry(opened, report, written(tmp_path / "mended.ndjson", GOOD_DATE % (2, 2)))
    ended, days = opened.now(), opened.settings.trash_days
    opened.now = lambda: ended + timedelta(days=days - 1)
    assert runs.forget_mended(opened) == 0
    opened.now = lambda: ended + timedelta(days=days + 1)
    assert runs.forget_mended(opened) == 1
    [(_, row, settled)] = runs.skipped(opened, report.run_id or 0)
    assert (row.location, settled, b"Text 1." in row.content) == ("line 1", None, True)
    assert runs.get(opened, report.run_id or 0).skipped == 2


@pytest.mark.parametrize(
    ("name", "bad", "mended"),
    [
        ("a.csv", "id;body;date\n1;One;31.02.2024\n2;Two;31.02.2024\n", "id;body;date\n2;Two;28.02.2024\n"),
        ("a.csv", "id,body\n1,One,x,y\n2,Two,x,y\n", "id,body\n2,Two x y\n"),
        ("a.ndjson", '{"id": 1, "body": "One\n{"body": "Two", "Id": 2\n', '{"id": 2, "body": "Two"}\n'),
    ],
    ids=["CSV", "too many cells", "lines that are cut off"],
)
def test_a_row_is_known_by_its_id_also_where_it_cannot_be_read(
    opened: Library, tmp_path: Path, name: str, bad: str, mended: str
) -> None:
    report = bring(opened, written(tmp_path / name, bad))
    first, _ = still_open(opened, report)
    retry(opened, report, written(tmp_path / f"mended.{name[2:]}", mended))
    assert still_open(opened, report) == [first]


def test_a_row_is_known_by_the_column_that_a_mapping_calls_its_id(opened: Library, tmp_path: Path) -> None:
    mapping = {"columns": {"Ticket": "id", "Notes": "body", "Day": "date"}}
    head = "Ticket,Notes,Day\n"
    path = written(tmp_path / "a.csv", head + "1,One,31.02.2024\n2,Two,31.02.2024\n")
    report = intake.ingest(opened, [path], IntakeOptions(mapping=mapping), who="ada")
    retry(opened, report, written(tmp_path / "m.csv", head + "2,Two,28.02.2024\n"), mapping=mapping)
    assert still_open(opened, report) == ["row 2"]


def test_a_markdown_file_is_known_by_its_name_or_its_id(opened: Library, tmp_path: Path) -> None:
    bad = "---\n{}date: 31.02.2024\n---\nText.\n"
    folder = tmp_path / "notes"
    for name, id in (("a.md", ""), ("b.md", ""), ("c.md", "id: 7\n")):
        written(folder / name, bad.format(id))
    report = bring(opened, str(folder))
    elsewhere = written(tmp_path / "seven.md", bad.format("id: 7\n").replace("31", "28"))
    retry(opened, report, written(folder / "b.md", "Mended."), elsewhere)
    open_rows = [row.source for _, row, settled in runs.skipped(opened, report.run_id or 0) if settled is None]
    assert open_rows == ["notes/a.md"]


def test_without_ids_a_row_is_known_by_its_place_in_the_file_of_its_name(opened: Library, tmp_path: Path) -> None:
    text = '{"body": "One", "date": "x"}\n{"body": "Two"}\n{"body": "Three", "date": "y"}\n'
    report = bring(opened, written(tmp_path / "a.ndjson", text))
    retry(opened, report, written(tmp_path / "mended" / "a.ndjson", text.replace('"y"', '"2026-03-03"')))
    assert [row.location for _, row, _ in runs.skipped(opened, 2)] == ["line 1"], "it was set aside again"
    assert still_open(opened, report) == []


def test_without_ids_or_places_one_of_two_settles_neither_and_both_settle_both(opened: Library, tmp_path: Path) -> None:
    report = bring(
        opened, written(tmp_path / "a.ndjson", '{"body": "One", "date": "x"}\n{"body": "Two", "date": "y"}\n')
    )
    retry(opened, report, written(tmp_path / "m.csv", "body\nTwo mended\n"))
    assert still_open(opened, report) == ["line 1", "line 2"]
    retry(opened, report, written(tmp_path / "m.csv", "body\nOne again\nTwo again\n"))
    assert still_open(opened, report) == []


def test_a_table_that_was_set_aside_whole_is_settled_by_its_rows(opened: Library, tmp_path: Path) -> None:
    report = bring(opened, written(tmp_path / "a.csv", "Notes,Day\nOne,1\nTwo,2\n"))
    retry(opened, report, written(tmp_path / "m.csv", "body,Day\nOne,1\nTwo,2\n"))
    assert still_open(opened, report) == []


def test_a_row_that_fails_again_is_called_by_its_old_place(opened: Library, tmp_path: Path) -> None:
    lines = "id,body,date\n1,One,2026-01-01\n2,Two,31.02.2024\n3,Three,2026-01-01\n4,Four,31.02.2024\n"
    report = bring(opened, written(tmp_path / "a.csv", lines))
    again = carrying_out.retry(opened, report.run_id or 0, IntakeOptions(), who="ada")
    assert [row.location for row in again.skipped] == ["row 3", "row 5"]


def test_the_command_says_how_many_rows_are_still_set_aside(tmp_path: Path) -> None:
    def kb(*words: object) -> str:
        return (
            CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), *map(str, words)], standalone_mode=False).output
        )

    kb("init")
    kb("ingest", written(tmp_path / "a.ndjson", "".join(BAD_DATE % (n, n) for n in "123")))
    one = written(tmp_path / "one.ndjson", GOOD_DATE % (3, 3))
    again = f"kb --home {tmp_path / 'home'} ingest --retry 1 [MENDED FILE]"
    assert f"Of run 1, 2 rows are still set aside: {again}" in kb("ingest", "--retry", 1, one)
    two = written(tmp_path / "two.ndjson", GOOD_DATE % (2, 2))
    assert json.loads(kb("ingest", "--retry", 1, two, "--json"))["still_set_aside"] == 1


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", "Ticket,Findings\n1,The clock\n"), ("a.json", '[{"seen": "The clock"}]')]
)
def test_the_command_says_that_columns_that_kb_does_not_know_need_a_mapping(
    tmp_path: Path, name: str, content: str
) -> None:
    home = str(tmp_path / "home")
    CliRunner().invoke(cli, ["--home", home, "init"])
    table = written(tmp_path / name, content)
    said = CliRunner().invoke(cli, ["--home", home, "ingest", table], standalone_mode=False).output
    assert f"kb --home {home} ingest --retry 1 --mapping FILE" in said
    assert "MENDED FILE" not in said
