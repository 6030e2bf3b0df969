"""What every answer and cookie carries so that a browser keeps others out of it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from kb.errors import LibraryError
from kb.settings import SHORTEST_SECRET, Settings

# No inline script or style anywhere: what a review or an import smuggles in cannot run. Sources: w3.org/TR/CSP3.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_A_YEAR = int(timedelta(days=365).total_seconds())
_MB = 1024 * 1024


def protect(app: Flask, settings: Settings, *, local_http: bool) -> None:
    """Cookies, secret, limits, CSRF, proxies and headers. Raises LibraryError when no secret can be kept."""
    secure = settings.cookie_secure == "yes" or (settings.cookie_secure == "auto" and not local_http)
    app.config.update(
        SECRET_KEY=settings.secret_key or kept_secret(settings.home / "secret_key"),
        SESSION_COOKIE_NAME="__Host-kb" if secure else "kb",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # A long review, its conversation pasted into the form: more than Flask's half megabyte a field.
        MAX_CONTENT_LENGTH=2 * settings.max_field_mb * _MB,
        MAX_FORM_MEMORY_SIZE=settings.max_field_mb * _MB,
        # The token lasts as long as the session, so that a form which stood open over lunch can be sent.
        WTF_CSRF_TIME_LIMIT=None,
        # access.py checks it, after it knows who is asking.
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    CSRFProtect(app)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.after_request(_with_headers)


def kept_secret(path: Path) -> str:
    """The secret in this file, made at the first start; readable by the owner alone.

    Two processes that start at once agree on one: whoever links it into its place first. Raises LibraryError.
    """
    try:
        if not path.exists():
            _make_secret(path)
        found = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        mend = "Let the one who runs kb read and write it, or set KB_SECRET_KEY."
        raise LibraryError(f"The secret that signs sessions cannot be kept in {path}: {why}. {mend}") from error
    if len(found) < SHORTEST_SECRET:
        raise LibraryError(f"{path} holds no good secret. Delete it: a new one is made, and everybody signs in again.")
    return found


def _make_secret(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}")
    if request.endpoint not in ("static", "bundle"):
        # Nothing of the library stays in a browser's or proxy's store after signing out.
        response.headers.setdefault("Cache-Control", "no-store, private" if _is_known() else "no-store")
    return response


def _is_known() -> bool:
    # Only what was found out before: to look now could fail, and this belongs on the page that says what failed.
    user = g.get("_login_user")
    return user is not None and bool(user.is_authenticated)
