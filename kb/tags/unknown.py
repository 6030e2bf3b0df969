"""Topics that a question asks for by a name that none has: said, with the nearest that there is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from kb.languages import Said
from kb.library import Library
from kb.search.folding import fold_value
from kb.search.nodes import Filter, Node, walk
from kb.store import tags

_ASKED = re.compile(r'(?i)(?<!\w)(?:tags?|topic):(?:"([^"]*)"|([^\s()"]+))')
_LIKE = 0.7  # of difflib's ratio: two letters changed places in a word of four


def look(library: Library, question: str, node: Node | None) -> tuple[Sequence[Said], str | None]:
    """A sentence for each topic that is asked for and is not there, and the question with the nearest topics instead;
    None where nothing is near."""
    asked = [value for each in walk(node) if isinstance(each, Filter) and each.field == "tag" for value in each.values]
    if not asked:
        return (), None
    called = {fold_value(name): tag.name for tag in tags.all_tags(library.db) for name in (*tag.aliases, tag.name)}
    unknown = dict.fromkeys(value for value in asked if value not in called)
    nearest = {value: called[near[0]] for value in unknown if (near := get_close_matches(value, called, 1, _LIKE))}
    better = _ASKED.sub(lambda found: _instead(found, nearest), question)
    notes = [Said("There is no topic “%(name)s”.", name=value) for value in unknown]
    return notes, better if better != question else None


def _instead(found: re.Match[str], nearest: dict[str, str]) -> str:
    names = [found[1]] if found[1] is not None else found[2].split(",")
    read = [_near(name, nearest) for name in names]
    return f"tag:{','.join(map(_quoted, read))}" if read != names else found[0]


def _near(name: str, nearest: dict[str, str]) -> str:
    folded = fold_value(name)
    return nearest.get(folded) or nearest.get(folded.replace("-", " ")) or name


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"[^\w-]", name) else name
