"""A command, a setting or a route that the docs do not name fails here."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

import kb.cli
from kb.cli import cli
from kb.settings import SETTINGS, Setting

DOCS = Path(__file__).resolve().parents[2] / "docs"
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for child_name in group.list_commands(context):
        command = group.get_command(context, child_name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {child_name}")
        else:
            yield f"{name} {child_name}", command


COMMANDS = list(commands(cli, "kb"))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_and_its_options_are_in_the_docs(name: str, command: click.Command) -> None:
    rows = [line for line in OPERATIONS.splitlines() if line.startswith((f"| `{name}`", f"| `{name} "))]
    assert rows
    options = [o for p in command.params if isinstance(p, click.Option) and not p.hidden for o in p.opts[-1:]]
    assert [option for option in options if option not in rows[0]] == []


def test_every_command_of_every_module_can_be_called() -> None:
    modules = [import_module(f"kb.cli.{each.name}") for each in pkgutil.iter_modules(kb.cli.__path__)]
    made = {command.name for module in modules for command in getattr(module, "COMMANDS", ())}
    assert set(cli.list_commands(click.Context(cli))) == made


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_has_help(name: str, command: click.Command) -> None:
    assert command.help
    assert all(
        p.help
        for p in command.params
        if isinstance(p, click.Option) and p.name not in ("json", "limit", "offset", "sort")
    )


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_the_list_of_commands_has_the_whole_first_sentence(name: str, command: click.Command) -> None:
    room = 80 - 6 - len("password")  # of a usual terminal, beside the longest name
    assert not command.get_short_help_str(room).endswith("...")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_in_the_docs_with_its_default_and_help(setting: Setting) -> None:
    assert f"| `{setting.variable}` | `{setting.default}` | {setting.help} |" in OPERATIONS


def test_the_docs_name_no_setting_that_is_not_there() -> None:
    rows = [line.split("`")[1] for line in OPERATIONS.splitlines() if line.startswith("| `KB_")]
    assert set(rows) == {setting.variable for setting in SETTINGS} | {"KB_HOME"}
