"""What goes out of the library names nobody whose work was reviewed: that cannot be called back."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest
from mailroom import MailServer
from newsroom import WEEK, Newsroom

from kb.digest import dryrun, editions
from kb.gems import life
from kb.models import Role
from kb.questions import asking

NAME = "Maren Holt"  # whose work the newsroom's reviews are about


@pytest.fixture
def told(room: Newsroom, mail: MailServer, tmp_path: Path) -> dict[str, str]:
    """Every message of an edition whose gems and questions name a reviewee, by its file."""
    room.gem(f"How {NAME} exports", body=f"{NAME} said: do it by night.")
    chris = room.member("chris@kb.example", role=Role.CURATOR)
    old = room.gem(f"What {NAME} did before", body=f"{NAME} waited.")
    life.retire(room.library, old, "outdated", chris, word=f"As {NAME} said.")
    for asker in ("ada@kb.example", "ben@kb.example"):
        asking.ask(room.library, f"Why did {NAME} wait?", room.member(asker), named=True)
    room.draft()
    written = dryrun.write(room.library, editions.get(room.library, WEEK), tmp_path / "out")
    return {name: _read(tmp_path / "out" / name) for name in written.names}


def _read(path: Path) -> str:
    if path.suffix != ".eml":
        return path.read_text("utf-8")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, message.values()), *parts])


def test_no_message_of_an_edition_names_a_reviewee(told: dict[str, str]) -> None:
    assert {name for name, text in told.items() if "maren" in text.lower() or "holt" in text.lower()} == set()


def test_each_message_tells_what_the_name_was_taken_out_of(told: dict[str, str]) -> None:
    assert {name: "exports" in text for name, text in told.items()} == dict.fromkeys(told, True)
    assert len(told) == 6
