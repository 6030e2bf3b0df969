"""Trying a case before reading how it went: what is shown when, what is kept, what an edit does to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from walking_about import ASKED, ASKED_AGAIN, NOTE, SAID, SAID_AGAIN, add_case

from kb import keeping, reviews
from kb.errors import Conflict, InvalidInput, NotFound
from kb.models import Draft, Kind, Review, Turn
from kb.store import reviews as review_store
from kb.trails import replays, scenes


@pytest.fixture
def case(library, people) -> Review:
    return add_case(library, people.curator)


def conversation(*turns: tuple[str, str], reviewee: str = "") -> Review:
    return Review(
        1, Kind.PEER, "T", "", None, None, reviewee=reviewee,  # type: ignore[arg-type]
        turns=tuple(Turn(f"turn {index}", speaker, role) for index, (speaker, role) in enumerate(turns)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "points"),
    [
        ([("Jo", "customer"), ("Tobias", "agent"), ("Jo", "customer"), ("Tobias", "agent")], (1, 3)),
        ([("Tobias", "agent"), ("Jo", "customer"), ("Tobias", "agent"), ("Tobias", "agent")], (2,)),
        ([("Jo", "customer"), ("", "note"), ("", "bot"), ("Tobias", "agent"), ("", "note"), ("Tobias", "agent")], (3,)),
        ([("Jo", "customer"), ("Jo", "customer")], ()),
        ([("Tobias", "agent")], ()),
        ([("Jo", ""), ("Tobias", ""), ("Jo", ""), ("Maren", "")], (1, 3)),
        ([("Jo", "customer"), ("Tobias", "agent"), ("Jo", ""), ("Tobias", "")], (1, 3)),
        ([("", ""), ("", "")], ()),
        ([], ()),
    ],
    ids=[
        "turns",
        "agent-first",
        "notes-and-bots",
        "no-answer",
        "no-question",
        "no-roles",
        "some-roles",
        "nobody",
        "none",
    ],
)
def test_an_answer_can_be_tried_where_a_customer_was_answered(turns, points) -> None:
    assert scenes.points(conversation(*turns)) == points


def test_the_reviewee_is_who_answers_when_no_role_says_so() -> None:
    turns = [("Tobias Wenck", ""), ("Jo", ""), ("Tobias Wenck", "")]
    assert scenes.points(conversation(*turns, reviewee="Tobias Wenck")) == (2,)


def test_a_scene_ends_before_the_answer_and_leaves_notes_out(library, case) -> None:
    scene = replays.scene(library, case.id, unmasked=True)
    assert [turn.text for turn in scene.asked] == [ASKED]
    assert (scene.number, scene.count, scene.turn, scene.pairs) == (1, 2, 2, ())
    assert (scene.review.title, scene.review.body, scene.review.turns) == ("", "", ())


def test_going_on_tells_the_answer_before_and_no_more(library, case) -> None:
    scene = replays.scene(library, case.id, 2, unmasked=True)
    assert [turn.text for turn in scene.pairs[0].said] == [SAID]
    assert [turn.text for turn in scene.asked] == [ASKED_AGAIN]


def test_one_answers_turn_by_turn_and_then_compares(library, people, case) -> None:
    replay = replays.begin(library, case.id, 1, "Which rows?", people.reader)
    scene = replays.go_on(library, replay, unmasked=False)
    assert scene is not None
    assert (scene.number, scene.pairs[0].own) == (2, "Which rows?")
    replay = replays.answer(library, replay.id, scene.turn, "As a zip.", people.reader)
    assert replays.go_on(library, replay, unmasked=False) is None
    replay = replays.compare(library, replay.id, people.reader)
    found = replays.comparison(library, replay, unmasked=False)
    assert [(pair.own, pair.said[0].text) for pair in found.pairs] == [("Which rows?", SAID), ("As a zip.", SAID_AGAIN)]
    assert found.review is not None
    assert found.review.title == case.title
    assert [len(found.gems), len(found.comments)] == [1, 1]


def test_it_is_blameless_for_readers(library, people, case) -> None:
    replay = replays.compare(library, replays.begin(library, case.id, 1, "Hm.", people.reader).id, people.reader)
    assert "Wenck" not in repr(replays.comparison(library, replay, unmasked=False))
    assert "Wenck" not in repr(replays.scene(library, case.id, 2, unmasked=False))


def test_notes_of_the_case_stay_out_of_what_is_not_compared(library, case) -> None:
    assert NOTE not in repr(replays.scene(library, case.id, 2, unmasked=True))


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 20_001], ids=["empty", "blank", "too-long"])
def test_an_answer_that_cannot_be_kept_is_refused_with_a_sentence(library, people, case, text) -> None:
    with pytest.raises(InvalidInput, match=r"answer|compare"):
        replays.begin(library, case.id, 1, text, people.reader)


def test_a_second_click_keeps_one(library, people, case) -> None:
    first = replays.begin(library, case.id, 1, "Which rows?", people.reader)
    assert replays.begin(library, case.id, 1, "Which rows?", people.reader).id == first.id
    assert replays.mine(library, people.reader, unmasked=False)[1] == 1


def test_after_comparing_nothing_is_added(library, people, case) -> None:
    replay = replays.compare(library, replays.begin(library, case.id, 1, "A", people.reader).id, people.reader)
    with pytest.raises(Conflict):
        replays.answer(library, replay.id, 4, "B", people.reader)


def test_the_list_keeps_the_title_back_until_it_was_compared(library, people, case) -> None:
    replay = replays.begin(library, case.id, 1, "A", people.reader)
    assert [row.title for _, row in replays.mine(library, people.reader, unmasked=False)[0]] == [""]
    replays.compare(library, replay.id, people.reader)
    assert [row.title for _, row in replays.mine(library, people.reader, unmasked=False)[0]] == [case.title]


def test_thrown_away_it_is_gone_and_can_be_brought_back_for_an_hour(library, people, case, clock) -> None:
    replay = replays.begin(library, case.id, 1, "A", people.reader)
    replays.throw_away(library, replay.id, people.reader)
    with pytest.raises(NotFound):
        replays.get(library, replay.id, people.reader)
    assert replays.erase_thrown(library) == 0
    replays.bring_back(library, replay.id, people.reader)
    assert replays.get(library, replay.id, people.reader).replies[0].text == "A"
    replays.throw_away(library, replay.id, people.reader)
    clock.pass_(minutes=61)
    assert replays.erase_thrown(library) == 1
    with pytest.raises(NotFound):
        replays.bring_back(library, replay.id, people.reader)


def test_what_was_erased_is_nowhere_in_the_file(library, people, case, clock) -> None:
    replay = replays.begin(library, case.id, 1, "Quetzalcoatlus", people.reader)
    replays.throw_away(library, replay.id, people.reader)
    clock.pass_(minutes=61)
    keeping.examine(library, fix=True)
    library.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = sorted(library.settings.database.parent.glob("library.db*"))
    assert files
    assert [file.name for file in files if b"Quetzalcoatlus" in file.read_bytes()] == []


def test_an_edited_conversation_keeps_ones_own_words(library, people, case) -> None:
    replay = replays.compare(library, replays.begin(library, case.id, 2, "My words", people.reader).id, people.reader)
    whole = reviews.get(library, case.id, unmasked=True)
    shorter = Draft(
        kind=whole.kind, title=whole.title, body=whole.body, language="en", turns=whole.turns[:2], date=whole.date
    )
    reviews.edit(library, case.id, shorter, version=whole.version, who="Rosa")
    found = replays.comparison(library, replay, unmasked=False)
    assert found.changed
    assert [pair.own for pair in found.pairs] == ["My words"]


@pytest.mark.parametrize("erased", [False, True], ids=["thrown-away", "erased"])
def test_ones_words_outlive_the_review(library, people, case, erased) -> None:
    replay = replays.begin(library, case.id, 1, "My words", people.reader)
    if erased:
        with library.transaction() as db:
            review_store.erase(db, [case.id])
    else:
        reviews.trash(library, [case.id], "Chris")
    kept = replays.get(library, replay.id, people.reader)
    assert replays.comparison(library, kept, unmasked=True).review is None
    assert [
        (one.replies[0].text, review) for one, review in replays.mine(library, people.reader, unmasked=True)[0]
    ] == [("My words", None)]


def test_a_score_is_never_touched(library, people, case) -> None:
    before = reviews.get(library, case.id, unmasked=True)
    past = reviews.past(library, case.id)
    replays.compare(library, replays.begin(library, case.id, 1, "A", people.reader).id, people.reader)
    assert replace(reviews.get(library, case.id, unmasked=True)) == before
    assert reviews.past(library, case.id) == past
