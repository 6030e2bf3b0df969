"""The index is gone or damaged: saving goes on, and it is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock

from kb import keeping, reviews
from kb.cli import cli
from kb.finding import finding
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.models import Draft
from kb.search import shelf
from tests.durability.killing import grown, made, opened


def _deleted(index: Path) -> None:
    shutil.rmtree(index)


def _emptied(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")


def _overwritten(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff\x00garbage" * 50)


def _half_gone(index: Path) -> None:
    for number, path in enumerate(sorted(index.rglob("*"))):
        if path.is_file() and number % 2:
            path.unlink()


def test_the_command_says_that_not_all_can_be_found_while_the_index_is_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(home)
    with opened(home) as library:
        reviews.add(library, Draft(title="Saved just now", body="zqmeanwhile"), "ada")
        lock = library.engine.shelf.folder / "lock"
    monkeypatch.setattr(shelf, "PATIENCE", 0.01)
    search = ["--home", str(home), "search", "zqmeanwhile"]
    with FileLock(lock):  # another process is writing it
        assert "Not everything can be found yet" in CliRunner().invoke(cli, search).output
    assert "Not everything" not in CliRunner().invoke(cli, search).output


@pytest.mark.slow
@pytest.mark.parametrize("damage", [_deleted, _emptied, _overwritten, _half_gone])
def test_saves_go_on_and_doctor_mends(home: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    made(home)
    with opened(home) as library:
        intake.ingest(library, [str(grown(tmp_path / "a.ndjson", 30))], IntakeOptions(), who="ada")
    damage(home / "index")
    with opened(home) as library:
        finding.search(library, "mark7mark", unmasked=True)
        saved = reviews.add(library, Draft(title="Saved meanwhile", body="zqmeanwhile"), "ada")
        assert any(found.wrong for found in keeping.examine(library))
    with opened(home) as library:
        assert all(found.mended for found in keeping.examine(library, fix=True) if found.wrong)
        assert not any(found.wrong for found in keeping.examine(library))
        assert [hit.id for hit in finding.search(library, "zqmeanwhile", unmasked=True).hits] == [saved.id]
        assert finding.search(library, "mark7mark", unmasked=True).total == 1
