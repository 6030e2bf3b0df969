"""Vectors beside the index: found by nearness, disposable, in files that every process maps into its memory.

    <index>/meaning/state.json     how far it has come, of which library, model and schema; replaced in one step
    <index>/meaning/NAME.rows      whose passage each vector is, and a digest of the document it was made from
    <index>/meaning/NAME.signs     the signs of its components, a bit each: looked through first
    <index>/meaning/NAME.bytes     its components, a byte each: the nearest by signs are ordered by these
    <index>/meaning/lock           held while writing, by one process

A document that changed gets rows at the end; its old ones are crossed out where they stand. Rows after the state's count
are of a batch that was not finished, and are written over. When most are crossed out, what is left moves to new files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from kb.errors import IndexBusy, SearchIndexError

_SCHEMA = 3  # raise it when files, passages or the text that is embedded change
_ROW = np.dtype([("number", "<i8"), ("digest", "<u8"), ("passage", "<u2"), ("of", "<u2"), ("scale", "<f4")])
_GONE = -1
_CHUNK = 16_384  # rows looked through at a time, so that what is made of them stays in the cache
_NEAREST = 500  # rows by signs that are ordered by their bytes
_FAR = np.uint16(60_000)
_WORTH_MOVING = 5_000  # crossed-out rows


@dataclass(frozen=True, slots=True)
class State:
    """`watermark` is the last change taken in. While all is made for the first time, `filling` names the document after
    which to go on, and `watermark` is where the changes are to be followed from then."""

    kind: str
    library_id: str
    files: str
    rows: int = 0
    crossed_out: int = 0
    watermark: int = 0
    filling: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A document's number (`entries.to_number`), a digest of its text, and an array of vectors: of the whole of it, then
    of its passages."""

    number: int
    digest: int
    vectors: Any


@dataclass(frozen=True, slots=True)
class Near:
    """A document, how near it is (the mean of the cosines of the whole and of its nearest passage), and which that is,
    counted from 0."""

    number: int
    likeness: float
    passage: int


