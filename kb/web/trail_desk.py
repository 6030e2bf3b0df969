"""Trails for curators: made, put in order, published, assigned, copied, thrown away."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import members
from kb.errors import Conflict, InvalidInput, NotFound
from kb.finding import finding, typeahead
from kb.tags import tags
from kb.trails import assigning, outline, steps, trails
from kb.values.trails import StepKind, TrailState
from kb.web import differences, paging
from kb.web.context import flash_undo, library, member, unmasked
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole

pages = Blueprint("trail_desk", __name__)
_MOST_FOUND = 10
_PEOPLE = 50


@pages.route("/trails/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    values = {name: request.form.get(name, "") for name in ("title", "intro")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = trails.make(library(), values["title"], values["intro"], member())
        except InvalidInput as error:
            errors = {error.field: of_error(error)}
        else:
            return redirect(url_for("trail_desk.edit", id=made.id), 303)
    templates, _count = trails.listed(library(), TrailState.TEMPLATE, limit=50)
    page = render_template("trails/new.html", values=values, errors=errors, templates=templates)
    return page, 400 if errors else 200


@pages.post("/tags/<int:id>/trail")
def from_topic(id: int) -> ResponseReturnValue:
    title = _("%(topic)s: the first %(number)d gems", topic="%s", number=trails.FIRST_GEMS)
    made = trails.from_topic(library(), id, member(), title)
    flash(_("A draft with the topic and its first gems. Put it in order, say a few words, publish it."), "done")
    return redirect(url_for("trail_desk.edit", id=made.id), 303)


@pages.route("/trails/<int:id>/edit", methods=["GET", "POST"])
def edit(id: int) -> ResponseReturnValue:
    trail = trails.get(library(), id, member())
    if request.method == "GET":
        return _edit_page(id, {"title": trail.title, "intro": trail.intro, "version": str(trail.version)})
    values = {name: request.form.get(name, "") for name in ("title", "intro", "version")}
    version = request.form.get("version", 0, type=whole)
    try:
        trails.edit(library(), id, values["title"], values["intro"], version=version, member=member())
    except InvalidInput as error:
        return _edit_page(id, values, {error.field: of_error(error)}), 400
    except Conflict as error:
        now = str(trails.get(library(), id, member()).version)
        return _edit_page(id, {**values, "version": now}, {"title": of_error(error)}), 409
    flash(_("Saved."), "done")
    return redirect(url_for("trail_desk.edit", id=id), 303)


def _edit_page(
    id: int, values: dict[str, str], errors: dict[str, str] | None = None, words: dict[int, str] | None = None
) -> str:
    found = trails.steps(library(), id)
    question = request.values.get("q", "").strip()[:500]
    rows = outline.rows(library(), found, unmasked=unmasked())
    return render_template(
        "trails/edit.html",
        trail=trails.get(library(), id, member()),
        rows=rows,
        gaps=sum(bool(row.gap) for row in rows),
        seconds=sum(row.seconds for row in outline.walkable(rows)),
        values=values,
        errors=errors or {},
        words=words or {},
        question=question,
        found=_found(question) if question and steps.reference(question) is None else None,
    )


def _found(question: str) -> list[tuple[str, int, str, str, str]]:
    """What could be added, for a search without a script: (kind, number, title, language, what it is)."""
    topics = [("topic", tag.id, tag.name, "", "topic") for tag in tags.complete(library(), question, limit=3)]
    hits = finding.search(library(), question, unmasked=unmasked(), limit=_MOST_FOUND).hits
    return topics + [(hit.type, hit.id, hit.title, hit.language, hit.kind) for hit in hits]


@pages.get("/trails/suggest")
def suggest() -> Response:
    """Type-ahead for a step: `{"suggestions": [{"kind", "text", "value", "count"}]}`; `value` goes into the box."""
    typed = request.args.get("q", "")[:200]
    offered = typeahead.suggest(library(), typed, unmasked=unmasked())
    kinds = {"tag": "topic", "gem": "gem", "review": "review"}
    return jsonify(
        suggestions=[
            {"kind": one.kind, "text": one.text, "count": one.count,
             "value": f"{kinds[one.kind]} {one.url.rpartition('/')[2]}: {one.text}"}
            for one in offered if one.kind in kinds
        ]
    )  # fmt: skip


@pages.post("/trails/<int:id>/steps")
def add(id: int) -> ResponseReturnValue:
    """A step by what the type-ahead wrote (`gem 12: …`), by the button beside a find, or of a few words; any other text is
    looked for."""
    typed, words = request.form.get("q", "").strip(), request.form.get("words", "")
    kind_of: tuple[StepKind, int] | None = steps.reference(request.form.get("what", "") or typed)
    if kind_of is None and typed:
        return redirect(url_for("trail_desk.edit", id=id, q=typed[:500], _anchor="add"), 303)
    try:
        if kind_of is None:
            made = steps.add(library(), id, StepKind.WORDS, member(), words=words)
        else:
            made = steps.add(library(), id, kind_of[0], member(), object_id=kind_of[1])
    except (InvalidInput, Conflict, NotFound) as error:
        flash(of_error(error), "warning")
        return redirect(url_for("trail_desk.edit", id=id, _anchor="add"), 303)
    return redirect(
        url_for("trail_desk.edit", id=id, q=request.form.get("again") or None, _anchor=f"step-{made.id}"), 303
    )


@pages.post("/trails/<int:id>/arrange")
def arrange(id: int) -> ResponseReturnValue:
    """The list of steps as one form: what was written beside them is kept whichever button is pressed."""
    form = request.form
    words = {
        int(name[6:]): text
        for name, text in form.items()
        if name.startswith("words-") and name[6:].isascii() and name[6:].isdigit() and len(name) < 20
    }
    try:
        if words:
            steps.say(library(), id, words, member(), version=form.get("version", 0, type=whole))
        _arranged(id)
    except (InvalidInput, Conflict) as error:
        trail = trails.get(library(), id, member())
        values = {"title": trail.title, "intro": trail.intro, "version": str(trail.version)}
        return _edit_page(id, values, {"steps": of_error(error)}, words), error.status
    return redirect(url_for("trail_desk.edit", id=id, _anchor="steps"), 303)


def _arranged(id: int) -> None:
    acts: dict[str, Callable[[int], None]] = {
        "up": lambda step: steps.move(library(), id, step, -1, member()),
        "down": lambda step: steps.move(library(), id, step, 1, member()),
        "read": lambda step: steps.become(library(), id, step, StepKind.REVIEW, member()),
        "try": lambda step: steps.become(library(), id, step, StepKind.REPLAY, member()),
        "out": lambda step: _take_out(id, step),
        "instead": lambda step: _replace(id, step),
    }
    for name, act in acts.items():
        step = request.form.get(name, 0, type=whole)
        if 0 < step < 2**63:
            act(step)
            return
    if order := request.form.get("order", ""):
        wanted = [int(part) for part in order.split(",") if part.isascii() and part.isdigit() and len(part) < 19]
        steps.order(library(), id, wanted, member())


def _take_out(id: int, step: int) -> None:
    steps.take_out(library(), id, step, member())
    flash_undo(_("Step taken out."), url_for("trail_desk.put_back", id=id, step=step))


def _replace(id: int, step: int) -> None:
    row = next(
        (row for row in outline.rows(library(), trails.steps(library(), id), unmasked=True) if row.id == step), None
    )
    if row is None or row.instead is None:
        raise Conflict("Nothing is named any more that would replace this gem. Choose another one, and take this out.")
    steps.replace(library(), id, step, row.instead[0], member())


@pages.post("/trails/<int:id>/steps/<int:step>/put-back")
def put_back(id: int, step: int) -> ResponseReturnValue:
    steps.put_back(library(), id, step, member())
    return redirect(url_for("trail_desk.edit", id=id, _anchor=f"step-{step}"), 303)


@pages.post("/trails/<int:id>/state")
def set_state(id: int) -> ResponseReturnValue:
    wanted = next((state for state in TrailState if state == request.form.get("state")), None)
    if wanted is None:
        raise InvalidInput(_("A trail is a draft, published or a template."), "state")
    try:
        trails.set_state(library(), id, wanted, member())
    except InvalidInput as error:
        flash(of_error(error), "warning")
        return redirect(url_for("trail_desk.edit", id=id), 303)
    said = {
        TrailState.PUBLISHED: _("Published: everybody can walk it now."),
        TrailState.DRAFT: _("It is a draft again: only curators see it."),
        TrailState.TEMPLATE: _("It is a template now: only curators see it, to begin other trails from."),
    }
    flash(said[wanted], "done")
    place = "trail_desk.people" if wanted is TrailState.PUBLISHED else "trail_desk.edit"
    return redirect(url_for(place, id=id), 303)


@pages.post("/trails/<int:id>/copy")
def copy(id: int) -> ResponseReturnValue:
    one = trails.get(library(), id, member())
    as_template = request.form.get("as") == "template"
    same_name = as_template or one.state is TrailState.TEMPLATE
    title = one.title if same_name else _("Copy of %(title)s", title=one.title)
    state = TrailState.TEMPLATE if as_template else TrailState.DRAFT
    made = trails.copy(library(), id, member(), title[: trails.LONGEST_TITLE], state)
    flash(_("Kept as a template.") if as_template else _("This is the copy, a draft. Change it as you like."), "done")
    return redirect(url_for("trail_desk.edit", id=made.id), 303)


@pages.post("/trails/<int:id>/trash")
def trash(id: int) -> ResponseReturnValue:
    trails.trash(library(), id, member())
    flash_undo(_("Trail thrown away."), url_for("trail_desk.restore", id=id))
    return redirect(url_for("trails.index"), 303)


@pages.post("/trails/<int:id>/restore")
def restore(id: int) -> ResponseReturnValue:
    trails.restore(library(), id, member())
    flash(_("The trail is back."), "done")
    return redirect(url_for("trail_desk.edit", id=id), 303)


@pages.get("/trails/<int:id>/history")
def history(id: int) -> str:
    changes = [(change, differences.of(change.fields)) for change in trails.past(library(), id)]
    return render_template("trails/history.html", trail=trails.get(library(), id, member()), changes=changes)


@pages.route("/trails/<int:id>/people", methods=["GET", "POST"])
def people(id: int) -> ResponseReturnValue:
    """Whom the trail is assigned to, and how far those are who let curators see it."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        kind = request.form.get("kind", "")
        try:
            assigning.assign(
                library(), id, kind, member(), email=request.form.get("email", ""), team=request.form.get("team", "")
            )
        except (InvalidInput, Conflict) as error:
            errors = {getattr(error, "field", "") or "kind": of_error(error)}
        else:
            said = (
                _("Assigned. Whoever joins from now on has it among their own.")
                if kind == "joiners"
                else _("Assigned.")
            )
            flash(said, "done")
            return redirect(url_for("trail_desk.people", id=id), 303)
    there = members.listed(library())
    asked = paging.asked(_PEOPLE)
    progress = assigning.progress(library(), id)
    page = render_template(
        "trails/people.html",
        trail=trails.get(library(), id, member()),
        targets=assigning.targets(library(), id),
        progress=progress,
        here=progress.everybody[asked.offset : asked.offset + asked.size],
        paging=asked,
        page_url=paging.page_url(),
        people=[(one.email, f"{one.name} ({one.email})" if one.name else one.email) for one in there if one.active],
        teams=[(team, team) for team in sorted({one.team for one in there if one.team}, key=str.casefold)],
        errors=errors,
    )
    return page, 400 if errors else 200


@pages.post("/trails/<int:id>/people/<int:target>/take-back")
def take_back(id: int, target: int) -> ResponseReturnValue:
    assigning.take_back(library(), id, target, member())
    flash_undo(_("No longer assigned so."), url_for("trail_desk.give_again", id=id, target=target))
    return redirect(url_for("trail_desk.people", id=id), 303)


@pages.post("/trails/<int:id>/people/<int:target>/give-again")
def give_again(id: int, target: int) -> ResponseReturnValue:
    assigning.give_again(library(), id, target, member())
    return redirect(url_for("trail_desk.people", id=id), 303)


@pages.post("/trails/<int:id>/remind")
def remind(id: int) -> ResponseReturnValue:
    """Nothing is said of whom it reached: that would tell who is not done."""
    assigning.remind(library(), id, member(), only=request.form.get("member", type=whole))
    flash(_("Whoever is not done yet is reminded. Nobody is reminded twice."), "done")
    return redirect(url_for("trail_desk.people", id=id), 303)
