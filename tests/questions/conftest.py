"""A library with people in it and a clock of the test's own, and the pages over it."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asked import Desk
from blank import lay_down
from flask import Flask

from kb import settings as all_settings
from kb.library import Library
from kb.web import create_app

sys.path.append(str(Path(__file__).parents[1] / "web"))

from browsing import Browser


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    settings = all_settings.load(home, environ={}, meaning="off")
    lay_down(settings)
    desk = Desk()
    library = Library(settings, now=desk.clock)
    desk.open(library)
    yield desk
    library.close()


@pytest.fixture
def app(desk: Desk) -> Iterator[Flask]:
    app = create_app(desk.library.settings, local_http=True)
    app.testing = True
    app.test_client_class = Browser
    yield app
    app.extensions["kb"].close()


@pytest.fixture
def browse(app: Flask, desk: Desk) -> Callable[[str], Browser]:
    """browse("reviewer"): that person's browser."""

    def signed_in(who: str) -> Browser:
        browser: Browser = app.test_client()  # type: ignore[assignment]
        member, now = desk.people[who], int(time.time())
        with browser.session_transaction() as session:
            session.update(
                {"sid": uuid.uuid4().hex, "begun": now, "seen": now, "_user_id": f"{member.id}:{member.session_key}"}
            )
        return browser

    return signed_in
