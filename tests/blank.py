"""An empty library for a test: migrated once in each process that runs tests, and copied from then on."""

from __future__ import annotations

import tempfile
from functools import cache

from kb import library as libraries
from kb import settings as all_settings
from kb.library import Library
from kb.settings import Settings


def lay_down(settings: Settings) -> None:
    """What `libraries.make` does where there is nothing yet, a hundredth of the work: no migration, no wait for the disk.

    All of these have one id: whoever compares two libraries makes the second one.
    """
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    if not settings.database.exists():
        settings.database.write_bytes(_made())


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        settings = all_settings.load(folder, environ={})
        libraries.make(settings)
        Library(settings).close()
        return settings.database.read_bytes()
