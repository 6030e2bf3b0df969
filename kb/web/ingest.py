"""Bringing reviews in by the browser: drop files, see what would happen, say yes, watch it, mend what was set aside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kb import reviews
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound, UsageError
from kb.gems import planned
from kb.ingest import mapping as mappings
from kb.intake import carrying_out, columns, intake, runs, set_aside
from kb.intake.intake import DEFAULT_SOURCE, IntakeOptions, Report
from kb.models import SkippedRow
from kb.values.log import Run
from kb.web import mending, taking_along, topic_names, uploads
from kb.web.context import called, can, library, member, settings, unmasked
from kb.web.languages import gettext as _
from kb.web.languages import ngettext, of_error
from kb.web.progress import how_far, run_state

pages = Blueprint("ingest", __name__)

_LOOK_SECONDS = 20.0
# Looking through more than this is felt: then a page that says so comes first.
_QUICK_BYTES = 4 * 1024 * 1024
_ROWS_SHOWN = 100
_NEW_SHOWN = 10
_LONGEST_MAPPING = 1024 * 1024


@pages.get("/ingest")
def index() -> ResponseReturnValue:
    return _start()


def _start(error: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "ingest/index.html",
        runs=runs.listed(library(), 30),
        error=error,
        typed=request.form,
        default_source=DEFAULT_SOURCE,
        limit=settings().max_upload_mb * 1024 * 1024,
        limit_mb=settings().max_upload_mb,
    )
    return page, status


@pages.post("/ingest/upload")
def upload() -> ResponseReturnValue:
    try:
        options = _options()
    except UsageError as error:
        return _start(_("%(error)s Choose the files again; nothing was brought in.", error=of_error(error)), 400)
    kept = uploads.keep(request.files.getlist("files") + request.files.getlist("folder"))
    if kept is None:
        return _start(_("No file came with it. Choose one, or drop it here."), 400)
    run_id = runs.plan(library(), kept.folder, options, who=_me(), paths=kept.paths)
    columns.remember(library(), run_id)
    return redirect(url_for("ingest.show", id=run_id))


def _options() -> IntakeOptions:
    """What the form says about what comes in. Raises UsageError for a mapping that cannot be used."""
    form = request.form
    return IntakeOptions(
        source=form.get("source", "").strip()[:200] or DEFAULT_SOURCE,
        mapping=_mapping(),
        tags=topic_names.typed(library(), form.get("tags", "")),
        may_publish=can("publish_gems"),
        replace="replace" in form,
    )


def _mapping() -> dict[str, object] | None:
    """The mapping, chosen as a file or pasted. Raises UsageError with its line or key."""
    chosen = request.files.get("mapping_file")
    pasted = request.form.get("mapping", "").strip()
    if chosen is not None and chosen.filename:
        incoming: Path = chosen.stream.path  # type: ignore[attr-defined]
        with incoming.open("rb") as file:
            content, suffix = file.read(_LONGEST_MAPPING + 1), Path(chosen.filename).suffix
        incoming.unlink()
        if len(content) > _LONGEST_MAPPING:  # the beginning of one may say something else
            raise UsageError("The mapping has more than 1 MB. Choose the file that says what the columns mean.")
    elif pasted:
        content, suffix = pasted.encode(), ".json" if pasted.startswith("{") else ".yaml"
    else:
        return None
    return mappings.read(content, suffix, "The mapping")


pages.add_app_template_filter(run_state, "run_state")


@pages.get("/ingest/runs/<int:id>")
def show(id: int) -> ResponseReturnValue:
    run = runs.get(library(), id)
    if run.state == "planned":
        return plan_page(run)
    if run.is_under_way:
        return render_template("ingest/running.html", run=run, far=how_far(run, library().now()))
    return report_page(run)


def plan_page(run: Run, *, error: str = "", choices: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """What would happen. The first answer comes at once and says that it is looking; the next has looked. With `error`
    the columns could not be taken as in `choices`, which the form keeps."""
    check_theirs(run)
    paths, options = runs.options_of(library(), run.id)
    size = sum(path.stat().st_size for name in paths for path in _files(Path(name)))
    if size > _QUICK_BYTES and not error and "look" not in request.args:
        page = render_template("ingest/looking.html", run=run, size=size, seconds=int(_LOOK_SECONDS))
        return page, 200, {"Refresh": f"0; url={url_for('ingest.show', id=run.id, look=1)}"}
    report = intake.preview(library(), paths, options, seconds=_LOOK_SECONDS)
    page = render_template(
        "ingest/plan.html", run=run, report=report, options=options, size=size,
        gems=planned.of_run(library(), run.id), may_steer=_may_steer(run),
        columns=columns.of_run(library(), run.id), columns_error=error, choices=choices or {},
    )  # fmt: skip
    return page, 400 if error else 200


def _files(path: Path) -> Iterator[Path]:
    yield from (inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else [path][: path.exists()]


def check_theirs(run: Run) -> None:
    """Rows as they came hold scores and names: for those who see these, and for who brought them. Raises NotFound."""
    if not unmasked() and run.who != _me():
        raise NotFound("There is no run %(id)s of yours.", id=run.id)


def check_may_steer(run: Run) -> None:
    """Raises NotAllowed."""
    if not _may_steer(run):
        raise NotAllowed("%(who)s brings this in. They can do that, or a curator.", who=called(run.who))


def _may_steer(run: Run) -> bool:
    return run.who == _me() or can("publish_gems")


def _me() -> str:
    """Who brings in, by address: two members may have one name."""
    return member().email


def report_page(
    run: Run, *, error: str = "", columns_error: str = "", choices: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """What a run did, and the rows that it set aside, to be mended. With `error` that could not be done; with
    `columns_error` the columns could not be taken as in `choices`, which the form keeps."""
    theirs = unmasked() or run.who == _me()
    rows = runs.skipped(library(), run.id, limit=_ROWS_SHOWN) if theirs else []
    open_rows = runs.open_count(library(), run.id) if theirs else 0
    may_mend = bool(open_rows) and _may_steer(run)
    page = render_template(
        "ingest/report.html",
        run=run,
        far=how_far(run, library().now()),
        new=reviews.new_of_run(library(), run, limit=_NEW_SHOWN, unmasked=unmasked()) if run.added else [],
        rows=[mending.shown(*row) for row in rows],
        open=open_rows,
        columns=columns.of_set_aside(library(), run.id) if may_mend else None,
        columns_error=columns_error,
        choices=choices or {},
        theirs=theirs,
        erased=set_aside.erasures(library(), run.id) if theirs else [],
        gems=planned.of_run(library(), run.id) if theirs else [],
        may_steer=_may_steer(run),
        may_go_on=_may_steer(run) and runs.may_go_on(library(), run.id),
        error=error or (columns_error if not may_mend else ""),
        limit=settings().max_upload_mb * 1024 * 1024,
    )
    return page, 400 if error or columns_error else 200


@pages.get("/ingest/runs/<int:id>/status")
def status(id: int) -> ResponseReturnValue:
    run = runs.get(library(), id)
    return jsonify(how_far(run, library().now()))


@pages.post("/ingest/runs/<int:id>/start")
def start(id: int) -> ResponseReturnValue:
    check_may_steer(runs.get(library(), id))
    try:
        runs.begin(library(), id, replace="replace" in request.form)
    except Conflict:
        flash(_("This was started or dropped already."), "warning")
    return redirect(url_for("ingest.show", id=id))


@pages.post("/ingest/runs/<int:id>/go-on")
def go_on(id: int) -> ResponseReturnValue:
    """To what would happen with the files of an upload that was stopped before its end."""
    check_may_steer(runs.get(library(), id))
    try:
        again = runs.go_on(library(), id, who=_me())
    except Conflict as error:
        flash(of_error(error), "warning")
        return redirect(url_for("ingest.show", id=id))
    return redirect(url_for("ingest.show", id=again), 303)


@pages.post("/ingest/runs/<int:id>/stop")
def stop(id: int) -> ResponseReturnValue:
    check_may_steer(runs.get(library(), id))
    runs.stop(library(), id)
    flash(_("It stops after the rows that it has in hand. What was brought in stays."), "done")
    return redirect(url_for("ingest.show", id=id))


@pages.post("/ingest/runs/<int:id>/discard")
def discard(id: int) -> ResponseReturnValue:
    check_may_steer(runs.get(library(), id))
    runs.discard(library(), id)
    flash(_("Dropped. Nothing was brought in."), "done")
    return redirect(url_for("ingest.index"))


@pages.post("/ingest/runs/<int:id>/retry")
def retry(id: int) -> ResponseReturnValue:
    """Bring mended rows in: those changed on the page, or a file of them, or (by its button) all as they are."""
    run = runs.get(library(), id)
    check_theirs(run)
    check_may_steer(run)
    try:
        options = _options()
        source = request.form.get("source", "").strip()[:200]
        kept = uploads.keep(request.files.getlist("files"))
        if kept is not None:
            try:
                mended = [str(path) for path in kept.paths]
                report = carrying_out.retry(library(), id, options, who=_me(), mended=mended, source=source)
            finally:
                shutil.rmtree(kept.folder, ignore_errors=True)
        else:
            texts = None
            if "all" in request.form:
                apart = carrying_out.retry_apart(library(), id, options, who=_me(), source=source)
                if apart is not None:
                    return after_retry(run, apart)
            else:
                rows = runs.skipped(library(), id)
                texts = mending.changed(rows, request.form)
                if options.replace or source not in ("", run.source):  # that was all that these lacked
                    texts = mending.of_anothers(rows) | texts
            report = carrying_out.retry(library(), id, options, who=_me(), texts=texts, source=source)
    except (InvalidInput, UsageError) as error:
        return report_page(run, error=of_error(error))
    return after_retry(run, report)


def after_retry(run: Run, report: Report | int) -> ResponseReturnValue:
    """To the report of the run that brought set-aside rows in, or is at it (its number alone); how many are left is said."""
    if isinstance(report, int):
        return redirect(url_for("ingest.show", id=report), 303)
    assert report.run_id is not None
    if report.still_aside:
        words = ngettext(
            '%(count)s row of <a href="%(url)s">run no. %(id)s</a> is still set aside.',
            '%(count)s rows of <a href="%(url)s">run no. %(id)s</a> are still set aside.',
            report.still_aside, id=run.id, url=url_for("ingest.show", id=run.id),
        )  # fmt: skip
        flash(Markup(words), "done")  # noqa: S704 - numbers, and an address made of them
    return redirect(url_for("ingest.show", id=report.run_id))


@pages.get("/ingest/runs/<int:id>/skipped.ndjson")
def skipped_file(id: int) -> ResponseReturnValue:
    """What was set aside with its reasons, one JSON object a line."""
    rows = _open_rows(id)
    lines = (json.dumps(mending.as_record(row), ensure_ascii=False).encode() + b"\n" for row in rows)
    return _download(lines, "application/x-ndjson", f"run-{id}-set-aside-and-why.ndjson")


@pages.get("/ingest/runs/<int:id>/skipped")
def skipped_rows(id: int) -> ResponseReturnValue:
    """What was set aside as it was, to mend in an editor: a file that comes in as it is, or a zip archive of several."""
    found = taking_along.files(_open_rows(id))
    if len(found) == 1:
        [(name, pieces)] = found.items()
        suffix = PurePosixPath(name).suffix
        whole = f"run-{id}-set-aside{suffix if suffix.isascii() else ''}"
        return _download(taking_along.lines(pieces), "application/octet-stream", whole)
    return _download(taking_along.archive(found), "application/zip", f"run-{id}-set-aside.zip")


def _open_rows(id: int) -> list[SkippedRow]:
    run = runs.get(library(), id)
    check_theirs(run)
    return [row for _, row, settled in runs.skipped(library(), id) if settled is None]


def _download(content: Iterator[bytes], type_: str, name: str) -> Response:
    return Response(content, content_type=type_, headers={"Content-Disposition": f'attachment; filename="{name}"'})
