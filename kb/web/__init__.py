"""The pages and the API: everything that speaks HTTP."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter, Map

from kb import resources
from kb import settings as all_settings
from kb.library import Library
from kb.settings import Settings
from kb.web import (
    access,
    account,
    api,
    assets,
    auth,
    blameless,
    bulk,
    chosen,
    columns,
    compiled,
    context,
    desk,
    digest,
    digest_desk,
    gem_acts,
    gems,
    health,
    help,  # noqa: A004 - the page is called that
    home,
    ingest,
    languages,
    members,
    mine,
    notices,
    planned_gems,
    problems,
    question_desk,
    questions,
    replays,
    reviews,
    saved,
    search,
    searches,
    security,
    set_aside,
    synonyms,
    tags,
    to_trail,
    trail_desk,
    trails,
    trash,
    upkeep,
    uploads,
)
from kb.web.context import Served

_PAGES = (
    account, api, auth, bulk, columns, desk, digest, digest_desk, gem_acts, gems, health, help, home, ingest, members, mine,
    notices, planned_gems, question_desk, questions, replays, reviews, saved, search, searches, set_aside, synonyms, tags,
    to_trail, trail_desk, trails, trash, upkeep,
)  # fmt: skip


class Number(IntegerConverter):
    """A number in an address; one that SQLite could not hold is no address of ours."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002 - Werkzeug's own name for it
        super().__init__(map, *args, **{"max": 2**63 - 1, **options})


class Json(DefaultJSONProvider):
    """JSON as people read it: keys in the documented order, letters of any script as they are."""

    sort_keys = False
    ensure_ascii = False


def create_app(settings: Settings | None = None, *, local_http: bool = False) -> Flask:
    """The WSGI application that serves the library of these settings, by default those of the environment.

    `local_http` says that it is reached over plain HTTP on this machine only (`kb serve`, `kb demo` on a loopback
    address): with `cookie_secure` on auto, cookies then go without HTTPS. Opens nothing that a fork may not inherit.
    Raises NoLibrary, LibraryTooNew, LibraryError when there is nothing to serve.
    """
    settings = settings or all_settings.load()
    Library(settings).close()
    templates = resources.folder("templates")
    app = Flask(
        "kb.web",
        static_folder=str(resources.folder("static")),
        static_url_path="/static",
        template_folder=str(templates),
    )
    compiled.install(app, templates, installed=resources.is_installed("templates"))
    blameless.install(app)
    app.url_map.converters["int"] = Number
    app.json = Json(app)
    app.extensions["kb"] = Served(settings)
    languages.install(app, settings)
    security.protect(app, settings, local_http=local_http)
    auth.install(app)
    # Before the other hooks that look at a request: what access does not let through, nobody else sees.
    access.install(app)
    context.install(app)
    chosen.install(app)
    assets.install(app)
    uploads.install(app)
    searches.install(app)
    problems.install(app)
    for module in _PAGES:
        app.register_blueprint(module.pages)
    return app
