"""Signing in and out, and what makes a session good: it is its member's, not ended, not too old, not forgotten."""

from __future__ import annotations

import secrets
import time
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from kb import members, signing_in
from kb.models import Member
from kb.signing_in import SignInRefused, SlowDown
from kb.web.context import library, settings
from kb.web.languages import gettext as _
from kb.web.languages import of_error

pages = Blueprint("auth", __name__)

# However often somebody clicks, after a month the password is asked for again.
LONGEST_SESSION = 30 * 24 * 3600
# How exactly the last click is remembered: a cookie with every answer would be too much.
_TOUCH_EVERY = 60


class User(UserMixin):  # type: ignore[misc]
    """The signed-in member, as Flask-Login wants it. The session key in its id ends sessions from afar."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def get_id(self) -> str:
        return f"{self.member.id}:{self.member.session_key}"


def install(app: Flask) -> None:
    manager = LoginManager(app)
    # It would sign people out whose network address changes; the session key and the cookie's flags do the work.
    manager.session_protection = None
    manager.user_loader(_from_session)
    manager.request_loader(_from_token)
    app.after_request(_touch)


def _from_session(id: str) -> User | None:
    if _sends_token(request) or not _is_alive():
        return None
    number, _, key = id.partition(":")
    found = members.by_id(library(), int(number)) if number.isdecimal() else None
    if found is None or not found.active or not secrets.compare_digest(found.session_key, key):
        return None
    if signing_in.has_ended(library(), session["sid"]):
        return None
    return User(found)


def _is_alive() -> bool:
    now = time.time()
    begun, seen = session.get("begun", 0), session.get("seen", 0)
    idle = settings().session_hours * 3600
    return "sid" in session and now - begun < LONGEST_SESSION and now - seen < idle


def _sends_token(sent: Request) -> bool:
    """A token counts for the API alone, and then nothing else does."""
    return sent.blueprint == "api" and "Authorization" in sent.headers


def _from_token(sent: Request) -> User | None:
    if not _sends_token(sent):
        return None
    scheme, _, token = sent.headers["Authorization"].partition(" ")
    found = members.by_token(library(), token.strip()) if scheme.casefold() == "bearer" else None
    return User(found) if found else None


def _touch(response: Response) -> Response:
    """Note the click, so that only an idle session ends."""
    # Only where the request has asked who it is: a style sheet is no click, and worth no look into the library.
    if g.get("_login_user") and "sid" in session and not _sends_token(request) and current_user.is_authenticated:
        now = int(time.time())
        if now - session.get("seen", 0) > _TOUCH_EVERY:
            session["seen"] = now
    return response


def begins_here(email: str, password: str) -> bool:
    """Sign in with what stands in a form that is sent again; why not, if not, is left for the page that refuses it."""
    try:
        found = signing_in.sign_in(library(), email, password, request.remote_addr or "?")
    except (SlowDown, SignInRefused) as error:
        g.sign_in_refused = of_error(error)
        return False
    begin_session(found)
    return True


def begin_session(found: Member) -> None:
    """Sign this member in, in a session of a new id: what was in the old one (anybody's) is gone, and it ends."""
    now = int(time.time())
    end_session()
    session.update(sid=secrets.token_urlsafe(16), begun=now, seen=now)
    login_user(User(found))


def end_session() -> None:
    """Sign out; a copy of the cookie is no good afterwards either."""
    if "sid" in session:
        signing_in.end_session(library(), session["sid"], until=session.get("begun", 0) + LONGEST_SESSION)
    logout_user()
    session.clear()


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    wanted = local_path(request.values.get("next", ""))
    if request.method == "GET" or "email" not in request.form:
        if current_user.is_authenticated:
            return redirect(wanted)
        return _form(wanted)
    try:
        found = signing_in.sign_in(
            library(), request.form["email"], request.form.get("password", ""), request.remote_addr or "?"
        )
    except SlowDown as error:
        return _form(wanted, of_error(error), 429, {"Retry-After": str(error.seconds)})
    except SignInRefused as error:
        return _form(wanted, of_error(error), 401)
    begin_session(found)
    return redirect(wanted)


def _form(
    wanted: str, error: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    cookies_lost = current_app.config["SESSION_COOKIE_SECURE"] and not request.is_secure
    page = render_template(
        "auth/sign_in.html",
        wanted=wanted,
        error=error,
        email=request.form.get("email", "")[:254],
        nobody_yet=not members.any_there(library()),
        home=settings().home,
        cookies_lost=cookies_lost and request.host.split(":")[0] not in ("localhost", "127.0.0.1", "[::1]"),
    )
    return page, status, headers or {}


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    end_session()
    flash(_("You are signed out."), "done")
    return redirect(url_for("auth.sign_in"))


def local_path(wanted: str) -> str:
    """The address to go to after signing in, if it is one of ours; else the first page.

    A browser takes `//elsewhere`, `/\\elsewhere` and addresses with control characters in them to other sites.
    """
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\", "/sign-")) or any(ord(c) < 33 for c in wanted):
        return url_for("home.index")
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc and "\\" not in wanted else url_for("home.index")
