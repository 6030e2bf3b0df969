"""A real library in a folder of its own, the real app over it, and a browser for each sort of person."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import PASSWORD, Browser, signed_in
from flask import Flask

from kb import library as libraries
from kb import members, settings
from kb.library import Library
from kb.models import Role
from kb.web import create_app

PEOPLE = {
    "reader": ("Robin Reader", Role.READER),
    "reviewer": ("Rosa Reviewer", Role.REVIEWER),
    "other": ("Otto Other", Role.REVIEWER),
    "curator": ("Chris Curator", Role.CURATOR),
    "admin": ("Ada Admin", Role.ADMIN),
}


@pytest.fixture(scope="session")
def members_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with nothing but one member of each role: made once, since hashing passwords is slow on purpose."""
    home = tmp_path_factory.mktemp("template")
    chosen = settings.load(home, environ={})
    libraries.make(chosen)
    opened = Library(chosen)
    for who, (name, role) in PEOPLE.items():
        members.add(opened, f"{who}@kb.example", role=role, password=PASSWORD, name=name)
    opened.close()
    return home


@pytest.fixture
def home(members_only: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(members_only, tmp_path / "library"))


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    """The library itself, as another process would have it open."""
    opened = Library(settings.load(home, environ={}))
    yield opened
    opened.close()


@pytest.fixture
def make_app(home: Path) -> Iterator[Callable[..., Flask]]:
    """Make the app with other settings: make_app(scores_visible_to="reader")."""
    made: list[Flask] = []

    def make(*, local_http: bool = True, **chosen: Any) -> Flask:
        app = create_app(settings.load(home, environ={}, **{"meaning": "off", **chosen}), local_http=local_http)
        app.testing = True
        app.test_client_class = Browser
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["kb"].close()


@pytest.fixture
def app(make_app: Callable[..., Flask], library: Library) -> Flask:
    return make_app()


@pytest.fixture
def client_as(app: Flask, library: Library) -> Callable[[str | None], Browser]:
    """A browser in which this person is signed in: client_as("reviewer"); client_as(None) is nobody."""

    def client(who: str | None) -> Browser:
        browser: Browser = app.test_client()  # type: ignore[assignment]
        if who:
            signed_in(browser, library, who)
        return browser

    return client
