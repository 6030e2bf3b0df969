"""Whatever kb shows can be said in every language of the interface: no words stand outside of `_()`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if path.parent.name != "mail")
MODULES = sorted((ROOT / "kb" / "web").rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


WORD = re.compile(r"[^\W\d_]{2,}")
# Names of formats and products are the same everywhere; so is what stands in <code>, <kbd> and <pre>.
SAME_EVERYWHERE = {"CSV", "JSON", "Markdown", "kb"}
QUIET = re.compile(r"<(style|script|code|pre|kbd|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
READ_OUT = re.compile(r'\s(aria-label|title|placeholder|alt)="([^"]*)"')


def bare(source: str) -> str:
    """A template's own text: its expressions and statements cut out, each leaving a mark that is no letter."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "¦", source, flags=re.DOTALL)


def literals(source: str) -> Iterator[str]:
    """The words of a template that stand in it outside of `_()`, in the text and in what is read out."""
    text = QUIET.sub("", bare(source))
    yield from (value for _, value in READ_OUT.findall(text))
    yield from re.sub(r"<[^<>]*>", "\n", text, flags=re.DOTALL).splitlines()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    found = [
        text.strip()
        for text in literals(path.read_text("utf-8"))
        if any(word not in SAME_EVERYWHERE for word in WORD.findall(text))
    ]
    assert found == []


SENTENCE = re.compile(r"[A-Z][a-z]+( |\.|$)|[a-z]{2,} [a-z]{2,}")
SPOKEN = {"_", "gettext", "ngettext"}
# Their words are addresses, names of templates and attributes.
UNSPOKEN = {"url_for", "asset"}


def spoken(node: nodes.Node) -> Iterator[str]:
    """The strings of a template's expressions that somebody reads, but for those in `_()`."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SPOKEN | UNSPOKEN:
        # Only the values of a sentence are looked at.
        for value in node.kwargs:
            yield from spoken(value)
        return
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
        return
    if isinstance(
        node, (nodes.Compare, nodes.FromImport, nodes.Include, nodes.Extends, nodes.TemplateData, nodes.Test)
    ):
        return
    if isinstance(node, nodes.Pair):
        yield from spoken(node.value)
        return
    if isinstance(node, nodes.Keyword) and node.key in ("autocomplete", "class", "type", "inplace"):
        return
    for child in node.iter_child_nodes():
        yield from spoken(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_what_a_template_says_is_marked_for_translation(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=True).parse(path.read_text("utf-8"))
    assert [text for text in spoken(tree) if SENTENCE.search(text) and "<" not in text and text != "light dark"] == []


MARKS = {"_", "gettext", "ngettext", "N_", "Said"}
# Sentences for the log, for who starts the server, and for scripts.
NOT_ON_PAGES = {"kb/web/security.py", "kb/web/indexing.py", "kb/web/postman.py", "kb/web/tending.py"}


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def said(node: ast.AST) -> Iterator[ast.expr]:
    """The strings of a module that are in no call that marks them, raises them or logs them."""
    if isinstance(node, ast.Call):
        if called(node) in MARKS or called(node) in ("warning", "error", "info", "exception", "Count"):
            return
        if called(node)[:1].isupper():  # an error's sentence is found by its class; its values are looked at
            for value in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
                yield from said(value)
            return
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        for child in body:
            yield from said(child)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
        return
    if isinstance(node, ast.JoinedStr):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from said(child)


def wording(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "¦" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_what_a_page_module_says_is_marked_for_translation(path: Path) -> None:
    if name(path) in NOT_ON_PAGES:
        return
    tree = ast.parse(path.read_text("utf-8"))
    sentences = [wording(node) for node in said(tree)]
    assert [text for text in sentences if re.search(r"^[A-Z“¦][^<>{}=;\n]* [^<>{}=;\n]*[.?!]$", text)] == []
