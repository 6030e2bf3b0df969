"""A limit on how long a conversation with another machine takes as a whole.

A socket's own time limit starts anew with every byte: a server that sends one a second would hold the sender for hours.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

# How exactly the limit is kept. One thread looks after all: one for each message would cost more than the message.
_LOOK_EVERY = 0.5


class _Watchman:
    """Ends connections whose time is up."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[socket.socket, float]] = {}
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, connection: socket.socket, seconds: float) -> int:
        key = id(connection)
        with self._lock:
            self._watched[key] = (connection, time.monotonic() + seconds)
            # A process that was forked from this one has no such thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="kb-deadline", daemon=True)
                self._thread.start()
        self._busy.set()
        return key

    def forget(self, key: int) -> None:
        with self._lock:
            self._watched.pop(key, None)

    def _look(self) -> None:
        while True:
            self._busy.wait()
            time.sleep(_LOOK_EVERY)
            with self._lock:
                now = time.monotonic()
                late = [connection for connection, until in self._watched.values() if until < now]
                if not self._watched:
                    self._busy.clear()
            for connection in late:
                with contextlib.suppress(OSError):
                    # Past SSLSocket's own shutdown, which would change the object under the hands of its reader.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)


_watchman = _Watchman()


@contextlib.contextmanager
def deadline(connection: socket.socket | None, seconds: float) -> Iterator[None]:
    """End the connection, so that whoever waits on it gets an OSError, once this has taken so long."""
    if connection is None:
        yield
        return
    key = _watchman.watch(connection, seconds)
    try:
        yield
    finally:
        _watchman.forget(key)
