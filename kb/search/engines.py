"""Which engines there are. Their libraries are imported when one is opened, not before."""

from __future__ import annotations

from pathlib import Path

from kb.errors import SearchIndexError, SettingError
from kb.search.base import Engine
from kb.settings import ENGINES


def open_engine(name: str, folder: Path | None, library_id: str) -> Engine:
    """The engine of that name on the index folder, or in memory when `folder` is None.

    Raises SettingError for an unknown name, SearchIndexError when the engine is not installed.
    """
    where = folder / name if folder is not None else None
    try:
        if name == "tantivy":
            from kb.search.tantivy_engine import TantivyEngine

            return TantivyEngine(where, library_id)
        if name == "whoosh":
            from kb.search.whoosh_engine import WhooshEngine

            return WhooshEngine(where, library_id)
    except ImportError as error:
        raise SearchIndexError(
            f"The search engine {name} is not installed ({error}). Install it, or set KB_ENGINE to another one."
        ) from error
    raise SettingError(f"There is no search engine {name!r}; choose {' or '.join(ENGINES)}.")
