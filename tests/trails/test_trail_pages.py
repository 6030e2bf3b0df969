"""The pages of trails: what they say when something is wrong, that rubbish is refused, and what they cost."""

from __future__ import annotations

import pytest
from browsing import page
from walking_about import add_case, add_gem

from kb.gems import gems
from kb.models import GemDraft, Role
from kb.store import members as store
from kb.trails import assigning, steps, trails, walking
from kb.values.trails import StepKind, TrailState

HUGE = "9" * 30
RUBBISH = ["", "0", "-1", "x", "1.5", HUGE, "\x00", "١", "' OR 1=1 --", "<script>"]


@pytest.fixture
def trail(library, people):
    made = trails.make(library, "First week", "Read these.", people.curator)
    gem = add_gem(library, people.curator, "A gem")
    case = add_case(library, people.curator)
    steps.add(library, made.id, StepKind.GEM, people.curator, object_id=gem.id)
    steps.add(library, made.id, StepKind.REPLAY, people.curator, object_id=case.id)
    steps.add(library, made.id, StepKind.WORDS, people.curator, words="Well done.")
    library.catch_up()
    return trails.set_state(library, made.id, TrailState.PUBLISHED, people.curator)


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_refused_with_a_page(client_as, trail, rubbish) -> None:
    browser = client_as("curator")
    forms = {
        "steps": ("q", "words", "what", "again"),
        "arrange": ("up", "down", "read", "try", "out", "instead", "order", "version", "words-1", f"words-{rubbish}"),
        "state": ("state",),
        "copy": ("as",),
        "people": ("kind", "email", "team"),
        "remind": ("member",),
        "share": ("shared",),
        "steps/1": ("done",),
        "edit": ("title", "intro", "version"),
    }
    for path, fields in forms.items():
        for field in fields:
            assert browser.post(f"/trails/1/{path}", data={field: rubbish}).status_code < 500, (path, field)
    for field in ("at", "step"):
        assert browser.get("/reviews/2/replay", query_string={field: rubbish}).status_code < 500
        data = {field: rubbish, "answer": "Hm.", "do": rubbish}
        assert browser.post("/reviews/2/replay", data=data).status_code < 500
        assert browser.get("/replays/1", query_string={field: rubbish}).status_code < 500
    for data in ({"turn": rubbish, "answer": "x", "do": "on"}, {"turn": "4", "answer": rubbish, "do": rubbish}):
        assert browser.post("/replays/1", data=data).status_code < 500
    for name in ("which", "page"):
        assert browser.get("/trails", query_string={name: rubbish}).status_code < 500
    assert browser.get("/trails/suggest", query_string={"q": rubbish}).status_code < 500


def test_words_typed_beside_a_step_are_kept_with_a_move(client_as, library, people, trail) -> None:
    first, second, _ = (step.id for step in trails.steps(library, trail.id))
    data = {f"words-{first}": "Before you begin.", "version": str(trail.version), "down": str(first)}
    assert client_as("curator").post(f"/trails/{trail.id}/arrange", data=data).status_code == 303
    found = trails.steps(library, trail.id)
    assert [(step.id, step.words) for step in found[:2]] == [(second, ""), (first, "Before you begin.")]


def test_words_that_met_anothers_change_are_not_lost(client_as, library, people, trail) -> None:
    first = trails.steps(library, trail.id)[0].id
    steps.say(library, trail.id, {first: "Theirs"}, people.second, version=trail.version)
    data = {f"words-{first}": "Mine, typed long", "version": str(trail.version), "save": str(first)}
    response = client_as("curator").post(f"/trails/{trail.id}/arrange", data=data)
    assert response.status_code == 409
    assert "Mine, typed long" in response.text
    assert "Somebody else changed this trail meanwhile" in response.text


def test_words_of_a_step_stand_on_its_page_once(client_as, library, trail) -> None:
    words = next(step for step in trails.steps(library, trail.id) if step.kind is StepKind.WORDS)
    text = page(client_as("reader").get(f"/trails/{trail.id}/steps/{words.id}"))
    assert "<h1>A few words</h1>" in text
    assert text.split("<main")[1].count("Well done.") == 1


