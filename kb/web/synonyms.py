"""Words that mean the same: the curators' page, and one row with its history."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput
from kb.finding import searches, synonyms
from kb.values.search import Group
from kb.web import differences
from kb.web.context import flash_undo, library, member
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole

pages = Blueprint("synonyms", __name__)


@pages.get("/synonyms")
def index() -> str:
    """With `for`, a search that found nothing: the form has what is missing of it."""
    missed = searches.missing_words(library(), request.args.get("for", "")[:2000])
    return _index_page(f"{missed} = " if missed else "")


def _index_page(words: str = "", error: str = "") -> str:
    return render_template("synonyms/index.html", groups=synonyms.listed(library()), words=words, error=error)


@pages.post("/synonyms")
def add() -> ResponseReturnValue:
    typed = request.form.get("words", "")[:5000]
    try:
        group = synonyms.add(library(), synonyms.split(typed), member())
    except InvalidInput as error:
        return _index_page(typed, of_error(error)), 400
    except Conflict as error:
        return _index_page(typed, of_error(error)), 409
    flash_undo(_("Every search knows it from now on."), _undo(group.id))
    return redirect(url_for("synonyms.index"), 303)


def _undo(id: int) -> str:
    """Where the last change of a row is undone."""
    return url_for("synonyms.undo", id=id, change=synonyms.past(library(), id)[0].id)


@pages.get("/synonyms/<int:id>")
def show(id: int) -> str:
    return _show_page(synonyms.get(library(), id))


def _show_page(group: Group, typed: str | None = None, error: str = "") -> str:
    return render_template(
        "synonyms/show.html",
        group=group,
        words=" = ".join(group.words) if typed is None else typed,
        error=error,
        changes=[(change, differences.of(change.fields)) for change in synonyms.past(library(), group.id)],
    )


@pages.post("/synonyms/<int:id>")
def change(id: int) -> ResponseReturnValue:
    typed, version = request.form.get("words", "")[:5000], request.form.get("version", type=whole)
    try:
        synonyms.change(library(), id, synonyms.split(typed), member(), version=version)
    except InvalidInput as error:
        return _show_page(synonyms.get(library(), id), typed, of_error(error)), 400
    except Conflict as error:
        return _show_page(synonyms.get(library(), id), typed, of_error(error)), 409
    flash_undo(_("Every search knows it from now on."), _undo(id))
    return redirect(url_for("synonyms.index"), 303)


@pages.post("/synonyms/<int:id>/remove")
def remove(id: int) -> ResponseReturnValue:
    synonyms.remove(library(), id, member())
    flash_undo(_("Taken out: no search uses it any more."), _undo(id))
    return redirect(url_for("synonyms.index"), 303)


@pages.post("/synonyms/<int:id>/undo/<int:change>")
def undo(id: int, change: int) -> ResponseReturnValue:
    try:
        synonyms.restore(library(), id, change, member())
    except InvalidInput as error:
        flash(of_error(error), "warning")
    else:
        flash(_("It is as it was before."), "done")
    return redirect(url_for("synonyms.index"), 303)
