"""The trash: what was thrown away, and the way back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import reviews
from kb import trash as use_cases
from kb.errors import InvalidInput
from kb.web.context import library, settings, who
from kb.web.languages import gettext as _
from kb.web.languages import ngettext, of_error
from kb.web.numbers import whole
from kb.web.paging import asked, page_url
from kb.web.wording import number

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


@pages.route("/trash/erase", methods=["GET", "POST"])
def erase() -> ResponseReturnValue:
    """What goes and what stays, and the word that it shall be."""
    ids = request.values.getlist("review", type=whole)
    try:
        if request.method == "GET":
            loss = use_cases.loss(library(), ids)
            return render_template("trash/erase.html", loss=loss, keeps=settings().excerpts == "keep")
        count = use_cases.erase(library(), ids, who())
    except InvalidInput as error:
        flash(of_error(error), "error")
        return redirect(url_for("trash.index"), 303)
    words = ngettext("%(count)s review is erased.", "%(count)s reviews are erased.", count, count=number(count))
    flash(words, "done")
    return redirect(url_for("trash.index"), 303)
