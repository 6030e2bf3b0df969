"""What was set aside as files: each in its own format, so that it can be mended in an editor and brought in again."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile

from kb.ingest.detect import FORMATS, named
from kb.models import SkippedRow
from kb.web.uploads import free_name, safe_name

_IN_MEMORY = 4 * 1024 * 1024
_PIECE = 64 * 1024


def files(rows: Iterable[SkippedRow]) -> dict[str, list[bytes]]:
    """The rows by the name of the file that they stand in, which is as where they came from; a single file where all of
    them can stand in one: lines of NDJSON, or tables under one header."""
    kinds: dict[tuple[str, ...], dict[str, list[bytes]]] = {}
    for number, row in enumerate(rows):
        if row.content:
            kinds.setdefault(_kind(row, number), {}).setdefault(row.source, []).append(row.content)
    if len(kinds) == 1:
        (kind, by_source) = next(iter(kinds.items()))
        by_source = {next(iter(by_source)): [piece for pieces in by_source.values() for piece in pieces]}
        kinds = {kind: by_source}
    found: dict[str, list[bytes]] = {}
    taken: set[str] = set()
    for kind, by_source in kinds.items():
        for source, pieces in by_source.items():
            found[free_name(_name(source, kind[0]), taken)] = pieces
    return found


def _kind(row: SkippedRow, number: int) -> tuple[str, ...]:
    """Rows of one kind may stand one after the other in a file: of the other formats each is a file."""
    if row.format == "csv":
        return (row.format, row.content.split(b"\n", 1)[0].strip().decode("utf-8", "replace"))
    if row.format == "ndjson":
        return (row.format,)
    return (row.format, row.source) if row.format == "json" else (row.format, str(number))


def _name(source: str, format_: str) -> str:
    """As the source, with a suffix by which its format is known again."""
    name = safe_name(source)
    suffixes = named(format_).suffixes if format_ in FORMATS else ()
    return name if not suffixes or PurePosixPath(name).suffix.lower() in suffixes else name + suffixes[0]


def lines(pieces: Sequence[bytes]) -> Iterator[bytes]:
    """One record after the other, each on a line of its own; a single one is left as it is."""
    for piece in pieces:
        yield piece
        if len(pieces) > 1 and not piece.endswith(b"\n"):
            yield b"\n"


def archive(found: Mapping[str, Sequence[bytes]]) -> Iterator[bytes]:
    """A zip archive of these files, piece by piece."""
    with SpooledTemporaryFile(_IN_MEMORY) as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, pieces in found.items():
                packed.writestr(name, b"".join(lines(pieces)))
        kept.seek(0)
        while piece := kept.read(_PIECE):
            yield piece
