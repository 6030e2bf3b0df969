"""Whether tantivy's files still hold what was written: each ends with a checksum, which tantivy itself does not look at.

A file is what it holds, then a footer in JSON (`{"version": …, "crc": …}`), the footer's length, and a number by which
it is known, both of four bytes, least first (tantivy: src/directory/footer.rs).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path

_KNOWN_BY = 1337
_END = 8
_AT_ONCE = 1 << 20


def damaged(folder: Path) -> Iterator[str]:
    """The names of the index's files that do not hold any more what was written. Those of segments that somebody is
    writing, or merged away meanwhile, are not looked at."""
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
    except FileNotFoundError:  # made anew meanwhile, in another folder
        return
    for segment in meta["segments"]:
        for path in sorted(folder.glob(f"{segment['segment_id'].replace('-', '')}.*")):
            try:
                if not _is_whole(path):
                    yield path.name
            except FileNotFoundError:
                continue


def _is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _END, 0))
        end = file.read()
        length = int.from_bytes(end[:4], "little")
        left = size - _END - length
        if left < 0 or int.from_bytes(end[4:], "little") != _KNOWN_BY:
            return False
        file.seek(left)
        try:
            written = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        found = 0
        while left > 0 and (piece := file.read(min(left, _AT_ONCE))):
            found = zlib.crc32(piece, found)
            left -= len(piece)
        return bool(found == written)
