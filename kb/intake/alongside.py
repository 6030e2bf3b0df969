"""The index brought along by a process of its own while a run stores, so that both work at once.

python -m kb.intake.alongside HOME      follows the library until its standard input ends, which also the run's death does
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time

from kb import settings as all_settings
from kb.errors import KbError
from kb.finding.indexing import LibraryFeed
from kb.library import Library
from kb.settings import SETTINGS, Settings

_WORTH_IT_AFTER = 1.0  # seconds; a shorter run is over before a process has started
_MOST_BEHIND = 6_000  # changes; then the run waits, so that a stop or a search has not much to wait for
_PATIENCE = 30.0  # seconds without progress, after which a run waits no longer
_PAUSE = 0.05


class Alongside:
    """Keeps the index close behind a run. Call `step` after each batch and `finish` at the end.

    What the process cannot do (it could not be started, it died) `finish` does itself: it is only about time.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._began = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._tried = self._hopeless = False
        if LibraryFeed(library).latest() == 0:
            library.catch_up()  # an index that begins empty is followed; one that begins later is first made anew

    def step(self) -> None:
        if not self._tried and time.monotonic() - self._began > _WORTH_IT_AFTER:
            self._tried = True
            self._start()
        if self._process is not None and not self._hopeless:
            self._wait_for_index()

    def finish(self) -> bool:
        """Whether the index holds everything now."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._process = None
        return self._library.catch_up()

    def _start(self) -> None:
        try:
            self._process = start("kb.intake.alongside", self._library.settings)
        except OSError:
            return

    def _wait_for_index(self) -> None:
        indexer = self._library.indexer()
        lag, until = indexer.lag(), time.monotonic() + _PATIENCE
        while lag > _MOST_BEHIND and self._process is not None and self._process.poll() is None:
            time.sleep(_PAUSE)
            before, lag = lag, indexer.lag()
            if lag < before:
                until = time.monotonic() + _PATIENCE
            elif time.monotonic() > until:
                self._hopeless = True
                return


def start(module: str, settings: Settings, *words: str) -> subprocess.Popen[bytes]:
    """A module of kb as a process over this library, which ends when its standard input does. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - our own command, no text of anybody's in it
        [sys.executable, "-m", module, str(settings.home), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_as_environment(settings)},
    )


def _as_environment(settings: Settings) -> dict[str, str]:
    """The settings as another process reads them, also those that were given to this one by hand."""
    return {setting.variable: str(getattr(settings, setting.name)) for setting in SETTINGS}


def follow(library: Library, ended: threading.Event) -> None:
    """Bring the index along until told that no more will come; then once more, to the end."""
    while not ended.wait(_PAUSE):
        library.catch_up()
    library.catch_up()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, whose end this one sees
    # What is made here is short-lived and refers to nothing that refers back: looking for cycles took a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    try:
        library = Library(all_settings.load(sys.argv[1]))
    except KbError:
        return  # the run meets the same, and says it
    follow(library, ended)
    library.close()


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


if __name__ == "__main__":
    main()
