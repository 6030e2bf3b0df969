"""The interface speaks the reader's language: which one it is, and dates and numbers in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from kb import members, reviews, settings
from kb.errors import NotFound, SettingError
from kb.languages import Count, Said
from kb.mine import settings as mine
from kb.models import Draft, Turn
from kb.web import wording


def asking(app: Flask, accept: str) -> str:
    return app.test_client().get("/sign-in", headers={"Accept-Language": accept}).text


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr,es-MX;q=0.8,en;q=0.5", "es"),
        ("ja-JP", "ja"),
        ("fr-CA", "en"),
        ("*", "en"),
        ("en;q=0.2,ja;q=0.9", "ja"),
        ("\x7f;;;q=q,,", "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(app: Flask, accept: str, language: str) -> None:
    assert f'<html lang="{language}">' in asking(app, accept)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{{ _('<b>%(what)s</b>', what='<i>') }}", "<b>&lt;i&gt;</b>"),
        ("{{ _('100%% of it') }}", "100% of it"),
        ("{% for one in 'ab' %}{{ ngettext('%(num)d of %(one)s', '', 1, one=one) }} {% endfor %}", "1 of a 1 of b "),
        ("{{ ngettext('', '%(count)s things', 2, count='<two>') }}", "&lt;two&gt; things"),
    ],
)
def test_a_sentence_on_a_page_escapes_its_values_alone(app: Flask, written: str, shown: str) -> None:
    with app.test_request_context():
        assert app.jinja_env.from_string(written).render() == shown


def test_without_a_wish_it_is_the_librarys_language(make_app: Callable[..., Flask]) -> None:
    app = make_app(language="ja")
    assert '<html lang="ja">' in asking(app, "")
    assert '<html lang="ja">' in asking(app, "fr")
    assert '<html lang="es">' in asking(app, "es")


def test_a_language_that_kb_does_not_speak_is_no_setting(tmp_path) -> None:
    with pytest.raises(SettingError, match="KB_LANGUAGE"):
        settings.load(tmp_path, environ={"KB_LANGUAGE": "fr"})


def test_what_scripts_read_is_english_for_everybody(client_as) -> None:
    answer = client_as(None).get("/api/v1/search?q=a", headers={"Accept-Language": "de"})
    assert answer.get_json()["title"] == "You are signed out"


def test_a_cache_is_told_that_pages_differ_by_language(app: Flask) -> None:
    assert "Accept-Language" in app.test_client().get("/sign-in").headers["Vary"]


@pytest.mark.parametrize(
    ("language", "day", "number", "ago"),
    [
        ("en", "3 Mar 2026", "12,345", "3 weeks ago"),
        ("de", "3. März 2026", "12.345", "vor 3 Wochen"),
        ("es", "3 mar 2026", "12.345", "hace 3 semanas"),
        ("ja", "2026年3月3日", "12,345", "3 週間前"),
    ],
)
def test_days_and_numbers_are_written_as_in_the_language(
    app: Flask, language: str, day: str, number: str, ago: str
) -> None:
    now = datetime(2026, 3, 24, tzinfo=UTC)
    filters = wording.filters(app.extensions["kb"].settings)
    with app.test_request_context(headers={"Accept-Language": language}):
        assert filters["day"](date(2026, 3, 3)) == day
        assert filters["number"](12345) == number
        assert wording.ago(now - timedelta(days=22), now) == ago


def test_what_somebody_wrote_says_its_own_language_on_a_page_of_another(client_as, library) -> None:
    turns = (Turn("データ戦略のエクスポートが止まります。", "", "customer"),)
    draft = Draft(
        title="エクスポートの上限", body="五万行で止まった。", language="ja", turns=turns, tags=("請求", "export")
    )
    review = reviews.add(library, draft, "Rosa Reviewer")
    page = client_as("reviewer").get(f"/reviews/{review.id}", headers={"Accept-Language": "de"}).text
    assert '<html lang="de">' in page
    assert '<h1 lang="ja">エクスポートの上限</h1>' in page
    # A topic says no language; its script does
    assert re.search(r'<a [^>]*lang="ja">請求</a>', page)
    assert not re.search(r'<a [^>]*lang="[a-z]+">export</a>', page)
    # The page's own words stay the page's, inside the text, too
    assert '<section class="talk" aria-labelledby="talk" lang="ja">' in page
    assert '<h2 id="talk" lang="de">Das Gespräch</h2>' in page
    assert re.search(r'<span[^>]* lang="de">Kunde</span>', page)


def test_a_members_own_language_wins_over_the_browsers(client_as, library) -> None:
    robin = members.by_email(library, "reader@kb.example")
    mine.choose(library, robin, language="ja")
    page = client_as("reader").get("/gems", headers={"Accept-Language": "de"}).text
    assert '<html lang="ja">' in page


def test_a_refusal_is_said_in_the_language_of_the_page(client_as) -> None:
    browser = client_as("reader")
    assert "Es gibt kein Gem 4711." in browser.get("/gems/4711", headers={"Accept-Language": "de"}).text
    assert "No existe la gema 4711." in browser.get("/gems/4711", headers={"Accept-Language": "es"}).text
    assert "現在のロールは閲覧者です" in browser.get("/members", headers={"Accept-Language": "ja"}).text


def test_a_value_in_a_sentence_is_no_markup(client_as) -> None:
    page = (
        client_as("reviewer").get("/search?q=%3Cb%3Ebold%3C/b%3E+%25%28x%29s", headers={"Accept-Language": "de"}).text
    )
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page


def test_an_error_is_said_in_english_where_nobody_translates_it() -> None:
    error = NotFound("There are %(count)s of %(name)s.", count=Count(12345), name="100%")
    assert str(error) == "There are 12,345 of 100%."
    assert str(Said.several("%(num)s gem", "%(num)s gems", 2)) == "2 gems"


@pytest.mark.parametrize(
    ("language", "asked", "said"),
    [
        ("de", "exporrt", "Gesucht wurde „export“."),
        ("es", "exporrt", "Se ha buscado «export»."),
        ("ja", "exporrt", "「export」として検索しました。"),
        ("de", "export zirkvqx", "Nichts enthält alle diese Wörter."),
        ("de", "export night", "1 Fund enthält alle diese Wörter"),
    ],
)
def test_how_a_question_was_read_is_said_in_the_language_of_the_page(
    app: Flask, client_as, language: str, asked: str, said: str
) -> None:
    library = app.extensions["kb"].library
    for body in ("The export by night.", "An export.", "A night."):
        reviews.add(library, Draft(title="Case", body=body, language="en"), "ada")
    library.catch_up()
    answer = client_as("reader").get("/search", query_string={"q": asked}, headers={"Accept-Language": language})
    assert said in answer.text


def test_the_day_of_the_edition_is_said_in_it(client_as) -> None:
    page = client_as("reader").get("/digest/preferences", headers={"Accept-Language": "de"}).text
    assert "am Donnerstag um 09:00" in page
