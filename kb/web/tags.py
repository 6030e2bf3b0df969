"""Topics: the list, one topic, writing what it stands for, type-ahead. Merging and the like: upkeep.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import finding, members, reviews
from kb.errors import Conflict, InvalidInput
from kb.gems import gems
from kb.models import GemStatus, Tag
from kb.search.folding import fold
from kb.tags import tags
from kb.web import paging, topic_names
from kb.web.context import library, restricted, who

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
    values = edit_values(tag)
    if request.method == "GET":
        return edit_page(tag, values)
    values = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in values}
    errors, theirs = _save(tag, values)
    if errors or theirs:
        return edit_page(tags.get(library(), id), values, errors, theirs), 409 if theirs else 400
    flash("Topic saved.", "done")
    return redirect(url_for("tags.show", id=tag.id), 303)


def edit_values(tag: Tag) -> dict[str, str]:
    """What the boxes of the form hold when it is opened."""
    owner = next((one.email for one in members.listed(library()) if one.id == tag.owner_id), "")
    return {
        "name": tag.name,
        "definition": tag.definition,
        "aliases": ", ".join(tag.aliases),
        "parent": tag.parent_name,
        "owner": owner,
        "seen": tags.fingerprint(tag),
    }


def edit_page(tag: Tag, values: Mapping[str, str], errors: Mapping[str, str] | None = None, theirs: str = "") -> str:
    """The form, as it was filled in; `theirs` says that somebody else saved meanwhile, and shows what."""
    people = [one.email for one in members.listed(library()) if one.active]
    return render_template(
        "tags/edit.html", tag=tag, values=values, errors=errors or {}, theirs=theirs, people=people,
        now=edit_values(tag) if theirs else {},
    )  # fmt: skip


def _save(tag: Tag, values: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """All or nothing: what could not be taken by field, and the sentence when somebody else saved meanwhile."""
    try:
        tags.edit(
            library(),
            tag.id,
            who=who(),
            name=values["name"],
            definition=values["definition"],
            aliases=topic_names.split(values["aliases"], tag.aliases),
            parent=values["parent"],
            owner=values["owner"],
            seen=values["seen"],
        )
    except InvalidInput as error:
        return {error.field or "name": str(error)}, ""
    except tags.NameTaken as error:
        return {error.field: str(error)}, ""
    except Conflict as error:
        return {}, str(error)
    return {}, ""


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
