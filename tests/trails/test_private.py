"""Nobody sees another's replays, whatever their role: no page, source, API, search, export or history shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from walking_about import ASKED, PEOPLE, SAID, SECRETS, add_case

from kb import exporting
from kb.trails import replays

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
    for who in OTHERS:
        for address in (f"/search?q={MINE}", f"/api/v1/search?q={MINE}", f"/search/suggest?q={MINE[:6]}"):
            assert "northropi" not in client_as(who).get(address).text.replace(MINE, "", 3).replace("%20", " ")
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