def test_a_step_that_is_gone_leads_back_to_the_trail(client_as, library, people, trail) -> None:
    step = trails.steps(library, trail.id)[0].id
    steps.take_out(library, trail.id, step, people.curator)
    response = client_as("reader").get(f"/trails/{trail.id}/steps/{step}", follow_redirects=True)
    assert "That step is not in the trail any more." in page(response)


def test_a_changed_step_shows_what_is_different_without_names(client_as, library, people, trail, clock) -> None:
    reader = client_as("reader")
    step = trails.steps(library, trail.id)[0]
    reader.post(f"/trails/{trail.id}/steps/{step.id}")
    gem = gems.get(library, step.object_id, unmasked=True)
    draft = GemDraft(gem.title, "Schedule it by night.", "", ("export",))
    # The app's own clock is real, and later than this library's.
    with library.transaction() as db:
        db.execute("UPDATE trail_done SET at = '2026-03-02T08:00:00.000Z'")
    gems.edit(library, gem.id, draft, version=gem.version, member=people.curator)
    text = page(reader.get(f"/trails/{trail.id}/steps/{step.id}"))
    assert "This changed since you read it" in text
    assert "Schedule it by night." in text
    assert "changed since you read it" in page(reader.get(f"/trails/{trail.id}"))


def test_one_file_and_one_page_hold_the_whole_trail(client_as, trail) -> None:
    response = client_as("reader").get(f"/trails/{trail.id}/export.md")
    assert response.headers["Content-Disposition"] == "attachment; filename=first-week.md"
    assert response.text.startswith("# First week")
    text = page(client_as("reader").get(f"/trails/{trail.id}/print"))
    assert all(words in text for words in ("A gem", "Schedule it.", "Well done."))


@pytest.mark.parametrize(("who", "path"), [("reader", "/trails/1"), ("reader", "/trails/1/steps/1"), ("reader", "/trails"),
                                           ("curator", "/trails/1/edit"), ("curator", "/trails/1/people"),
                                           ("reader", "/trails/1/print")])  # fmt: skip
def test_a_page_takes_as_many_statements_for_many_steps_as_for_few(
    app, client_as, library, people, trail, who, path
) -> None:
    served = app.extensions["kb"].library

    def count() -> int:
        said: list[str] = []
        served.db.conn.set_trace_callback(said.append)
        page(browser.get(path))
        served.db.conn.set_trace_callback(None)
        return len(said)

    browser = client_as(who)
    walk = walking.walk(library, trail.id, people.reader, unmasked=False)
    walking.set_done(library, walk, walk.rows[0].id, people.reader, done=True)
    walking.come_to(library, walk, walk.rows[1].id, people.reader)
    page(browser.get(path))
    few = count()
    for number in range(8):
        gem = add_gem(library, people.curator, f"More {number}", tags=("export",))
        steps.add(library, trail.id, StepKind.GEM, people.curator, object_id=gem.id)
        case = add_case(library, people.curator, title=f"Case {number}", tags=("export",))
        steps.add(library, trail.id, StepKind.REPLAY, people.curator, object_id=case.id)
    page(browser.get(path))
    assert count() == few


def test_many_people_are_shown_in_pages(client_as, library, people, trail) -> None:
    with library.transaction() as db:
        for number in range(60):
            store.insert(db, f"m{number:02}@kb.example", f"Member {number:02}", Role.READER, "", library.now(), "EMEA")
    assigning.assign(library, trail.id, "team", people.curator, team="EMEA")
    first, second = (page(client_as("curator").get(f"/trails/1/people?page={number}")) for number in (1, 2))
    assert ("Member 00</p>" in first, "Member 59</p>" in first) == (True, False)
    assert ("Member 00</p>" in second, "Member 59</p>" in second) == (False, True)


def test_the_history_of_a_trail_is_told_in_the_language_of_the_page(client_as, trail) -> None:
    told = page(client_as("curator").get(f"/trails/{trail.id}/history", headers={"Accept-Language": "de"}))
    assert "angelegt" in told
    assert told.count("Schritt hinzugefügt") == 3
    assert "step added" not in told
