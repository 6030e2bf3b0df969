"""Templates as they are compiled, kept for the next process: compiling takes longer than all else of a first page.

In a checkout they lie where Python keeps its own bytecode, in `__pycache__` beside their source, and are trusted as that is.
An installed package stays as it was installed: there they lie where Jinja keeps them, in a folder of the machine's for
passing files that only this user may write. No folder that holds data has code in it. Where nothing can be written, each
process compiles for itself.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Compiled(FileSystemBytecodeCache):
    """Jinja's cache in a folder; what cannot be read or written there is as if it were not there."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # a file that a power cut left empty, or somebody else's: pickle and marshal raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        try:
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            return


def install(app: Flask, templates: Path, *, installed: bool = False) -> None:
    """Keep what is compiled of these templates; `installed` says that they lie in an installed package."""
    if sys.dont_write_bytecode:
        return
    try:
        cache = Compiled(None if installed else str(folder(templates)))
    except (OSError, RuntimeError):  # no such folder can be made, or what is there belongs to somebody else
        return
    app.jinja_options = {**app.jinja_options, "bytecode_cache": cache}


def folder(templates: Path) -> Path:
    """Another version of Jinja or Python compiles anew."""
    return templates / "__pycache__" / f"jinja-{version('jinja2')}-{sys.implementation.cache_tag}"
