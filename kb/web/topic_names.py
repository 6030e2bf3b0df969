"""Names of topics typed into one box, with commas between them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.library import Library
from kb.tags import tags
from kb.words import name_key

_COMMA = "[,、，]"


def split(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """`GDPR, data strategy` -> its names, each once. Commas of any script part them, and semicolons and line ends.

    A name among `known` that holds a comma itself stays whole.
    """
    commas = {name_key(name): len(re.findall(_COMMA, name)) for name in known if re.search(_COMMA, name)}
    most = max(commas.values(), default=0)
    names: list[str] = []
    for piece in re.split(r"[;\n]", text):
        parts = re.split(f"({_COMMA})", piece)  # name, comma, name, comma, name
        at = 0
        while at < len(parts):
            last = min(at + 2 * most + 1, len(parts))
            ends = (end for end in range(last, at + 1, -2) if name_key("".join(parts[at:end])) in commas)
            end = next(ends, at + 1)
            names.append("".join(parts[at:end]).strip())
            at = end + 1
    return tuple(dict.fromkeys(filter(None, names)))


def typed(library: Library, text: str) -> tuple[str, ...]:
    """The names in a box, those of the library's topics that hold a comma kept whole."""
    if not re.search(_COMMA, text):
        return split(text)
    return split(text, (name for tag in tags.listed(library) for name in (tag.name, *tag.aliases)))
