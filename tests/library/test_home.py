"""Which folder the library is in, and one that holds none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import settings
from kb.cli import cli
from kb.errors import LibraryError
from kb.library import Library


def test_a_home_that_is_an_unset_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOME", str(tmp_path / "meant"))
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(cli, ["--home", "", "init"])
    assert said.exit_code == 0, said.output
    assert [path.name for path in tmp_path.iterdir()] == ["meant"]


@pytest.mark.skipif(sys.platform != "linux", reason="open files are told by /proc")
def test_a_library_that_cannot_be_opened_is_closed_again(tmp_path: Path) -> None:
    damaged = tmp_path / "library.db"
    damaged.write_bytes(b"no library at all " * 100)
    with pytest.raises(LibraryError, match="is damaged or no library"):
        Library(settings.load(tmp_path, environ={}))
    assert damaged not in [descriptor.resolve() for descriptor in Path("/proc/self/fd").iterdir()]
