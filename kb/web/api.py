"""The JSON API, version 1: the shapes that `kb search --json` and the interchange format have."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from kb.errors import InvalidInput
from kb.finding import finding
from kb.finding.narrowing import NAMES
from kb.languages import Count
from kb.web import asked
from kb.web.context import library, unmasked
from kb.web.interchange import of_gem, of_review

pages = Blueprint("api", __name__)

_MOST = 100
_FARTHEST = 10_000


@pages.get("/api/v1/search")
def search() -> ResponseReturnValue:
    found = finding.search(
        library(),
        request.args.get("q", ""),
        unmasked=unmasked(),
        filters={name: tuple(values) for name in NAMES if (values := request.args.getlist(name))},
        sort=_sort(),
        limit=_number("limit", 10, 1, _MOST),
        offset=_number("offset", 0, 0, _FARTHEST),
        exact=asked.is_exact(request.args),
    )
    return jsonify(finding.as_json(found))


def _sort() -> str:
    wanted = request.args.get("sort", "relevance")
    if wanted not in ("relevance", "newest"):
        raise InvalidInput("sort is relevance or newest.", "sort")
    return wanted


def _number(name: str, otherwise: int, lowest: int, highest: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not lowest <= int(text) <= highest:
        raise InvalidInput(
            "%(name)s is a whole number from %(lowest)s to %(highest)s.",
            name,
            name=name,
            lowest=lowest,
            highest=Count(highest),
        )
    return int(text)


@pages.get("/api/v1/reviews/<int:id>")
def review(id: int) -> ResponseReturnValue:
    return jsonify(of_review(library(), id, unmasked=unmasked()))


@pages.get("/api/v1/gems/<int:id>")
def gem(id: int) -> ResponseReturnValue:
    return jsonify(of_gem(library(), id, unmasked=unmasked()))
