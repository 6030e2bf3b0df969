"""Makes the vectors for searching by meaning while pages are served, so that no request and no save waits for them."""

from __future__ import annotations

import logging
import subprocess
import threading

from kb.errors import KbError
from kb.finding import meaning
from kb.intake import alongside
from kb.library import Library

_PAUSE = 5.0
_MANY = 30  # changes; more are for a process of their own, so that this one goes on answering at its usual pace
_AT_A_TIME = 0.5  # seconds, of fewer

log = logging.getLogger(__name__)


class Minder:
    """One thread a process. While another process is at it, that one does it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kb-meaning", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 1.0

    @property
    def share_made(self) -> float | None:
        """How much of the library is found by its meaning, as it was some seconds ago; None when it is nearly all."""
        return self._made if self._made < meaning.NEARLY_ALL else None

    def start(self) -> None:
        """Nothing happens where the model is not installed or the setting forbids it."""
        if meaning.is_on(self._library) and not self._ended.is_set():
            self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=10)
        self._end_process()

    def _run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            try:
                if not pause:
                    pause = _PAUSE
                    self._look()
                    meaning.warm_up(self._library)
                self._mind()
            except (KbError, OSError) as error:
                log.warning("Searching by meaning is not up to date: %s", error)
            except Exception:
                # A thread that dies takes all later changes with it.
                if not self._ended.is_set():
                    log.exception("Making vectors failed")

    def _look(self) -> None:
        self._made = meaning.share_made(self._library)

    def _mind(self) -> None:
        self._look()
        if self._process is not None and self._process.poll() is None:
            return
        self._end_process()
        behind = meaning.is_behind(self._library)
        if behind > _MANY and not meaning.is_being_made(self._library):
            self._process = alongside.start("kb.finding.meaning", self._library.settings)
        elif 0 < behind <= _MANY:
            meaning.catch_up(self._library, limit_seconds=_AT_A_TIME)

    def _end_process(self) -> None:
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()  # which tells it to end; what it has done is kept
        self._process.wait()
        self._process = None
