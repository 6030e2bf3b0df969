"""The members' page, for admins: who has an account, which role, in which team."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import forgetting, members
from kb.errors import Conflict, InvalidInput
from kb.models import Member, Role
from kb.web import shown
from kb.web.context import library, who
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("members", __name__)

# Letters and digits that nobody takes for one another when they are read out: no 0 and o, no 1, i and l.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


@pages.get("/members")
def index() -> ResponseReturnValue:
    return _page()


def _page(
    errors: dict[str, str] | None = None,
    made: Member | None = None,
    password: str = "",
    ended: int | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """`made` has this password from now on; `ended` says how many tokens a new one revoked."""
    page = render_template(
        "members/index.html",
        members=members.listed(library()),
        roles=[(role.word, shown.role_name(role)) for role in Role],
        errors=errors or {},
        typed=request.form if errors else {},
        teams=members.teams(library()),
        made=made,
        password=password,
        ended=ended,
        forgotten=forgetting.forgotten(library()),
    )
    return page, status


@pages.post("/members")
def add() -> ResponseReturnValue:
    form, password = request.form, first_password()
    try:
        role = _role(form.get("role", ""))
        made = members.add(
            library(), form.get("email", ""), role=role, password=password, name=form.get("name", ""),
            team=form.get("team", ""),
        )  # fmt: skip
    except InvalidInput as error:
        return _page({error.field or "email": of_error(error)}, status=400)
    except Conflict:
        return _page({"email": _("This address has an account already; see the list.")}, status=409)
    return _page(made=made, password=password)


def first_password() -> str:
    """A password to hand over: 77 bits in four groups, easy to read out. It is shown once and kept nowhere."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


def _role(word: str) -> Role:
    try:
        return Role.from_word(word)
    except KeyError as error:
        raise InvalidInput("Choose one of the four roles.", "role") from error


@pages.post("/members/<int:id>/role")
def set_role(id: int) -> ResponseReturnValue:
    try:
        changed = members.set_role(library(), members.get(library(), id).email, _role(request.form.get("role", "")))
    except (Conflict, InvalidInput) as error:
        return _page({"list": of_error(error)}, status=error.status)
    role_name = shown.role_name(changed.role)
    flash(_("%(email)s has the role %(role)s from now on.", email=changed.email, role=role_name), "done")
    return redirect(url_for("members.index"))


@pages.post("/members/<int:id>/name")
def set_name(id: int) -> ResponseReturnValue:
    try:
        changed = members.set_name(library(), members.get(library(), id).email, request.form.get("name", ""))
    except InvalidInput as error:
        return _page({"list": of_error(error)}, status=error.status)
    flash(_("%(email)s is called %(name)s from now on.", email=changed.email, name=changed.called), "done")
    return redirect(url_for("members.index"))


@pages.post("/members/<int:id>/team")
def set_team(id: int) -> ResponseReturnValue:
    try:
        changed = members.set_team(library(), members.get(library(), id).email, request.form.get("team", ""))
    except InvalidInput as error:
        return _page({"list": of_error(error)}, status=error.status)
    if changed.team:
        flash(_("%(member)s is in the team %(team)s.", member=changed.email, team=changed.team), "done")
    else:
        flash(_("%(member)s is in no team.", member=changed.email), "done")
    return redirect(url_for("members.index"))


@pages.post("/members/<int:id>/active")
def set_active(id: int) -> ResponseReturnValue:
    wanted = request.form.get("active") == "yes"
    try:
        changed = members.set_active(library(), members.get(library(), id).email, wanted)
    except Conflict as error:
        return _page({"list": of_error(error)}, status=error.status)
    flash(
        _("%(email)s can sign in again.", email=changed.email)
        if wanted
        else _("%(email)s is signed out everywhere and cannot sign in any more.", email=changed.email),
        "done",
    )
    return redirect(url_for("members.index"))


@pages.post("/members/<int:id>/password")
def reset_password(id: int) -> ResponseReturnValue:
    password = first_password()
    changed, ended = members.reset_password(library(), members.get(library(), id).email, password)
    return _page(made=changed, password=password, ended=ended)


@pages.route("/members/<int:id>/forget", methods=["GET", "POST"])
def forget(id: int) -> ResponseReturnValue:
    """What goes and what stays, and the word that it shall be."""
    if request.method == "GET":
        return render_template("members/forget.html", parting=forgetting.parting(library(), id))
    forgetting.forget(library(), id, who(), as_reviewer=request.form.get("reviews") == "yes")
    flash(_("The member is forgotten."), "done")
    return redirect(url_for("members.index"), 303)
