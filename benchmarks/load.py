"""Asks a server as often as it answers, over many connections that are kept open, for as little work as can be.

A process of its own, so that nothing else of a benchmark gets in its way. All its connections are in one loop over raw
sockets: the requests are bytes made beforehand, of an answer only its head is looked at, the rest is counted. That is
some fifty microseconds a request, which `Load.client_share` (of one processor) lets everybody check.

    echo '{"port": 8000, "connections": 16, "seconds": 5, "requests": ["GET / HTTP/1.1..."]}' | python -m benchmarks.load
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
_CLOSED = re.compile(rb"\r\nconnection: *close", re.I)
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """How many requests a second were answered, which share of a processor asking took, and the answers in all, with
    those that came before anything was counted."""

    per_second: float
    client_share: float
    in_all: int


def saturate(address: str, paths: Sequence[str], cookies: str, *, connections: int, seconds: float) -> Load:
    """Ask for the paths in turn. Raises RuntimeError when an answer is not a 200, or no answer comes."""
    place = urllib.parse.urlsplit(address)
    head = f"HTTP/1.1\r\nHost: {place.netloc}\r\n{f'Cookie: {cookies}' if cookies else 'Accept: */*'}\r\n\r\n"
    asked = {
        "port": place.port, "connections": connections, "seconds": seconds,
        "requests": [f"GET {path} {head}" for path in paths],
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=json.dumps(asked), text=True, capture_output=True, timeout=seconds + 60)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return Load(**json.loads(done.stdout))


class _Connection:
    """Sends one request after the other; connects again where the server closed."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._port = port
        self._selector = selector
        self._request = self._got = b""
        self._left = -1  # bytes of the body to come; -1 while the head is read
        self._closing = False
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=20)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ, self)

    def ask(self, request: bytes) -> None:
        if self._closing:
            self.close()
            self._open()
        self._request, self._got, self._left, self._closing = request, b"", -1, False
        self._socket.sendall(request)

    def answered(self) -> bool:
        """Read what is there; whether the answer is whole."""
        got = self._socket.recv(262_144)
        if not got:
            if self._got or self._left >= 0:
                raise RuntimeError("An answer ended before its end.")
            self._closing = True  # before it read the request, as a server may
            self.ask(self._request)
        elif self._left < 0:
            self._got += got
            self._read_head()
        else:
            self._left -= len(got)
        return self._left == 0

    def _read_head(self) -> None:
        at = self._got.find(_END)
        if at < 0:
            return
        head = self._got[: at + 2]
        length = _LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise RuntimeError(f"Answered with {head[:500]!r}")
        self._closing = _CLOSED.search(head) is not None
        self._left = int(length[1]) - (len(self._got) - at - len(_END))

    def close(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()


def run(port: int, connections: int, seconds: float, requests: Sequence[bytes]) -> Load:
    """The first fifth of the time warms up and is not counted."""
    selector = selectors.DefaultSelector()
    following = cycle(requests)
    every = [_Connection(port, selector) for _ in range(connections)]
    for one in every:
        one.ask(next(following))
    answered = in_all = 0
    warm = False
    began, worked = time.perf_counter(), time.process_time()
    warm_at, until = began + seconds / 5, began + seconds
    while (now := time.perf_counter()) < until:
        if not warm and now >= warm_at:
            in_all, answered, warm, began, worked = answered, 0, True, now, time.process_time()
        ready = selector.select(20)
        if not ready:
            raise RuntimeError("Nothing was answered for 20 s.")
        for one in [key.data for key, _ in ready]:
            if one.answered():
                answered += 1
                one.ask(next(following))
    took, share = time.perf_counter() - began, time.process_time() - worked
    for one in every:
        one.close()
    return Load(round(answered / took, 1), round(share / took, 3), in_all + answered)


def main() -> None:
    asked = json.load(sys.stdin)
    requests = [request.encode() for request in asked["requests"]]
    print(json.dumps(asdict(run(asked["port"], asked["connections"], asked["seconds"], requests))))


if __name__ == "__main__":
    main()
