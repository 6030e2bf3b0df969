"""Where an engine keeps its files: generations side by side, a small state that says which one answers, one writer.

    <index>/<engine>/state.json    which generation, up to which change, of which library, in which schema
    <index>/<engine>/g000001/      the engine's own files
    <index>/<engine>/lock          held while writing, by one process

The state is replaced in one step after the engine has committed. A crash before that leaves the older watermark, and
the changes after it are applied once more, which does no harm. A rebuild fills a new generation and then swaps.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from kb.errors import IndexBusy, SearchIndexError

BUSY = "Another process is writing the search index just now. Try again in a moment."
PATIENCE = 2.0  # seconds; writing a small batch takes a tenth of one


@dataclass(frozen=True, slots=True)
class State:
    """What is in the index. `schema` names the shape of its files, `watermark` the last change they hold."""

    schema: str
    library_id: str
    generation: str
    watermark: int


class Shelf:
    """The folder of one engine, or none (`folder=None`) for an index that lives in memory with this object."""

    def __init__(self, folder: Path | None, schema: str, library_id: str) -> None:
        self.folder = folder
        self.schema = schema
        self.library_id = library_id
        self._own = threading.RLock()
        self._depth = 0
        self._memory: State | None = None
        self._seen: tuple[object, State | None] = (None, None)

    def state(self) -> State | None:
        """The state as it is now; None when there is no index yet or what is there cannot be read."""
        if self.folder is None:
            return self._memory
        try:
            found = os.stat(self.folder / "state.json")
        except OSError:
            return None
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if self._seen[0] != stamp:
            self._seen = (stamp, self._read())
        return self._seen[1]

    def _read(self) -> State | None:
        assert self.folder is not None  # the callers know
        try:
            return State(**json.loads((self.folder / "state.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def usable(self) -> State | None:
        """The state if it is of this schema and library, else None."""
        state = self.state()
        ours = state is not None and state.schema == self.schema and state.library_id == self.library_id
        return state if ours else None

    def path(self, generation: str) -> Path | None:
        return None if self.folder is None else self.folder / generation

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. Raises IndexBusy when another thread or process is. May be nested in one thread."""
        if not self._own.acquire(timeout=PATIENCE):
            raise IndexBusy(BUSY)
        try:
            if self._depth or self.folder is None:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                return
            with self._locked():
                self._depth = 1
                try:
                    yield
                finally:
                    self._depth = 0
        finally:
            self._own.release()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        assert self.folder is not None  # the callers know
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / "lock")
            lock.acquire(timeout=PATIENCE)
        except filelock.Timeout as error:
            raise IndexBusy(BUSY) from error
        except OSError as error:
            raise SearchIndexError(f"The search index in {self.folder} cannot be written: {error}.") from error
        try:
            yield
        finally:
            lock.release()

    def new_generation(self) -> str:
        """A name for a fresh generation, its folder made empty. Only while writing."""
        state = self.state()
        latest = int(state.generation[1:]) if state is not None and state.generation[1:].isdigit() else 0
        name = f"g{latest + 1:06}"
        self.discard(keep=state.generation if state is not None else "")
        if (path := self.path(name)) is not None:
            path.mkdir(parents=True, exist_ok=True)
        return name

    def save(self, generation: str, watermark: int) -> None:
        """Say that this generation answers from now on, with the changes up to `watermark` in it."""
        state = State(self.schema, self.library_id, generation, watermark)
        if self.folder is None:
            self._memory = state
            return
        temporary = self.folder / "state.json.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.folder / "state.json")
        with suppress(OSError):  # not every system can sync a folder
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def discard(self, keep: str) -> None:
        """Remove every generation but one: older ones, and what a rebuild that was stopped left behind."""
        if self.folder is None:
            return
        for path in self.folder.glob("g[0-9]*"):
            if path.name != keep:
                shutil.rmtree(path, ignore_errors=True)  # an open file on Windows stays until the next time
