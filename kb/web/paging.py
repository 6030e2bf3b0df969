"""Which page of a list is asked for, and the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from flask import request, url_for

_FURTHEST = 10_000


@dataclass(frozen=True, slots=True)
class Paging:
    """`number` counts from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    def pages(self, total: int) -> int:
        return max(1, ceil(total / self.size))


def asked(size: int) -> Paging:
    """The page that the address asks for; the first when it asks for none or for nonsense."""
    text = request.args.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return Paging(min(max(number, 1), _FURTHEST), size)


def page_url() -> Callable[[int], str]:
    """From a page's number to this address with that page, everything else as it is."""
    values: dict[str, list[str]] = {name: found for name, found in request.args.lists() if name != "page"}
    endpoint, fixed = request.endpoint or "", dict(request.view_args or {})

    def url(number: int) -> str:
        return url_for(endpoint, **fixed, **values, page=number if number > 1 else None)  # type: ignore[arg-type]

    return url
