"""Gems lifted from an upload that is still being looked at: a row's text, the form, what waits for the run."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput, NotFound
from kb.gems import alike as gem_alike
from kb.gems import planned
from kb.intake import intake, runs
from kb.intake.intake import PreviewRow
from kb.models import Gem, GemDraft
from kb.values.log import Run
from kb.web import topic_names
from kb.web.context import can, library, member, unmasked
from kb.web.gems import proposed_title, typed
from kb.web.ingest import check_may_steer, check_theirs
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole_or_none

pages = Blueprint("planned_gems", __name__)

_LOOK_SECONDS = 10.0
_NAMES = ("title", "body", "quote", "tags", "place", "nth")


def _planned_run(id: int) -> Run:
    """A run that waits for its word, for those who may see its rows. Raises NotFound, Conflict."""
    run = runs.get(library(), id)
    check_theirs(run)
    if run.state != "planned":
        raise Conflict("This upload was started or dropped meanwhile: make the gem on the review's page.")
    return run


def _row(run: Run, key: str) -> PreviewRow:
    """One of the rows that the preview shows. Raises NotFound."""
    paths, options = runs.options_of(library(), run.id)
    report = intake.preview(library(), paths, options, seconds=_LOOK_SECONDS, first_only=True)
    for row in report.first:
        if row.key == key:
            return row
    raise NotFound("This row is not among the first of the upload any more. Look at what would happen again.")


@pages.get("/ingest/runs/<int:id>/rows/<key>")
def row(id: int, key: str) -> ResponseReturnValue:
    run = _planned_run(id)
    shown = _row(run, key)
    waiting = [gem for gem in planned.of_run(library(), id) if gem.external_id == shown.draft.external_id]
    return render_template("ingest/row.html", run=run, row=shown, draft=shown.draft, waiting=waiting)


@pages.route("/ingest/runs/<int:id>/rows/<key>/gem", methods=["GET", "POST"])
def new(id: int, key: str) -> ResponseReturnValue:
    run = _planned_run(id)
    check_may_steer(run)
    shown = _row(run, key)
    if request.method == "GET":
        values = {name: request.args.get(name, "") for name in _NAMES}
        values["title"] = values["title"] or proposed_title(values["quote"])
        values["tags"] = values["tags"] or ", ".join(shown.draft.tags)
        return _form(run, shown, values)
    values = typed(*_NAMES)
    if request.form.get("do") == "preview":
        return _form(run, shown, values, preview=values["body"])
    draft = GemDraft(values["title"], values["body"], values["quote"], topic_names.typed(library(), values["tags"]))
    place, nth = (whole_or_none(values[name]) for name in ("place", "nth"))
    try:
        planned.plan(library(), id, shown, draft, member=member(), place=place, nth=nth)
    except InvalidInput as error:
        return _form(run, shown, values, {error.field or "title": of_error(error)}), 400
    flash(_("The gem waits. It is made when you bring this upload in."), "done")
    return redirect(url_for("planned_gems.row", id=id, key=key), 303)


def _form(
    run: Run, shown: PreviewRow, values: dict[str, str], errors: dict[str, str] | None = None, *, preview: str = ""
) -> str:
    text = f"{values['title']} {values['quote']}".strip()
    found: list[Gem] = []
    if text:
        found = gem_alike.to_text(library(), text, shown.draft.language, unmasked=unmasked())
    return render_template(
        "ingest/gem.html", run=run, row=shown, draft=shown.draft, values=values, errors=errors or {}, alike=found,
        preview=preview, publishes=can("publish_gems"),
    )  # fmt: skip


@pages.post("/ingest/runs/<int:id>/gems/<int:gem>/drop")
def drop(id: int, gem: int) -> ResponseReturnValue:
    run = runs.get(library(), id)
    check_theirs(run)
    check_may_steer(run)
    planned.drop(library(), gem, id)
    flash(_("The gem is dropped. Its row is not touched."), "done")
    return redirect(url_for("ingest.show", id=id), 303)


@pages.post("/ingest/runs/<int:id>/gems/make")
def make(id: int) -> ResponseReturnValue:
    """Try again to make the gems that wait, once their rows are mended and brought in."""
    run = runs.get(library(), id)
    check_may_steer(run)
    if run.state == "planned":
        raise Conflict("Bring the upload in first: its gems are made with it.")
    made = planned.make(library(), id)
    flash(
        _("Made.") if made else _("Their rows are not in the library yet. Mend them and bring them in first."), "done"
    )
    return redirect(url_for("ingest.show", id=id), 303)
