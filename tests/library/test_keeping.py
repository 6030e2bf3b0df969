"""Backup, restore, export and the check-up."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from blank import lay_down

from kb import exporting, keeping, resources, reviews
from kb import library as libraries
from kb import settings as all_settings
from kb.errors import LibraryError, UsageError
from kb.finding import finding
from kb.gems import gems
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.models import Draft, GemDraft
from kb.search.base import Batch, Document
from kb.tags import tags


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = all_settings.load(tmp_path_factory.mktemp("samples") / "home", environ={}, meaning="off")
    lay_down(settings)
    library = Library(settings)
    intake.ingest(library, [str(resources.folder("examples"))], IntakeOptions(), who="ada")
    library.close()
    return settings.home


@pytest.fixture
def samples(sample_home: Path, home: Path) -> Iterator[Library]:
    """The sample library."""
    library = Library(all_settings.load(shutil.copytree(sample_home, home), environ={}, meaning="off"))
    yield library
    library.close()


def contents(library: Library) -> tuple[object, ...]:
    """All of a library that an export carries, without the numbers that each library gives itself."""
    tag_list = [(t.name, t.definition, t.aliases, t.parent_name, t.reviews) for t in tags.listed(library)]
    rows, _ = reviews.listed(library, limit=1000, unmasked=True)
    whole = {}
    for row in rows:
        found = reviews.page(library, row.id, unmasked=True)
        plain = replace(found.review, id=0, version=0, created_at=found.review.updated_at, tags=(), source="")
        thread = sorted((c.author, c.body, c.at) for c in found.comments)
        passages = sorted((p.quote, p.turn, title, status) for p, title, status in found.passages)
        whole[found.review.external_id] = (plain, [t.name for t in found.review.tags], thread, passages)
    gem_list = sorted(
        (g.title, g.body, g.status, gems.tag_names(g), len(g.evidence))
        for g in gems.listed(library, limit=1000, unmasked=True)[0]
    )
    return tag_list, whole, gem_list


@pytest.mark.parametrize("format", exporting.FORMATS)
def test_an_export_gives_the_same_library_back(samples: Library, tmp_path: Path, format: str) -> None:
    exporting.export(samples, tmp_path / "out", format)
    settings = all_settings.load(tmp_path / "copy", environ={})
    libraries.make(settings)
    copy = Library(settings)
    report = intake.ingest(copy, [str(tmp_path / "out")], IntakeOptions(), who="ada")
    assert report.skipped == []
    assert contents(copy) == contents(samples)
    copy.close()


@pytest.mark.parametrize("format", exporting.FORMATS)
def test_a_gem_without_topics_comes_back_without(opened: Library, tmp_path: Path, format: str) -> None:
    id = reviews.add(opened, Draft(body="Export by night.", tags=("export",)), "ada").id
    gems.lift(opened, id, GemDraft("By night", "So.", "by night", tags=()), who="ada", publish=True)
    exporting.export(opened, tmp_path / "out", format)
    settings = all_settings.load(tmp_path / "copy", environ={})
    libraries.make(settings)
    copy = Library(settings)
    intake.ingest(copy, [str(tmp_path / "out")], IntakeOptions(), who="ada")
    assert [gem.tags for gem in gems.listed(copy, unmasked=True)[0]] == [()]
    copy.close()


def test_an_export_goes_into_an_empty_folder_only(opened: Library, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        exporting.export(opened, tmp_path)


def test_a_backup_taken_in_use_brings_the_library_back(samples: Library, tmp_path: Path) -> None:
    keeping.backup(samples, tmp_path / "kb.backup")
    before = contents(samples)
    reviews.trash(samples, [1, 2, 3], "ada")
    samples.close()
    keeping.restore(samples.settings, tmp_path / "kb.backup")
    assert contents(samples) == before


def test_a_backup_takes_the_place_of_an_older_one(samples: Library, tmp_path: Path) -> None:
    (tmp_path / "kb.backup").touch()  # as mktemp leaves it
    keeping.backup(samples, tmp_path / "kb.backup")
    size = keeping.backup(samples, tmp_path / "kb.backup")
    assert (tmp_path / "kb.backup").stat().st_size == size


def test_a_backup_is_for_its_owner_alone_and_for_whom_they_let_read_the_last_one(
    samples: Library, tmp_path: Path
) -> None:
    file = tmp_path / "kb.backup"
    keeping.backup(samples, file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    keeping.backup(samples, file)
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_kb_makes_a_folder_for_is_its_owners_alone(samples: Library, tmp_path: Path) -> None:
    exporting.export(samples, tmp_path / "out")
    keeping.backup(samples, tmp_path / "kb.backup")
    elsewhere = all_settings.load(tmp_path / "elsewhere", environ={})
    keeping.restore(elsewhere, tmp_path / "kb.backup")
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("out", "elsewhere")} == {0o700}


def test_a_backup_never_takes_the_place_of_something_else(samples: Library, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE library (title TEXT)")
    (tmp_path / "notes.txt").write_text("mine")
    for name in ("other.db", "notes.txt"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(UsageError, match="is no backup of kb"):
            keeping.backup(samples, tmp_path / name)
        assert (tmp_path / name).read_bytes() == before


def test_an_index_of_the_library_before_is_not_taken_for_the_restored_ones(samples: Library, tmp_path: Path) -> None:
    keeping.backup(samples, tmp_path / "kb.backup")
    added = reviews.add(samples, Draft(title="Zanzibar", body="Zanzibar only here.", language="en"), "ada")
    samples.catch_up()
    assert finding.search(samples, "zanzibar", unmasked=True).hits[0].id == added.id
    settings = samples.settings
    samples.close()
    keeping.restore(settings, tmp_path / "kb.backup")
    restored = Library(settings)
    restored.catch_up()
    assert finding.search(restored, "zanzibar", unmasked=True).total == 0
    restored.close()


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000, b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_file_that_is_no_backup_changes_nothing(samples: Library, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    before = contents(samples)
    with pytest.raises(LibraryError, match="Nothing was changed"):
        keeping.restore(samples.settings, tmp_path / "bad")
    assert contents(samples) == before
    assert sorted(p.name for p in samples.settings.home.glob("incoming*")) == []


def test_the_library_that_was_there_is_kept_beside_the_restored_one(samples: Library, tmp_path: Path) -> None:
    keeping.backup(samples, tmp_path / "kb.backup")
    samples.close()
    aside = keeping.restore(samples.settings, tmp_path / "kb.backup")
    assert aside is not None
    assert aside.is_file()


def test_a_backup_takes_no_device_for_an_empty_file(samples: Library, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # as /dev/null: there, of no size, and no file
    with pytest.raises(UsageError, match="is no backup of kb"):
        keeping.backup(samples, tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_a_library_in_use_is_not_put_aside(samples: Library, tmp_path: Path) -> None:
    keeping.backup(samples, tmp_path / "kb.backup")
    added = reviews.add(samples, Draft(body="Saved while somebody restores."), "ada")
    with pytest.raises(LibraryError, match=r"in use\. Stop kb serve"):
        keeping.restore(samples.settings, tmp_path / "kb.backup")
    samples.close()
    again = Library(samples.settings)
    assert reviews.get(again, added.id, unmasked=True).body == "Saved while somebody restores."
    again.close()


def test_a_library_does_not_take_its_own_place(samples: Library) -> None:
    samples.close()
    with pytest.raises(UsageError, match="the library itself"):
        keeping.restore(samples.settings, samples.settings.database)


@pytest.mark.parametrize("damage", [b"rubbish" * 1000, b"SQLite format 3\x00" + b"\xff" * 8000], ids=["all", "inside"])
def test_a_backup_comes_back_over_a_damaged_library_that_is_kept(
    samples: Library, tmp_path: Path, damage: bytes
) -> None:
    keeping.backup(samples, tmp_path / "kb.backup")
    before = contents(samples)
    samples.close()
    samples.settings.database.write_bytes(damage)
    aside = keeping.restore(samples.settings, tmp_path / "kb.backup")
    assert aside is not None
    assert aside.read_bytes() == damage
    restored = Library(samples.settings)
    assert contents(restored) == before
    restored.close()


def test_a_check_up_of_a_well_library_finds_nothing_wrong(samples: Library) -> None:
    assert not [finding for finding in keeping.examine(samples) if finding.wrong]


def test_a_deleted_index_is_found_and_mended(samples: Library) -> None:
    shutil.rmtree(samples.settings.index)
    assert any(finding.wrong and not finding.mended for finding in keeping.examine(samples))
    keeping.examine(samples, fix=True)
    assert not [finding for finding in keeping.examine(samples) if finding.wrong]


def test_what_the_index_lacks_and_has_too_many_is_found_and_mended(samples: Library) -> None:
    surplus = Document("review", 9999, text={"title": "gone"})
    samples.engine.apply(Batch([surplus], ["review:1", "review:2"], samples.engine.watermark()))
    (wrong,) = [finding for finding in keeping.examine(samples) if finding.wrong]
    assert "lacks 2 and has 1 too many" in wrong.sentence
    keeping.examine(samples, fix=True)
    assert not [finding for finding in keeping.examine(samples) if finding.wrong]


def test_the_doctor_empties_the_trash_of_what_is_old_and_keeps_its_gems(samples: Library) -> None:
    from datetime import timedelta

    (cited, *_) = [p.review_id for g in gems.listed(samples, limit=100, unmasked=True)[0] for p in g.evidence]
    total = gems.listed(samples, unmasked=True)[1]
    reviews.trash(samples, [cited], "ada")
    now = samples.now()
    samples.now = lambda: now + timedelta(days=samples.settings.trash_days + 1)
    keeping.examine(samples, fix=True)
    assert reviews.trashed(samples)[1] == 0
    assert gems.listed(samples, unmasked=True)[1] == total
