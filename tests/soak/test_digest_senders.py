"""An edition to 5,000 members, its two senders killed at 100 random moments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.digest.killing import campaign, library_with, verdict
from tests.digest.mailroom import MailServer


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_hundred_kills(tmp_path: Path) -> None:
    mail = MailServer(pause=0.01)
    week = library_with(tmp_path / "home", 5000)
    hits = campaign(tmp_path / "home", mail, kills=100, seed=2026)
    states = verdict(tmp_path / "home", mail, week)
    mail.stop()
    print(f"\n{hits} kills: {dict(states)}, {sum(mail.received.values())} mails")
    assert hits >= 100
    assert states.total() == 5000
    assert states["uncertain"] <= hits


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_five_thousand_members_get_one_mail_each(tmp_path: Path) -> None:
    mail = MailServer()
    week = library_with(tmp_path / "home", 5000)
    campaign(tmp_path / "home", mail, kills=0, seed=0)
    states = verdict(tmp_path / "home", mail, week)
    mail.stop()
    assert states == {"sent": 5000}
    assert sum(mail.received.values()) == 5000
