"""What each app of a test would work out anew, and finds the same: kept for as long as the process that runs tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart


def share_routes() -> None:
    """Nearly all that making an app takes is what Werkzeug makes of its routes, the same in each of a thousand apps."""
    _share_builders()
    _share_parts()


def _share_builders() -> None:
    """Make Werkzeug compile the function that builds an address once for each route. It depends on nothing but what the
    key names, and is given the rule it builds for with each call."""
    compile_builder = Rule._compile_builder
    known: dict[Any, Callable[..., tuple[str, str]]] = {}

    def shared(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), tuple((self.defaults or {}).items()), append_unknown)
        if key not in known:
            known[key] = compile_builder(self, append_unknown)
        return known[key]

    Rule._compile_builder = shared  # type: ignore[method-assign]


def _share_parts() -> None:
    """Make Werkzeug read each address once: its parts, and what it notes of them in the rule."""
    parse_rule = Rule._parse_rule
    known: dict[str, tuple[list[RulePart], list[tuple[bool, str]], dict[str, Any]]] = {}

    def shared(self: Rule, rule: str) -> Iterable[RulePart]:
        if rule not in known:
            before = len(self._trace)
            known[rule] = list(parse_rule(self, rule)), self._trace[before:], dict(self._converters)
            return known[rule][0]
        parts, trace, converters = known[rule]
        self._trace += trace
        self._converters |= converters
        self.arguments |= converters.keys()
        return parts

    Rule._parse_rule = shared  # type: ignore[method-assign]
