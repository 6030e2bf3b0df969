"""Searching a library as a person types: slips, words run together, questions that nothing answers in full."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.finding import finding
from kb.finding.finding import Found
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library


@pytest.fixture
def filled(opened: Library, tmp_path: Path) -> Library:
    bodies = [
        "The nightly export stops at the quota, so raise it.",
        "Die Kündigung eines Vertrags geht per Formular, sagt die Kundin.",
        "The invoice was sent twice because of a retry.",
        "An export by hand takes an hour.",
        *(f"Something else entirely, number {n}, about onboarding." for n in range(12)),
    ]
    source = tmp_path / "in.ndjson"
    rows = (json.dumps({"id": str(n), "body": body}) for n, body in enumerate(bodies))
    source.write_text("\n".join(rows), "utf-8")
    intake.ingest(opened, [str(source)], IntakeOptions(), who="test")
    return opened


def search(library: Library, question: str) -> Found:
    return finding.search(library, question, unmasked=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("exprot quota", "export quota"),
        ("invoce retry", "invoice retry"),
        ("Kündigug", "Kündigung"),
        ("exportquota", "export quota"),
    ],
)
def test_a_slip_is_searched_as_the_word_of_the_library_and_said(filled: Library, typed: str, meant: str) -> None:
    found = search(filled, typed)
    assert found.did_you_mean == meant
    assert found.hits[0].id == search(filled, meant).hits[0].id


def test_what_operators_ask_for_is_not_corrected_but_offered(filled: Library) -> None:
    found = search(filled, 'exprot AND "the quota"')
    assert found.did_you_mean == 'export AND "the quota"'
    assert found.relaxed


def test_a_function_word_of_a_few_words_ranks(filled: Library) -> None:
    assert [hit.external_id for hit in search(filled, "export").hits] == ["3", "0"]
    assert [hit.external_id for hit in search(filled, "export at").hits] == ["0", "3"]


def test_when_few_have_all_the_words_the_others_follow_and_it_is_said(filled: Library) -> None:
    found = search(filled, "invoice retry formular")
    assert found.relaxed
    assert {hit.external_id for hit in found.hits} == {"1", "2"}


def test_the_one_with_all_the_words_comes_first_and_it_is_said(filled: Library) -> None:
    found = search(filled, "export quota")
    assert [hit.external_id for hit in found.hits] == ["0", "3"]
    assert found.notes == ("1 has all of these words; the others have some of them.",)


def test_phrases_and_operators_stay_exact_as_long_as_anything_matches(filled: Library) -> None:
    assert search(filled, "invoice AND retry").total == 1
    assert search(filled, '"nightly export"').total == 1
    assert search(filled, "export OR invoice").total == 3


def test_one_word_that_is_there_is_not_widened(filled: Library) -> None:
    found = search(filled, "invoice")
    assert (found.total, found.relaxed, found.did_you_mean) == (1, False, None)
