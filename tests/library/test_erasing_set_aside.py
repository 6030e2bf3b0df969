"""Set-aside rows are erased by hand: from the library, its file and its log, and from earlier runs that keep the same."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import cli
from kb.errors import InvalidInput, NotFound
from kb.intake import carrying_out, intake, runs, set_aside
from kb.intake.intake import IntakeOptions
from kb.library import Library

SECRET = "Secret-of-Ann"
LINE = '{"id": "%s", "body": "' + SECRET + ' %s.", "date": "31.02.2024"}\n'


def bring(library: Library, tmp_path: Path, count: int = 3) -> int:
    """The number of a run that set so many rows aside."""
    file = tmp_path / "a.ndjson"
    file.write_text("".join(LINE % (n, n) for n in range(count)), "utf-8")
    return intake.ingest(library, [str(file)], IntakeOptions(), who="ada").run_id or 0


def kept(library: Library) -> bytes:
    """All that the library's folder holds."""
    return b"".join(file.read_bytes() for file in library.settings.home.rglob("*") if file.is_file())


def test_all_rows_of_a_run_are_erased_and_no_byte_of_them_is_left(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path)
    assert SECRET.encode() in kept(opened)
    assert set_aside.erase(opened, run, who="ada") == 3
    assert (runs.skipped(opened, run), runs.get(opened, run).skipped) == ([], 3)
    assert SECRET.encode() not in kept(opened)


def test_some_are_erased_and_the_others_stay(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path)
    first, second, third = (number for number, _, _ in runs.skipped(opened, run))
    assert set_aside.erase(opened, run, [first, third, 9999], who="ada") == 2
    assert [number for number, _, _ in runs.skipped(opened, run)] == [second]


def test_the_history_says_who_erased_how_many(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path)
    set_aside.erase(opened, run, who="ada")
    [(change, count)] = set_aside.erasures(opened, run)
    assert (change.who, change.action, count) == ("ada", "erased what was set aside", 3)


def test_what_earlier_runs_keep_of_the_same_rows_goes_too_and_nothing_else(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path)
    for number in (run, run + 1):
        (id, row, _), *_ = runs.skipped(opened, number)
        worse = row.content.replace(b"31.02", b"32.02") if number == run else row.content + b" "
        carrying_out.retry(opened, number, IntakeOptions(), who="ada", texts={id: worse})
    assert [len(runs.skipped(opened, number)) for number in (run, run + 1, run + 2)] == [3, 1, 1]
    assert set_aside.erase(opened, run + 2, who="ada") == 1
    left = [row.location for number in (run, run + 1, run + 2) for _, row, _ in runs.skipped(opened, number)]
    assert left == ["line 2", "line 3"]
    assert f"{SECRET} 0".encode() not in kept(opened)


def test_what_was_mended_meanwhile_is_not_erased(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path, 1)
    [(id, row, _)] = runs.skipped(opened, run)
    carrying_out.retry(opened, run, IntakeOptions(), who="ada", texts={id: row.content.replace(b"31.02", b"28.02")})
    with pytest.raises(InvalidInput, match="set aside any more"):
        set_aside.erase(opened, run, [id], who="ada")
    assert len(runs.skipped(opened, run)) == 1


def test_of_what_was_mended_long_ago_no_byte_is_left(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path, 1)
    [(id, _, _)] = runs.skipped(opened, run)
    carrying_out.retry(opened, run, IntakeOptions(), who="ada", texts={id: b'{"id": 0, "body": "Mended."}'})
    ended = opened.now()
    opened.now = lambda: ended + timedelta(days=opened.settings.trash_days + 1)
    assert runs.forget_mended(opened) == 1
    assert SECRET.encode() not in kept(opened)


def test_a_run_that_is_not_there_has_nothing_to_erase(opened: Library) -> None:
    with pytest.raises(NotFound):
        set_aside.erase(opened, 9, who="ada")


def command(home: Path, *words: object, typed: str = "") -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), "ingest", *map(str, words)], input=typed)


def test_the_command_asks_and_erases(opened: Library, tmp_path: Path) -> None:
    run, home = bring(opened, tmp_path), opened.settings.home
    assert command(home, "--discard", run, typed="n\n").exit_code != 0
    assert runs.open_count(opened, run) == 3
    answer = command(home, "--discard", run, typed="y\n")
    assert "Erase 3 rows that run 1 set aside? This cannot be undone." in answer.output
    assert (answer.exit_code, runs.open_count(opened, run)) == (0, 0)
    again = command(home, "--discard", run, "--yes")
    assert isinstance(again.exception, InvalidInput)


def test_the_command_erases_without_asking_and_says_it_as_json(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path)
    assert json.loads(command(opened.settings.home, "--discard", run, "--yes", "--json").output) == {
        "run": run,
        "erased": 3,
    }


def test_the_command_drops_an_upload_that_waits(opened: Library, tmp_path: Path) -> None:
    folder = opened.settings.uploads / "waits"
    folder.mkdir(parents=True)
    run = runs.plan(opened, folder, IntakeOptions(), who="ada")
    assert "is dropped" in command(opened.settings.home, "--discard", run, typed="y\n").output
    assert (runs.get(opened, run).state, folder.exists()) == ("dropped", False)


def test_the_command_takes_nothing_besides(opened: Library, tmp_path: Path) -> None:
    run = bring(opened, tmp_path)
    answer = command(opened.settings.home, "--discard", run, "--yes", tmp_path)
    assert "stands alone" in str(answer.exception)
    assert runs.open_count(opened, run) == 3
