"""What was searched and not found, for curators."""

from __future__ import annotations

from datetime import date as Day
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import InvalidInput
from kb.finding import searches
from kb.values.search import Missing
from kb.web import paging
from kb.web.context import flash_undo, library, served, settings
from kb.web.languages import gettext
from kb.web.numbers import whole

pages = Blueprint("searches", __name__)
_SIZE = 50
_MOST = 10_000
_MOST_TIMES = 10**9  # that one search is counted
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


@pages.post("/searches/take-off")
def take_off() -> ResponseReturnValue:
    """Somebody has dealt with it, or it was rubbish."""
    taken = searches.take_off(library(), request.form.get("text", ""))
    if taken is not None:
        said = gettext("“%(words)s” is off the list until somebody searches for it again.", words=taken.text)
        undo = url_for(
            "searches.put_back", text=taken.text, language=taken.language, asked=taken.asked, clicked=taken.clicked,
            found=taken.found, last=taken.last.isoformat(),
        )  # fmt: skip
        flash_undo(said, undo)
    return redirect(_back(), 303)


@pages.post("/searches/put-back")
def put_back() -> ResponseReturnValue:
    args = request.args
    asked, clicked, found = (min(args.get(name, 0, type=whole), _MOST_TIMES) for name in ("asked", "clicked", "found"))
    try:
        last = Day.fromisoformat(args.get("last", ""))
    except ValueError as error:
        raise InvalidInput("This address is not whole, so nothing was put back.") from error
    searches.put_back(
        library(), Missing(args.get("text", ""), args.get("language", "")[:10], asked, clicked, found, last)
    )
    flash(gettext("It is on the list again."), "done")
    return redirect(_back(), 303)


def _back() -> str:
    which = request.values.get("which", "")
    return url_for("searches.index", which=which if which in searches.WHICH else None)


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
