"""What each app of a test would work out anew, and finds the same: kept for as long as the process that runs tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def share_routes() -> None:
    """Make Werkzeug compile the function that builds an address once for each route, and not in each of the hundreds of
    apps that tests make: that is nine tenths of what making an app takes. It depends on nothing but what the key names,
    and is given the rule it builds for with each call."""
    compile_builder = Rule._compile_builder
    known: dict[Any, Callable[..., tuple[str, str]]] = {}

    def shared(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), tuple((self.defaults or {}).items()), append_unknown)
        if key not in known:
            known[key] = compile_builder(self, append_unknown)
        return known[key]

    Rule._compile_builder = shared  # type: ignore[method-assign]
