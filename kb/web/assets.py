"""Styles and scripts under addresses that change with their content, so that a browser may keep them for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

_FOR_GOOD = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    folder = Path(str(app.static_folder))

    def asset(name: str) -> str:
        """The address of a file in static/. One that is not there keeps its bare address, which answers 404."""
        version = digest_of(folder / name)
        return url_for("static", filename=name, v=version or None)

    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            wanted = request.args.get("v", "")
            path = folder / (request.view_args or {}).get("filename", "")
            response.headers["Cache-Control"] = _FOR_GOOD if wanted and wanted == digest_of(path) else "no-cache"
        return response


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
