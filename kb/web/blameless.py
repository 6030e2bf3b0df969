"""The last door before a page: a template cannot read a review, gem or passage as it was written for whom names are hidden.

Views ask use cases for what this member may see. One that forgets to gives a page that says "something went wrong",
to its test first, instead of one that names somebody.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.templating import Environment

from kb import privacy
from kb.web.context import unmasked


class NamesSomebody(RuntimeError):
    """A mistake of ours: a view hands a template what its reader is not to see."""


class BlamelessEnvironment(Environment):
    """Flask's own, but for what is looked up in a value that names somebody."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As Jinja's. Raises NamesSomebody."""
        # Asked for every word of a page: so the question that nearly everything answers stands here itself.
        if type(obj) in privacy.ABOUT_PEOPLE and privacy.names_somebody(obj) and not unmasked():
            raise NamesSomebody(f"{type(obj).__name__}.{attribute} is looked up, unmasked (kb/privacy.py)")
        return Environment.getattr(self, obj, attribute)


def install(app: Flask) -> None:
    app.jinja_environment = BlamelessEnvironment
