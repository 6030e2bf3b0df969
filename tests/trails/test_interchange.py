"""Trails as YAML, from the command line and into the samples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from walking_about import add_case, add_gem

from kb import resources
from kb.cli import cli
from kb.errors import InvalidInput
from kb.intake import intake
from kb.store import trails as store
from kb.trails import interchange, outline, trails

EXAMPLES = resources.folder("examples")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *arguments])


def described(library, trail) -> list[tuple[str, str, str]]:
    rows = outline.rows(library, trails.steps(library, trail.id), unmasked=True)
    return [(str(row.kind), row.title, row.step.words) for row in rows]


@pytest.fixture
def case(library, people):
    add_gem(library, people.curator, "Export stops", tags=("export",))
    return add_case(library, people.curator, external_id="case-1")


TEXT = """\
title: First week
intro: Read *these*.
state: published
steps:
  - words: Begin **here**.
  - gem: Export stops
    before: Twice.
  - topic: EXPORT
  - review: case-1
  - try: case-1
  - gem: Nobody wrote this
"""


def test_a_file_makes_a_trail_and_says_what_is_missing(library, case) -> None:
    (made,) = interchange.load(library, TEXT, who="Ada")
    assert (made.trail.title, made.trail.state.value) == ("First week", "published")
    assert described(library, made.trail) == [
        ("words", "Begin here.", "Begin **here**."),
        ("gem", "Export stops", "Twice."),
        ("topic", "export", ""),
        ("review", case.title, ""),
        ("replay", case.title, ""),
    ]
    assert made.missing == ("Trail 1, step 6: the library has no such gem: Nobody wrote this",)


def test_what_is_written_is_read_as_it_was(library, case) -> None:
    (made,) = interchange.load(library, TEXT, who="Ada")
    (again,) = interchange.load(library, interchange.dump(library, made.trail.id), who="Ada")
    assert described(library, again.trail) == described(library, made.trail)
    assert (again.trail.intro, again.trail.state, again.missing) == (made.trail.intro, made.trail.state, ())


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "trails: []", "just words", "- 1", "title: T\nsteps: 3", "title: T\nsteps: [gem]", "{a: [",
        "title: T\nsteps: [{gem: A, topic: B}]", "title: T\nsteps: [{gem: }]", "steps: []", "title: T\nstate: secret",
        "title: T\nsteps: [{gem: [1]}, 7]",
    ],
)  # fmt: skip
def test_a_file_that_is_none_makes_nothing(library, text) -> None:
    with pytest.raises(InvalidInput):
        interchange.load(library, text, who="Ada")
    assert store.counts(library.db) == {}


def test_the_commands_list_write_and_read(home, library, case, tmp_path) -> None:
    file = tmp_path / "trail.yaml"
    file.write_text(TEXT, "utf-8")
    done = run(home, "trail", "import", str(file))
    assert (done.exit_code, "no such gem" in done.output) == (1, True)
    listed = json.loads(run(home, "trail", "list", "--json").output)
    assert [(one["title"], one["state"], one["steps"]) for one in listed] == [("First week", "published", 5)]
    assert "1 trail." in run(home, "trail", "list", "--state", "published").output
    assert "before: Twice." in run(home, "trail", "export", "1").output
    assert run(home, "trail", "export", "99").exit_code != 0


def test_the_sample_trails_find_all_that_they_lead_to(library) -> None:
    intake.ingest(library, [str(EXAMPLES)], intake.IntakeOptions(source="examples"), who="Ada")
    made = interchange.load(library, (EXAMPLES / "trails.yaml").read_text("utf-8"), who="Ada")
    assert [one.missing for one in made] == [()] * len(made)
    for one in made:
        rows = outline.rows(library, trails.steps(library, one.trail.id), unmasked=True)
        assert outline.walkable(rows) == rows


def test_an_export_takes_the_trails_along_for_another_library(home, library, case, tmp_path) -> None:
    for state in ("published", "template"):
        interchange.load(library, TEXT.replace("published", state), who="Ada")
    done = run(home, "export", str(tmp_path / "out"))
    assert f"kb trail import {tmp_path / 'out' / 'trails.yaml'}" in done.output
    other = tmp_path / "other"
    run(other, "init")
    assert run(other, "ingest", str(tmp_path / "out")).exit_code == 0
    assert run(other, "trail", "import", str(tmp_path / "out" / "trails.yaml")).exit_code == 0
    listed = json.loads(run(other, "trail", "list", "--json").output)
    assert [(one["state"], one["steps"]) for one in listed] == [("published", 5), ("template", 5)]


def test_a_member_is_put_into_a_team_from_the_command_line(home, library, people) -> None:
    assert "team EMEA" in run(home, "member", "team", "reader@kb.example", "EMEA").output
    assert [one["team"] for one in json.loads(run(home, "member", "list", "--json").output)].count("EMEA") == 1
    assert "in no team" in run(home, "member", "team", "reader@kb.example").output
