"""How long an edition takes to so many members, and how much memory: `python -m benchmarks.digest [--members 5000]`.

The mail server is a real one (aiosmtpd), in a process of its own on this machine. Beside the sender, in the same run: the
same messages through the standard library's smtplib alone, with nothing claimed, written or recorded; and how long the
disk takes for one flushed transaction.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from smtplib import SMTP

from tests.digest.killing import library_with
from tests.digest.mailroom import MailServer


def serve(line: Connection) -> None:
    """The mail server's process: tells its port, then on each word the addresses that mail came for, with counts."""
    server = MailServer()
    line.send(server.port)
    while line.recv() == "count":
        line.send(Counter(server.received))
        server.raw.clear()
    server.stop()


def send(home: Path, port: int, senders: int) -> tuple[float, float]:
    """Seconds, and the largest sender's memory in MB."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environ = kept | {
        "KB_SMTP_HOST": "127.0.0.1", "KB_SMTP_PORT": str(port), "KB_SMTP_SECURITY": "none", "KB_DIGEST_OPTIN": "no",
        "KB_BASE_URL": "https://kb.example",
    }  # fmt: skip
    command = [sys.executable, "-m", "kb", "--home", str(home), "digest", "send"]
    began = time.perf_counter()
    running = [subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) for _ in range(senders)]
    for one in running:
        one.wait()
    took = time.perf_counter() - began
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def alone(port: int, count: int) -> float:
    """Seconds for as many messages of the same size by smtplib alone."""
    body = b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 190
    began = time.perf_counter()
    with SMTP("127.0.0.1", port) as line:
        for number in range(count):
            line.sendmail("kb@kb.example", [f"m{number}@kb.example"], body)
    return time.perf_counter() - began


def flush(folder: Path, count: int = 200) -> float:
    """Seconds for one small transaction that is flushed to the disk, as every claim is."""
    db = sqlite3.connect(folder / "flush.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE t (n)")
    began = time.perf_counter()
    for number in range(count):
        db.execute("INSERT INTO t VALUES (?)", [number])
    took = (time.perf_counter() - began) / count
    db.close()
    return took


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--members", type=int, default=5000)
    options.add_argument("--senders", type=int, default=1)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    mine, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=[theirs], daemon=True)
    server.start()
    port = mine.recv()
    with tempfile.TemporaryDirectory(prefix="kb-digest-") as name:
        folder = Path(name)
        library_with(folder / "home", asked.members)
        took, memory = send(folder / "home", port, asked.senders)
        mine.send("count")
        received = mine.recv()
        limit = alone(port, asked.members)
        disk = flush(folder)
    mine.send("end")
    figures = {
        "members": asked.members,
        "senders": asked.senders,
        "seconds": round(took, 1),
        "a_second": round(asked.members / took),
        "memory_mb": round(memory),
        "got_one": sum(count == 1 for count in received.values()),
        "got_more": sum(count > 1 for count in received.values()),
        "smtplib_alone_seconds": round(limit, 1),
        "times_smtplib_alone": round(took / limit, 1),
        "flush_ms": round(disk * 1000, 2),
    }
    if asked.json:
        print(json.dumps(figures))
        return
    for label, figure in figures.items():
        print(f"{label.replace('_', ' '):24} {figure}")


if __name__ == "__main__":
    main()
