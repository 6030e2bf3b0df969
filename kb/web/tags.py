"""Topics: the list and tree, one topic, following it, writing what it stands for. Merging and the like: upkeep.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import members, reviews
from kb.errors import Conflict, InvalidInput
from kb.gems import evidence, worth
from kb.models import Tag
from kb.questions import questions
from kb.search.folding import fold
from kb.tags import personal, tags
from kb.topics import family, topics, weeks
from kb.web import origin, paging, topic_names
from kb.web.access import can
from kb.web.context import flash_undo, library, member, unmasked, who
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("tags", __name__)
_SIZE = 25
_MOST_GEMS = 12
_MOST_RELATED = 12
_MOST_QUESTIONS = 4
_MOST_NAMES = 20  # as many as an address of the search page takes


@pages.get("/tags")
def index() -> str:
    everything = tags.listed(library())
    typed = request.args.get("q", "")[:200].strip()
    found = family.matching(everything, typed)
    as_tree = request.args.get("view") == "tree"
    return render_template(
        "tags/index.html",
        letters=[] if as_tree else by_letter(found),
        tree=family.tree(everything, found) if as_tree else [],
        gems=topics.published_gems(library()),
        as_tree=as_tree,
        has_tree=any(tag.parent_id for tag in everything),
        typed=typed,
        shown=len(found),
        total=len(everything),
        personal=personal.there(library()) if can("edit_tags") and unmasked() else [],
    )


def by_letter(found: Sequence[Tag]) -> list[tuple[str, list[Tag]]]:
    """The topics under their first letters, accents left out; what begins with no letter stands first, under `#`."""

    def letter(tag: Tag) -> str:
        first = fold(tag.name.strip())[:1].upper()
        return first if first.isalpha() else "#"

    ordered = sorted(found, key=lambda tag: (letter(tag), fold(tag.name)))
    return [(first, list(group)) for first, group in groupby(ordered, key=letter)]


@pages.get("/tags/<int:id>")
def show(id: int) -> ResponseReturnValue:
    """A topic with what is under it: a parent gathers the gems and reviews of its children."""
    tag = tags.get(library(), id)
    if tag.id != id:  # merged into another
        return redirect(url_for("tags.show", id=tag.id), 301)
    asked = paging.asked(_SIZE)
    seen = unmasked()
    everything = tags.listed(library())
    those = family.of(id, everything)
    ids = [one.id for one in those]
    rows, total = reviews.listed(library(), limit=asked.size, offset=asked.offset, tag_ids=ids, unmasked=seen)
    best = worth.of_topics(library(), ids, unmasked=seen, limit=_MOST_GEMS)
    way = family.above(tag, everything)
    return render_template(
        "tags/show.html",
        tag=tag,
        way=way,
        origin=origin.from_tag(id),
        names=[one.name for one in those][:_MOST_NAMES],
        rows=rows,
        total=total,
        gems=best.gems,
        gem_total=best.total,
        seen_in=evidence.seen(library(), best.gems),
        below=[other for other in those if other.parent_id == id],
        related=topics.beside(library(), tag, everything, [*those, *way], _MOST_RELATED),
        year=weeks.year(library(), ids),
        people=topics.people(library(), ids),
        questions=questions.open_for_topic(library(), id, _MOST_QUESTIONS, unmasked=unmasked()),
        followed=id in topics.followed(library(), member()),
        paging=asked,
        page_url=paging.page_url(),
    )


@pages.post("/tags/<int:id>/follow")
def follow(id: int) -> ResponseReturnValue:
    on = request.values.get("on") != "no"
    tag = topics.follow(library(), id, member(), on=on)
    said = _("You follow %(topic)s.", topic=tag.name) if on else _("You no longer follow %(topic)s.", topic=tag.name)
    flash_undo(said, url_for("tags.follow", id=id, on="no" if on else "yes"), _("Undo"))
    return redirect(url_for("tags.show", id=tag.id), 303)


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
    flash(_("Topic saved."), "done")
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
        return {error.field or "name": of_error(error)}, ""
    except tags.NameTaken as error:
        return {error.field: of_error(error)}, ""
    except Conflict as error:
        return {}, of_error(error)
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
