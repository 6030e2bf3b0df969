"""`kb digest`, run from its words to its exit code; as a process of its own in tests/digest/killing.py."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from mailroom import MailServer
from newsroom import Newsroom

from kb.cli import main

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def library(newsroom: Callable[..., Newsroom]) -> Newsroom:
    """One gem of today; commands have no clock of their own."""
    room = newsroom()
    room.now = datetime.now(UTC)
    room.gem("Export stops at 50,000 rows")
    return room


@pytest.fixture
def kb(
    library: Newsroom, mail: MailServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    settings = {
        "KB_SMTP_HOST": "127.0.0.1", "KB_SMTP_PORT": str(mail.port), "KB_SMTP_SECURITY": "none",
        "KB_DIGEST_OPTIN": "no", "KB_BASE_URL": "https://kb.example",
    }  # fmt: skip

    def run(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        command = ["kb", "--home", str(library.library.settings.home), "digest", *arguments]
        with monkeypatch.context() as words:
            for name in [name for name in os.environ if name.startswith("KB_")]:
                words.delenv(name)
            for name, value in {**settings, **extra}.items():
                words.setenv(name, value)
            words.setattr(sys, "argv", command)
            with pytest.raises(SystemExit) as end:
                main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(command, int(end.value.code or 0), said.out, said.err)

    return run


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_draft_approve_send(library: Newsroom, kb: Command, mail: MailServer) -> None:
    library.member("ada@kb.example")
    drafted = as_json(kb("draft", "--json"))
    assert (drafted["state"], [gem["title"] for gem in drafted["gems"]]) == ("draft", ["Export stops at 50,000 rows"])
    assert as_json(kb("approve", "--json"))["state"] == "approved"
    assert as_json(kb("send", "--json"))["sent"] == 1
    assert as_json(kb("send", "--json"))["sent"] == 0
    assert as_json(kb("show", "--json"))["deliveries"] == {"mail": {"sent": 1}}
    assert mail.received == {"ada@kb.example": 1}


def test_what_is_only_drafted_is_not_sent(library: Newsroom, kb: Command, mail: MailServer) -> None:
    library.member("ada@kb.example")
    kb("draft")
    assert "is a draft. Approve it with: kb digest approve" in kb("send").stdout
    assert mail.received == {}


def test_a_dry_run_writes_the_messages_and_sends_nothing(
    library: Newsroom, kb: Command, mail: MailServer, tmp_path: Path
) -> None:
    library.member("ada@kb.example")
    kb("draft")
    report = as_json(kb("send", "--dry-run", str(tmp_path / "out"), "--json"))
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == sorted(report["written"])
    message = email.message_from_bytes(next((tmp_path / "out").glob("*.eml")).read_bytes(), policy=default)
    assert (message["Subject"], mail.received) == ("Export stops at 50,000 rows", {})
    assert as_json(kb("show", "--json"))["state"] == "draft"


def test_trouble_is_an_exit_code_and_a_sentence(library: Newsroom, kb: Command) -> None:
    library.member("ada@kb.example")
    kb("draft")
    kb("approve")
    done = kb("send", KB_SMTP_PORT="1")
    assert done.returncode == 1
    assert "Nothing answers at the mail server 127.0.0.1:1" in done.stderr


def test_a_week_that_is_none(kb: Command) -> None:
    done = kb("show", "--week", "2026-47")
    assert (done.returncode, "is no week" in done.stderr) == (2, True)


def test_a_week_without_an_edition(kb: Command) -> None:
    done = kb("show", "--week", "2020-W01")
    assert (done.returncode, "There is no edition for 2020-W01" in done.stderr) == (3, True)


def test_a_folder_that_cannot_be_written(library: Newsroom, kb: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kb("draft")
    done = kb("send", "--dry-run", str(tmp_path / "file" / "out"))
    assert (done.returncode, "cannot be written to" in done.stderr) == (3, True)
