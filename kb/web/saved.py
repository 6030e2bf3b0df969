"""A member's saved searches: saving one, the list with what is new, renaming, taking out. Nobody else's are ever shown."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import InvalidInput
from kb.finding import saved
from kb.values.search import Saved
from kb.web import facets
from kb.web.asked import Asked
from kb.web.context import flash_undo, library, member
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("saved", __name__)


@pages.get("/mine/searches")
def index() -> str:
    return _index_page()


def _index_page(wrong: int = 0, typed: str = "", error: str = "") -> str:
    return render_template(
        "saved/index.html",
        searches=[(one, facets.in_words(one.filters), new) for one, new in saved.listed(library(), member())],
        wrong=wrong,
        typed=typed,
        error=error,
    )


def asked_of(one: Saved) -> Asked:
    return Asked(one.question, one.filters, one.sort)


@pages.post("/mine/searches")
def save() -> ResponseReturnValue:
    asked = Asked.from_args(request.form)
    try:
        if not asked.question and not asked.filters:
            raise InvalidInput(_("Search for something first, then save the search."), "name")
        kept = saved.save(
            library(), member(), request.form.get("name", ""), asked.question[:2000], filters=asked.filters,
            sort=asked.sort, alert=request.form.get("alert") == "yes",
        )  # fmt: skip
    except InvalidInput as error:
        flash(of_error(error), "warning")
        return redirect(asked.url, 303)
    flash_undo(_("Saved. You find it under Mine."), url_for("saved.remove", id=kept.id))
    return redirect(asked.url, 303)


@pages.get("/mine/searches/<int:id>")
def look(id: int) -> ResponseReturnValue:
    """Open it: what is there now is not new any more."""
    return redirect(asked_of(saved.look(library(), id, member())).url, 302)


@pages.post("/mine/searches/<int:id>")
def change(id: int) -> ResponseReturnValue:
    typed = request.values.get("name", "")[:1000]
    try:
        before = saved.change(library(), id, member(), name=typed, alert=request.values.get("alert") == "yes")
    except InvalidInput as error:
        return _index_page(id, typed, of_error(error)), 400
    undo = url_for("saved.change", id=id, name=before.name, alert="yes" if before.alert else "no")
    flash_undo(_("Kept."), undo)
    return redirect(url_for("saved.index"), 303)


@pages.post("/mine/searches/<int:id>/remove")
def remove(id: int) -> ResponseReturnValue:
    saved.remove(library(), id, member())
    flash_undo(_("Taken out."), url_for("saved.restore", id=id))
    return redirect(url_for("saved.index"), 303)


@pages.post("/mine/searches/<int:id>/restore")
def restore(id: int) -> ResponseReturnValue:
    saved.remove(library(), id, member(), back=True)
    flash(_("The search is back."), "done")
    return redirect(url_for("saved.index"), 303)
