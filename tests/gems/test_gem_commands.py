"""`kb gem list` and `kb gem show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from lifting import Clock, People, add_gem

from kb.cli import cli
from kb.library import Library
from kb.store import gems


def run(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(cli, ["--home", str(home), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(autouse=True)
def two_gems(library: Library, people: People, clock: Clock) -> None:
    add_gem(library, people.curator, title="Fresh", tags=("export",))
    due = add_gem(library, people.curator, title="Long ago")
    with library.transaction() as db:
        gems.note(db, due.id, true_until=library.today().replace(year=2020))
        gems.note(db, 1, true_until=library.today().replace(year=2999))


def test_the_list_says_how_each_gem_fares(home: Path) -> None:
    assert "fresh     Fresh" in run(home, "gem", "list")


def test_what_is_due_is_listed(home: Path) -> None:
    assert [gem["title"] for gem in json.loads(run(home, "gem", "list", "--due", "--json"))] == ["Long ago"]


def test_a_gem_is_shown_with_its_evidence(home: Path) -> None:
    text = run(home, "gem", "show", "1")
    assert "seen in 1 review by one person" in text
    assert "> run the export by night" in text


def test_as_json_it_has_its_health(home: Path) -> None:
    shown = json.loads(run(home, "gem", "show", "1", "--json"))
    assert (shown["health"], shown["seen"]["reviews"], shown["evidence"][0]["state"]) == ("fresh", 1, "there")
