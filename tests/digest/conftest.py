"""A library with something to tell, a real mail server, and a real web server for webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from blank import lay_down
from mailroom import MailServer
from newsroom import Newsroom
from webhooks import HookServer

from kb import settings as all_settings
from kb.library import Library


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server that keeps what it gets; tell it what to refuse."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def hook() -> Iterator[HookServer]:
    """A web server that keeps what is posted to it; tell it what to answer."""
    server = HookServer()
    yield server
    server.stop()


@pytest.fixture
def newsroom(home: Path) -> Iterator[Callable[..., Newsroom]]:
    """newsroom(smtp_host=...): a library with these settings and a clock that the test sets. What is in `environ` goes the
    way of what people set, which is looked over."""
    made: list[Newsroom] = []

    def make(environ: Mapping[str, str] | None = None, **chosen: Any) -> Newsroom:
        defaults = {
            "base_url": "https://kb.example",
            "digest_optin": "no",
            "mail_from": "kb@kb.example",
            "meaning": "off",
        }
        given = environ or {}
        defaults = {name: value for name, value in defaults.items() if f"KB_{name.upper()}" not in given}
        settings = all_settings.load(home, environ=given, **{**defaults, **chosen})
        lay_down(settings)
        room = Newsroom(settings)
        made.append(room)
        return room

    yield make
    for room in made:
        room.library.close()


@pytest.fixture
def room(newsroom: Callable[..., Newsroom], mail: MailServer) -> Newsroom:
    """A library whose mails go to the mail server of this test."""
    return newsroom(smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none", smtp_seconds=20)


@pytest.fixture
def empty_library(newsroom: Callable[..., Newsroom]) -> Library:
    return newsroom().library
