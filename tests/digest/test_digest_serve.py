"""`kb serve` sends editions by itself, once, however many workers it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import settings
from kb.digest import editions, settling
from kb.library import Library
from kb.values.digest import EditionState
from kb.web import create_app
from tests.digest.killing import library_with
from tests.digest.mailroom import MailServer, free_port
from tests.digest.newsroom import Newsroom


def serving(home: Path, port: int, mail: MailServer) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environ = kept | {
        "KB_SMTP_HOST": "127.0.0.1", "KB_SMTP_PORT": str(mail.port), "KB_SMTP_SECURITY": "none",
        "KB_DIGEST_OPTIN": "no", "KB_DIGEST_SERVE": "yes", "KB_MEANING": "off",
    }  # fmt: skip
    command = [sys.executable, "-m", "kb", "--home", str(home), "serve", "--port", str(port), "--workers", "3"]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)


def until(done: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not done() and time.monotonic() < ends:
        time.sleep(0.05)
    assert done()


@pytest.mark.slow
def test_three_workers_send_each_mail_once_and_end_in_good_order(tmp_path: Path) -> None:
    mail = MailServer(pause=0.02)
    library_with(tmp_path / "home", 150)
    server = serving(tmp_path / "home", free_port(), mail)
    until(lambda: len(mail.raw) > 20)
    server.send_signal(signal.SIGTERM)
    assert server.wait(40) == 0
    opened = Library(settings.load(tmp_path / "home", environ={}))
    edition = editions.get(opened, editions.this_week(opened))
    states = settling.counts(opened, edition)
    opened.close()
    mail.stop()
    assert set(mail.received.values()) == {1}
    assert {state.value for by_state in states.values() for state in by_state} <= {"sent", "waiting"}


def test_what_is_approved_on_the_page_goes_out_at_once(newsroom: Callable[..., Newsroom]) -> None:
    mail = MailServer()
    room = newsroom(digest_serve="yes", smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none")
    room.gem()
    room.member("ada@kb.example")
    room.draft()
    app = create_app(room.library.settings, local_http=True)
    served = app.extensions["kb"]
    served.open()
    room.approve()
    served.wake_postman()
    until(lambda: editions.get(room.library, editions.current(room.library).week).state is EditionState.SENT)
    served.close()
    mail.stop()
    assert mail.received == {"ada@kb.example": 1}
