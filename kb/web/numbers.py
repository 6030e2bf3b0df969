"""Whole numbers that a form or an address sends, of a size that the library can look for."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"-?[0-9]{1,18}")


def whole(text: str) -> int:
    """The number, for `args.get(name, type=whole)`, which takes anything else as not sent: SQLite's integers have 64 bits,
    and one that is larger is an error where it is looked for. Raises ValueError."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def whole_or_none(text: str) -> int | None:
    """The number, None for anything else."""
    return int(text) if _WHOLE.fullmatch(text) else None
