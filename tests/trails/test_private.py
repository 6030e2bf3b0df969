"""Nobody sees another's replays or how far they are, whatever their role: no page, source, API, search, export or history
shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from walking_about import ASKED, PEOPLE, SAID, SECRETS, add_case, add_gem

from kb import exporting
from kb.trails import assigning, replays, steps, trails, walking
from kb.values.trails import StepKind, TrailState

MINE = "Quetzalcoatlus northropi"
OTHERS = [who for who in PEOPLE if who != "reader"]


@pytest.fixture
def case(library, people):
    return add_case(library, people.curator)


@pytest.fixture
def replay(library, people, case):
    made = replays.begin(library, case.id, 1, MINE, people.reader)
    replays.compare(library, made.id, people.reader)
    library.catch_up()
    return made


def addresses(app) -> list[str]:
    """Every address that is read, with numbers that are there."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "static"]
    numbers, choices = app.url_map.converters["int"], app.url_map.converters["any"]
    found = set()
    for rule in rules:
        values = {
            name: 1 if isinstance(kind, numbers) else min(kind.items) if isinstance(kind, choices) else "2026-W09"
            for name, kind in rule._converters.items()
        }
        found.add(app.url_map.bind("localhost").build(rule.endpoint, values))
    assert f"/replays/{1}" in found
    return sorted(found)


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_shows_another_ones_replay(app, client_as, replay, who) -> None:
    browser = client_as(who)
    shown = [address for address in addresses(app) if MINE in browser.get(address).text]
    assert shown == []


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("act", ["", "/throw-away", "/bring-back"])
def test_nobody_reaches_into_another_ones_replay(client_as, library, people, replay, who, act) -> None:
    data = {"answer": "mine now", "turn": "4", "do": "tell"}
    assert client_as(who).post(f"/replays/{replay.id}{act}", data=data).status_code == 404
    assert client_as(who).get(f"/replays/{replay.id}").status_code == 404
    kept = replays.get(library, replay.id, people.reader)
    assert [reply.text for reply in kept.replies] == [MINE]


def test_search_and_its_answers_in_json_do_not_find_it(client_as, replay) -> None:
    word, rest = MINE.split()
    for who in OTHERS:
        for address in (f"/search?q={word}", f"/api/v1/search?q={word}", f"/search/suggest?q={word[:6]}"):
            assert rest not in client_as(who).get(address).text
    assert json.loads(client_as("admin").get("/api/v1/search?q=Quetzalcoatlus").text)["total"] == 0


def test_no_export_holds_it(library, replay, tmp_path: Path) -> None:
    for format in exporting.FORMATS:
        exporting.export(library, tmp_path / format, format)
    written = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.*") if path.suffix in (".ndjson", ".md"))
    assert SAID in written
    assert MINE not in written


def test_no_history_and_no_notice_tells_of_it(library, replay) -> None:
    elsewhere = ('INSERT INTO "history', 'INSERT INTO "notices', 'INSERT INTO "changes')
    rows = [line for line in library.db.conn.iterdump() if line.startswith(elsewhere)]
    assert rows
    assert [row for row in rows if MINE in row or "replay" in row] == []


@pytest.mark.parametrize("who", list(PEOPLE))
def test_the_page_of_an_open_replay_does_not_hold_the_answer(client_as, case, who) -> None:
    text = client_as(who).get(f"/reviews/{case.id}/replay").text
    assert ASKED in text
    assert [secret for secret in SECRETS if secret in text and secret != "Wenck"] == []


def test_an_answer_that_was_refused_shows_no_more(client_as, case) -> None:
    response = client_as("reader").post(f"/reviews/{case.id}/replay", data={"answer": " ", "do": "compare"})
    assert response.status_code == 400
    assert [secret for secret in SECRETS if secret in response.text] == []


def test_going_on_shows_only_what_was_said_until_there(client_as, case) -> None:
    response = client_as("reader").post(
        f"/reviews/{case.id}/replay", data={"answer": "Which rows?", "do": "on"}, follow_redirects=True
    )
    assert response.status_code == 200
    told = (SAID, "midnight")
    assert SAID in response.text
    assert [secret for secret in SECRETS if secret in response.text and secret not in told] == []
    listed = client_as("reader").get("/replays").text
    assert [secret for secret in SECRETS if secret in listed] == []


def test_a_reader_compares_without_names_and_scores(client_as, replay) -> None:
    text = client_as("reader").get(f"/replays/{replay.id}").text
    assert MINE in text
    assert SAID in text
    assert "Wenck" not in text
    assert "Answered the question" not in text


def test_a_browser_keeps_no_copy_of_it(client_as, replay) -> None:
    assert "no-store" in client_as("reader").get(f"/replays/{replay.id}").headers["Cache-Control"]


