"""Drafts and sends the weekly edition while pages are served, when the setting `digest_serve` says so.

Every serving process has one; which of them sends a message is settled in the library, message by message.
"""

from __future__ import annotations

import logging
import threading

from kb.digest import delivery
from kb.errors import KbError
from kb.library import Library

_EVERY = 60.0
# A server that is told to end waits so long for the message in hand, whose answer may take a while.
_LAST_WORD = 18.0

log = logging.getLogger(__name__)


class Postman:
    """One thread that looks every minute whether something is due; `wake` lets it look at once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kb-digest", daemon=True)

    def start(self) -> None:
        if self._thread.ident is None and not self._ended.is_set():
            self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """Let the message in hand be finished, and end: what is cut off in the middle is uncertain."""
        self._ended.set()
        self._woken.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(_LAST_WORD)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            try:
                for sentence in delivery.run(self._library, stop=self._ended.is_set).troubles:
                    log.warning("Weekly edition: %s", sentence)
            except KbError as error:
                log.warning("Weekly edition: %s", error)
            except Exception:
                # A thread that dies takes all later editions with it.
                log.exception("Sending the weekly edition failed")
            self._woken.wait(_EVERY)
