"""docs/query-language.md is a contract: each line of its table, run over each engine with the documents it names."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from documents import ask, document, fill, found

from kb.search.base import Document
from kb.search.engines import ENGINES, open_engine

DOCS = Path(__file__).parents[2] / "docs" / "query-language.md"


def rows() -> list[tuple[str, str, str]]:
    lines = [
        line.strip().strip("|").split("|") for line in DOCS.read_text("utf-8").splitlines() if line.startswith("|")
    ]
    cells = [[cell.strip() for cell in line] for line in lines if len(line) == 4]
    return [(query.strip("`"), finds, misses) for query, _, finds, misses in cells if query.startswith("`")]


def documents(cell: str, first: int) -> list[Document]:
    """`An export {tag: GDPR, Export; day: 2026-03-01} · …` as documents."""
    return [
        a_document(number, text) for number, text in enumerate(filter(None, map(str.strip, cell.split("·"))), first)
    ]


def a_document(number: int, text: str) -> Document:
    body, _, filed = text.partition("{")
    values = dict(re.findall(r"(\w+): ([^;}]+)", filed))
    day = date.fromisoformat(values.pop("day")) if "day" in values else None
    given: dict[str, object] = {
        name: value if name in ("title", "gem") else tuple(value.split(", ")) for name, value in values.items()
    }
    language = values.get("lang", "en")
    given.pop("lang", None)
    (type_,) = given.pop("type", ("review",))  # type: ignore[misc]
    return document(type_, number, body.strip(), language=language, day=day, **given)


def test_the_table_is_read_whole() -> None:
    assert len(rows()) > 60


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(("query", "finds", "misses"), rows(), ids=[row[0] for row in rows()])
def test_a_line_of_the_table(name: str, query: str, finds: str, misses: str) -> None:
    wanted, unwanted = documents(finds, 1), documents(misses, 101)
    engine = open_engine(name, None, "library")
    fill(engine, *wanted, *unwanted)
    assert found(engine, query) == {each.key for each in wanted}


@pytest.mark.parametrize("name", ENGINES)
def test_a_boost_puts_its_word_first(name: str) -> None:
    engine = open_engine(name, None, "library")
    fill(engine, document("review", 1, "the rows"), document("review", 2, "the export"))
    assert [hit.id for hit in ask(engine, "export^3 OR rows").hits] == [2, 1]
    assert [hit.id for hit in ask(engine, "export OR rows^3").hits] == [1, 2]


@pytest.mark.parametrize("name", ENGINES)
def test_andmaybe_ranks_those_with_the_second_word_higher(name: str) -> None:
    engine = open_engine(name, None, "library")
    fill(engine, document("review", 1, "the export"), document("review", 2, "the export of rows"))
    assert [hit.id for hit in ask(engine, "export ANDMAYBE rows").hits] == [2, 1]
