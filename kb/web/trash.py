"""The trash: what was thrown away, and the way back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import reviews
from kb import trash as use_cases
from kb.web.context import library, settings, who
from kb.web.languages import gettext as _
from kb.web.paging import asked, page_url

pages = Blueprint("trash", __name__)

_A_PAGE = 50


@pages.get("/trash")
def index() -> ResponseReturnValue:
    paging = asked(_A_PAGE)
    rows, total = reviews.trashed(library(), limit=paging.size, offset=paging.offset)
    return render_template(
        "trash/index.html",
        rows=rows,
        total=total,
        number=paging.number,
        pages=paging.pages(total),
        page_url=page_url(),
        days=settings().trash_days,
        erasures=use_cases.erasures(library()),
    )


@pages.post("/trash/reviews/<int:id>/restore")
def restore(id: int) -> ResponseReturnValue:
    reviews.restore(library(), [id], who())
    flash(_("The review is back."), "done")
    return redirect(url_for("trash.index"))


@pages.route("/trash/reviews/<int:id>/erase", methods=["GET", "POST"])
def erase(id: int) -> ResponseReturnValue:
    """What goes and what stays, and the word that it shall be."""
    if request.method == "GET":
        return render_template(
            "trash/erase.html", loss=use_cases.loss(library(), id), keeps=settings().excerpts == "keep"
        )
    use_cases.erase(library(), id, who())
    flash(_("The review is erased."), "done")
    return redirect(url_for("trash.index"), 303)
