"""What the tests of the pages browse with."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kb import members
from kb.library import Library

PASSWORD = "correct horse battery"


class Browser(FlaskClient):
    """Posts forms as a page would send them: with the CSRF token that the page holds."""

    token = ""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        # Read to its end, so that a served file is closed.
        return super().open(*args, **{"buffered": True, **options})

    def post(self, *args: Any, csrf: bool = True, **options: Any) -> TestResponse:
        if csrf and not options.get("json"):
            options["data"] = {"csrf_token": self.token_now(), **options.get("data", {})}
        return super().post(*args, **options)

    def token_now(self) -> str:
        """A token that this browser's session takes."""
        self.token = self.token or token_in(self.get("/help", follow_redirects=True).text)
        return self.token

    def sign_in(self, who: str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Through the real form."""
        self.token = ""
        response = self.post("/sign-in", data={"email": f"{who}@kb.example", "password": password, **form})
        self.token = ""
        return response


def token_in(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found, "the page holds no form with a token"
    return found[1]


def page(response: TestResponse) -> str:
    """The text of a page that must be there."""
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"), response.text[:2000])
    return response.text


def signed_in(browser: Browser, library: Library, who: str) -> Browser:
    """Sign in past the form, whose hashing takes its time; tests/web/test_sign_in.py goes through it."""
    found = members.by_email(library, f"{who}@kb.example")
    now = int(time.time())
    with browser.session_transaction() as session:
        session.update(
            {"sid": uuid.uuid4().hex, "begun": now, "seen": now, "_user_id": f"{found.id}:{found.session_key}"}
        )
    return browser
