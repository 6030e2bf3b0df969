"""Words of a shape (`*port`, `m*ware`, `exprot~`), whichever end is open and wherever they stand, over every engine."""

from __future__ import annotations

import pytest
from documents import TODAY, fill, found, gem, review

from kb.search.base import Engine, Query
from kb.search.nodes import Pattern, nearest_of, without_wholes
from kb.search.query import parse


@pytest.mark.parametrize(
    ("question", "there", "not_there"),
    [
        ("*port", "The export", "The portal"),
        ("*port", "A port", "A porch"),
        ("*026", "Since q32026", "Since 2026q3"),
        ("*lung", "Die Zahlung", "Die Zahlen"),
        ("*lung", "Die Bezahlung", "Die Bezahlungen"),
        ("*2026", "Siehe 20260012026", "Siehe 20262027"),
        ("*sing", "No using it", "No uses"),
        ("*lung", "Die ZAHLUNG", "Die Lunge"),
        ("*word2", "See password2", "See password 3"),
        ("*nin", "The sign-in", "The sign"),
        ("*r42", "It is ERR_42", "It is ERR_43"),
        ("*хема", "Зима и зима: схема", "Зима"),
        ("*има", "Зима", "Зимой"),
        ("*umé", "A résumé", "A resumption"),
        ("*por*", "The portal", "The pool"),
        ("e*t", "The export", "The expertise"),
        ("ex*t", "The export", "An effort"),
        ("e*ort", "The export", "The support"),
        ("*ort?l*", "The portal", "The pool"),
    ],
)
def test_a_pattern_finds_words_by_either_end(engine: Engine, question: str, there: str, not_there: str) -> None:
    fill(engine, review(1, there, language="vi"), review(2, not_there, language="vi"))
    assert found(engine, question) == {"review:1"}


def test_a_pattern_finds_words_wherever_they_stand(engine: Engine) -> None:
    fill(
        engine,
        review(1, title="Export"),
        review(2, turns="An export"),
        review(3, tags="Export"),
        review(4, gem="Export"),
        gem(5, "Export"),
        review(6, comments="An export"),
        review(7, "Import"),
    )
    for question in ("*xport", "exp*", "*xpor*"):
        assert found(engine, question) == {"review:1", "review:2", "review:3", "review:4", "gem:5", "review:6"}


def test_a_pattern_keeps_to_its_section(engine: Engine) -> None:
    fill(engine, review(1, title="Export"), review(2, "An export"), review(3, gem="Export"))
    for pattern in ("*xport", "exp*", "*xpor*"):
        assert found(engine, f"title:{pattern}") == {"review:1"}
        assert found(engine, f"body:{pattern}") == {"review:2"}
        assert found(engine, f"gem:{pattern}") == {"review:3"}


def test_a_pattern_finds_what_is_restricted_only_for_those_who_may_see_it(engine: Engine) -> None:
    fill(engine, review(1, "Export", restricted="Coaching"))
    for pattern in ("*ching", "coach*", "*oach*"):
        assert found(engine, pattern, unmasked=True) == {"review:1"}
        assert found(engine, pattern) == set()


def test_a_word_that_nothing_has_leaves_nothing_beside_a_pattern(engine: Engine) -> None:
    fill(engine, review(1, "The export of rows"))
    assert found(engine, "*port nowhere") == set()
    assert found(engine, "*port NOT nowhere") == found(engine, "*port OR nowhere") == {"review:1"}
    assert found(engine, "NOT nowhere") == {"review:1"}


def test_a_widened_question_with_a_pattern_finds_what_has_it(engine: Engine) -> None:
    fill(engine, review(1, "The export of rows"), review(2, "The rows"), review(3, "Something else"))
    node = parse("*port nowhere", today=TODAY).node
    assert node is not None
    for asked in (nearest_of(node), without_wholes(nearest_of(node))):
        assert [hit.id for hit in engine.search(Query(asked, limit=10)).hits] == [1]


@pytest.mark.parametrize(
    ("pattern", "backwards", "is_open"),
    [
        ("*port", "trop*", False),
        ("*e?ort", "tro?e*", False),
        ("*rt", "", True),
        ("*por*", "", True),
        ("e*t", "", False),
        ("exp*", "", False),
    ],
)
def test_letters_at_either_end_lead_to_words(pattern: str, backwards: str, is_open: bool) -> None:
    assert (Pattern(pattern).backwards, Pattern(pattern).is_open) == (backwards, is_open)


def test_in_one_section_only_the_beginning_leads_to_words() -> None:
    assert Pattern("*port", "title").is_open
    assert not Pattern("exp*", "title").is_open


def test_nothing_has_words_that_never_stand_together_and_a_pattern(engine: Engine) -> None:
    fill(engine, review(1, "The rows export"), review(2, "The columns export"), review(3, "Rows and columns"))
    assert found(engine, "rows columns *port") == set()
    assert found(engine, "rows columns NOT *port") == {"review:3"}
    assert found(engine, "(rows OR columns) *port") == {"review:1", "review:2"}
