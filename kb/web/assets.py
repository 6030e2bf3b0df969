"""Styles and scripts under addresses that change with their content, so that a browser may keep them for good; those that
every page needs in one piece each, so that a first visit asks for few."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, url_for

_FOR_GOOD = "public, max-age=31536000, immutable"
# In this order; a script stands in a block of its own, where its names are its own. None of them imports anything.
BUNDLES = {
    "site.css": ("tokens.css", "base.css", "layout.css", "forms.css", "parts.css", "search.css"),
    "site.js": ("suggest.js", "keys.js", "inplace.js", "parts.js"),
}
_TYPES = {"css": "text/css", "js": "text/javascript"}


def install(app: Flask) -> None:
    folder = Path(str(app.static_folder))

    def asset(name: str) -> str:
        """The address of a file in static/, or of a bundle. One that is not there keeps its bare address, which answers
        404."""
        version = _digest_of_bundle(folder, name) if name in BUNDLES else digest_of(folder / name)
        return _address(name, version, request.script_root)

    app.jinja_env.globals["asset"] = asset
    app.add_url_rule("/bundle/<name>", "bundle", _bundle)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            wanted = request.args.get("v", "")
            path = folder / (request.view_args or {}).get("filename", "")
            response.headers["Cache-Control"] = _FOR_GOOD if wanted and wanted == digest_of(path) else "no-cache"
        return response


@lru_cache(maxsize=256)
def _address(name: str, version: str, below: str) -> str:  # noqa: ARG001 - what stands below another path is another entry
    if name in BUNDLES:
        return url_for("bundle", name=name, v=version)
    return url_for("static", filename=name, v=version or None)


def _bundle(name: str) -> Response:
    if name not in BUNDLES:
        abort(404)
    folder = Path(str(current_app.static_folder))
    version = _digest_of_bundle(folder, name)
    response = Response(
        _joined(folder, name, version), content_type=f"{_TYPES[name.rpartition('.')[2]]}; charset=utf-8"
    )
    response.headers["Cache-Control"] = _FOR_GOOD if request.args.get("v") == version else "no-cache"
    response.set_etag(version)
    response.make_conditional(request)
    return response


def _digest_of_bundle(folder: Path, name: str) -> str:
    return hashlib.sha256("".join(digest_of(folder / part) for part in BUNDLES[name]).encode()).hexdigest()[:10]


@lru_cache(maxsize=8)
def _joined(folder: Path, name: str, version: str) -> str:  # noqa: ARG001 - changed parts are another entry
    parts = [(folder / part).read_text("utf-8") for part in BUNDLES[name]]
    return "\n".join(f"{{\n{part}\n}}" for part in parts) if name.endswith(".js") else "\n".join(parts)


def digest_of(path: Path) -> str:
    """Ten digits that name the file's content; "" when there is no such file."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return ""
    return _digest(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _digest(path: Path, changed: int, size: int) -> str:  # noqa: ARG001 - a changed file is another entry
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
