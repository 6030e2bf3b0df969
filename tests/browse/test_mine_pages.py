"""What is a member's own: bookmarks with notes, what they read; and that nobody else ever sees it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from browsing import page
from standing import set_status

from kb import exporting, members, reviews
from kb.errors import InvalidInput, NotFound
from kb.gems import gems
from kb.mine import bookmarks, reading, settings
from kb.models import Draft, GemDraft, GemStatus
from kb.store import mine

WORDS = {"week": "2026-W47", "kind": "ndjson"}  # what stands in addresses besides numbers
SECRET = "ask Marlene about the second gate"


@pytest.fixture
def person(library):
    return lambda who: members.by_email(library, f"{who}@kb.example")


@pytest.fixture
def review(library):
    draft = Draft(title="An export stops", body="Run the export by night.", reviewee="Maren Vogt", language="en")
    return reviews.add(library, draft, "Rosa")


@pytest.fixture
def gem(library, review):
    draft = GemDraft("Export by night", "Do so.", "Run the export by night", ("export",))
    return gems.lift(library, review.id, draft, who="Chris", publish=True)


@pytest.fixture
def keeper(app):
    return app.extensions["kb"].keeper


# -- Bookmarks -------------------------------------------------------------------------------------------------------


def test_a_bookmark_with_its_note_is_found_again(client_as, gem):
    reader = client_as("reader")
    reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"note": SECRET})
    for path in ("/mine", "/mine/bookmarks", f"/gems/{gem.id}"):
        text = page(reader.get(path))
        assert SECRET in text
        assert "Export by night" in text


def test_bookmarking_keeps_the_way_that_one_is_on(client_as, gem):
    form = {"note": "", "from": f"tag:{gem.tags[0].id}"}
    answer = client_as("reader").post(f"/mine/bookmarks/gem/{gem.id}", data=form)
    assert answer.headers["Location"] == f"/gems/{gem.id}?from=tag:{gem.tags[0].id}#keep"


def test_a_further_bookmark_changes_the_note(library, person, gem):
    for note in ("one", "two"):
        bookmarks.keep(library, person("reader"), "gem", gem.id, note=note)
    found, total = bookmarks.listed(library, person("reader"), unmasked=False)
    assert (total, found[0].note) == (1, "two")


def test_a_bookmark_that_was_taken_away_comes_back_with_its_note(client_as, library, person, gem):
    reader = client_as("reader")
    reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"note": SECRET})
    text = page(reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"do": "drop"}, follow_redirects=True))
    assert SECRET not in text
    assert f'action="/mine/bookmarks/gem/{gem.id}"' in text
    reader.post(f"/mine/bookmarks/gem/{gem.id}")
    assert bookmarks.of(library, person("reader"), "gem", gem.id) == SECRET


def test_a_bookmark_comes_back_to_the_list_that_it_was_taken_out_of(client_as, gem):
    reader = client_as("reader")
    reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"note": SECRET})
    text = page(
        reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"do": "drop", "back": "list"}, follow_redirects=True)
    )
    undo = f"/mine/bookmarks/gem/{gem.id}?back=list"
    assert f'action="{undo}"' in text
    assert reader.post(undo).headers["Location"] == "/mine/bookmarks"


def test_a_note_is_kept_as_it_was_typed_and_shown_as_text(client_as, library, person, gem):
    reader = client_as("reader")
    note = "<b>two</b>\r\nlines"
    reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"note": note})
    assert bookmarks.of(library, person("reader"), "gem", gem.id) == "<b>two</b>\nlines"
    assert "<b>two</b>" not in page(reader.get("/mine/bookmarks"))


def test_a_note_too_long_is_refused_with_a_sentence(library, person, gem):
    with pytest.raises(InvalidInput, match="2,000"):
        bookmarks.keep(library, person("reader"), "gem", gem.id, note="x" * 2001)


@pytest.mark.parametrize("path", ["gem/9999", "review/9999", "member/1", "nothing/1"])
def test_what_is_not_there_cannot_be_bookmarked(client_as, path):
    assert client_as("reader").post(f"/mine/bookmarks/{path}").status_code == 404


def test_a_reader_cannot_bookmark_what_waits_for_publication(library, person, gem):
    set_status(library, gem.id, GemStatus.NOMINATED, "Chris")
    with pytest.raises(NotFound):
        bookmarks.keep(library, person("reader"), "gem", gem.id)


def test_a_bookmark_of_what_was_thrown_away_says_so_and_keeps_the_note(client_as, library, person, review):
    bookmarks.keep(library, person("reader"), "review", review.id, note=SECRET)
    reviews.trash(library, [review.id], "Chris")
    text = page(client_as("reader").get("/mine/bookmarks"))
    assert "A review that is no longer here" in text
    assert SECRET in text
    assert "An export stops" not in text


def test_a_bookmark_names_no_reviewee_to_a_reader(client_as, library, person):
    named = reviews.add(library, Draft(title="How Maren did it", body="Well.", reviewee="Maren Vogt"), "Rosa")
    bookmarks.keep(library, person("reader"), "review", named.id)
    assert "Maren" not in page(client_as("reader").get("/mine/bookmarks"))


# -- What was read ---------------------------------------------------------------------------------------------------


def test_what_was_read_is_listed_the_last_first(client_as, library, person, gem, review):
    reader = client_as("reader")
    page(reader.get(f"/gems/{gem.id}"))
    page(reader.get(f"/reviews/{review.id}"))
    page(reader.get("/mine/history"))
    found, total = reading.history(library, person("reader"), unmasked=False)
    assert [(one.type, one.id) for one in found] == [("review", review.id), ("gem", gem.id)]
    assert total == 2


def test_what_is_read_again_is_listed_once(client_as, library, person, gem):
    reader = client_as("reader")
    for _ in range(3):
        page(reader.get(f"/gems/{gem.id}"))
        page(reader.get("/mine/history"))
    assert reading.history(library, person("reader"), unmasked=False)[1] == 1


def test_it_can_be_forgotten(client_as, library, person, gem):
    reader = client_as("reader")
    page(reader.get(f"/gems/{gem.id}"))
    page(reader.get("/mine/history"))
    text = page(reader.post("/mine/history/clear", follow_redirects=True))
    assert "Nothing read yet" in text
    assert mine.history(library.db, person("reader").id, 9, 0) == ([], 0)


def test_what_another_process_has_not_written_down_yet_is_forgotten_too(library, person, keeper, gem):
    keeper.read(person("reader").id, "gem", gem.id, library.now())
    reading.clear(library, person("reader"))
    keeper.save(library)
    assert mine.history(library.db, person("reader").id, 9, 0) == ([], 0)


def test_switched_off_nothing_is_kept_and_what_was_there_is_gone(client_as, library, person, keeper, gem):
    reader = client_as("reader")
    page(reader.get(f"/gems/{gem.id}"))
    keeper.save(library)
    settings.choose(library, person("reader"), history=False)
    page(reader.get(f"/gems/{gem.id}"))
    assert "You switched it off" in page(reader.get("/mine/history"))
    assert mine.history(library.db, person("reader").id, 9, 0) == ([], 0)


def test_only_the_last_things_are_kept(library, person):
    now = library.now()
    rows = [(person("reader").id, "gem", number, now + timedelta(seconds=number)) for number in range(12)]
    with library.transaction() as db:
        mine.add_history(db, rows, keep=5)
    found, total = mine.history(library.db, person("reader").id, 99, 0)
    assert (total, [id for _, id, _ in found]) == (5, [11, 10, 9, 8, 7])


def test_opening_a_page_waits_for_nobody_who_writes(client_as, library, gem):
    reader = client_as("reader")
    with library.transaction():
        page(reader.get(f"/gems/{gem.id}"))


# -- Visits ----------------------------------------------------------------------------------------------------------


def test_a_visit_ends_with_a_long_pause(library, person):
    reader = person("reader")
    start = library.now()

    def click(hours):
        with library.transaction() as db:
            mine.note_visits(db, [(reader.id, start + timedelta(hours=hours))], reading.VISIT_ENDS.total_seconds())

    assert reading.last_visit(library, reader) is None
    for hours in (-48, -47, -1, 0):
        click(hours)
    found = reading.last_visit(library, reader)
    assert found is not None
    assert abs(found - (start - timedelta(hours=47))) < timedelta(seconds=1)


def test_coming_back_after_a_pause_asks_for_what_is_new_since_then(library, person):
    then = library.now() - timedelta(days=2)
    with library.transaction() as db:
        mine.note_visits(db, [(person("reader").id, then)], reading.VISIT_ENDS.total_seconds())
    found = reading.last_visit(library, person("reader"))
    assert found is not None
    assert abs(found - then) < timedelta(seconds=1)


# -- Nobody else -----------------------------------------------------------------------------------------------------


@pytest.fixture
def private(client_as, library, gem, review):
    """A reader who bookmarked, noted, read and followed."""
    reader = client_as("reader")
    reader.post(f"/mine/bookmarks/gem/{gem.id}", data={"note": SECRET})
    reader.post(f"/mine/bookmarks/review/{review.id}", data={"note": SECRET})
    reader.post(f"/tags/{gem.tags[0].id}/follow")
    for path in (f"/gems/{gem.id}", f"/reviews/{review.id}", "/mine/history"):
        page(reader.get(path))
    return reader


@pytest.mark.parametrize("who", ["reviewer", "curator", "admin"])
def test_nobody_sees_anothers_notes_on_any_page(app, client_as, private, gem, review, who):
    other = client_as(who)
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in ("static", "auth.sign_in"):
            continue
        values = dict.fromkeys(rule.arguments, gem.id if "gem" in rule.endpoint else review.id)
        values |= {name: word for name, word in WORDS.items() if name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("kb.example").build(rule.endpoint, values)
        assert SECRET not in other.get(path, follow_redirects=True).text, path


@pytest.mark.parametrize("who", ["curator", "admin"])
def test_anothers_lists_are_empty_for_everybody_else(client_as, private, who):
    other = client_as(who)
    assert "No bookmarks yet" in page(other.get("/mine/bookmarks"))
    assert "Nothing read yet" in page(other.get("/mine/history"))
    text = page(other.get("/mine"))
    assert "Export by night" not in text
    assert "Follow a topic on its page" in text


def test_no_script_is_told_either(client_as, private, gem, review):
    other = client_as("admin")
    for path in (f"/api/v1/gems/{gem.id}", f"/api/v1/reviews/{review.id}", "/api/v1/search?q=marlene"):
        assert SECRET not in json.dumps(other.get(path).get_json())


def test_search_finds_no_note(client_as, library, private):
    library.catch_up()
    assert "Nothing found" in page(client_as("admin").get("/search?q=marlene"))


def test_an_export_holds_nothing_of_it(library, private, tmp_path):
    exporting.export(library, tmp_path / "out")
    assert not any(SECRET in path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.ndjson"))


def test_no_history_of_the_library_says_who_bookmarked_or_read(library, private):
    said = library.db.execute("SELECT group_concat(who || action || fields) FROM history").fetchone()[0]
    assert "Robin" not in said
    assert SECRET not in said


@pytest.mark.parametrize("path", ["/mine", "/mine/bookmarks", "/mine/history", "/mine/settings", "/gems/1", "/"])
def test_no_cache_may_keep_a_page_of_ones_own(private, path):
    kept = private.get(path).headers["Cache-Control"]
    assert "no-store" in kept
    assert "private" in kept


def test_the_next_one_at_the_same_browser_sees_nothing_of_it(client_as, private, library):
    private.post("/sign-out")
    assert private.get("/mine").status_code == 302


# -- Cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/mine", "/mine/bookmarks", "/mine/history"])
def test_as_many_statements_for_much_as_for_little(app, client_as, library, person, review, gem, path):
    served = app.extensions["kb"].library
    reader = client_as("reader")

    def statements():
        page(reader.get(path))
        app.extensions["kb"].keeper.save(library)
        said = []
        served.db.conn.set_trace_callback(said.append)
        page(reader.get(path))
        served.db.conn.set_trace_callback(None)
        return len(said)

    def mark(type, id):
        bookmarks.keep(library, person("reader"), type, id)
        with library.transaction() as db:
            mine.add_history(db, [(person("reader").id, type, id, library.now())], 99)

    mark("gem", gem.id)
    mark("review", review.id)
    few = statements()
    for number in range(7):
        made = reviews.add(library, Draft(title=f"Case {number}", body="Run it.", language="en"), "Rosa")
        mark("review", made.id)
        lifted = gems.lift(library, made.id, GemDraft(f"G{number}", "Do.", "Run it."), who="Chris", publish=True)
        mark("gem", lifted.id)
    assert statements() == few
