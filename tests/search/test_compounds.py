"""A word within longer words, and a longer word as two: what every engine knows of it, and what a widened question finds."""

from __future__ import annotations

import pytest
from documents import TODAY, fill, gem, review

from kb.search.base import Batch, Engine, Query
from kb.search.nodes import Phrase, Word, leaves, nearest_of
from kb.search.query import parse


def longer(engine: Engine, word: str) -> list[str]:
    return [leaf.text for leaf in engine.compounds(word) if isinstance(leaf, Word)]


def in_two(engine: Engine, word: str) -> set[tuple[str, ...]]:
    return {leaf.terms for leaf in engine.compounds(word) if isinstance(leaf, Phrase)}


def wide(engine: Engine, question: str, **options: object) -> list[int]:
    """What a question widened by its compounds finds, best first."""
    node = parse(question, today=TODAY).node
    assert node is not None
    words = [leaf for leaf in leaves(node) if isinstance(leaf, Word)]
    asked = nearest_of(node, {word: engine.compounds(word.text) for word in words})
    return [hit.id for hit in engine.search(Query(asked, limit=50, **options)).hits]  # type: ignore[arg-type]


WITHIN = [  # asked, there, language
    ("Portal", "Kundenportal", "de"),
    ("Portal", "Kundenportale", "de"),
    ("Portale", "Kundenportal", "de"),
    ("Konto", "Benutzerkonto", "de"),
    ("Frist", "Kündigungsfristen", "de"),
    ("Kündigung", "Kündigungsfrist", "de"),
    ("Bericht", "Tagesbericht", "de"),
    ("Schule", "Schulgebühren", "de"),
    ("wachtwoord", "wachtwoordherstel", "nl"),
    ("asiakas", "asiakastiedot", "fi"),
]


@pytest.mark.parametrize(("asked", "there", "language"), WITHIN, ids=[f"{row[0]} in {row[1]}" for row in WITHIN])
def test_a_word_is_found_within_a_longer_one_below_itself(
    engine: Engine, asked: str, there: str, language: str
) -> None:
    fill(
        engine,
        review(1, f"Es geht um {there}, {there} und wieder {there}", title=there, language=language),
        review(2, f"Hier steht lange nichts davon und dann doch einmal {asked}", language=language),
        review(3, "Etwas ganz anderes", language=language),
    )
    assert wide(engine, asked) == [2, 1]


@pytest.mark.parametrize(
    ("asked", "there", "language"),
    [
        ("Kundenportal", "Das Portal für Kunden", "de"),
        ("Kundenportal", "Unsere Kunden im Portal", "de"),
        ("Kündigungsfrist", "Die Frist der Kündigung", "de"),
        ("database", "All data bases are slow", "en"),
    ],
    ids=["turned", "in order", "with a link", "a plural"],
)
def test_a_word_is_found_as_two_near_each_other_below_itself(
    engine: Engine, asked: str, there: str, language: str
) -> None:
    fill(
        engine,
        review(1, f"{there}, {there}", language=language),
        review(2, f"Once {asked}, and much else that has nothing to do with it", language=language),
    )
    assert wide(engine, asked) == [2, 1]


def test_two_words_far_from_each_other_are_not_one(engine: Engine) -> None:
    fill(engine, review(1, "The load of a server that somebody had long before taken down"), review(2, "A download"))
    assert wide(engine, "download") == [2]


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("port", "report reports reporting support import export transport"),
        ("rating", "generating integrating frustrating"),
        ("import", "important importance"),
        ("form", "information format performance"),
        ("file", "profile profiles"),
        ("person", "personal personalization"),
        ("organ", "organization organisational"),
        ("state", "statement estate"),
        ("cuenta", "cuentan encuentra"),
        ("general", "generalmente generalizado"),
        ("rest", "interest restore restaurant"),
    ],
)
def test_a_word_is_not_in_what_only_begins_or_ends_as_it_does(engine: Engine, asked: str, there: str) -> None:
    fill(engine, review(1, there), review(2, asked), review(3, "the pro plan, per seat, for now"))
    assert engine.compounds(asked) == ()


def test_a_short_word_is_found_beside_a_word_of_the_library_only(engine: Engine) -> None:
    fill(engine, review(1, "webmail mailbox"), review(2, "a box on the web"), review(3, "blackmail mailing"))
    assert longer(engine, "mail") == ["mailbox", "webmail"]


@pytest.mark.parametrize("word", ["", "a", "abc", "ERR_42", "err42", "データ", "und", "data base", "\0", "\ud800"])
def test_what_is_no_plain_word_has_no_compounds(engine: Engine, word: str) -> None:
    fill(engine, review(1, "aabcabc err42code データ戦略 undeutlich"), review(2, "code"))
    assert engine.compounds(word) == ()


def test_an_empty_index_has_no_compounds(engine: Engine) -> None:
    assert engine.compounds("Portal") == ()


def test_the_commonest_come_first_and_those_taken_out_are_gone(engine: Engine) -> None:
    fill(
        engine, *(review(n, "Kundenportal" if n > 1 else "Webportale Partnerportal", language="de") for n in (1, 2, 3))
    )
    assert longer(engine, "Portal") == ["kundenportal", "partnerportal"]
    engine.apply(Batch((), ("review:2", "review:3"), 2))
    assert wide(engine, "Portal") == [1]


def test_titles_tags_and_gems_have_compounds_and_what_only_some_may_see_has_none(engine: Engine) -> None:
    fill(
        engine,
        review(1, "", title="Kundenportal", tags="Partnerportal", language="de"),
        gem(1, "Lieferantenportal", gem="Händlerportal"),
        review(2, "x", restricted="Personalportal", language="de"),
    )
    assert set(longer(engine, "Portal")) == {"kundenportal", "partnerportal", "lieferantenportal", "handlerportal"}


def test_of_two_words_a_compound_of_one_joins_the_other(engine: Engine) -> None:
    fill(
        engine,
        review(1, "Das Portal und die Anmeldung", language="de"),
        review(2, "Die Anmeldung am Kundenportal", language="de"),
        review(3, "Die Anmeldung zum Kurs", language="de"),
        review(4, "Im Kundenportal", language="de"),
        *(review(n, "Etwas ganz anderes", language="de") for n in range(50, 60)),
    )
    found = wide(engine, "Portal Anmeldung")
    assert found[:2] == [1, 2]
    assert set(found) == {1, 2, 3, 4}


def test_filters_hold_for_compounds(engine: Engine) -> None:
    fill(engine, review(1, "Kundenportal", language="de", team="A"), review(2, "Kundenportal", language="de", team="B"))
    assert wide(engine, "Portal", filters={"team": ("B",)}) == [2]


def test_a_word_that_others_are_made_of_is_no_slip(engine: Engine) -> None:
    fill(engine, review(1, "Das Kundenportal unserer Kunden", language="de"), review(2, "A postal order"))
    assert engine.correct("Portal") is None
    assert engine.correct("Postel") == "postal"
