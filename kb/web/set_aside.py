"""Set-aside rows are erased by hand: chosen on the report's page, shown once more, then gone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import InvalidInput
from kb.intake import runs, set_aside
from kb.values.log import Run
from kb.web import mending
from kb.web.context import library, member
from kb.web.ingest import check_may_steer, check_theirs, report_page
from kb.web.languages import gettext as _
from kb.web.languages import ngettext, of_error
from kb.web.numbers import whole_or_none

pages = Blueprint("set_aside", __name__)

_ROWS_SHOWN = 20


@pages.route("/ingest/runs/<int:id>/erase", methods=["GET", "POST"])
def erase(id: int) -> ResponseReturnValue:
    """What would be lost, and the word that it shall be. `row` names rows by number, `every` is all of the run's."""
    run = runs.get(library(), id)
    check_theirs(run)
    check_may_steer(run)
    every = "every" in request.values
    numbers = {number for typed in request.values.getlist("row") if (number := whole_or_none(typed)) is not None}
    if not every and not numbers:
        return report_page(run, error=_("Tick the rows that are to be erased first."))
    if request.method == "GET":
        return _asked(run, None if every else numbers)
    try:
        gone = set_aside.erase(library(), id, None if every else numbers, who=member().email)
    except InvalidInput as error:
        return report_page(run, error=of_error(error))
    flash(ngettext("%(count)s row is erased.", "%(count)s rows are erased.", gone, count=gone), "done")
    return redirect(url_for("ingest.show", id=id), 303)


def _asked(run: Run, numbers: set[int] | None) -> ResponseReturnValue:
    """The page that says what would be lost; the report where nothing would."""
    rows = [row for row in runs.skipped(library(), run.id) if row[2] is None and (numbers is None or row[0] in numbers)]
    if not rows:
        return redirect(url_for("ingest.show", id=run.id), 303)
    return render_template(
        "ingest/erase.html", run=run, every=numbers is None, count=len(rows),
        numbers=[] if numbers is None else [row[0] for row in rows],
        rows=[mending.shown(*row) for row in rows[:_ROWS_SHOWN]],
    )  # fmt: skip
