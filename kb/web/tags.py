"""Topics: the list, one topic, mending and merging them, type-ahead."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import finding, gems, reviews, tag_merging, tags
from kb.errors import InvalidInput, NotFound
from kb.models import GemStatus, Tag
from kb.search.folding import fold
from kb.web import paging
from kb.web.context import library, restricted, who
from kb.web.review_form import tag_names

pages = Blueprint("tags", __name__)
_SIZE = 25
_MOST_GEMS = 12
_MOST_RELATED = 12


@pages.get("/tags")
def index() -> str:
    found = tags.listed(library())
    return render_template("tags/index.html", letters=by_letter(found), total=len(found))


def by_letter(found: Sequence[Tag]) -> list[tuple[str, list[Tag]]]:
    """The topics under their first letters, accents left out; what begins with no letter stands first, under `#`."""

    def letter(tag: Tag) -> str:
        first = fold(tag.name.strip())[:1].upper()
        return first if first.isalpha() else "#"

    ordered = sorted(found, key=lambda tag: (letter(tag), fold(tag.name)))
    return [(first, list(group)) for first, group in groupby(ordered, key=letter)]


@pages.get("/tags/<int:id>")
def show(id: int) -> ResponseReturnValue:
    tag = tags.get(library(), id)
    if tag.id != id:  # merged into another
        return redirect(url_for("tags.show", id=tag.id), 301)
    asked = paging.asked(_SIZE)
    seen = restricted()
    rows, total = reviews.listed(library(), limit=asked.size, offset=asked.offset, tag_id=id, restricted=seen)
    found, gem_total = gems.listed(
        library(), status=GemStatus.PUBLISHED, tag_id=id, restricted=seen, best_first=True, limit=_MOST_GEMS
    )
    everything = tags.listed(library())
    return render_template(
        "tags/show.html",
        tag=tag,
        rows=rows,
        total=total,
        gems=found,
        gem_total=gem_total,
        below=[other for other in everything if other.parent_id == id],
        related=_related(tag, everything),
        paging=asked,
        page_url=paging.page_url(),
    )


def _related(tag: Tag, everything: Sequence[Tag]) -> list[tuple[Tag, int]]:
    """The topics that stand on the same reviews and gems, the commonest first; none while search is away."""
    found = finding.search(library(), "", restricted=restricted(), filters={"tag": (tag.name,)}, limit=1)
    names = {other.name: other for other in everything if other.id != tag.id}
    return [(names[name], count) for name, count in found.facets.get("tag", ()) if name in names][:_MOST_RELATED]


@pages.route("/tags/<int:id>/edit", methods=["GET", "POST"])
def edit(id: int) -> ResponseReturnValue:
    tag = tags.get(library(), id)
    values = {
        "name": tag.name,
        "definition": tag.definition,
        "aliases": ", ".join(tag.aliases),
        "parent": tag.parent_name,
    }
    if request.method == "GET":
        return render_template("tags/edit.html", tag=tag, values=values, errors={})
    values = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in values}
    errors = _save(tag, values)
    if errors:
        return render_template("tags/edit.html", tag=tag, values=values, errors=errors), 400
    flash("Topic saved.", "done")
    return redirect(url_for("tags.show", id=tag.id), 303)


def _save(tag: Tag, values: dict[str, str]) -> dict[str, str]:
    """All or nothing; what could not be taken by field."""
    try:
        tags.edit(
            library(),
            tag.id,
            who=who(),
            name=values["name"],
            definition=values["definition"],
            aliases=tag_names(values["aliases"]),
            parent=values["parent"],
        )
    except InvalidInput as error:
        return {error.field or "name": str(error)}
    except tags.NameTaken as error:
        return {error.field: str(error)}
    return {}


@pages.post("/tags/<int:id>/merge")
def merge(id: int) -> ResponseReturnValue:
    """Two steps: first what would happen, then, once it is confirmed, the merge, which cannot be undone."""
    tag = tags.get(library(), id)
    name = request.form.get("into", "").strip()
    try:
        into = tags.named(library(), name)
        if into.id == tag.id:
            raise InvalidInput(f"{name!r} is this topic itself. Name another one.", "into")
    except (NotFound, InvalidInput) as error:
        values = {"name": tag.name, "definition": tag.definition, "aliases": ", ".join(tag.aliases)}
        values |= {"parent": tag.parent_name, "into": name}
        return render_template("tags/edit.html", tag=tag, values=values, errors={"into": str(error)}), 400
    if request.form.get("sure") != "yes":
        return render_template("tags/merge.html", tag=tag, into=into)
    tag_merging.merge(library(), tag.id, into.id, who())
    flash(f"{tag.name} is now part of {into.name}.", "done")
    return redirect(url_for("tags.show", id=into.id), 303)


@pages.get("/tags/complete")
def complete() -> Response:
    """Type-ahead over names and aliases: `{"suggestions": [{"kind", "text", "also", "count"}]}`."""
    typed = request.args.get("q", "")[:200]
    found = tags.complete(library(), typed) if typed.strip() else []
    return jsonify(
        suggestions=[
            {"kind": "tag", "text": tag.name, "also": also_called(tag, typed), "count": tag.reviews} for tag in found
        ]
    )


def also_called(tag: Tag, typed: str) -> str:
    """The alias by which a topic was found, when its name does not show why."""
    wanted = fold(typed.strip())
    if wanted in fold(tag.name):
        return ""
    return next((alias for alias in tag.aliases if wanted in fold(alias)), "")