@pytest.fixture
def trail(library, people, case):
    made = trails.make(library, "First week", "Read these.", people.curator)
    gem = add_gem(library, people.curator, "A gem")
    steps.add(library, made.id, StepKind.GEM, people.curator, object_id=gem.id)
    steps.add(library, made.id, StepKind.REPLAY, people.curator, object_id=case.id)
    steps.add(library, made.id, StepKind.WORDS, people.curator, words="Well done.")
    trails.set_state(library, made.id, TrailState.PUBLISHED, people.curator)
    for who in ("reader", "newcomer"):
        assigning.assign(library, made.id, "member", people.curator, email=f"{who}@kb.example")
    library.catch_up()
    return made


def finish(library, trail, member) -> None:
    walk = walking.walk(library, trail.id, member, unmasked=False)
    for row in walk.rows:
        walking.set_done(library, walk, row.id, member, done=True)


@pytest.mark.parametrize("who", OTHERS)
def test_every_page_is_the_same_however_far_another_member_is(app, client_as, library, people, trail, who) -> None:
    browser = client_as(who)
    # Not those that say how often gems were opened, or how long a search took.
    paths = [
        path
        for path in addresses(app)
        if re.match(r"/(trails|replays|notices|members|account|mine|api/v1/(reviews|gems))|/$", path)
    ]
    assert f"/trails/{trail.id}/people" in paths

    def seen() -> dict[str, str]:
        return {path: re.sub(r'value="[^"]{60,}"', "", browser.get(path).text) for path in paths}

    seen()  # notices are fresh once
    before = seen()
    finish(library, trail, people.reader)
    replays.compare(library, replays.begin(library, 1, 1, MINE, people.reader).id, people.reader)
    after = seen()
    assert [path for path in paths if before[path] != after[path]] == []


@pytest.mark.parametrize("who", ["curator", "second", "admin"])
def test_a_curator_sees_the_number_once_it_is_shared_and_never_which_steps(
    client_as, library, people, trail, who
) -> None:
    finish(library, trail, people.reader)
    address = f"/trails/{trail.id}/people"
    assert "3 of 3 done" not in client_as(who).get(address).text
    walking.share(library, trail.id, people.reader, shared=True)
    text = client_as(who).get(address).text
    assert "3 of 3 done" in text
    assert "A gem" not in text
    walking.share(library, trail.id, people.reader, shared=False)
    assert "3 of 3 done" not in client_as(who).get(address).text


def test_a_reminder_answers_alike_whoever_is_done(client_as, library, people, trail) -> None:
    finish(library, trail, people.reader)
    curator = client_as("curator")
    said = [
        curator.post(f"/trails/{trail.id}/remind", data={"member": str(member.id)}, follow_redirects=True).text
        for member in (people.reader, people.newcomer)
    ]
    assert all("Whoever is not done yet is reminded." in text for text in said)


def test_what_one_does_on_a_trail_is_ones_own(client_as, library, people, trail) -> None:
    step = trails.steps(library, trail.id)[0].id
    client_as("newcomer").post(f"/trails/{trail.id}/steps/{step}")
    client_as("newcomer").post(f"/trails/{trail.id}/share", data={"shared": "yes"})
    mine = walking.walk(library, trail.id, people.reader, unmasked=False)
    theirs = walking.walk(library, trail.id, people.newcomer, unmasked=False)
    assert (mine.done_count, mine.reading.shared) == (0, False)
    assert (theirs.done_count, theirs.reading.shared) == (1, True)


def test_the_pages_of_a_trail_do_not_tell_a_replay(client_as, library, trail) -> None:
    browser = client_as("reader")
    pages = [f"/trails/{trail.id}", f"/trails/{trail.id}/print", f"/trails/{trail.id}/export.md"]
    pages += [f"/trails/{trail.id}/steps/{step.id}" for step in trails.steps(library, trail.id)]
    for path in pages:
        text = browser.get(path).text
        assert [secret for secret in SECRETS if secret in text] == [], path


@pytest.mark.parametrize("who", ["reader", "reviewer"])
def test_a_draft_has_no_page_for_readers(client_as, library, people, trail, who) -> None:
    trails.set_state(library, trail.id, TrailState.DRAFT, people.curator)
    step = trails.steps(library, trail.id)[0].id
    for path in ("", f"/steps/{step}", "/print", "/export.md"):
        assert client_as(who).get(f"/trails/{trail.id}{path}").status_code == 404
    for path in (f"/steps/{step}", "/share", "/forget"):
        assert client_as(who).post(f"/trails/{trail.id}{path}").status_code == 404
