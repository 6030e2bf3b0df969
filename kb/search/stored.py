"""What the embedded engines have in common: the shelf with its generations, when to look for new commits, rebuilding.

An engine adds how a generation is opened, written and asked.
"""

from __future__ import annotations

import shutil
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from kb.errors import SearchIndexError
from kb.search.base import Batch, Correction, Document, Feed, Hit, Page, Query, Suggestion
from kb.search.compounds import compounds, is_part
from kb.search.entries import KNOWN, Entry, entry
from kb.search.nodes import Leaf
from kb.search.shelf import Shelf, State
from kb.search.spelling import corrections
from kb.search.vocabulary import Lookup, both, suggestions


class _Languages(Protocol):
    @property
    def languages(self) -> tuple[str, ...]:
        """Those whose stems are in an index."""


Reader = TypeVar("Reader", bound=_Languages)
_HARDLY_ANY = 4 << 20  # bytes of a disk: less than a writer begins with


class Writer(ABC):
    """Writes one generation. `commit` makes what was put so far visible and safe; `close` ends, keeping only that.

    `replaces_uncommitted` says whether `put` and `remove` also find what was put since the last commit.
    """

    replaces_uncommitted = False

    @abstractmethod
    def put(self, entries: Iterable[Entry], *, fresh: bool = False) -> None:
        """Add entries, replacing those of the same key. `fresh`: there are none yet, so nothing need be replaced."""

    @abstractmethod
    def remove(self, keys: Sequence[str]) -> None: ...

    @abstractmethod
    def commit(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


def _entries(batch: Batch) -> list[Entry]:
    return list({document.key: entry(document) for document in batch.upserts}.values())


def _is_disk_full(error: BaseException, folder: Path) -> bool:
    """Whether that is why. An engine's library may only say that its writer died, so what is left of the disk tells."""
    try:
        return "No space left" in str(error) or shutil.disk_usage(folder).free < _HARDLY_ANY
    except OSError:
        return False


class StoredEngine(ABC, Generic[Reader]):
    name: str

    def __init__(self, folder: Path | None, schema: str, library_id: str) -> None:
        self.shelf = Shelf(folder, schema, library_id)
        self._guard = threading.Lock()
        self.asking: AbstractContextManager[object] = nullcontext()  # one question at a time, where it must be so
        self._open: tuple[State, Reader] | None = None
        self._session: Writer | None = None
        self._uncommitted: set[str] = set()  # keys
        self.memory: dict[str, Any] = {}  # the generations of an index without a folder, as the engine keeps them

    # What an engine adds

    @abstractmethod
    def open_reader(self, generation: str, previous: Reader | None) -> Reader:
        """A view of what is committed now. `previous` is the last one of the same generation, to be renewed."""

    @abstractmethod
    def close_reader(self, reader: Reader) -> None: ...

    @abstractmethod
    def open_writer(self, generation: str, *, create: bool, large: bool) -> Writer:
        """`create`: the generation is new and empty; `large`: many documents will come."""

    @abstractmethod
    def search_in(self, reader: Reader, query: Query) -> Page: ...

    @abstractmethod
    def lookup_in(self, reader: Reader, field: str) -> Lookup:
        """The words of a field."""

    @abstractmethod
    def holds_in(self, reader: Reader, word: str) -> bool:
        """Whether any document has the word in one of its forms."""

    @abstractmethod
    def similar_in(self, reader: Reader, like: Entry, limit: int) -> Sequence[Hit]: ...

    @abstractmethod
    def keys_in(self, reader: Reader) -> list[str]:
        """The key of every document, twice if it stands there twice."""

    # The contract of kb/search/base.py

    def watermark(self) -> int:
        state = self.shelf.usable()
        if state is None:
            return -1
        try:
            return state.watermark if self._reader() is not None else -1
        except SearchIndexError:
            return -1

    def search(self, query: Query) -> Page:
        with self._asked() as reader:
            return self.search_in(reader, query) if reader is not None else Page()

    def suggest(self, prefix: str, limit: int = 8) -> Sequence[Suggestion]:
        with self._asked() as reader:
            return suggestions(prefix, limit, self.lookup_in(reader, "display")) if reader is not None else ()

    def corrections(self, word: str) -> Sequence[Correction]:
        with self._asked() as reader:
            if reader is None:
                return ()
            known, tails = self._words_in(reader)

            def held(word: str) -> bool:
                return self.holds_in(reader, word) or is_part(word, known, tails, reader.languages)

            return corrections(word, known, self.lookup_in(reader, "display"), held)

    def correct(self, word: str) -> str | None:
        return next((one.text for one in self.corrections(word) if not one.needs), None)

    def compounds(self, word: str) -> Sequence[Leaf]:
        with self._asked() as reader:
            return compounds(word, *self._words_in(reader), reader.languages) if reader is not None else ()

    def _words_in(self, reader: Reader) -> tuple[Lookup, Lookup]:
        """The words that documents have, and the long ones of them backwards."""
        return both(*(self.lookup_in(reader, field) for field in KNOWN)), self.lookup_in(reader, "tails")

    def similar(self, document: Document, limit: int = 5) -> Sequence[Hit]:
        with self._asked() as reader:
            return self.similar_in(reader, entry(document), limit) if reader is not None else ()

    def keys(self) -> set[str]:
        return set(self._keys())

    def _keys(self) -> Sequence[str]:
        with self._asked() as reader:
            return self.keys_in(reader) if reader is not None else ()

    def verify(self) -> Sequence[str]:
        state = self.shelf.state()
        if state is None:
            return ("There is no search index yet, or its state.json cannot be read. `kb reindex` makes it anew.",)
        if self.shelf.usable() is None:
            return ("The search index is of another version of kb or of another library. `kb reindex` makes it anew.",)
        try:
            self.search(Query(limit=1))
            keys = self._keys()
            if more := len(keys) - len(set(keys)):
                return (f"The search index holds {more:,} reviews or gems twice.",)
            if damaged := self.damaged():
                return (f"The search index is damaged: {', '.join(damaged)} is not what was written.",)
        except SearchIndexError as error:
            return (str(error),)
        return ()

    def damaged(self) -> Sequence[str]:
        """The files of the index, by name, that an engine can tell are not what was written. May read all of them."""
        return ()

    @contextmanager
    def writing(self, *, large: bool = True) -> Iterator[None]:
        """Keep one writer open over several `apply`, for a long ingest.

        Raises IndexBusy when another process or thread is writing.
        """
        with self.shelf.writing():
            if self._session is not None:
                yield
                return
            state = self.shelf.usable()
            if state is None and self.shelf.state() is not None:
                raise SearchIndexError(
                    "The search index must be made anew before it can take changes: run `kb reindex`."
                )
            generation = state.generation if state is not None else self.shelf.new_generation()
            with self._failures():
                self._session = self.open_writer(generation, create=state is None, large=large)
            try:
                if state is None:
                    self._session.commit()
                    self.shelf.save(generation, 0)
                yield
            finally:
                session, self._session = self._session, None
                self._uncommitted.clear()
                with self._failures():
                    session.close()

    def prepare(self, batch: Batch) -> Batch:
        return replace(batch, prepared=_entries(batch))

    def apply(self, batch: Batch, *, commit: bool = True) -> None:
        with self.writing(large=len(batch.upserts) > 500):
            session, state = self._session, self.shelf.usable()
            assert session is not None  # writing() saw to both
            assert state is not None
            entries = batch.prepared if batch.prepared is not None else _entries(batch)
            keys = {*batch.deletes, *(made.key for made in entries)}
            with self._failures():
                if not session.replaces_uncommitted and not self._uncommitted.isdisjoint(keys):
                    session.commit()
                    self._uncommitted.clear()
                session.remove(batch.deletes)
                session.put(entries)
                self._uncommitted |= keys
                if not commit:
                    return
                session.commit()
                self._uncommitted.clear()
            self.shelf.save(state.generation, batch.watermark)

    def rebuild(self, feed: Feed, progress: Callable[[int], None] | None = None) -> None:
        with self.shelf.writing():
            watermark = feed.latest()
            generation = self.shelf.new_generation()
            with self._failures():
                writer = self.open_writer(generation, create=True, large=True)
            try:
                for documents in feed.documents(1000):
                    entries = [entry(document) for document in documents]
                    with self._failures():
                        writer.put(entries, fresh=True)
                    if progress is not None:
                        progress(len(documents))
                with self._failures():
                    writer.commit()
            finally:
                with self._failures():
                    writer.close()
            self.shelf.save(generation, watermark)
            self._reader()
            self.shelf.discard(keep=generation)
            self.memory = {name: kept for name, kept in self.memory.items() if name == generation}

    def close(self) -> None:
        with self._guard:
            if self._open is not None:
                self.close_reader(self._open[1])
                self._open = None

    def _reader(self) -> Reader | None:
        """A reader of the newest commit of the generation that answers; None when there is no usable index."""
        state = self.shelf.usable()
        if state is None:
            return None
        current = self._open
        if current is not None and current[0] is state:
            return current[1]
        with self._guard, self._failures():
            current = self._open
            if current is not None and current[0] is state:
                return current[1]
            same = current is not None and current[0].generation == state.generation
            reader = self.open_reader(state.generation, current[1] if same and current is not None else None)
            if current is not None and current[1] is not reader:
                self.close_reader(current[1])
            self._open = (state, reader)
            return reader

    @contextmanager
    def _asked(self) -> Iterator[Reader | None]:
        """A reader for one question."""
        with self.asking:
            reader = self._reader()
            with self._failures():
                yield reader

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What the engine's library raises, as a sentence."""
        try:
            yield
        except SearchIndexError:
            raise
        except BaseException as error:
            # What panics in an extension module is, by its kind, no Exception.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            where = f" in {self.shelf.folder}" if self.shelf.folder is not None else ""
            if self.shelf.folder is not None and _is_disk_full(error, self.shelf.folder):
                raise SearchIndexError(
                    f"The disk with the search index{where} is full. Make room: the index then catches up by itself. "
                    "The library itself is unharmed."
                ) from error
            raise SearchIndexError(
                f"The search index{where} cannot be used ({type(error).__name__}: {str(error)[:200]}). "
                "The library itself is unharmed; `kb reindex` makes the index anew."
            ) from error
