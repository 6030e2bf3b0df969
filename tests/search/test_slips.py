"""Which words a slip may have been meant for, over every engine: true slips are put right, words of their own are left."""

from __future__ import annotations

import pytest
from documents import fill, review

from kb.search.base import Engine
from kb.search.spelling import cost_of

OWN_WORDS = [
    ("refund", "Der Befund liegt bei."),
    ("hdd", "Please add one."),
    ("old", "The OL form"),
    ("ipv", "An IP address"),
    ("voll", "Man soll warten."),
    ("Portal", "The postal address."),
    ("handover", "The event handler."),
    ("order", "Across the border."),
    ("tool", "A full stop, a bag too big for wool."),
    ("reset", "The rest of it."),
    ("Konto", "Das Kanto wird geladen."),
    ("Licht", "Er macht nichts, nicht sofort."),
    ("cuenta", "Una puenta de plata."),
]
SLIPS = [
    ("refnud", "A refund", "refund"),
    ("refud", "A refund", "refund"),
    ("rerund", "A refund", "refund"),
    ("quottation", "A quotation", "quotation"),
    ("adress", "The address", "address"),
    ("recieve", "They receive it", "receive"),
    ("Rehcnung", "Die Rechnung", "rechnung"),
    ("Kuendigng", "Die Kuendigung", "kuendigung"),
    ("facutra", "La factura", "factura"),
    ("abogdo", "El abogado", "abogado"),
    ("calander", "The calendar", "calendar"),
    ("автоизация", "Вход и авторизация", "авторизация"),
    ("accomodtion", "An accommodation", "accommodation"),
    ("xompliance", "Their compliance", "compliance"),
]


@pytest.mark.parametrize(("typed", "there"), OWN_WORDS, ids=[typed for typed, _ in OWN_WORDS])
def test_a_word_of_its_own_is_no_slip(engine: Engine, typed: str, there: str) -> None:
    fill(engine, review(1, there), review(2, there))
    assert engine.correct(typed) is None


@pytest.mark.parametrize(("typed", "there", "meant"), SLIPS, ids=[typed for typed, _, _ in SLIPS])
def test_a_slip_is_put_right_in_any_language(engine: Engine, typed: str, there: str, meant: str) -> None:
    fill(engine, review(1, there, language=""), review(2, "Other"))
    assert engine.correct(typed) == meant


def test_another_first_letter_of_a_short_word_needs_company(engine: Engine) -> None:
    fill(engine, review(1, "The export"))
    assert [(one.text, one.needs) for one in engine.corrections("xport")] == [("export", 1)]
    assert list(engine.corrections("refund")) == []


def test_of_several_as_likely_the_commonest_comes_first(engine: Engine) -> None:
    fill(engine, review(1, "staple"), review(2, "stable"), review(3, "stable"))
    assert [(one.text, one.count) for one in engine.corrections("stavle")] == [("stable", 2), ("staple", 1)]


def test_the_likelier_the_slip_the_less_it_costs() -> None:
    swapped, doubled, sounding, missed, beside, other = (
        cost_of(typed, "export") for typed in ("exprot", "exportt", "expord", "exprt", "expirt", "exqort")
    )
    assert swapped < doubled < sounding < missed == beside < other
    assert cost_of("export", "export") == 0


def test_two_words_run_together_keep_their_spelling(engine: Engine) -> None:
    fill(engine, review(1, "Das Passwort zurück und neu setzen", language="de"))
    assert [one.text for one in engine.corrections("Zurücksetzen")] == ["Zurück setzen"]
