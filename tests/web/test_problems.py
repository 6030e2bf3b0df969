"""What goes wrong is said in words, in the form that whoever asked can read."""

from __future__ import annotations

import pytest
from browsing import signed_in

from kb.errors import Conflict, LibraryBusy, SearchIndexError

TRACES = ("Traceback", "sqlite3", "werkzeug", "jinja2", '.py"')


@pytest.fixture
def broken(make_app, library):
    """A browser and a way to make an address that fails."""
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def failing(error: Exception, who: str = "reader"):
        def view():
            raise error

        app.view_functions["help.index"] = view
        return signed_in(app.test_client(), library, who)

    return failing


def test_a_host_that_can_be_none_is_refused_and_no_fault_of_ours(client_as, caplog):
    response = client_as(None).get("/", headers={"Host": "x" * 64 + ".example"})
    assert response.status_code == 400
    assert "The request could not be understood" in response.text
    assert caplog.records == []


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere", 404, "There is nothing at this address"),
        ("/reviews/9999", 404, "no review 9999"),
        ("/reviews/99999999999999999999999", 404, "There is nothing at this address"),
        ("/sign-out", 405, "belongs to a button"),
        ("/members", 403, "This is for admins; your role is reader"),
    ],
)
def test_what_cannot_be_opened_is_said_in_words(client_as, address, status, words):
    response = client_as("reader").get(address)
    assert response.status_code == status
    assert words in response.text
    assert not any(trace in response.text for trace in TRACES)


@pytest.mark.parametrize(
    ("who", "address", "status"), [("curator", "/tags/9999/edit", 404), ("reader", "/gems/9999/edit", 403)]
)
def test_what_was_written_to_what_is_gone_or_not_theirs_any_more_is_given_back(client_as, who, address, status):
    response = client_as(who).post(address, data={"body": "Long words.\nOn two lines.", "do": "save"})
    assert response.status_code == status
    assert "Long words.\nOn two lines.</textarea>" in response.text
    assert "<textarea" not in client_as(who).post(address, data={"do": "save"}).text


@pytest.mark.parametrize(
    ("error", "status"), [(Conflict("Taken."), 409), (LibraryBusy("Wait."), 503), (SearchIndexError("Broken."), 503)]
)
def test_a_failure_of_ours_is_a_page_with_its_sentence(broken, error, status):
    response = broken(error).get("/help")
    assert response.status_code == status
    assert str(error) in response.text


def test_a_failure_nobody_foresaw_has_a_number_that_the_log_has_too(broken, caplog):
    response = broken(ZeroDivisionError("secret detail")).get("/help")
    assert response.status_code == 500
    [record] = [record for record in caplog.records if record.exc_info]
    assert record.args[0] in response.text
    assert "secret detail" not in response.text


def test_a_problem_page_that_cannot_be_made_is_said_without_one(client_as, app, library):
    browser = client_as("reader")
    app.extensions["kb"].close()
    library.settings.database.rename(library.settings.home / "elsewhere.db")
    response = browser.get("/nowhere")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.text


def test_a_script_gets_its_problem_as_json(client_as):
    response = client_as("reader").get("/api/v1/reviews/9999")
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": "Nothing here",
        "status": 404,
        "detail": "There is no review 9999.",
    }


def test_who_asks_for_json_gets_json_anywhere(client_as):
    response = client_as("reader").get("/nowhere", headers={"Accept": "application/json"})
    assert response.json["status"] == 404


def test_a_type_ahead_of_somebody_signed_out_is_no_page(client_as):
    response = client_as(None).get("/search/suggest?q=ex")
    assert (response.status_code, response.content_type) == (401, "application/problem+json")


def test_a_server_error_of_the_api_has_its_number_in_the_json(broken):
    browser = broken(RuntimeError())
    browser.application.view_functions["api.search"] = browser.application.view_functions["help.index"]
    response = browser.get("/api/v1/search?q=x")
    assert response.status_code == 500
    assert len(response.json["reference"]) == 8


def test_an_unreadable_library_is_unwell(make_app, library):
    app = make_app()
    browser = app.test_client()
    assert browser.get("/healthz").text == "ok\n"
    app.extensions["kb"].close()
    library.settings.database.rename(library.settings.home / "elsewhere.db")
    response = browser.get("/healthz")
    assert response.status_code == 503
    assert "There is no library" in response.text


def test_control_characters_that_are_typed_are_not_kept(client_as, library):
    browser = client_as("reviewer")
    answer = browser.post(
        "/reviews/new", data={"kind": "peer", "title": "a\x00b", "body": "some\x07 text", "do": "save"}
    )
    assert answer.status_code == 303, answer.text[-3000:]
    row = library.db.execute("SELECT title, body FROM reviews").fetchone()
    assert row[0] == "ab"
    assert "\x07" not in row[1]


@pytest.mark.timeout(60)  # it took minutes, and whoever found the address of the library could have it
@pytest.mark.parametrize("value", ["", "x" * 50])
def test_a_form_of_thousands_of_fields_is_given_back_in_one_go(client_as, value):
    many = {f"field{number}": value for number in range(15_000)}
    answer = client_as("reader").post("/sign-in", csrf=False, data=many)
    assert answer.status_code == 400
    assert answer.text.count('name="field') == 15_000


@pytest.mark.parametrize(("who", "fields"), [("reader", 20_001), (None, 2_001)])
def test_a_form_of_more_fields_than_anybody_fills_is_not_given_back(client_as, who, fields):
    many = {f"field{number}": "" for number in range(fields)}
    answer = client_as(who).post("/sign-in", csrf=False, data=many)
    assert answer.status_code == 400
    assert 'name="field' not in answer.text
