"""For whoever watches the server: is it there, and can it read its library?"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kb import members
from kb.web.context import library

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def ok() -> ResponseReturnValue:
    """200 "ok", or a problem of status 503 when the library cannot be read."""
    members.by_id(library(), 0)
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
