"""A command that has nothing to list says so: silence looks as if it had failed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kb.cli import cli
from kb.library import Library


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("tag list", "No tags yet."),
        ("tag undo", "Nothing was renamed"),
        ("tag alike", "No two tags look alike."),
        ("tag rule list", "No rules yet."),
        ("bulk", "Nothing was done"),
    ],
)
def test_a_list_of_nothing_says_so(opened: Library, command: str, said: str) -> None:
    assert said in CliRunner().invoke(cli, ["--home", str(opened.settings.home), *command.split()]).output
