"""What the tests of trails and replays share: a library whose clock can be moved, its people, and pages over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PASSWORD, Browser, signed_in
from flask import Flask
from walking_about import PEOPLE, Clock, People

from kb import library as libraries
from kb import members, settings
from kb.library import Library
from kb.web import create_app


@pytest.fixture(scope="session")
def people_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with nothing but its people: made once, since hashing passwords is slow on purpose."""
    home = tmp_path_factory.mktemp("people")
    chosen = settings.load(home, environ={})
    libraries.make(chosen)
    opened = Library(chosen, now=Clock())
    for who, (name, role) in PEOPLE.items():
        members.add(opened, f"{who}@kb.example", role=role, password=PASSWORD, name=name)
    opened.close()
    return home


@pytest.fixture
def home(people_only: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(people_only, tmp_path / "library"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(home: Path, clock: Clock) -> Iterator[Library]:
    opened = Library(settings.load(home, environ={}), now=clock)
    yield opened
    opened.close()


@pytest.fixture
def people(library: Library) -> People:
    return People({who: members.by_email(library, f"{who}@kb.example") for who in PEOPLE})


@pytest.fixture
def app(home: Path, library: Library) -> Iterator[Flask]:
    made = create_app(settings.load(home, environ={}, meaning="off"), local_http=True)
    made.testing = True
    made.test_client_class = Browser
    yield made
    made.extensions["kb"].close()


@pytest.fixture
def client_as(app: Flask, library: Library) -> Callable[[str], Any]:
    """A browser in which this person is signed in."""

    def client(who: str) -> Any:
        return signed_in(app.test_client(), library, who)  # type: ignore[arg-type]

    return client
