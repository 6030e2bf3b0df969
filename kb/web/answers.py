"""Answers that are no pages."""

from __future__ import annotations

from flask import Response


def plain(text: str, subtype: str = "plain") -> Response:
    """A text as it stands, to be read or copied; a browser shows it and runs nothing in it."""
    response = Response(text, content_type=f"text/{subtype}; charset=utf-8")
    response.headers["Content-Disposition"] = "inline"
    return response
