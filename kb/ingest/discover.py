"""From what the person named (files, folders, globs, `-`) to the inputs of a run, in a steady order."""

from __future__ import annotations

import glob
import os
import shutil
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from kb.ingest.base import STDIN, Input
from kb.ingest.detect import SUFFIXES
from kb.models import SkippedRow

_HIDDEN = "."


def find(paths: Iterable[str | os.PathLike[str]], stdin: BinaryIO | None = None) -> list[Input | SkippedRow]:
    """What `paths` name, in order; never raises for a path: each that cannot be read is a SkippedRow with a sentence.

    A folder gives its files with a known suffix, those of its folders too, hidden ones left out, sorted by name.
    A file that was named itself is always tried. An input's name begins with the folder that was named, or that the
    named file lies in (`notes/2026/visit.md`), whatever the working directory: it is the identity of a file
    without an id. A file that is named twice is read once. `-` is `stdin`, by default the process's own.
    """
    walk = _Walk()
    for path in paths:
        text = os.fspath(path)
        if text == STDIN:
            walk.standard_input(sys.stdin.buffer if stdin is None else stdin)
        elif not os.path.lexists(text) and glob.has_magic(text):
            walk.pattern(text)
        else:
            walk.named(text)
    return walk.found


class _Walk:
    """One discovery, with what it has seen: folders and files by device and inode."""

    def __init__(self) -> None:
        self.found: list[Input | SkippedRow] = []
        self._files: set[tuple[int, int]] = set()
        self._folders: dict[tuple[int, int], str] = {}
        self._passed: Counter[str] = Counter()  # files of other kinds in the folder that was named, by suffix

    def skip(self, name: str, reason: str) -> None:
        self.found.append(SkippedRow(_shown(name), "", reason))

    def standard_input(self, stream: BinaryIO) -> None:
        """Kept in a temporary file first, so that its size is known and it can be read twice."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - the pipeline closes it
        try:
            shutil.copyfileobj(stream, spool)
        except OSError as error:
            spool.close()
            self.skip(STDIN, f"Standard input cannot be read: {error.strerror}.")
            return
        self.found.append(Input(STDIN, None, spool.tell(), spool))

    def pattern(self, text: str) -> None:
        """A glob that the shell has not spread. Names begin with the last folder before its first star."""
        matches = sorted(glob.glob(text, recursive=True))
        if not matches:
            self.skip(text, "No file matches.")
        base = text
        while glob.has_magic(base):
            base = os.path.dirname(base)
        base = os.path.abspath(base or ".")
        for match in matches:
            below = os.path.relpath(os.path.abspath(match), base)
            self.named(match, os.path.join(os.path.basename(base), below))

    def named(self, path: str, name: str = "") -> None:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            link = os.path.islink(path)
            self.skip(path, "It is a link to a file that is not there." if link else "There is no such file or folder.")
        except (OSError, ValueError) as error:
            self.skip(path, _reason(error))
        else:
            whole = os.path.abspath(path)
            if stat.S_ISDIR(status.st_mode):
                before = len(self.found), len(self._files), len(self._folders)
                self._passed.clear()
                self._folder(path, name or os.path.basename(whole), status)
                if before[:2] == (len(self.found), len(self._files)) and len(self._folders) > before[2]:
                    self.skip(name or os.path.basename(whole), self._nothing_in_folder())
            else:
                folder = os.path.basename(os.path.dirname(whole))
                self._file(path, name or os.path.join(folder, os.path.basename(whole)), status)

    def _nothing_in_folder(self) -> str:
        if not self._passed:
            return "There are no files in this folder."
        kinds = ", ".join(f"{count} {suffix or 'without a suffix'}" for suffix, count in self._passed.most_common(6))
        return (
            f"No file in this folder is of a kind that is read from folders ({', '.join(sorted(SUFFIXES))}). "
            f"Passed over: {kinds}. Name a file itself to have it tried."
        )

    def _folder(self, path: str, name: str, status: os.stat_result) -> None:
        """Walks with a list instead of recursion, so that folders may nest as deep as the system lets them."""
        waiting = [(path, name, status)]
        while waiting:
            folder, name, status = waiting.pop()
            key = (status.st_dev, status.st_ino)
            if key in self._folders:
                if self._folders[key] != name:
                    self.skip(name, f"The link leads to {_shown(self._folders[key])}, which is read already.")
                continue
            self._folders[key] = name
            inner: list[tuple[str, str, os.stat_result]] = []
            for entry, entry_name, entry_status in self._entries(folder, name):
                if stat.S_ISDIR(entry_status.st_mode):
                    inner.append((entry, entry_name, entry_status))
                elif (suffix := os.path.splitext(entry)[1].lower()) in SUFFIXES:
                    self._file(entry, entry_name, entry_status)
                else:
                    self._passed[suffix] += 1
            waiting += reversed(inner)

    def _entries(self, folder: str, name: str) -> Iterator[tuple[str, str, os.stat_result]]:
        try:
            children = sorted(os.listdir(folder))
        except OSError as error:
            self.skip(name, _reason(error))
            return
        for child in children:
            if child.startswith(_HIDDEN):
                continue
            path, child_name = os.path.join(folder, child), f"{name}/{child}" if name else child
            try:
                yield path, child_name, os.stat(path)
            except OSError as error:
                if os.path.splitext(child)[1].lower() in SUFFIXES or not isinstance(error, FileNotFoundError):
                    self.skip(child_name, _reason(error))

    def _file(self, path: str, name: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self.skip(name, "It is a device, pipe or socket, not a file. Standard input is read with `-`.")
            return
        key = (status.st_dev, status.st_ino)
        if key not in self._files:
            self._files.add(key)
            self.found.append(Input(_shown(name), Path(path), status.st_size))


def _shown(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are written as \\xe9."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "It is a link to a file that is not there."
    if isinstance(error, PermissionError):
        return "It may not be read: permission is missing."
    if isinstance(error, OSError) and error.errno is not None:
        return f"It cannot be read: {error.strerror}."
    return "It is no name that a file can have."
