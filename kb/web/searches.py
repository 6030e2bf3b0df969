"""What was searched and not found, for curators."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Flask, Response, render_template, request, url_for

from kb import searches
from kb.web import paging
from kb.web.context import library, served, settings

pages = Blueprint("searches", __name__)
_SIZE = 50
_MOST = 10_000
_FINDS = ("gems.show", "reviews.show")


@pages.get("/searches")
def index() -> str:
    asked = paging.asked(_SIZE)
    which = request.args.get("which", "both")
    which = which if which in searches.WHICH else "both"
    found, total = searches.missing(library(), which, limit=asked.size, offset=asked.offset)
    return render_template(
        "searches/index.html",
        searches=found,
        total=total,
        which=which,
        days=settings().search_days,
        paging=asked,
        page_url=paging.page_url(),
    )


@pages.get("/searches.csv")
def as_csv() -> Response:
    found, _ = searches.missing(library(), request.args.get("which", "both"), limit=_MOST)
    headers = {"Content-Disposition": "attachment; filename=searches.csv"}
    return Response(searches.as_csv(found), mimetype="text/csv", headers=headers)


def install(app: Flask) -> None:
    """Count which searches lead to a find: by the page that the browser came from, without a mark on any link."""

    @app.after_request
    def count(response: Response) -> Response:
        if request.endpoint in _FINDS and request.method == "GET" and response.status_code == 200:
            question = _came_from()
            if question:
                served().searches.opened(question)
        return response


def _came_from() -> str:
    """The search that the browser came from; "" when it came from elsewhere."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    if parts.netloc != request.host or parts.path != url_for("search.index"):
        return ""
    return parse_qs(parts.query, max_num_fields=200).get("q", [""])[0] if len(parts.query) < 20_000 else ""
