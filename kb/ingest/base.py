"""The contract of a parser: a stream and its name in, drafts and skipped rows out; no database, no network.

A format is one module with a `Parser`; `kb/ingest/detect.py` chooses among them. Detecting the encoding, mapping
columns, matching with what is there, storing and the report are not the parser's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias

from kb.models import Draft, GemDraft, SkippedRow, TagDraft

Item: TypeAlias = Draft | TagDraft | GemDraft | SkippedRow
"""A GemDraft on its own is a gem without evidence (`"type": "gem"`)."""

STDIN = "-"
"""What standard input is called."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a parser may need to know. `mapping` is the column mapping of `--mapping FILE` (see kb/ingest/mapping.py);
    `zone` the library's, for dates without one; `max_field` the longest single field in bytes; `seen` is shown every row
    as it came, before it is mapped (kb/ingest/columns.py)."""

    zone: tzinfo = UTC
    mapping: Mapping[str, object] | None = None
    max_field: int = 10 * 1024 * 1024
    seen: Callable[[Mapping[Any, Any]], None] | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """What a parser found and where: `location` in words ("line 12"), `offset` how many bytes of the stream were
    read when it was found (for the progress bar; the pipeline counts over all inputs), `raw` the piece as it was.
    `source` is the input's name and `format` its parser's, filled in by the pipeline."""

    item: Item
    location: str = ""
    offset: int = 0
    raw: bytes = field(default=b"", repr=False)
    source: str = ""
    format: str = ""


class Parser(Protocol):
    """One format. Must take any bytes without raising: what it cannot take becomes a SkippedRow with a sentence."""

    name: str
    suffixes: tuple[str, ...]

    def sniff(self, head: bytes) -> bool:
        """Whether a stream that begins so (up to 64 KiB) is surely of this format."""

    def parse(self, stream: BinaryIO, source: str, options: Options) -> Iterator[Located]: ...


@dataclass(frozen=True, slots=True)
class Input:
    """One file to bring in, found by walking what the person named. `name` is how reports call it.

    What has no path (standard input, a skipped row that was mended) brings its bytes as `data`, a seekable stream,
    which the pipeline closes.
    """

    name: str
    path: Path | None
    size: int
    data: BinaryIO | None = field(default=None, compare=False)
