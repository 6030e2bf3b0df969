"""Two senders at work, killed at random moments, and what is left to count afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from kb import settings as all_settings
from kb.digest import delivery, editions
from kb.library import Library, utc_now
from tests.digest.mailroom import MailServer


class Senders:
    """`kb digest send`, as two cron jobs that overlap would run it."""

    def __init__(self, home: Path, port: int) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        self._environ = kept | {
            "KB_SMTP_HOST": "127.0.0.1", "KB_SMTP_PORT": str(port), "KB_SMTP_SECURITY": "none",
            "KB_DIGEST_OPTIN": "no", "KB_BASE_URL": "https://kb.example",
        }  # fmt: skip
        self._command = [sys.executable, "-m", "kb", "--home", str(home), "digest", "send"]
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, count: int = 2) -> None:
        self.running = [one for one in self.running if one.poll() is None]
        while len(self.running) < count:
            self.running.append(
                subprocess.Popen(self._command, env=self._environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )

    def kill(self, sender: subprocess.Popen[bytes]) -> bool:
        """Whether it was still at work."""
        alive = sender.poll() is None
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        return alive and sender.returncode == -signal.SIGKILL

    def finish(self) -> None:
        for sender in self.running:
            sender.wait(1200)


def campaign(home: Path, mail: MailServer, kills: int, seed: int) -> int:
    """Send an approved edition with two senders, killing one or both at so many random moments; how many hit."""
    chance = random.Random(seed)  # noqa: S311
    senders, hits = Senders(home, mail.port), 0
    while hits < kills:
        senders.start()
        before, begun = len(mail.raw), time.monotonic()
        while len(mail.raw) == before and time.monotonic() - begun < 20 and senders.running[0].poll() is None:
            time.sleep(0.005)
        if senders.running[0].poll() is not None and len(mail.raw) == before:
            break  # everything is sent
        time.sleep(chance.uniform(0, 0.1))
        for sender in chance.sample(senders.running, chance.choice([1, 1, 2])):
            hits += senders.kill(sender)
    senders.start()
    senders.finish()
    return hits


def verdict(home: Path, mail: MailServer, week: str) -> Counter[str]:
    """The states of the deliveries half an hour later, when no claim can be anybody's any more."""
    settings = all_settings.load(home, environ={}, digest_optin="no", smtp_host="127.0.0.1", smtp_port=mail.port,
                                 smtp_security="none")  # fmt: skip
    library = Library(settings, now=lambda: utc_now() + timedelta(minutes=30))
    troubles = delivery.run(library).troubles
    assert troubles == [], troubles
    rows = library.db.execute(
        "SELECT deliveries.state, email FROM deliveries JOIN members ON members.id = member_id"
        " JOIN editions ON editions.id = edition_id WHERE channel = 'mail' AND week = ?",
        [week],
    ).fetchall()
    library.close()
    for state, email in rows:
        got = mail.received[email]
        assert got <= 1, f"{email} got {got} mails"
        assert state in ("sent", "uncertain"), f"{email} is {state}"
        assert got == 1 or state == "uncertain", f"{email} is {state} and got nothing"
    return Counter(state for state, _ in rows)


def library_with(home: Path, members: int) -> str:
    """An approved edition of this week, for so many members; gives its week."""
    from tests.digest.newsroom import Newsroom

    settings = all_settings.load(home, environ={}, digest_optin="no", base_url="https://kb.example")
    from kb import library as libraries

    libraries.make(settings)
    room = Newsroom(settings)
    room.now = utc_now()
    for number in range(7):
        room.gem(f"Gem number {number} of this week", tags=(f"topic {number}",))
    with room.library.transaction() as db:
        db.conn.executemany(
            "INSERT INTO members (email, name, role, session_key, created_at) VALUES (?, ?, 1, ?, ?)",
            [[f"m{n}@kb.example", f"Member {n}", f"{n}", "2026-01-01T00:00:00.000Z"] for n in range(members)],
        )
    week = editions.this_week(room.library)
    editions.draft(room.library, week, "chris")
    editions.approve(room.library, week, "chris")
    room.library.close()
    return str(week)
