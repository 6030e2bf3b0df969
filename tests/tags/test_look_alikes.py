"""Tags that may be one topic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.library import Library
from kb.tags import look_alikes, tags

Make = Callable[..., int]


def pairs(library: Library) -> list[tuple[str, str, str]]:
    return [(*sorted((pair.tag.name, pair.into.name)), pair.why) for pair in look_alikes.found(library)]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("sign-in", "Sign in", "spelling"),
        ("Café", "cafe", "spelling"),
        ("escalation", "eskalation", "spelling"),
        ("permission", "permissions", "form"),
        ("Datenexport", "Datenexporte", "form"),
    ],
)
def test_names_that_look_alike_are_proposed(opened: Library, tag: Make, first: str, second: str, why: str) -> None:
    tag(first)
    tag(second)
    assert pairs(opened) == [(*sorted((first, second)), why)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("v2.3", "v2.4"), ("topic 11", "topic 12"), ("API", "APP"), ("export", "import"), ("日本", "日木")],
)
def test_names_that_differ_on_purpose_are_not(opened: Library, tag: Make, first: str, second: str) -> None:
    tag(first)
    tag(second)
    assert pairs(opened) == []


def test_a_translation_that_one_has_as_an_alias_is_proposed(opened: Library, tag: Make) -> None:
    tag("privacy", "Datenschutz")
    tag("Daten-Schutz")
    assert pairs(opened) == [("Daten-Schutz", "privacy", "alias")]


def test_tags_on_the_same_reviews_are_proposed(opened: Library, review: Make) -> None:
    for _ in range(6):
        review("SSO", "single login")
    review("SSO")
    assert pairs(opened) == [("SSO", "single login", "reviews")]


def test_the_smaller_is_to_be_merged_into_the_larger(opened: Library, review: Make) -> None:
    review("exports")
    review("export")
    review("export")
    found = look_alikes.found(opened)[0]
    assert (found.tag.name, found.into.name) == ("exports", "export")


def test_a_tag_under_the_other_is_no_look_alike(opened: Library, tag: Make) -> None:
    tag("exports", parent="export")
    assert pairs(opened) == []


def test_what_is_kept_apart_is_not_proposed_again(opened: Library, tag: Make) -> None:
    look_alikes.keep_apart(opened, tag("export"), tag("exports"))
    assert pairs(opened) == []


def test_a_new_name_is_looked_at_at_once(opened: Library, tag: Make) -> None:
    tag("export")
    other = tag("billing")
    assert pairs(opened) == []
    tags.rename(opened, other, "exports", "ada")
    assert pairs(opened) == [("export", "exports", "form")]
