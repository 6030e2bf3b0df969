"""Senders that are killed in the middle: nobody gets a mail twice, nobody is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.digest.killing import campaign, library_with, verdict
from tests.digest.mailroom import MailServer


@pytest.mark.slow
def test_three_kills_and_two_senders(tmp_path: Path) -> None:
    mail = MailServer(pause=0.004)
    week = library_with(tmp_path / "home", 120)
    hits = campaign(tmp_path / "home", mail, kills=3, seed=6)
    states = verdict(tmp_path / "home", mail, week)
    mail.stop()
    assert hits >= 1
    assert states.total() == 120
    assert states["uncertain"] <= hits
