"""The catalogs have what the pages say, all of it translated. `make translations` brings them in step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from kb.languages import LANGUAGES
from kb.translations import DOMAIN, FOLDER

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
Message = str | tuple[str, ...]


@pytest.fixture(scope="module")
def extracted() -> dict[Message, str]:
    """Every message of the project, with where it stands."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    line = re.search(r"^SENTENCES := (.*)$", makefile, re.MULTILINE)
    assert line
    with (ROOT / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    keywords = parse_keywords([word for word in line[1].split() if word != "-k"])
    found: dict[Message, str] = {}
    for folder in ("kb", "templates"):
        for file, _, message, _, _ in extract_from_dir(
            ROOT / folder,
            method_map=[
                (pattern.removeprefix(f"{folder}/"), how) for pattern, how in methods if pattern.startswith(folder)
            ],
            options_map={pattern.removeprefix(f"{folder}/"): chosen for pattern, chosen in options.items()},
            keywords=DEFAULT_KEYWORDS | keywords,
        ):
            if message:
                found[message] = f"{folder}/{file}"
    return found


def catalog(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        return read_po(source, locale=language)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_has_what_the_pages_say_and_nothing_else(language: str, extracted: dict[Message, str]) -> None:
    """`make translations` brings them in step."""
    there = {message.id for message in catalog(language) if message.id}
    assert {message: where for message, where in extracted.items() if message not in there} == {}
    assert there - set(extracted) == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language: str) -> None:
    missing = []
    for message in catalog(language):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message.id)
    assert missing == []


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%%", text))


def tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?\w+", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_values_and_the_markup_of_its_message(language: str) -> None:
    wrong = []
    for message in catalog(language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in strings:
            # A singular may do without its number: "one person".
            if not placeholders(ids[0]) <= placeholders(text) <= placeholders(ids[-1]) or tags(text) != tags(ids[-1]):
                wrong.append((ids, text))
    assert wrong == []
