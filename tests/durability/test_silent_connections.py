"""Who begins a request and falls silent keeps nobody else out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from killing import made

_SERVED = """
from kb import settings
from kb.cli import serve
serve.SILENCE = {silence}
serve.run(settings.load({home!r}, environ={{}}, port={port}, workers={workers}, threads=1, meaning="off"))
"""
_HEAD = b"POST /sign-in HTTP/1.1\r\nHost: kb\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@contextmanager
def serving(folder: Path, workers: int, silence: float) -> Iterator[tuple[int, int]]:
    """A server whose processes have a thread each: its process and port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    home = str(made(folder / "library"))
    code = _SERVED.format(home=home, port=port, workers=workers, silence=silence)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=log)
    try:
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(60)
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address of a server with one thread."""
    with serving(tmp_path_factory.mktemp("served"), 1, 0.5) as (_, port):
        yield "127.0.0.1", port


def connected(address: tuple[str, int]) -> socket.socket:
    while True:
        try:
            return socket.create_connection(address, 60)
        except ConnectionRefusedError:
            time.sleep(0.1)


def answer(address: tuple[str, int], request: bytes) -> bytes:
    with connected(address) as line:
        line.sendall(request)
        return line.makefile("rb").readline()


@pytest.mark.parametrize(
    "begun",
    [_HEAD[:30], _HEAD + b"Content-Length: 1000\r\n\r\nemail=", _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nem"],
    ids=["headers", "body", "pieces"],
)
def test_a_request_that_is_never_finished_gives_its_thread_back(served: tuple[str, int], begun: bytes) -> None:
    with connected(served) as silent:
        silent.sendall(begun)
        time.sleep(0.1)  # so that it is the first to be served
        assert answer(served, b"GET /healthz HTTP/1.1\r\nHost: kb\r\n\r\n") == b"HTTP/1.1 200 OK\r\n"


def connections(pid: str, port: int) -> int:
    """How many that are open at both ends a process has taken."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    open_ones = {f"socket:[{row[9]}]" for row in table if row[1].endswith(f":{port:04X}") and row[3] == "01"}
    return sum(os.readlink(link) in open_ones for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink())


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="counts the connections of a process in /proc")
def test_connections_that_are_kept_open_do_not_crowd_in_one_process(tmp_path: Path) -> None:
    with serving(tmp_path, 2, 60) as (parent, port), ExitStack() as every:
        for _ in range(4):
            every.enter_context(connected(("127.0.0.1", port))).sendall(_HEAD)
        workers = Path(f"/proc/{parent}/task/{parent}/children")
        taken: list[int] = []
        while sum(taken) < 4:
            time.sleep(0.05)
            taken = [connections(worker, port) for worker in workers.read_text().split()]
        assert taken == [2, 2]


def test_a_body_that_is_put_together_wrong_is_refused(served: tuple[str, int]) -> None:
    wrong = _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nem\r\n0\r\n\r\n"
    assert answer(served, wrong) == b"HTTP/1.1 400 BAD REQUEST\r\n"


@pytest.mark.parametrize("header", ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "X-Forwarded-Protocol: ssl"])
def test_who_trusts_no_proxy_is_told_by_no_header_that_it_was_https(served: tuple[str, int], header: str) -> None:
    with connected(served) as line:
        line.sendall(f"GET /sign-in HTTP/1.1\r\nHost: kb\r\nConnection: close\r\n{header}\r\n\r\n".encode())
        said = line.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"strict-transport-security" not in said.lower()
