"""From what a person names to the inputs of a run."""

from __future__ import annotations

import os
import socket
from io import BytesIO
from pathlib import Path

import pytest

from kb.ingest.base import Input, Options
from kb.ingest.discover import find
from kb.ingest.pipeline import items
from kb.models import Draft, SkippedRow


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """notes/ with b.md, a.csv, picture.png, .hidden.md, 2026/visit.md, .git/x.md"""
    folder = tmp_path / "notes"
    for name in ["b.md", "a.csv", "picture.png", ".hidden.md", "2026/visit.md", ".git/x.md", "README.MD"]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("body\nx\n")
    return folder


def names(*paths: object) -> list[str]:
    return [found.name for found in find([str(path) for path in paths]) if isinstance(found, Input)]


def reasons(*paths: object) -> list[tuple[str, str]]:
    return [
        (found.source, found.reason) for found in find([str(path) for path in paths]) if isinstance(found, SkippedRow)
    ]


def test_a_folder_gives_its_known_files_sorted_and_no_hidden_ones(notes: Path) -> None:
    assert names(notes) == ["notes/README.MD", "notes/a.csv", "notes/b.md", "notes/2026/visit.md"]


def test_names_do_not_depend_on_the_working_directory(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_full_path = names(notes)
    monkeypatch.chdir(notes)
    assert names(".") == by_full_path
    monkeypatch.chdir(notes / "2026")
    assert names("..") == by_full_path


def test_a_file_has_one_name_whether_it_or_its_folder_is_named(notes: Path) -> None:
    assert names(notes / "b.md") == ["notes/b.md"]


def test_a_file_that_is_named_itself_is_tried_whatever_its_suffix(notes: Path) -> None:
    assert names(notes / "picture.png") == ["notes/picture.png"]


def test_a_file_named_twice_is_read_once(notes: Path) -> None:
    assert names(notes / "b.md", notes / "b.md", notes) == [
        "notes/b.md",
        "notes/README.MD",
        "notes/a.csv",
        "notes/2026/visit.md",
    ]


def test_a_glob_is_spread_also_into_folders(notes: Path) -> None:
    assert names(f"{notes}/**/*.md") == ["notes/2026/visit.md", "notes/b.md"]


def test_a_file_with_a_star_in_its_name_is_that_file(notes: Path) -> None:
    (notes / "a*.md").write_text("x")
    assert names(notes / "a*.md") == ["notes/a*.md"]


def test_sizes_are_known_for_the_progress_bar(notes: Path) -> None:
    assert sum(found.size for found in find([notes]) if isinstance(found, Input)) == 4 * 7


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "none.md"
    assert reasons(missing, f"{tmp_path}/*.csv", "a\0b", "\ud800") == [
        (str(missing), "There is no such file or folder."),
        (f"{tmp_path}/*.csv", "No file matches."),
        ("a\0b", "It is no name that a file can have."),
        ("\\ud800", "It is no name that a file can have."),
    ]


def test_a_loop_of_links_is_walked_once_and_said(notes: Path) -> None:
    (notes / "2026" / "again").symlink_to(notes)
    assert names(notes) == ["notes/README.MD", "notes/a.csv", "notes/b.md", "notes/2026/visit.md"]
    assert reasons(notes) == [("notes/2026/again", "The link leads to notes, which is read already.")]


def test_links_that_lead_nowhere_or_to_themselves_are_said(notes: Path) -> None:
    (notes / "gone.md").symlink_to("nowhere.md")
    (notes / "self.md").symlink_to("self.md")
    found = dict(reasons(notes, notes / "self.md"))
    assert found["notes/gone.md"] == "It is a link to a file that is not there."
    assert found["notes/self.md"].startswith("It cannot be read: Too many levels of symbolic links")


def test_pipes_and_sockets_are_not_waited_for(notes: Path) -> None:
    os.mkfifo(notes / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(notes / "s.csv"))
        assert [name for name, _ in reasons(notes)] == ["notes/pipe.md", "notes/s.csv"]


def test_a_name_that_is_no_utf_8_is_shown_with_its_bytes(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.md"
    Path(os.fsdecode(raw)).write_text("x")
    assert names(os.fsdecode(raw)) == [f"{tmp_path.name}/caf\\xe9.md"]


def test_standard_input_is_an_input_of_known_size() -> None:
    (entry,) = find(["-"], BytesIO(b'{"id": 1, "body": "a"}\n'))
    assert isinstance(entry, Input)
    assert (entry.name, entry.size) == ("-", 23)
    assert [found.item for found in items([entry], Options())] == [Draft(external_id="1", body="a")]


def test_a_markdown_text_from_standard_input_gets_an_id_from_its_content() -> None:
    ids = []
    for text in (b"one", b"two"):
        (found,) = items(find(["-"], BytesIO(text)), Options())
        assert isinstance(found.item, Draft)
        ids.append(found.item.external_id)
    assert ids[0] != ids[1]


def test_a_file_that_cannot_be_read_is_set_aside_and_the_others_come_in(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    found = [located.item for located in items(find(["/proc/self/mem", tmp_path]), Options())]
    assert isinstance(found[0], SkippedRow)
    assert found[0].reason.startswith("The file cannot be read: ")
    assert isinstance(found[1], Draft)


def test_a_file_that_went_away_meanwhile_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    inputs = find([tmp_path])
    (tmp_path / "a.md").unlink()
    (found,) = items(inputs, Options())
    assert isinstance(found.item, SkippedRow)
    assert found.item.reason == "The file is not there any more."


def test_a_folder_of_other_kinds_of_files_says_what_was_passed_over(tmp_path: Path) -> None:
    for name in ("a.docx", "b.docx", "deep/c.txt", "LICENSE"):
        (tmp_path / "papers" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "papers" / name).write_text("x")
    ((name, reason),) = reasons(tmp_path / "papers")
    assert name == "papers"
    assert ".md" in reason
    assert "Passed over: 2 .docx, 1 without a suffix, 1 .txt." in reason


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "nothing" / "below").mkdir(parents=True)
    assert reasons(tmp_path / "nothing") == [("nothing", "There are no files in this folder.")]


def test_a_folder_that_is_named_twice_is_not_called_empty(notes: Path) -> None:
    assert [found for found in find([str(notes), str(notes)]) if isinstance(found, SkippedRow)] == []
