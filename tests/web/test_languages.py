"""The interface speaks the reader's language: which one it is, and dates and numbers in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from kb import settings
from kb.errors import SettingError
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
