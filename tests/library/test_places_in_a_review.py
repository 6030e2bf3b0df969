"""Where a review says what was searched for."""

from __future__ import annotations

from datetime import date

import pytest

from kb import members
from kb.finding import synonyms
from kb.finding.places import Sought
from kb.finding.places import places as places_in
from kb.library import Library
from kb.models import Role
from kb.search.nodes import nearest_of
from kb.search.query import parse


def places(library: Library, question: str, *texts: str, language: str = "en", wide: bool = False) -> Sought:
    node = parse(question, today=date(2026, 6, 15)).node
    return places_in(library, nearest_of(node) if wide and node else node, texts, language)


def words(found: Sought, *texts: str) -> list[list[str]]:
    return [[text[match.start : match.end] for match in own] for text, own in zip(texts, found.matches, strict=True)]


def test_every_form_is_a_match_in_the_text_where_it_stands(opened: Library) -> None:
    texts = ("We exported it.", "Nothing here.", "The EXPORTS failed, the export too.")
    found = places(opened, "export", *texts)
    assert words(found, *texts) == [["exported"], [], ["EXPORTS", "export"]]
    assert found.stops == 2


def test_matches_near_each_other_are_one_place(opened: Library) -> None:
    text = "export rows" + " and" * 60 + " export\n\nrows"
    found = places(opened, "export rows", text)
    assert [match.stop for match in found.matches[0]] == [1, 0, 2, 3]


def test_the_place_with_most_of_the_question_answers_best(opened: Library) -> None:
    texts = ("The export.", "An import.", "The export of all rows by night.", "Rows.")
    assert places(opened, "export rows night", *texts).best == 2


def test_a_review_without_the_words_has_no_place(opened: Library) -> None:
    assert places(opened, "zebra", "The export.") == Sought([[]])
    assert places(opened, "", "The export.").stops == 0
    assert places(opened, "tag:gdpr", "The export.").stops == 0


def test_what_is_left_out_is_not_looked_for(opened: Library) -> None:
    assert words(places(opened, "export -rows", "Export of rows"), "Export of rows") == [["Export"]]


@pytest.mark.parametrize(
    ("question", "text", "language", "said"),
    [
        ("データ戦略", "今年のデータ戦略です。", "ja", ["データ戦略"]),
        ("數據", "导出数据失败", "zh", ["数据"]),
        ('"data strategy"', "Our data strategy for data", "en", ["data strategy"]),
        ("exp*", "We expire exports", "en", ["expire", "exports"]),
        ("exprot~", "The export", "en", ["export"]),
    ],
    ids=["Japanese", "traditional Chinese", "a phrase", "a beginning", "a slip"],
)
def test_it_matches_as_the_index_does(
    opened: Library, question: str, text: str, language: str, said: list[str]
) -> None:
    assert words(places(opened, question, text, language=language), text) == [said]


def test_a_widened_question_is_found_within_longer_words(opened: Library) -> None:
    text = "Unsere Datenstrategie"
    assert words(places(opened, "Strategie", text, language="de", wide=True), text) == [["Datenstrategie"]]


def test_words_that_mean_the_same_are_matches_too(opened: Library) -> None:
    curator = members.add(opened, "chris@kb.example", role=Role.CURATOR, password="correct horse battery")
    synonyms.add(opened, ("hdd", "hard drive"), curator)
    assert words(places(opened, "hdd", "A new hard drive"), "A new hard drive") == [["hard drive"]]


def test_a_long_review_has_at_most_so_many_places(opened: Library) -> None:
    found = places(opened, "export", "export\n" * 1000)
    assert found.stops == 200
    assert len(found.matches[0]) == 1000
