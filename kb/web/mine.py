"""What is a member's own: bookmarks, what they read, how kb looks. Every page here is the signed-in member's."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import notices as notice_cases
from kb.errors import InvalidInput
from kb.finding import saved
from kb.gems import health
from kb.languages import LANGUAGES
from kb.mine import bookmarks as bookmarks_of
from kb.mine import reading, things
from kb.mine import settings as own_settings
from kb.tags import tags
from kb.topics import topics
from kb.web import chosen, paging
from kb.web.context import flash_undo, library, member, served, unmasked
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("mine", __name__)


_SIZE = 25
_FEW = 8


@pages.get("/mine")
def index() -> str:
    _write_down()
    seen = unmasked()
    kept, kept_total = bookmarks_of.listed(library(), member(), unmasked=seen, limit=_FEW)
    read, read_total = reading.history(library(), member(), unmasked=seen, limit=_FEW)
    follows = topics.followed(library(), member())
    return render_template(
        "mine/index.html",
        kept=kept,
        kept_total=kept_total,
        read=read,
        read_total=read_total,
        followed=[tag for tag in tags.listed(library()) if tag.id in follows],
        fresh=notice_cases.unread(library(), member()),
        searches=saved.of_member(library(), member()),
        few=_FEW,
        due=health.due(library(), owner_id=member().id, limit=0)[1],
    )


def _write_down() -> None:
    """What this process noted a moment ago belongs on the page, too."""
    served().keeper.save(library())


@pages.get("/mine/bookmarks")
def bookmarks() -> str:
    asked = paging.asked(_SIZE)
    found, total = bookmarks_of.listed(library(), member(), unmasked=unmasked(), limit=asked.size, offset=asked.offset)
    return render_template("mine/bookmarks.html", found=found, total=total, paging=asked, page_url=paging.page_url())


@pages.post("/mine/bookmarks/<type>/<int:id>")
def bookmark(type: str, id: int) -> ResponseReturnValue:
    came_from = {"from": said} if (said := request.form.get("from", "")) else {}
    here = url_for(f"{type}s.show", id=id, **came_from) if type in things.TYPES else url_for("mine.index")  # type: ignore[arg-type]
    listed = request.values.get("back") == "list"
    if request.values.get("do") == "drop":
        bookmarks_of.drop(library(), member(), type, id)
        undo = url_for("mine.bookmark", type=type, id=id, back="list" if listed else None)
        flash_undo(_("Bookmark taken away."), undo, _("Undo"))
        return redirect(url_for("mine.bookmarks") if listed else here, 303)
    note = request.form.get("note")
    note = note.replace("\r\n", "\n") if note is not None else None
    bookmarks_of.keep(library(), member(), type, id, note=note, unmasked=unmasked())
    flash(_("Bookmarked. You find it under “Mine”."), "done")
    return redirect(url_for("mine.bookmarks") if listed else f"{here}#keep", 303)


@pages.get("/mine/history")
def history() -> str:
    _write_down()
    asked = paging.asked(_SIZE)
    found, total = reading.history(library(), member(), unmasked=unmasked(), limit=asked.size, offset=asked.offset)
    searched = reading.searches(library(), member()) if asked.number == 1 else []
    return render_template(
        "mine/history.html", found=found, total=total, paging=asked, page_url=paging.page_url(), searched=searched
    )


@pages.post("/mine/history/clear")
def clear() -> ResponseReturnValue:
    reading.clear(library(), member())
    flash(_("Forgotten: kb knows nothing of what you read and searched for any more."), "done")
    return redirect(url_for("mine.history"), 303)


@pages.route("/mine/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    now = chosen.of_request()
    form = {
        "language": now.language,
        "theme": now.theme,
        "density": now.density,
        "zone": now.zone,
        "history": "yes" if now.history else "",
        "known": "yes" if now.known else "",
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = {name: request.form.get(name, "").strip() for name in form}
        try:
            if form["language"] and form["language"] not in LANGUAGES:
                raise InvalidInput(_("Choose the language from the list."), "language")
            own_settings.choose(
                library(), member(), language=form["language"], theme=form["theme"], density=form["density"],
                zone=form["zone"], history=bool(form["history"]), known=bool(form["known"]),
            )  # fmt: skip
        except InvalidInput as error:
            errors = {error.field: of_error(error)}
        else:
            flash(_("Kept."), "done")
            return redirect(url_for("mine.settings"), 303)
    page = render_template(
        "mine/settings.html", form=form, errors=errors, zones=sorted(available_timezones()), languages=LANGUAGES
    )
    return page, 400 if errors else 200
