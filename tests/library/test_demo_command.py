"""`kb demo` as it is called."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from kb.cli import cli


def test_a_demo_in_a_folder_of_ones_own_is_refused_for_it_would_be_thrown_away(tmp_path: Path) -> None:
    answer = CliRunner().invoke(cli, ["--home", str(tmp_path / "mine"), "demo"])
    assert answer.exit_code == 2
    assert "leave --home out" in answer.output
    assert not (tmp_path / "mine").exists()
