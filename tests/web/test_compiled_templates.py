"""Templates are compiled once for all processes; what is wrong with what was kept costs time, never a page."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from flask import Flask, render_template

from kb.web import compiled

ROOT = Path(__file__).resolve().parents[2]


def test_what_a_page_is_given_is_not_hidden_by_what_the_page_around_it_sets() -> None:
    base = (ROOT / "templates" / "base.html").read_text("utf-8")
    own = set(re.findall(r"{%-? set (\w+)", base))
    given = {
        keyword.arg
        for file in (ROOT / "kb" / "web").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "render_template"
        for keyword in call.keywords
    }
    assert own
    assert not own & given


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "greeting.html").write_text("Hello {{ name }}", encoding="utf-8")
    return folder


def greeting(templates: Path) -> str:
    """As a process of its own renders it."""
    app = Flask(__name__, template_folder=str(templates))
    compiled.install(app, templates)
    with app.app_context():
        return render_template("greeting.html", name="Robin")


def kept(templates: Path) -> list[Path]:
    return sorted(compiled.folder(templates).glob("*"))


def test_a_compiled_template_is_kept_for_the_next_process(templates: Path) -> None:
    greeting(templates)
    file = kept(templates)[0]
    file.write_bytes(file.read_bytes().replace(b"Hello ", b"Howdy "))
    assert greeting(templates) == "Howdy Robin"


def test_a_changed_template_is_compiled_anew(templates: Path) -> None:
    greeting(templates)
    (templates / "greeting.html").write_text("Goodbye {{ name }}", encoding="utf-8")
    assert greeting(templates) == "Goodbye Robin"


@pytest.mark.parametrize("left", [0, 20, 60, 120])
def test_a_file_that_was_not_written_to_its_end_is_made_anew(templates: Path, left: int) -> None:
    greeting(templates)
    file = kept(templates)[0]
    whole = file.read_bytes()
    file.write_bytes(whole[:left])
    assert greeting(templates) == "Hello Robin"
    assert file.read_bytes() == whole


def test_a_file_of_rubbish_is_made_anew(templates: Path) -> None:
    greeting(templates)
    file = kept(templates)[0]
    file.write_bytes(file.read_bytes()[:10] + b"rubbish" * 40)
    assert greeting(templates) == "Hello Robin"


def test_a_folder_that_cannot_be_made_is_no_fault(templates: Path) -> None:
    (templates / "__pycache__").write_text("a file where the folder would be", encoding="utf-8")
    assert greeting(templates) == "Hello Robin"


def test_nothing_is_kept_where_python_is_told_to_keep_nothing(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    greeting(templates)
    assert kept(templates) == []
