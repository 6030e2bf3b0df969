"""A server that drips one byte after the other does not hold a sender for ever."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from kb.mail.deadline import deadline


def test_a_conversation_that_never_ends_is_ended() -> None:
    ours, theirs = socket.socketpair()
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.05):
            try:
                theirs.sendall(b"x")
            except OSError:
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    began = time.monotonic()
    with deadline(ours, 0.2):
        while ours.recv(1):
            pass
    ended.set()
    dripping.join()
    ours.close()
    theirs.close()
    assert 0.2 <= time.monotonic() - began < 5


@pytest.mark.parametrize("pause", [0.0, 0.7])
def test_a_conversation_in_time_is_left_alone(pause: float) -> None:
    ours, theirs = socket.socketpair()
    with deadline(ours, 30):
        time.sleep(pause)
    theirs.sendall(b"x")
    assert ours.recv(1) == b"x"
    ours.close()
    theirs.close()
