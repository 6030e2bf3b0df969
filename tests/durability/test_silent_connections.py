"""Who begins a request and falls silent keeps nobody else out."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from killing import made

_SERVED = """
from kb import settings
from kb.cli import serve
serve.SILENCE = 0.5
serve.run(settings.load({home!r}, environ={{}}, port={port}, workers=1, threads=1, meaning="off"))
"""
_HEAD = b"POST /sign-in HTTP/1.1\r\nHost: kb\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address of a server with one thread."""
    folder = tmp_path_factory.mktemp("served")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", _SERVED.format(home=str(made(folder / "library")), port=port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield "127.0.0.1", port
    finally:
        process.terminate()
        process.wait(60)
    assert "Traceback" not in (folder / "log").read_text()


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


def test_a_body_that_is_put_together_wrong_is_refused(served: tuple[str, int]) -> None:
    wrong = _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nem\r\n0\r\n\r\n"
    assert answer(served, wrong) == b"HTTP/1.1 400 BAD REQUEST\r\n"
