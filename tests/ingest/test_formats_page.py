"""docs/formats.md says what is so: its examples are run, its tables are complete."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bringing import BringIn

from kb.ingest import mapping, safe_yaml
from kb.ingest.detect import FORMATS, SUFFIXES
from kb.ingest.keys import REVIEW_KEYS, TAG_KEYS
from kb.ingest.record import Reader

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def block(language: str, number: int = 0) -> str:
    return [text for name, text in BLOCKS if name == language][number]


@pytest.mark.parametrize("word", [*REVIEW_KEYS, *TAG_KEYS, *mapping.SECTIONS, *FORMATS, *sorted(SUFFIXES)])
def test_every_key_section_format_and_suffix_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize(("language", "name"), [("markdown", "a.md"), ("csv", "a.csv")])
def test_one_review_is_the_same_in_every_format(bring_in: BringIn, language: str, name: str) -> None:
    assert bring_in(block(language), name) == bring_in(block("json"), "a.ndjson")


def test_the_worked_example_of_a_mapping_gives_what_the_page_says(bring_in: BringIn) -> None:
    rules = mapping.check(safe_yaml.load(block("yaml")))
    assert bring_in(block("csv", 1), "tickets.csv", mapping=rules) == [Reader().read(json.loads(block("json", 1)))]
