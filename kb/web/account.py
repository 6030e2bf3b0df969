"""A member's own page: the password, and the tokens for scripts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import members, signing_in
from kb.errors import InvalidInput
from kb.signing_in import SlowDown
from kb.web.auth import begin_session
from kb.web.context import library, member
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("account", __name__)


@pages.get("/account")
def index() -> ResponseReturnValue:
    return _page()


def _page(
    errors: dict[str, str] | None = None,
    new_token: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "account/index.html",
        tokens=members.tokens(library(), member()),
        errors=errors or {},
        new_token=new_token,
        shortest=members.SHORTEST_PASSWORD,
    )
    return page, status, headers or {}


@pages.post("/account/password")
def change_password() -> ResponseReturnValue:
    old, new = request.form.get("old", ""), request.form.get("new", "")
    ends_tokens = request.form.get("tokens") == "end"
    if new != request.form.get("again", ""):
        return _page({"again": _("The two new passwords are not the same. Type them again.")}, status=400)
    try:
        changed = signing_in.change_password(
            library(), member(), old, new, request.remote_addr or "?", end_tokens=ends_tokens
        )
    except SlowDown as error:
        return _page({"old": of_error(error)}, status=error.status, headers={"Retry-After": str(error.seconds)})
    except InvalidInput as error:
        return _page({"old" if error.field == "old" else "new": of_error(error)}, status=400)
    begin_session(changed)
    flash(_("Your password is changed. Everywhere else you are signed out."), "done")
    if ends_tokens:
        flash(_("Your tokens are revoked."), "done")
    return redirect(url_for("account.index"))


@pages.post("/account/tokens")
def new_token() -> ResponseReturnValue:
    """Shown in this answer and never again, so there is no page to come back to."""
    return _page(new_token=members.new_token(library(), member().email))


@pages.post("/account/tokens/<int:id>/revoke")
def revoke_token(id: int) -> ResponseReturnValue:
    members.revoke_token(library(), member(), id)
    flash(_("The token is revoked. Scripts that used it are shut out from now on."), "done")
    return redirect(url_for("account.index"))
