"""What is a member's own: how kb looks, what it keeps for them."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import InvalidInput
from kb.languages import LANGUAGES
from kb.mine import settings as own_settings
from kb.web import chosen
from kb.web.context import library, member
from kb.web.languages import gettext as _

pages = Blueprint("mine", __name__)


@pages.route("/mine/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    now = chosen.of_request()
    form = {
        "language": now.language,
        "theme": now.theme,
        "density": now.density,
        "zone": now.zone,
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
                zone=form["zone"], known=bool(form["known"]),
            )  # fmt: skip
        except InvalidInput as error:
            errors = {error.field: str(error)}
        else:
            flash(_("Kept."), "done")
            return redirect(url_for("mine.settings"), 303)
    page = render_template(
        "mine/settings.html", form=form, errors=errors, zones=sorted(available_timezones()), languages=LANGUAGES
    )
    return page, 400 if errors else 200
