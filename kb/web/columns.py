"""What the columns of an upload mean, chosen on the page that says what would happen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput, NotFound
from kb.ingest import safe_yaml
from kb.ingest.columns import CRITERION, KEPT, LEFT_OUT, REMARK
from kb.ingest.dates import Order
from kb.ingest.pipeline import FileKind
from kb.intake import columns, runs
from kb.intake.intake import IntakeOptions
from kb.languages import N_
from kb.web.context import can, library, member
from kb.web.ingest import after_retry, check_may_steer, check_theirs, plan_page, report_page
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("columns", __name__)

# The words for each meaning, in the order in which they are offered.
MEANINGS: Mapping[str, str] = {
    KEPT: N_("kept beside the review"),
    LEFT_OUT: N_("left out"),
    "title": N_("Title"),
    "body": N_("Text"),
    "turns": N_("Conversation"),
    "tags": N_("Topics"),
    "date": N_("Date"),
    "kind": N_("Kind"),
    "id": N_("Id, by which it is known again"),
    "case_id": N_("Case"),
    "case_url": N_("Link to the case"),
    "customer": N_("Customer"),
    "product": N_("Product"),
    "team": N_("Team"),
    "channel": N_("Channel"),
    "language": N_("Language"),
    "reviewer": N_("Reviewer"),
    "reviewee": N_("Case owner"),
    "cycle": N_("Review cycle"),
    CRITERION: N_("Criterion of the scorecard"),
    REMARK: N_("Comment on a criterion"),
    "score": N_("Score"),
    "feedback.csat": N_("CSAT, 1 to 5"),
    "feedback.ces": N_("CES, 1 to 7"),
    "feedback.nps": N_("NPS, 0 to 10"),
    "feedback.comment": N_("In the customer's words"),
    "comments": N_("Comments"),
    "updated_at": N_("Last changed"),
    "answer.criterion": N_("Criterion, one a row"),
    "answer.value": N_("Rating, one a row"),
    "answer.comment": N_("Comment on it, one a row"),
    "turn.speaker": N_("Who speaks, one turn a row"),
    "turn.role": N_("Role of who speaks, one turn a row"),
    "turn.text": N_("What is said, one turn a row"),
    "turn.at": N_("When it is said, one turn a row"),
}
DATES: Mapping[str, str] = {
    "": N_("as the file itself shows"),
    Order.DAY_FIRST.value: N_("day first: 31/12/2026"),
    Order.MONTH_FIRST.value: N_("month first: 12/31/2026"),
    Order.SPREADSHEET.value: N_("as a spreadsheet counts days: 46387"),
}
FORMATS: Mapping[str, str] = {
    "csv": N_("a table"), "markdown": "Markdown", "ndjson": "NDJSON", "json": "JSON", "transcript": N_("a transcript"),
}  # fmt: skip
SEPARATORS: Mapping[str, str] = {
    ",": N_("parted by commas"),
    ";": N_("parted by semicolons"),
    "\t": N_("parted by tabs"),
    "|": N_("parted by bars"),
}
# What parts the topics of one cell.
TOPICS_PARTED_BY: Mapping[str, str] = {
    "": N_("semicolons"), ",": N_("commas"), "|": N_("bars"), "/": N_("slashes"), " ": N_("blanks"),
}  # fmt: skip


def read_as(file: FileKind) -> list[str]:
    """What a file is read as, in words: its format, what parts its cells, an encoding that is not the usual one."""
    said = [_(FORMATS.get(file.format, file.format))]
    if file.separator:
        said.append(_(SEPARATORS.get(file.separator, file.separator)))
    if file.encoding != "utf-8":
        said.append(_("in %(encoding)s", encoding=re.sub("^CP125", "Windows-125", file.encoding.upper())))
    return said


pages.add_app_template_filter(read_as, "read_as")
pages.add_app_template_global(lambda: MEANINGS.items(), "column_meanings")
pages.add_app_template_global(lambda: DATES.items(), "date_orders")


def topic_separators(chosen: str) -> list[tuple[str, str]]:
    """What may part the topics of one cell, and the words for it; also what a mapping says that there are none for."""
    offered = {mark: _(words) for mark, words in TOPICS_PARTED_BY.items()}
    return list((offered if chosen in offered else offered | {chosen: chosen}).items())


pages.add_app_template_global(topic_separators)

_LONGEST_NAME = 1000
_MOST = 500
_LONGEST_SEPARATOR = 5


@pages.post("/ingest/runs/<int:id>/columns")
def choose(id: int) -> ResponseReturnValue:
    run = runs.get(library(), id)
    check_theirs(run)
    check_may_steer(run)
    try:
        if request.form.get("do") == "forget":
            columns.forget(library(), id)
        else:
            columns.choose(library(), id, _choices(), dates=request.form.get("dates", ""), separator=_separator())
    except Conflict as error:
        flash(of_error(error), "warning")
    except InvalidInput as error:
        return plan_page(run, error=_said(error), choices=dict(_choices()))
    return redirect(url_for("ingest.show", id=id, look=1, _anchor="columns"), 303)


@pages.post("/ingest/runs/<int:id>/columns/bring-back")
def bring_back(id: int) -> ResponseReturnValue:
    """What was set aside is brought in, its columns read as chosen on the report's page."""
    run = runs.get(library(), id)
    check_theirs(run)
    check_may_steer(run)
    options = IntakeOptions(may_publish=can("publish_gems"))
    try:
        report = columns.bring_back(
            library(), id, _choices(), options,
            who=member().email, dates=request.form.get("dates", ""), separator=_separator(),
        )  # fmt: skip
    except InvalidInput as error:
        return report_page(run, columns_error=_said(error), choices=dict(_choices()))
    return after_retry(run, report)


def _choices() -> list[tuple[str, str]]:
    """Each column's name and the meaning chosen for it, as the form has them: in two lists of one length."""
    names, meanings = request.form.getlist("column")[:_MOST], request.form.getlist("means")
    return [(name[:_LONGEST_NAME], meaning) for name, meaning in zip(names, meanings, strict=False)]


def _separator() -> str:
    return request.form.get("separator", "")[:_LONGEST_SEPARATOR]


def _said(error: InvalidInput) -> str:
    """The sentence, with the meaning in the words that the page has for it."""
    if (meaning := str(error.values.get("meaning", ""))) in MEANINGS:
        error.values["meaning"] = _(MEANINGS[meaning])
    return of_error(error)


@pages.get("/ingest/runs/<int:id>/mapping.yaml")
def mapping_file(id: int) -> ResponseReturnValue:
    """What was chosen, as the mapping file that `kb ingest --mapping` takes."""
    check_theirs(runs.get(library(), id))
    mapping = runs.options_of(library(), id)[1].mapping
    if not mapping:
        raise NotFound("Nothing was chosen for the columns of this upload.")
    return Response(
        safe_yaml.dump(dict(mapping)),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="run-{id}-mapping.yaml"'},
    )
