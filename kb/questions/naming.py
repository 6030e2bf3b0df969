"""What others typed, for whom names are hidden: without the full names of those whose work is reviewed in the library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kb import privacy
from kb.library import Library
from kb.store import tags
from kb.values.questions import Question


def for_reader(library: Library, found: Iterable[Question]) -> list[Question]:
    """Questions without these names."""
    asked = list(found)
    names = tags.people_named(library.db) if asked else ()
    return [replace(one, text=privacy.mask_in_full(one.text, names)) for one in asked]


def words_for_reader(library: Library, text: str) -> str:
    return privacy.mask_in_full(text, tags.people_named(library.db))
