"""Other forms of a text's words: in a field of their own, without places, over every engine."""

from __future__ import annotations

import math

import pytest
from documents import ask, fill, found, gem, review

from kb.search.base import Engine
from kb.search.entries import entry
from kb.search.ranking import weighed


def test_no_phrase_stands_on_stems(engine: Engine) -> None:
    fill(engine, review(1, "Exporting invoices daily"), review(2, "An export invoice"))
    assert found(engine, '"exporting invoices"') == {"review:1"}
    assert found(engine, '"export invoic"') == set()
    assert found(engine, '"export invoic"~5') == set()
    assert found(engine, '"daily export"') == set()


def test_no_phrase_stands_on_words_written_in_one(engine: Engine) -> None:
    fill(engine, review(1, "The sign-in by e-mail"))
    assert found(engine, "signin email") == {"review:1"}
    assert found(engine, '"signin email"') == set()


@pytest.mark.parametrize("question", ["export", "exports", "body:export", "body:exports", "signin", "body:signin"])
def test_a_text_is_found_by_the_forms_of_its_words(engine: Engine, question: str) -> None:
    fill(
        engine,
        review(1, "Exporting after sign-in"),
        review(2, turns="Exported once, after sign-in"),
        review(3, "Other"),
    )
    assert found(engine, question) == {"review:1", "review:2"}


def test_forms_of_less_common_languages_are_found_where_a_library_has_them(engine: Engine) -> None:
    fill(engine, review(1, "Wysłano faktury", language="pl"), review(2, "Raporları dışa aktardım", language="tr"))
    assert found(engine, "faktura") == {"review:1"}
    assert found(engine, "rapor") == {"review:2"}


def test_a_word_is_not_looked_for_in_forms_of_languages_that_a_library_lacks(engine: Engine) -> None:
    fill(engine, review(1, "Da ist es", language="de"))
    assert found(engine, "data") == set()


def test_the_text_of_a_gem_has_its_forms_too(engine: Engine) -> None:
    fill(engine, gem(1, "Exporting after sign-in"))
    assert found(engine, "body:exports") == found(engine, "body:signin") == {"gem:1"}


@pytest.mark.parametrize("question", ["title:exports", "gem:exports", "title:signin"])
def test_forms_of_the_text_are_not_those_of_a_title_or_gem(engine: Engine, question: str) -> None:
    fill(engine, review(1, "Exporting after sign-in", title="Case", gem="Answer"))
    assert found(engine, question) == set()


@pytest.mark.parametrize("question", ["rambles", "body:ramble", "rambl*", "followup", "body:followup", "follow*p"])
def test_forms_of_restricted_words_find_nothing_for_readers(engine: Engine, question: str) -> None:
    fill(engine, review(1, "Export", restricted="Rambling without follow-up"))
    assert found(engine, question) == set()


def test_restricted_words_are_found_by_their_forms_by_those_who_may(engine: Engine) -> None:
    document = review(1, "Exports", restricted="Rambling without follow-up")
    fill(engine, document)
    assert found(engine, "rambles", unmasked=True) == found(engine, "followup", unmasked=True) == {"review:1"}
    made = entry(document)
    assert (made.forms, made.besides) == ("export", "")


def test_what_stands_in_a_row_is_the_words_alone() -> None:
    made = entry(review(1, "Exporting invoices"))
    assert made.sections["text"] == ["exporting invoices"]
    assert made.forms.split() == ["export", "invoic"]


def test_single_characters_stay_with_the_text() -> None:
    made = entry(review(1, "データ export", language="ja"))
    assert made.sections["text"] == ["デー ータ export", "デ ー タ"]
    assert made.forms == ""


def test_different_words_are_known_once() -> None:
    made = entry(review(1, "Exporting the invoices", title="Invoices stuck", tags="GDPR"))
    assert made.besides.split() == ["stuck", "gdpr"]
    assert sorted(made.vocabulary) == ["exporting", "gdpr", "invoices", "stuck"]


@pytest.mark.parametrize("typed", ["databse", "wiht", "erorr42"])
def test_stems_function_words_and_codes_are_not_proposed(engine: Engine, typed: str) -> None:
    fill(engine, review(1, "Two databases with error42"), review(2, "More databases with error42"))
    assert engine.correct(typed) is None


def test_a_slip_is_corrected_to_a_word_of_a_text_or_of_tags(engine: Engine) -> None:
    fill(engine, review(1, "An invoice", tags="GDPR"))
    assert (engine.correct("invioce"), engine.correct("gdrp")) == ("invoice", "GDPR")


def test_what_one_says_in_its_text_and_another_in_its_tags_makes_them_similar(engine: Engine) -> None:
    fill(engine, review(1, "The quota"), review(2, "Hello", tags="Quota"), review(3, "Nothing"))
    assert [hit.id for hit in engine.similar(review(1, "The quota"))] == [2]


def test_a_form_is_no_more_telling_than_its_word(engine: Engine) -> None:
    words = [review(id, "export failed") for id in range(1, 21)]
    others = [review(id, "nothing failed") for id in range(21, 41)]
    fill(engine, *words, review(41, "exporting failed"), *others)
    scores = {hit.id: hit.score for hit in ask(engine, "export", limit=50).hits}
    assert len(scores) == 21
    assert scores[41] <= scores[1]


def test_both_fields_of_a_text_weigh_a_term_by_its_documents_in_both() -> None:
    counts = {("text", "export"): 8, ("forms", "export"): 2, ("text", "quota"): 5, ("title", "export"): 4}

    def count(field: str, term: str) -> int:
        return counts.get((field, term), 0)

    def rarity(documents: float) -> float:
        return math.log(1 + (100 - documents + 0.5) / (documents + 0.5))

    def weight(field: str, term: str) -> float:
        return weighed(field, {term: 1.0}, count, 100)[term]

    assert weight("text", "export") == pytest.approx(rarity(10) / rarity(8))
    assert weight("forms", "export") == pytest.approx(rarity(10) / rarity(2))
    assert weight("text", "quota") == weight("title", "export") == pytest.approx(1.0)


def test_a_word_as_typed_and_its_stem_are_as_rare_as_on_their_average() -> None:
    counts = {("title", "tables"): 4, ("title", "tabl"): 20, ("title", "tabel"): 40, ("title", "tab"): 2}

    def rarity(documents: float) -> float:
        return math.log(1 + (100 - documents + 0.5) / (documents + 0.5))

    forms = {"tables": 1.0, "tab": 0.8, "tabel": 0.8, "tabl": 0.8}
    found = weighed("title", forms, lambda field, term: counts.get((field, term), 0), 100)
    average = (rarity(4) + rarity(20)) / 2
    assert found == pytest.approx(
        {"tables": average / rarity(4), "tab": 0.8, "tabel": 0.8, "tabl": 0.8 * average / rarity(20)}
    )


def test_what_a_field_lacks_as_typed_counts_there_by_its_stem_alone() -> None:
    counts = {("title", "tabl"): 20}
    found = weighed("title", {"tables": 1.0, "tabl": 0.8}, lambda field, term: counts.get((field, term), 0), 100)
    assert found == pytest.approx({"tabl": 0.8})


def test_a_title_cut_off_a_line_of_the_conversation_is_no_title_for_the_order() -> None:
    turns = "Hello, how can I help?\n\nMy quarterly export stops early, every single morning."
    assert "title" not in entry(review(1, title="My quarterly export stops …", turns=turns)).sections
    assert "title" in entry(review(1, title="Quarterly export stops …", turns=turns)).sections
    assert "title" in entry(review(1, title="export stops …", turns=turns)).sections
