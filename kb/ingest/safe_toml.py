"""TOML as plain values: days and times as text, as the other formats write them."""

from __future__ import annotations

import tomllib
from datetime import date, time
from typing import Any


def load(text: str) -> dict[str, Any]:
    """What a text in TOML says. Raises tomllib.TOMLDecodeError."""
    return {key: _plain(value) for key, value in tomllib.loads(text).items()}


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _plain(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_plain(value) for value in found]
    return found.isoformat() if isinstance(found, date | time) else found
