"""What the tests of gems share: a library whose clock can be moved, and a member of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blank import lay_down
from lifting import Clock, People

from kb import members
from kb import settings as all_settings
from kb.library import Library
from kb.models import Role


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_library(home: Path, clock: Clock) -> Iterator[Callable[..., Library]]:
    made: list[Library] = []

    def make(**settings: str) -> Library:
        loaded = all_settings.load(home, environ={f"KB_{name.upper()}": value for name, value in settings.items()})
        lay_down(loaded)
        made.append(Library(loaded, now=clock))
        return made[-1]

    yield make
    for library in made:
        library.close()


@pytest.fixture
def library(make_library: Callable[..., Library]) -> Library:
    return make_library()


@pytest.fixture
def people(library: Library) -> People:
    return People(*(
        members.add(library, f"{role.word}@kb.example", role=role, password="long enough 1", name=f"{role.word.title()} One")
        for role in (Role.READER, Role.REVIEWER, Role.CURATOR)
    ))  # fmt: skip
