"""A limit on how long a conversation with another machine takes as a whole.

A socket's own time limit starts anew with every byte: a server that sends one a second would hold the sender for hours.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def deadline(connection: socket.socket | None, seconds: float) -> Iterator[None]:
    """End the connection, so that whoever waits on it gets an OSError, once this has taken so long."""
    if connection is None:
        yield
        return

    def end() -> None:
        with contextlib.suppress(OSError):
            # Past SSLSocket's own shutdown, which would change the object under the hands of the thread that reads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
