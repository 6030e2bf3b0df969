"""Slips in a question: which word is meant is told by the others; what was typed can still be searched."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import members, reviews
from kb.cli import cli
from kb.finding import finding, searches, synonyms, typeahead
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft, Role


def fill(library: Library, *bodies: tuple[str, str]) -> Library:
    for language, body in bodies:
        reviews.add(library, Draft(title="Case", body=body, language=language), "ada")
    library.catch_up()
    return library


def searched_as(library: Library, question: str) -> str | None:
    found = finding.search(library, question, unmasked=False)
    return found.did_you_mean if found.corrected else None


def test_the_one_that_stands_with_the_others_is_meant(opened: Library) -> None:
    fill(opened, ("en", "The price was agreed."), ("en", "A prize was won."), ("en", "The prize."))
    assert searched_as(opened, "prixe agreed") == "price agreed"
    assert searched_as(opened, "prixe won") == "prize won"
    assert searched_as(opened, "prixe") == "prize"


def test_the_one_in_the_language_of_the_question_is_meant(opened: Library) -> None:
    fill(opened, ("en", "A calendar"), ("en", "The calendar"), ("es", "El calendario calendas"), ("de", "Ein Kalendar"))
    assert searched_as(opened, "wie kann ich den Kalendr finden, wenn er leer ist") is not None
    assert "kalendar" in (searched_as(opened, "wie kann ich den Kalendr finden, wenn er leer ist") or "")


def test_a_short_word_is_believed_only_in_company(opened: Library) -> None:
    fill(opened, ("en", "The export stops at the quota."), ("en", "Another thing."))
    assert searched_as(opened, "xport quota") == "export quota"
    assert searched_as(opened, "xport") is None


def test_an_unlikely_slip_needs_much_company(opened: Library) -> None:
    fill(opened, ("en", "The postal address of the customer is wrong in the update."))
    assert searched_as(opened, "portal") is None
    assert searched_as(opened, "portal update") is None
    assert searched_as(opened, "the pogtal address of a customer") == "the postal address of a customer"


def test_a_word_of_a_code_is_shown_in_capitals_only_where_the_texts_write_it_so(opened: Library) -> None:
    reviews.add(
        opened,
        Draft(title="EXPORT_LIMIT_50K and GDPR", body="The limit of exports. GDPR is met.", language="en"),
        "ada",
    )
    opened.catch_up()
    assert searched_as(opened, "exports limti") == "exports limit"
    assert searched_as(opened, "exports gdrp") == "exports GDPR"


def test_a_word_put_right_is_shown_as_the_texts_write_it(opened: Library) -> None:
    fill(opened, ("de", "Die Bestätigung der Größe fehlt."), ("de", "Anderes."))
    assert searched_as(opened, "Bestätigug") == "bestätigung"
    assert searched_as(opened, "gröse bestätigung") == "größe bestätigung"


def test_words_run_together_are_parted_as_they_are_typed(opened: Library) -> None:
    fill(opened, ("de", "Wir wollten das Passwort zurück und neu setzen."), ("de", "Anderes."))
    assert searched_as(opened, "passwort zurücksetzen") == "passwort zurück setzen"


def test_a_word_of_another_language_is_read_as_its_cousin_and_can_be_searched_as_typed(opened: Library) -> None:
    fill(opened, ("en", "The password was reset."), ("en", "Another one."))
    assert searched_as(opened, "passwort") == "password"
    assert finding.search(opened, "passwort", unmasked=False, exact=True).total == 0
    fill(opened, ("de", "Das Passwort ist neu."))
    assert searched_as(opened, "passwort") is None


def test_words_that_never_stand_together_are_not_parted(opened: Library) -> None:
    fill(opened, ("en", "Only data."), ("en", "Only exports."))
    assert searched_as(opened, "dataexports") is None


def test_what_is_typed_can_be_searched_exactly(opened: Library) -> None:
    fill(opened, ("en", "The exports stop."), ("en", "A hard drive."))
    assert searched_as(opened, "exprots") == "exports"
    found = finding.search(opened, "exprots", unmasked=False, exact=True)
    assert (found.total, found.did_you_mean, found.notes, found.exact) == (0, None, (), True)
    assert finding.search(opened, "export", unmasked=False, exact=True).total == 1


def test_exactly_is_without_words_that_mean_the_same(opened: Library) -> None:
    fill(opened, ("en", "A hard drive."))
    admin = members.add(opened, "ada@kb.example", role=Role.ADMIN, password="correct horse battery")
    synonyms.add(opened, ("hdd", "hard drive"), admin)
    assert finding.search(opened, "hdd", unmasked=False).total == 1
    assert finding.search(opened, "hdd", unmasked=False, exact=True).total == 0


def test_on_the_command_line_too(opened: Library, tmp_path: Path) -> None:
    fill(opened, ("en", "The exports stop."))

    def run(*arguments: str) -> str:
        home = str(opened.settings.home)
        return CliRunner().invoke(cli, ["--home", home, "search", *arguments], catch_exceptions=False).output

    read = run("exprots")
    assert "(Searched as “exports”.)" in read
    assert "kb search --exact" in read
    assert run("exprots", "--exact").startswith("0 found")
    assert '"corrected": true' in run("exprots", "--json")


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("customer wants a zirkvqx", "zirkvqx"),
        ("zirk vqx customer zebra", "zirk vqx"),
        ("customer exports", "customer exports"),
        ("", ""),
        ('"', '"'),
    ],
    ids=["one", "in a row", "none", "empty", "no word"],
)
def test_what_is_missing_of_a_search_is_the_words_that_the_library_lacks(
    opened: Library, question: str, missing: str
) -> None:
    fill(opened, ("en", "A customer wants this."), ("en", "The exports."))
    assert searches.missing_words(opened, question) == missing


def test_reindex_and_doctor_say_the_same_number(opened: Library) -> None:
    fill(opened, ("en", "The export stops by night."))
    for title, publish in (("Published", True), ("Nominated", False)):
        gems.lift(opened, 1, GemDraft(title, "Do it.", "stops by night"), who="ada", publish=publish)
    opened.catch_up()
    home = str(opened.settings.home)
    said = [CliRunner().invoke(cli, ["--home", home, command]).output for command in ("reindex", "doctor")]
    assert "Indexed 2 reviews and gems" in said[0]
    assert "holds all 2 reviews and gems" in said[1]


def test_a_word_is_offered_only_beside_words_that_it_stands_with(opened: Library) -> None:
    reviews.add(opened, Draft(title="Franjas horarias", body="Maren habló.", reviewee="Maren Vogt"), "ada")
    reviews.add(opened, Draft(title="Hard drives", body="Of Hanna.", language="en"), "ada")
    opened.catch_up()

    def offered(typed: str) -> list[str]:
        return [one.text for one in typeahead.suggest(opened, typed, unmasked=False) if one.kind == "word"]

    assert offered("Hanna ha") == ["Hanna Hard"]
    assert offered("Hanna h") == []
    assert offered("h") == ["Hard", "horarias"]
    assert offered("the ho") == []
    assert offered("type:review ho") == ["type:review horarias"]