class Vectors:
    """The vectors of one library under one model. Reading needs no lock. Raises SearchIndexError when files cannot be
    written."""

    def __init__(self, folder: Path, model: str, width: int, library_id: str) -> None:
        self.folder = folder
        self.kind = f"{_SCHEMA} {model}"
        self.width = width
        self.library_id = library_id
        self._seen: tuple[State, _Mapped] | None = None

    def state(self) -> State | None:
        """How far it has come; None when there is nothing or it is of another library, model or schema."""
        try:
            state = State(**json.loads((self.folder / "state.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return state if (state.kind, state.library_id) == (self.kind, self.library_id) else None

    def nearest(self, vector: Any, limit: int) -> list[Near]:
        """The documents nearest to a vector of length 1, best first."""
        mapped = self._mapped()
        if mapped is None:
            return []
        rows = mapped.candidates(vector, max(_NEAREST, 4 * limit))
        firsts = np.unique(rows - mapped.rows["passage"][rows])
        sizes = mapped.rows["of"][firsts].astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)])[:-1]
        every = np.repeat(firsts - starts, sizes) + np.arange(sizes.sum())
        likeness = mapped.likeness(every, vector)
        found = []
        for first, start, size in zip(firsts, starts, sizes, strict=True):
            number = int(mapped.rows["number"][first])
            if number >= 0:
                own = likeness[start : start + size]
                best = int(np.argmax(own[1:])) if size > 1 else 0
                found.append(Near(number, float(own[0] + own[best + 1 if size > 1 else 0]) / 2, best))
        return sorted(found, key=lambda near: (-near.likeness, -near.number))[:limit]

    def of(self, number: int) -> Any:
        """The vector of a whole document, None when there is none."""
        mapped = self._mapped()
        if mapped is None:
            return None
        own = np.flatnonzero((mapped.rows["number"] == number) & (mapped.rows["passage"] == 0))
        return mapped.parts[own[0]].astype(np.float32) * mapped.rows["scale"][own[0]] if len(own) else None

    def _mapped(self) -> _Mapped | None:
        state = self.state()
        if state is None or not state.rows:
            return None
        seen = self._seen
        if seen is None or (seen[0].files, seen[0].rows) != (state.files, state.rows):
            try:
                seen = (state, _Mapped(self.folder / state.files, state.rows, self.width))
            except (OSError, ValueError):
                return None
            self._seen = seen
        return seen[1]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. Raises IndexBusy when another is, SearchIndexError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.folder / "lock").acquire(timeout=0):
                yield
        except filelock.Timeout as error:
            raise IndexBusy("Another process is making vectors just now.") from error
        except OSError as error:
            raise SearchIndexError(
                "%(folder)s cannot be written: %(error)s.", folder=self.folder, error=error
            ) from error

    def begin(self, watermark: int, filling: str) -> State:
        """Start anew, with no vectors."""
        return self._put_down(State(self.kind, self.library_id, self._new_name(), 0, 0, watermark, filling))

    def held(self, numbers: Sequence[int]) -> Mapping[int, int]:
        """The digests of those documents that have vectors."""
        mapped = self._mapped()
        if mapped is None:
            return {}
        found = mapped.rows[np.isin(mapped.rows["number"], np.asarray(numbers, np.int64))]
        return {int(row["number"]): int(row["digest"]) for row in found}

    def numbers(self) -> set[int]:
        mapped = self._mapped()
        return set() if mapped is None else {int(n) for n in np.unique(mapped.rows["number"]) if n >= 0}

    def put(self, made: Sequence[Made], gone: Sequence[int], *, watermark: int, filling: str) -> State:
        """Bring documents in and take others out, then note how far that is. Doing it twice is harmless."""
        state = self.state()
        assert state is not None  # the writer has begun
        crossed = self._cross_out(state, [*gone, *(each.number for each in made)])
        rows = self._append(state, made)
        state = replace(state, rows=rows, crossed_out=state.crossed_out + crossed, watermark=watermark, filling=filling)
        if state.crossed_out > _WORTH_MOVING and state.crossed_out > rows // 2:
            state = self._moved(state)
        return self._put_down(state)

    def _cross_out(self, state: State, numbers: Sequence[int]) -> int:
        if not numbers or not state.rows:
            return 0
        rows: Any = np.memmap(self.folder / f"{state.files}.rows", _ROW, "r+", shape=(state.rows,))
        old = np.flatnonzero(np.isin(rows["number"], np.asarray(numbers, np.int64)))
        rows["number"][old] = _GONE
        rows.flush()
        for end, size in (("signs", self.width // 8), ("bytes", self.width)):  # what was erased leaves nothing behind
            parts: Any = np.memmap(self.folder / f"{state.files}.{end}", np.uint8, "r+", shape=(state.rows, size))
            parts[old] = 0
            parts.flush()
        return len(old)

    def _append(self, state: State, made: Sequence[Made]) -> int:
        whole = [each for each in made if len(each.vectors)]
        if not whole:
            self._write(state, b"", b"", b"")
            return state.rows
        vectors = np.concatenate([each.vectors for each in whole])
        scale = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
        rows = np.zeros(len(vectors), _ROW)
        rows["number"] = np.repeat([each.number for each in whole], [len(each.vectors) for each in whole])
        rows["digest"] = np.repeat(
            np.array([each.digest for each in whole], np.uint64), [len(each.vectors) for each in whole]
        )
        rows["passage"] = np.concatenate([np.arange(len(each.vectors)) for each in whole])
        rows["of"] = np.repeat([len(each.vectors) for each in whole], [len(each.vectors) for each in whole])
        rows["scale"] = scale
        self._write(
            state,
            rows.tobytes(),
            _signs(vectors).tobytes(),
            np.rint(vectors / scale[:, None]).astype(np.int8).tobytes(),
        )
        return state.rows + len(vectors)

    def _write(self, state: State, rows: bytes, signs: bytes, parts: bytes) -> None:
        sizes = {"rows": _ROW.itemsize, "signs": self.width // 8, "bytes": self.width}
        for (end, size), data in zip(sizes.items(), (rows, signs, parts), strict=True):
            with open(self.folder / f"{state.files}.{end}", "ab") as file:
                file.truncate(state.rows * size)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

    def _moved(self, state: State) -> State:
        """What is not crossed out, in new files."""
        mapped = _Mapped(self.folder / state.files, state.rows, self.width)
        kept = np.flatnonzero(mapped.rows["number"] >= 0)
        fresh = replace(state, files=self._new_name(), rows=0, crossed_out=0)
        self._write(fresh, mapped.rows[kept].tobytes(), mapped.signs[kept].tobytes(), mapped.parts[kept].tobytes())
        return replace(fresh, rows=len(kept))

    def _new_name(self) -> str:
        taken = [int(path.stem[1:]) for path in self.folder.glob("v*.rows") if path.stem[1:].isdigit()]
        return f"v{max(taken, default=0) + 1:06}"

    def _put_down(self, state: State) -> State:
        if not state.rows:
            self._write(state, b"", b"", b"")
        partial = self.folder / "state.json.partial"
        partial.write_text(json.dumps(asdict(state)), "utf-8")
        partial.replace(self.folder / "state.json")
        for path in self.folder.glob("v*.*"):
            if path.stem != state.files:
                with suppress(OSError):  # somebody may have it open
                    path.unlink()
        return state


class _Mapped:
    """The files of one state, as arrays."""

    def __init__(self, stem: Path, rows: int, width: int) -> None:
        def array(end: str, kind: Any, *shape: int) -> Any:
            mapped = np.memmap(f"{stem}.{end}", kind, "r", shape=(rows, *shape))
            return mapped.view(np.ndarray)

        self.rows = array("rows", _ROW)
        self.signs = array("signs", np.uint64, width // 64)
        self.parts = array("bytes", np.int8, width)

    def candidates(self, vector: Any, most: int) -> Any:
        """The rows whose signs differ least from the vector's."""
        count = len(self.rows)
        if count <= most:
            return np.arange(count)
        signs = _signs(vector[None])[0]
        apart = np.empty(count, np.uint16)
        for start in range(0, count, _CHUNK):
            part = slice(start, start + _CHUNK)
            counts = np.bitwise_count(self.signs[part] ^ signs)
            apart[part] = _added_up(counts.view(np.uint64)) if counts.shape[1] == 8 else counts.sum(axis=1)
        apart[self.rows["number"] < 0] = _FAR
        return np.argpartition(apart, most)[:most]

    def likeness(self, rows: Any, vector: Any) -> Any:
        return (self.parts[rows].astype(np.float32) @ vector) * self.rows["scale"][rows]


def _added_up(eights: Any) -> Any:
    """Of each row of eight bytes their sum, none being over 64: first in four pairs, then these. Adding along so short an
    axis takes numpy five times as long."""
    pairs = (eights & np.uint64(0x00FF00FF00FF00FF)) + ((eights >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF))
    return ((pairs * np.uint64(0x0001000100010001)) >> np.uint64(48)).ravel()


def _signs(vectors: Any) -> Any:
    return np.packbits(vectors > 0, axis=1).view(np.uint64)
