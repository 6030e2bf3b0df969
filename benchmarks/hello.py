"""The server of `kb serve`, with its settings, around an app that only says hello: how quick a page could be at best.

python -m benchmarks.hello --port 8000 --workers 4
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kb import settings
from kb.cli.serve import Server

_PAGE = b"<!doctype html><html lang=en><title>hello</title><h1>hello</h1></html>"
_HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(_PAGE)))]


def hello(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", _HEADERS)
    return [_PAGE]


class Hello(Server):
    def load(self) -> Any:
        return hello

    def begin(self, _worker: Any) -> None:
        """There is no library to open."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hello", description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    chosen = parser.parse_args()
    # A library is never opened: the folder is only where one would be.
    Hello(settings.load(Path(), environ={}, port=chosen.port, workers=chosen.workers)).run()


if __name__ == "__main__":
    main()
