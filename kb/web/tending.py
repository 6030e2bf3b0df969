"""What a serving process does between requests: keeps the counts of reads and what each member read, tries new reviews
with the gems, the open questions and the saved searches, erases the replays that were thrown away, and does what time
brings to questions."""

from __future__ import annotations

import logging
import threading
import time

from kb.errors import KbError
from kb.finding import saved, searches
from kb.gems import matching
from kb.gems.reads import Counter
from kb.intake import runs
from kb.library import Library
from kb.mine.reading import Keeper
from kb.questions import matching as question_matching
from kb.questions import upkeep as question_upkeep
from kb.store import changes
from kb.trails import replays

_PAUSE = 3.0
_AT_A_TIME = 1.0  # seconds of matching, before counts are looked at again
_EVERY = 600.0  # seconds between two looks at what time has brought

log = logging.getLogger(__name__)


class Tender:
    """One thread a process; whatever fails is tried again at the next turn."""

    def __init__(self, library: Library, reads: Counter, keeper: Keeper, counted: searches.Counter) -> None:
        self._library = library
        self._reads = reads
        self._keeper = keeper
        self._searches = counted
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kb-gems", daemon=True)
        self._start = threading.Lock()
        self._latest = -1
        self._kept_at = -_EVERY

    def start(self) -> None:
        with self._start:
            if self._thread.ident is None and not self._ended.is_set():
                self._thread.start()

    def stop(self) -> None:
        """End the thread, and keep what was counted until now."""
        self._ended.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)
            self._tend(matching_too=False)

    def _run(self) -> None:
        while not self._ended.wait(_PAUSE):
            self._tend(matching_too=True)

    def _tend(self, *, matching_too: bool) -> None:
        try:
            self._reads.save(self._library)
            self._keeper.save(self._library)
            self._searches.save(self._library)
            replays.erase_thrown(self._library)
            if matching_too:
                matching.catch_up(self._library, limit_seconds=_AT_A_TIME)
                self._tend_questions()
        except KbError as error:
            log.warning("Gems could not be tended: %s", error)
        except Exception:
            # A thread that dies takes the matching of all later reviews with it.
            if not self._ended.is_set():
                log.exception("Tending gems failed")

    def _tend_questions(self) -> None:
        """Look for answers when nothing has changed since the last turn: while much comes in, it is looked at once, at
        the end."""
        latest = changes.latest(self._library.db)
        if latest == self._latest:
            question_matching.catch_up(self._library, limit_seconds=_AT_A_TIME)
            saved.catch_up(self._library, limit_seconds=_AT_A_TIME)
        self._latest = latest
        if time.monotonic() - self._kept_at >= _EVERY:
            self._kept_at = time.monotonic()
            question_upkeep.run(self._library)
            runs.drop_forgotten(self._library)
            runs.forget_mended(self._library)
            searches.forget_old(self._library)
