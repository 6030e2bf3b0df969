"""The same bad rows again: they are kept once, by the run that set them aside last."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import InvalidInput
from kb.intake import carrying_out, intake, runs
from kb.intake.intake import IntakeOptions, Report
from kb.library import Library

BAD = '{"id": "1", "body": "One.", "date": "31.02.2024"}\n{"id": "2", "body": "Two.", "date": "31.02.2024"}\n'


def bring(library: Library, path: Path, text: str | bytes, *, who: str = "ada", source: str = "files") -> Report:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return intake.ingest(library, [str(path)], IntakeOptions(source=source), who=who)


def kept(library: Library, run: int) -> list[tuple[int, int | None]]:
    """How much of each row a run keeps, and which run has it now."""
    return [(len(row.content), settled) for _, row, settled in runs.skipped(library, run)]


@pytest.mark.parametrize(
    ("name", "content"), [("a.ndjson", BAD.encode()), ("sheet.xlsx", b"PK\x03\x04 xl/")], ids=["rows", "a whole file"]
)
def test_the_same_content_set_aside_again_is_kept_once(
    opened: Library, tmp_path: Path, name: str, content: bytes
) -> None:
    for _ in range(3):
        bring(opened, tmp_path / name, content)
    rows = len(kept(opened, 3))
    assert (kept(opened, 1), kept(opened, 2)) == ([(0, 2)] * rows, [(0, 3)] * rows)
    assert sum(size for size, _ in kept(opened, 3)) >= len(content) - rows
    assert {settled for _, settled in kept(opened, 3)} == {None}


@pytest.mark.parametrize(
    ("text", "who", "source"),
    [(BAD, "ben", "files"), (BAD, "ada", "desk"), (BAD.replace("O", "o").replace("T", "t"), "ada", "files")],
    ids=["by somebody else", "from another source", "with another content"],
)
def test_what_is_not_the_same_stays_with_its_run(
    opened: Library, tmp_path: Path, text: str, who: str, source: str
) -> None:
    bring(opened, tmp_path / "a.ndjson", BAD)
    bring(opened, tmp_path / "a.ndjson", text, who=who, source=source)
    assert all(size and settled is None for run in (1, 2) for size, settled in kept(opened, run))


def test_a_mended_row_stays_mended(opened: Library, tmp_path: Path) -> None:
    bring(opened, tmp_path / "a.ndjson", BAD)
    (first, row, _), _ = runs.skipped(opened, 1)
    carrying_out.retry(opened, 1, IntakeOptions(), who="ada", texts={first: row.content.replace(b"31", b"28")})
    bring(opened, tmp_path / "a.ndjson", BAD)
    assert [settled for _, settled in kept(opened, 1)] == [2, 3]
    assert [bool(size) for size, _ in kept(opened, 1)] == [True, False]


def test_rows_that_are_tried_again_as_they_are_are_kept_once(opened: Library, tmp_path: Path) -> None:
    bring(opened, tmp_path / "a.ndjson", BAD)
    carrying_out.retry(opened, 1, IntakeOptions(), who="ada")
    assert ([size for size, _ in kept(opened, 1)], [settled for _, settled in kept(opened, 2)]) == (
        [0, 0],
        [None, None],
    )


def test_the_older_run_says_where_its_rows_are_now(opened: Library, tmp_path: Path) -> None:
    for _ in range(2):
        bring(opened, tmp_path / "a.ndjson", BAD)
    with pytest.raises(InvalidInput, match=r"was set aside again by run 2: go on there\."):
        carrying_out.retry(opened, 1, IntakeOptions(), who="ada")
