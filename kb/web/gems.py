"""Gems: the list, one gem, making one from a review, publishing and retiring."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import gems, reviews
from kb.errors import InvalidInput
from kb.models import GemDraft, GemStatus
from kb.web import differences, paging
from kb.web.context import can, flash_undo, library, member, restricted, who
from kb.web.review_form import tag_names

pages = Blueprint("gems", __name__)
_SIZE = 24
_DONE = {
    GemStatus.PUBLISHED: "Gem published.",
    GemStatus.RETIRED: "Gem retired.",
    GemStatus.NOMINATED: "Gem sent back to the nominated.",
}


@pages.get("/gems")
def index() -> str:
    asked = paging.asked(_SIZE)
    status = _status(request.args.get("status", "")) if restricted() else None
    found, total = gems.listed(
        library(),
        status=status or GemStatus.PUBLISHED,
        restricted=restricted(),
        limit=asked.size,
        offset=asked.offset,
    )
    return render_template(
        "gems/index.html",
        gems=found,
        total=total,
        status=status or GemStatus.PUBLISHED,
        counts=_counts() if restricted() else {},
        paging=asked,
        page_url=paging.page_url(),
    )


def _counts() -> dict[GemStatus, int]:
    return {status: gems.listed(library(), status=status, limit=1)[1] for status in GemStatus}


def _status(word: str) -> GemStatus | None:
    return next((status for status in GemStatus if status == word), None)


@pages.get("/gems/<int:id>")
def show(id: int) -> str:
    gem = gems.get(library(), id, restricted=restricted())
    changes = gems.past(library(), id)
    return render_template(
        "gems/show.html",
        gem=gem,
        changes=[(change, differences.of(change.fields)) for change in changes] if restricted() else [],
    )


@pages.post("/gems/<int:id>/status")
def set_status(id: int) -> ResponseReturnValue:
    """`status` is the new one; `was` says that this is an undo."""
    wanted = _status(request.form.get("status") or request.args.get("status", ""))
    if wanted is None:
        raise InvalidInput("A gem can be nominated, published or retired.", "status")
    before = gems.get(library(), id).status
    gems.set_status(library(), id, wanted, who())
    if before is not wanted:
        flash_undo(_DONE[wanted], url_for("gems.set_status", id=id, status=before.value))
    return redirect(url_for("gems.show", id=id), 303)


@pages.route("/reviews/<int:id>/gems/new", methods=["GET", "POST"])
def new(id: int) -> ResponseReturnValue:
    review = reviews.get(library(), id, restricted=restricted())
    names = ("title", "body", "quote", "tags", "place", "nth")
    if request.method == "GET":
        values = {name: request.args.get(name, "") for name in names}
        values["tags"] = values["tags"] or ", ".join(tag.name for tag in review.tags)
        return render_template("gems/new.html", review=review, values=values, errors={})
    values = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}
    draft = GemDraft(values["title"], values["body"], values["quote"], tag_names(values["tags"]))
    publish = can("publish_gems")
    try:
        gem = gems.lift(
            library(), id, draft, who=who(), publish=publish, member=member(),
            place=_whole(values["place"]), nth=_whole(values["nth"]),
        )  # fmt: skip
    except InvalidInput as error:
        errors = {error.field or "title": str(error)}
        return render_template("gems/new.html", review=review, values=values, errors=errors), 400
    flash("Gem published." if publish else "Gem nominated. A curator looks at it, then everybody sees it.", "done")
    passage = next((p for p in gem.evidence if p.review_id == id and p.quote == values["quote"]), None)
    anchor = f"passage-{passage.id}" if passage else None
    return redirect(url_for("reviews.show", id=id, _anchor=anchor), 303)


def _whole(text: str) -> int | None:
    """A number that the script wrote into a form: which of the same words were selected."""
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else None
