"""What the signed-in member chose for the look of the pages: read once a request."""

from __future__ import annotations

from flask import Flask, current_app, g, has_request_context

from kb.mine import settings as own_settings
from kb.values.mine import MemberSettings


def install(app: Flask) -> None:
    """Templates have `appearance()` after this."""
    app.jinja_env.globals["appearance"] = of_request


def of_request() -> MemberSettings:
    """The settings of who asks; the defaults for whoever is not signed in, and where the library cannot be read."""
    if not has_request_context():
        return MemberSettings()
    # Only what was found out before: a problem's page is made with these settings, too, and must not fail over them.
    user = g.get("_login_user")
    if user is None or not user.is_authenticated:
        return MemberSettings()
    if "kb_chosen" not in g:
        g.kb_chosen = own_settings.of(current_app.extensions["kb"].library, user.member)
    return g.kb_chosen  # type: ignore[no-any-return]
