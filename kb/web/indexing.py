"""Keeps the search index in step while pages are served: what is saved here or by another process is soon found."""

from __future__ import annotations

import logging
import threading
import time

from kb.errors import KbError
from kb.finding.indexing import LibraryFeed
from kb.library import Library

# Another process's write shows within a second: this pause, the batch itself, and some air.
_PAUSE = 0.3
_LONGEST_PAUSE = 10.0
# So long a lag is nothing that a person sees.
_SOON = 1.0
_NEARLY_ALL = 0.9

log = logging.getLogger(__name__)


class Follower:
    """One thread that brings the index up to date, woken by `wake` and otherwise looking for itself.

    When another process is writing the index, that one does it; when the index is broken, saving goes on all the same,
    and the tries grow rarer until one succeeds.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kb-index", daemon=True)
        self._behind_since: float | None = None
        self._start = threading.Lock()

    def wake(self) -> None:
        """Something was saved: look at once. The first call starts the thread."""
        with self._start:
            if self._thread.ident is None and not self._ended.is_set():
                self._thread.start()
        self._woken.set()

    def start(self) -> None:
        if self._thread.ident is None:
            self.wake()

    def stop(self) -> None:
        self._ended.set()
        self._woken.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def is_behind(self) -> bool:
        """Whether a change has waited longer than a moment to be found."""
        since = self._behind_since
        return since is not None and time.monotonic() - since > _SOON

    def share_found(self) -> float | None:
        """How much of the library can be found, about, while much of the index is still to be made, as after an update
        that makes it anew; None otherwise."""
        if not self.is_behind():
            return None
        latest = LibraryFeed(self._library).latest()
        share = max(self._library.engine.watermark(), 0) / latest if latest else 1.0  # -1: there is none yet
        return share if share < _NEARLY_ALL else None

    def _run(self) -> None:
        pause = _PAUSE
        while not self._ended.is_set():
            self._woken.clear()
            in_step = self._look()
            pause = _PAUSE if in_step else min(pause * 1.5, _LONGEST_PAUSE)
            self._woken.wait(pause)

    def _look(self) -> bool:
        """Bring the index up to date if it is not. False when it still is not."""
        try:
            if not self._lags():
                self._behind_since = None
                return True
            if self._behind_since is None:
                self._behind_since = time.monotonic()
            self._library.catch_up()
            if self._lags():
                return False
        except KbError as error:
            self._behind_since = self._behind_since or time.monotonic()
            log.warning("The search index cannot be brought up to date: %s", error)
            return False
        except Exception:
            # A thread that dies takes the following of all later changes with it.
            if not self._ended.is_set():
                self._behind_since = self._behind_since or time.monotonic()
                log.exception("Bringing the search index up to date failed")
            return False
        self._behind_since = None
        return True

    def _lags(self) -> bool:
        return LibraryFeed(self._library).latest() > self._library.engine.watermark()
