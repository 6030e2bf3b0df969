"""Which folder the library is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import cli


def test_a_home_that_is_an_unset_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_HOME", str(tmp_path / "meant"))
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(cli, ["--home", "", "init"])
    assert said.exit_code == 0, said.output
    assert [path.name for path in tmp_path.iterdir()] == ["meant"]
