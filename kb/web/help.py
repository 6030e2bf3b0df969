"""One page of help: how to ask, and the keys."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

pages = Blueprint("help", __name__)


@pages.get("/help")
def index() -> ResponseReturnValue:
    return render_template("help/index.html")
