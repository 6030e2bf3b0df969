"""Names of uploads, words for numbers, rows to mend: the small parts that pages are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb import settings
from kb.errors import SettingError
from kb.models import SkippedRow
from kb.values.log import Run
from kb.web import create_app, mending, wording
from kb.web.progress import how_far
from kb.web.uploads import safe_name

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_a_secret_that_can_be_guessed_is_refused_and_not_shown(tmp_path) -> None:
    with pytest.raises(SettingError, match="has 6 characters; it must have at least 32") as refused:
        settings.load(tmp_path, environ={"KB_SECRET_KEY": "secret"})
    assert "'secret'" not in str(refused.value)


@pytest.mark.parametrize("given", ["banana", "https:///services", "https://hooks.example/a hooks.example/b"])
def test_a_webhook_that_is_no_address_is_refused_at_the_start_and_not_shown(tmp_path, given) -> None:
    with pytest.raises(SettingError, match=r"KB_DIGEST_SLACK .* it must hold addresses that begin with") as refused:
        settings.load(tmp_path, environ={"KB_DIGEST_SLACK": given})
    assert given not in str(refused.value)


def test_several_webhooks_are_parted_by_blanks(tmp_path) -> None:
    both = "https://hooks.example/a  https://hooks.example/b"
    assert settings.load(tmp_path, environ={"KB_DIGEST_TEAMS": both}).digest_teams == both


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("KB_MAIL_FROM", "jürgen@kb.example", "must have no letters outside ASCII before the @"),
        ("KB_BASE_URL", "https://müller..example", "names a host that there cannot be"),
    ],
)
def test_what_no_mail_could_be_sent_with_is_said_at_the_start(tmp_path, name, given, why) -> None:
    with pytest.raises(SettingError, match=why):
        settings.load(tmp_path, environ={name: given})


def test_a_file_of_authorities_that_is_not_there_is_said_at_the_start(tmp_path) -> None:
    with pytest.raises(SettingError, match=r"KB_SMTP_CA is '.*none.pem'; it is no file that is there"):
        settings.load(tmp_path, environ={"KB_SMTP_CA": str(tmp_path / "none.pem")})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("notes.csv", "notes.csv"),
        ("notes/2026/march.md", "notes/2026/march.md"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Users\\ada\\notes.csv", "Users/ada/notes.csv"),
        ("..", "file"),
        ("", "file"),
        (".hidden", "hidden"),
        ("a\x00b\nc.md", "a_b_c.md"),
        ("通話メモ.md", "通話メモ.md"),
        ("a?b*c|d.md", "a_b_c_d.md"),
    ],
)
def test_a_sent_file_name_stays_in_its_folder(sent, kept):
    assert safe_name(sent) == kept


def test_a_very_long_name_keeps_its_ending():
    kept = safe_name("é" * 500 + ".csv")
    assert kept.endswith(".csv")
    assert len(kept.encode()) <= 120


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "just now"),
        (60, "1 minute ago"),
        (7200, "2 hours ago"),
        (86400, "1 day ago"),
        (1814400, "3 weeks ago"),
        (63072000, "2 years ago"),
    ],
)
def test_how_long_ago_in_words(seconds, words):
    assert wording.ago(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (25_000_000, "25 MB"), (3_200_000_000, "3.2 GB")],
)
def test_sizes_in_words(size, words):
    assert wording.in_bytes(size) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (42, "42 s"), (150, "2 min"), (7500, "2 h 5 min")])
def test_durations_in_words(seconds, words):
    assert wording.duration(seconds) == words


def test_days_and_times_are_the_librarys(tmp_path):
    filters = wording.filters(settings.load(tmp_path, environ={}, timezone="Asia/Tokyo"))
    late = datetime(2026, 3, 31, 20, 5, tzinfo=UTC)
    assert (filters["day"](late), filters["moment"](late)) == ("1 Apr 2026", "1 Apr 2026, 05:05")
    assert filters["day"](None) == ""


def run(**fields) -> Run:
    return Run(**{"id": 1, "source": "files", "state": "running", "started_at": NOW - timedelta(seconds=10), **fields})


def test_progress_tells_rate_and_time_left():
    far = how_far(run(added=5000, skipped=1, done_bytes=2_000_000, total_bytes=8_000_000), NOW)
    assert far["percent"] == 25
    assert far["words"] == "5,001 rows · 2.0 MB of 8.0 MB · 500 rows a second · about 30 s left"
    assert not far["finished"]


def test_progress_writes_its_counts_as_the_page_does():
    far = how_far(run(added=15_000, skipped=1), NOW)
    assert (far["added"], far["added_words"], far["skipped_words"]) == (15_000, "15,000", "1")


def test_progress_before_anything_is_known_says_no_rate():
    far = how_far(run(started_at=NOW), NOW)
    assert (far["percent"], far["words"]) == (None, "0 rows")


def test_progress_of_a_finished_run_tells_what_it_took():
    far = how_far(run(state="done", added=5000, finished_at=NOW - timedelta(seconds=5)), NOW + timedelta(days=1))
    assert (far["finished"], far["seconds"], far["words"]) == (True, 5.0, "5,000 rows in 5 s · 1,000 rows a second")


def row(content: bytes) -> tuple[int, SkippedRow, None]:
    return 7, SkippedRow("a.csv", "row 7", "It has one column too many.", content, "csv"), None


def test_a_mended_text_keeps_the_line_ends_it_had():
    assert mending.changed([row(b"a,b\n1,2,3\n")], {"row-7": "a,b\r\n1,2\r\n"}) == {7: b"a,b\n1,2\n"}
    assert mending.changed([row(b"a,b\r\n1,2,3\r\n")], {"row-7": "a,b\r\n1,2\r\n"}) == {7: b"a,b\r\n1,2\r\n"}


@pytest.mark.parametrize("typed", [{}, {"row-7": "a,b\r\n1,2,3"}, {"row-8": "a,b\r\n"}])
def test_what_nobody_touched_is_not_mended(typed):
    assert mending.changed([row(b"a,b\n1,2,3\n")], typed) == {}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a\x00b", b"PK\x03\x04", b"a\rb", b"x" * 20_001])
def test_what_a_text_box_would_harm_is_mended_in_the_file(content):
    assert mending.shown(*row(content)).text is None


def test_a_binary_row_comes_along_in_base64():
    assert mending.as_record(row(b"\xff\xfe")[1])["content_base64"] == "//4="


def test_another_server_makes_the_application_from_the_environment(opened, monkeypatch):
    monkeypatch.setenv("KB_HOME", str(opened.settings.home))
    assert create_app().extensions["kb"].settings.home == opened.settings.home
