"""Words that mean the same: found both ways, at once, marked, and only where the question leaves room for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from asked import Desk
from browsing import Browser, page

from kb import settings as all_settings
from kb.errors import Conflict, InvalidInput, NotFound
from kb.finding import explaining, finding, synonyms
from kb.library import Library

DISK = "The laptop's hard drive was replaced."
GERMAN = "Die Festplatte war defekt."
SHORT = "A new HDD came by mail."


@pytest.fixture(params=["tantivy", "whoosh"])
def shelf(request: pytest.FixtureRequest, desk: Desk) -> Iterator[Desk]:
    """Three reviews, under each engine."""
    settings = all_settings.load(desk.library.settings.home, environ={"KB_ENGINE": request.param, "KB_MEANING": "off"})
    desk.library.close()
    desk.library = Library(settings, now=desk.clock)
    for body, language in ((DISK, "en"), (GERMAN, "de"), (SHORT, "en")):
        desk.review(body, body[:12], language=language)
    desk.library.catch_up()
    yield desk
    desk.library.close()


def add(desk: Desk, words: str = "hdd = hard drive = Festplatte") -> int:
    return synonyms.add(desk.library, synonyms.split(words), desk.people["curator"]).id


def found(desk: Desk, question: str) -> set[str]:
    hits = finding.search(desk.library, question, unmasked=True, limit=20).hits
    return {hit.title for hit in hits}


ALL = {DISK[:12], GERMAN[:12], SHORT[:12]}


@pytest.mark.parametrize("question", ["hdd", "HDD", "hard drive", "hard drives", "Festplatte", "festplatten"])
def test_any_of_them_finds_all(shelf: Desk, question: str) -> None:
    assert found(shelf, question) != ALL
    add(shelf)
    assert found(shelf, question) == ALL


def test_amid_other_words_too(shelf: Desk) -> None:
    add(shelf)
    assert found(shelf, "festplatte mail") >= {SHORT[:12]}
    result = finding.search(shelf.library, "defekt hard drive", unmasked=True)
    assert result.hits[0].title == GERMAN[:12]


def test_what_was_found_by_them_is_marked(shelf: Desk) -> None:
    add(shelf)
    hits = finding.search(shelf.library, "hdd", unmasked=True).hits
    marked = {hit.snippet[start:end] for hit in hits for start, end in hit.spans}
    assert marked >= {"HDD", "Festplatte", "hard drive"}


def test_a_quoted_phrase_and_what_is_excluded_are_taken_at_their_word(shelf: Desk) -> None:
    add(shelf)
    assert found(shelf, '"hard drive"') == {DISK[:12]}
    assert found(shelf, '"hdd"') == {SHORT[:12]}
    assert found(shelf, '"hdd" mail') == {SHORT[:12]}
    assert SHORT[:12] not in found(shelf, "festplatte -hdd")
    assert GERMAN[:12] in found(shelf, "festplatte -hdd")


def test_a_field_holds_for_all_of_them(shelf: Desk) -> None:
    shelf.review("Nothing here.", "Festplatte in the title")
    shelf.library.catch_up()
    add(shelf)
    assert found(shelf, "title:hdd") >= {"Festplatte in the title"}
    assert DISK[:12] not in found(shelf, "title:hdd")


def test_japanese_and_latin_words_mean_the_same(shelf: Desk) -> None:
    shelf.review("ハードディスクを交換しました。", "交換", language="ja")
    shelf.library.catch_up()
    add(shelf, "hdd = ハードディスク")
    assert "交換" in found(shelf, "hdd")
    assert SHORT[:12] in found(shelf, "ハードディスク")


def test_a_change_holds_at_once_and_undone_it_does_not(shelf: Desk) -> None:
    id = add(shelf, "hdd = Festplatte")
    assert found(shelf, "hdd") == {SHORT[:12], GERMAN[:12]}
    synonyms.change(shelf.library, id, ["hdd", "hard drive"], shelf.people["curator"])
    assert found(shelf, "hdd") == {SHORT[:12], DISK[:12]}
    synonyms.remove(shelf.library, id, shelf.people["curator"])
    assert found(shelf, "hdd") == {SHORT[:12]}
    last = synonyms.past(shelf.library, id)[0]
    synonyms.restore(shelf.library, id, last.id, shelf.people["curator"])
    assert found(shelf, "hdd") == {SHORT[:12], DISK[:12]}


def test_every_change_of_the_history_is_undone(desk: Desk) -> None:
    curator = desk.people["curator"]
    id = add(desk, "a1 = b2")
    synonyms.change(desk.library, id, ["a1", "c3"], curator)
    changes = synonyms.past(desk.library, id)
    assert synonyms.restore(desk.library, id, changes[0].id, curator).words == ("a1", "b2")
    assert synonyms.restore(desk.library, id, changes[1].id, curator).away
    with pytest.raises(NotFound):
        synonyms.restore(desk.library, id, 10_000, curator)


@pytest.mark.parametrize(
    "words", ["", "hdd", "hdd = HDD", "hdd = ???", "x" * 81 + " = y", "=".join(map(str, range(21)))],
    ids=["none", "one", "same", "signs", "long", "many"],
)  # fmt: skip
def test_what_is_no_row_is_refused_with_a_sentence(desk: Desk, words: str) -> None:
    with pytest.raises(InvalidInput):
        add(desk, words)


def test_a_word_stands_in_one_row_only(desk: Desk) -> None:
    add(desk)
    with pytest.raises(Conflict, match="hard drive"):
        add(desk, "HDD = disk")


Browse = Callable[[str], Browser]


def test_a_curator_adds_changes_and_takes_out_a_row_on_the_page(desk: Desk, browse: Browse) -> None:
    curator = browse("curator")
    curator.post("/synonyms", data={"words": "hdd = hard drive"})
    assert "hard drive" in page(curator.get("/synonyms"))
    curator.post("/synonyms/1", data={"words": "hdd\nWinchester", "version": "1"})
    assert "Winchester" in page(curator.get("/synonyms/1"))
    curator.post("/synonyms/1/remove")
    assert "Winchester" not in page(curator.get("/synonyms"))
    change = synonyms.past(desk.library, 1)[0].id
    curator.post(f"/synonyms/1/undo/{change}")
    assert "Winchester" in page(curator.get("/synonyms"))


def test_what_is_wrong_is_said_at_the_box_and_the_words_stay(browse: Browse) -> None:
    response = browse("curator").post("/synonyms", data={"words": "alone"})
    assert response.status_code == 400
    assert 'value="alone"' in response.text
    assert "at least two words" in response.text


def test_a_row_that_somebody_changed_meanwhile_is_not_written_over(desk: Desk, browse: Browse) -> None:
    add(desk, "a1 = b2")
    synonyms.change(desk.library, 1, ["a1", "c3"], desk.people["admin"])
    response = browse("curator").post("/synonyms/1", data={"words": "a1 = d4", "version": "1"})
    assert response.status_code == 409
    assert "a1 = d4" in response.text


@pytest.mark.parametrize(
    ("question", "missing"),
    [("hdd", ()), ("hard drive", ()), ("hdd broken", ("broken",)), ("hard drive broken", ("broken",))],
    ids=["word", "words", "word and another", "words and another"],
)
def test_why_something_was_found_knows_what_means_the_same(
    shelf: Desk, question: str, missing: tuple[str, ...]
) -> None:
    add(shelf)
    result = finding.search(shelf.library, question, unmasked=True)
    german = next(hit for hit in result.hits if hit.title == GERMAN[:12])
    told = explaining.why(shelf.library, german, result.node)
    assert told is not None
    assert told.missing == missing
    assert ("body", ("Festplatte",)) in told.places


def test_several_words_find_what_means_the_same_also_where_some_words_suffice(shelf: Desk) -> None:
    add(shelf)
    assert found(shelf, "hard drive broken") == ALL
