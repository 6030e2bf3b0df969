"""The one place that turns a failure into a page, or into JSON for scripts (RFC 9457, application/problem+json)."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass, field
from html import escape

from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, RequestEntityTooLarge

from kb.errors import KbError
from kb.languages import N_
from kb.web import wording
from kb.web.access import AS_EMAIL, AS_PASSWORD, JSON_ENDPOINTS, TAKES_FILES, NotSignedIn
from kb.web.languages import code, gettext, of_error

log = logging.getLogger(__name__)

_TITLES = {
    400: N_("That cannot be taken as it is"),
    401: N_("You are signed out"),
    403: N_("This is not yours to open"),
    404: N_("Nothing here"),
    405: N_("Not that way"),
    409: N_("That cannot be done just now"),
    413: N_("That is too large"),
    429: N_("Too many tries"),
    500: N_("Something went wrong here"),
    503: N_("The library cannot be reached"),
}
_SENTENCES = {
    400: N_("The request could not be understood. Go back and try again."),
    404: N_("There is nothing at this address. It may have been moved, or the link was cut short."),
    405: N_("This address cannot be opened by itself; it belongs to a button of a page. Go back and use that."),
    413: N_("That is more than can be taken at once."),
    500: N_("Nothing that was saved is lost. Try again; if it goes on, tell an admin this number."),
}
# Typed text that a problem page gives back; never these.
_LONG = 40  # characters that somebody would miss
_MOST_TYPED = 20_000  # fields of a form; what has more was typed by nobody
_MOST_TYPED_SIGNED_OUT = 2_000  # whoever it is; to write down twenty thousand takes a third of a second
_NOT_GIVEN_BACK = {"csrf_token", "password", "old", "new", "again", AS_EMAIL, AS_PASSWORD}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for the person: `detail` is a sentence; `typed` is the form they sent, to send it again, and
    `long_ones` is what of it is shown."""

    status: int
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
    reference: str = ""
    typed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return gettext(_TITLES.get(self.status, N_("That did not work")))

    @property
    def long_ones(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.typed if _is_long(value)]

    def is_long(self, value: str) -> bool:
        """Whether the page shows what was typed, and not only sends it again."""
        return _is_long(value)


def install(app: Flask) -> None:
    app.register_error_handler(KbError, _of_ours)
    app.register_error_handler(CSRFError, _of_a_stale_form)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_nobody_knows)


def _of_ours(error: KbError) -> ResponseReturnValue:
    headers = {"Retry-After": str(error.seconds)} if hasattr(error, "seconds") else {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="kb"'
    if error.status >= 500:
        log.error("%s %s: %s", request.method, request.path, error)
    if isinstance(error, NotSignedIn) or error.status >= 500:
        typed = _typed()
    else:  # what it was for is gone, or theirs no more: a click is no loss, and no upload is read for it
        typed = _typed() if request.mimetype == "application/x-www-form-urlencoded" else []
        typed = typed if any(_is_long(value) for _, value in typed) else []
    return answer(Problem(error.status, of_error(error), headers, typed=typed))


def _of_a_stale_form(error: CSRFError) -> ResponseReturnValue:
    log.info("%s %s: %s", request.method, request.path, error.description)
    return answer(
        Problem(
            400,
            gettext(
                "This form was opened before you last signed in, or your browser sent no cookie with it; so nothing was"
                " saved yet."
            ),
            typed=_typed(),
        )
    )


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None:
        return error.get_response()
    detail = gettext(_SENTENCES[error.code]) if error.code in _SENTENCES else error.description or ""
    if isinstance(error, RequestEntityTooLarge):
        detail = _too_large()
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    problem = Problem(error.code, detail, kept)
    if isinstance(error, BadHost):
        # Asked for under no name that a host can have: no link of a page could be made.
        return _bare_page(problem), problem.status
    return answer(problem)


def _too_large() -> str:
    from kb.web.context import settings

    if request.endpoint in TAKES_FILES:
        return gettext(
            "An upload takes at most %(size)s MB at once. Drop fewer files, or bring large ones in with: kb ingest FILE",
            size=wording.number(settings().max_upload_mb),
        )
    return gettext(
        "A text takes at most %(size)s MB. Shorten it, or bring it in as a file.",
        size=wording.number(settings().max_field_mb),
    )


def _of_nobody_knows(error: Exception) -> ResponseReturnValue:
    """Logged with a number that the page shows, so that an admin finds the one in the other."""
    if current_app.testing and current_app.config["PROPAGATE_EXCEPTIONS"] is not False:
        raise error
    reference = secrets.token_hex(4)
    log.error("Problem %s at %s %s", reference, request.method, request.path, exc_info=error)
    return answer(Problem(500, gettext(_SENTENCES[500]), reference=reference))


def answer(problem: Problem) -> ResponseReturnValue:
    """The problem in the form that whoever asked can read."""
    if _wants_json():
        return _as_json(problem)
    try:
        page = render_template("errors/problem.html", problem=problem, **_way_back())
    except Exception:
        # The page needs the library (who is this?) or its templates, and one of them may be what is broken.
        log.exception("The page for a problem could not be made")
        page = _bare_page(problem)
    return page, problem.status, problem.headers


def _way_back() -> dict[str, object]:
    signed_in = bool(current_user) and bool(current_user.is_authenticated)
    return {
        "action": request.full_path.rstrip("?"),
        "signed_in": signed_in,
        "sign_in": url_for("auth.sign_in"),
        "as_email": (AS_EMAIL, request.form.get(AS_EMAIL, "")[:254] if g.get("sign_in_refused") else ""),
        "as_password": AS_PASSWORD,
        "refused": g.get("sign_in_refused", ""),
    }


def _wants_json() -> bool:
    if request.endpoint in JSON_ENDPOINTS or request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def _as_json(problem: Problem) -> Response:
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    if problem.reference:
        body["reference"] = problem.reference
    return Response(
        json.dumps(body, ensure_ascii=False) + "\n",
        problem.status,
        headers=problem.headers,
        content_type="application/problem+json",
    )


def _bare_page(problem: Problem) -> str:
    reference = f"<p>Number: <code>{problem.reference}</code></p>" if problem.reference else ""
    return (
        f'<!doctype html><html lang="{code()}"><head><meta charset="utf-8"><title>{escape(problem.title)}</title></head>'
        f"<body><main><h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p>{reference}</main></body></html>"
    )


def _is_long(value: str) -> bool:
    return len(value) > _LONG or "\n" in value


def _typed() -> list[tuple[str, str]]:
    """What the person typed into the form that cannot be taken now; no passwords, no files."""
    try:
        items = list(request.form.items(multi=True))
    except HTTPException:
        return []
    if len(items) > (_MOST_TYPED if current_user.is_authenticated else _MOST_TYPED_SIGNED_OUT):
        return []
    return [(name, value) for name, value in items if name not in _NOT_GIVEN_BACK and "password" not in name]
