"""The card of the query language on the help page."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from browsing import page

from kb import resources
from kb.search import query

CARD = (resources.folder("templates") / "help" / "index.html").read_text("utf-8").split("</table>")[0]
EXAMPLES = [unescape(found) for found in re.findall(r"<code>([^<]+)</code>", CARD)]


def read(question: str) -> query.Parsed:
    return query.parse(question, today=date(2026, 3, 4))


@pytest.mark.parametrize("example", [one for one in EXAMPLES if not one.endswith(":")])
def test_every_example_is_understood(example):
    assert read(example).node is not None
    assert not read(example).notes


@pytest.mark.parametrize("field", [one for one in EXAMPLES if one.endswith(":")])
def test_every_field_that_is_named_is_one(field):
    assert read(f"{field}x").node != read(f"{field} x").node
    assert not read(f"{field}x").notes


def test_it_tells_the_keys(client_as):
    assert "<kbd>/</kbd>" in page(client_as("reader").get("/help"))
