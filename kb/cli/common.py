"""What every command needs: the open library, and JSON on standard output."""

from __future__ import annotations

import getpass
import json
import shlex
from collections.abc import Callable
from types import TracebackType
from typing import Any

import click

from kb.library import Library
from kb.settings import Settings

COMMAND_LINE = "command line"


class Context:
    """What `kb --home DIR` set up: gives the settings, and opens the library when a command first asks for it."""

    def __init__(self, load: Callable[..., Settings]) -> None:
        self.settings = load
        self._library: Library | None = None

    @property
    def library(self) -> Library:
        """Raises NoLibrary, LibraryError, SettingError."""
        if self._library is None:
            self._library = Library(self.settings())
        return self._library

    def close(self) -> None:
        if self._library is not None:
            self._library.close()
            self._library = None

    def __enter__(self) -> Context:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


pass_context = click.make_pass_decorator(Context)


def again(words: str) -> str:
    """The command that calls kb with these words for the same library, to be copied."""
    home = click.get_current_context().find_root().params.get("home")
    return f"kb --home {shlex.quote(str(home))} {words}" if home is not None else f"kb {words}"


def who() -> str:
    """Whom the history names for what the command line does."""
    try:
        return f"{getpass.getuser()} ({COMMAND_LINE})"
    except (KeyError, OSError):
        return COMMAND_LINE


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))
