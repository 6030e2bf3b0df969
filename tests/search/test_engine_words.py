"""Suggestions while typing, did you mean, and similar documents, over every engine."""

from __future__ import annotations

import pytest
from documents import ask, fill, gem, review

from kb.search.base import Batch, Engine


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(
        engine,
        review(1, "The customer wants the exports by night", title="Export fails", tags="GDPR · DSGVO"),
        review(2, "Wir reden", title="Datenstrategie und Export", language="de"),
        review(3, "", title="Résumé der Kündigung", language="de"),
        review(4, "", title="データ戦略の話", language="ja"),
        gem(1, "Expiry of links"),
        review(5, "", restricted="expulsion"),
    )
    return engine


def test_suggestions_begin_as_typed_the_commonest_first(filled: Engine) -> None:
    assert [(s.text, s.count) for s in filled.suggest("exp")] == [("Export", 2), ("Expiry", 1)]


def test_suggestions_keep_accents_and_do_not_need_them(filled: Engine) -> None:
    assert [s.text for s in filled.suggest("resu")] == ["Résumé"]
    assert [s.text for s in filled.suggest("KÜND")] == ["Kündigung"]


def test_the_last_word_is_the_one_being_typed(filled: Engine) -> None:
    assert [s.text for s in filled.suggest("export dat")] == ["Datenstrategie"]


def test_suggestions_in_japanese_are_words(filled: Engine) -> None:
    assert [s.text for s in filled.suggest("デー")] == ["データ戦略"]


@pytest.mark.parametrize("prefix", ["", " ", "\0", "\ud800", "zzz", "(", "*"])
def test_a_prefix_that_begins_nothing_suggests_nothing(filled: Engine, prefix: str) -> None:
    assert list(filled.suggest(prefix)) == []


def test_restricted_words_are_never_suggested_nor_corrected_to(filled: Engine) -> None:
    assert not [s for s in filled.suggest("expul") if s.text.startswith("expul")]
    assert filled.correct("expulsiom") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("exprot", "Export"),
        ("custmer", "customer"),
        ("datenstratgie", "Datenstrategie"),
    ],
)
def test_a_slip_is_corrected_to_the_word_of_the_library(filled: Engine, typed: str, meant: str) -> None:
    assert filled.correct(typed) == meant


@pytest.mark.parametrize("word", ["export", "Résumé", "resume", "zebra", "ab", "", "12345", "データ", "a b", "\0"])
def test_a_word_that_is_there_or_far_from_all_is_left(filled: Engine, word: str) -> None:
    assert filled.correct(word) is None


def test_similar_documents_share_the_telling_words(engine: Engine) -> None:
    fill(
        engine,
        review(1, "quota limit on the nightly export of invoices"),
        review(2, "invoices hit the export quota"),
        review(3, "the onboarding was friendly"),
        gem(1, "Raise the export quota"),
        gem(2, "Export quota, as it was", status="retired"),
        review(4, "nightly friendly"),
    )
    similar = [hit.key for hit in engine.similar(review(1, "quota limit on the nightly export of invoices"))]
    assert similar[0] == "review:2"
    assert "gem:1" in similar
    assert not {"review:1", "review:3", "gem:2"} & set(similar)


def test_nothing_is_similar_where_no_words_are_shared(engine: Engine) -> None:
    assert list(engine.similar(review(1, "export"))) == []
    fill(engine, review(1, "export"))
    assert list(engine.similar(review(1, "export"))) == []
    assert list(engine.similar(review(2, "onboarding"))) == []


def test_words_of_documents_taken_out_are_not_found(filled: Engine) -> None:
    filled.apply(Batch((), ("gem:1",), 2))
    assert ask(filled, "expiry").total == 0
