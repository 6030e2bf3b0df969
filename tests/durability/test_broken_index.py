"""The index is gone or damaged: saving goes on, and it is made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import finding, intake, keeping, reviews
from kb.intake import IntakeOptions
from kb.models import Draft
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
