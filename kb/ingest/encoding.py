"""The encoding of a text file found out, and the file given as UTF-8 to the parsers.

A byte order mark decides; then NULs at every other byte (UTF-16 without a mark); then whether the whole file is
UTF-8. A file that is UTF-8 but for some lines stays so, and its parser sets those lines aside. Only where most lines
with letters beyond ASCII are not UTF-8, charset-normalizer looks at these lines.
"""

from __future__ import annotations

import codecs
import io
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_CHUNK = 1 << 20
_SAMPLE = 1 << 15
_IN_MEMORY = 8 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = [
    "cp1252",
    "cp932",
    "gb18030",
    "big5",
    "euc_jp",
    "euc_kr",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
]


def as_utf8(stream: BinaryIO) -> BinaryIO:
    """`stream` from its beginning as UTF-8 with `\\n` line ends: itself where it is that already, else a copy.

    A line that cannot be read in the encoding of the rest is handed on as its bytes are. Raises OSError.
    """
    name = name_of(stream)
    head = stream.read(_SAMPLE)
    stream.seek(0)
    only_returns = b"\r" in head and b"\n" not in head and not name.startswith("utf-16")
    if name == "utf-8" and not only_returns:
        return stream
    copy: BinaryIO = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
    for piece in _wide_pieces(stream, name) if name.startswith(("utf-16", "utf-32")) else _pieces(stream, name):
        copy.write(piece.replace(b"\r", b"\n") if only_returns else piece)
    copy.seek(0)
    return copy


def name_of(stream: BinaryIO) -> str:
    """The encoding that a file is in, as Python calls it; the stream stands at its beginning then. Raises OSError."""
    stream.seek(0)
    name = _wide(stream.read(_SAMPLE)) or _narrow(stream)
    stream.seek(0)
    return name


def _wide(head: bytes) -> str:
    """UTF-16 or UTF-32, by its mark or by the NULs of ASCII letters in it; UTF-8 by its mark; "" otherwise."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    sample = head[: len(head) // 2 * 2]
    if len(sample) >= 4 and b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > 0.4 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.4 * half and odd < 0.05 * half:
            return "utf-16-be"
    return ""


def _narrow(stream: BinaryIO) -> str:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _legacy(stream)
    return "utf-8"


def _legacy(stream: BinaryIO) -> str:
    """The encoding of the lines that are not UTF-8, if they are more than those that are (ASCII alone not counted)."""
    stream.seek(0)
    good = 0
    bad: list[bytes] = []
    size = 0
    while size < _SAMPLE and (line := stream.readline(_SAMPLE)):
        if line.isascii():
            continue
        try:
            line.decode()
            good += 1
        except UnicodeDecodeError:
            bad.append(line)
            size += len(line)
    if good >= len(bad):
        return "utf-8"
    best = _best(bad, _CANDIDATES)
    return str(best.encoding) if best else _nearest(bad)


def _best(lines: list[bytes], candidates: list[str]) -> CharsetMatch | None:
    # Read when a file needs it, few do: what everything that starts would wait for.
    from charset_normalizer import from_bytes

    return from_bytes(b"".join(lines), cp_isolation=candidates).best()


def _nearest(lines: list[bytes]) -> str:
    """The encoding in which most of the lines are readable text, where there is none in which all are.

    UTF-8 where there is none at all: then its parser sets the lines aside one by one.
    """
    found: list[tuple[float, float, str]] = []
    for name in _CANDIDATES:
        readable = [line for line in lines if _is_in(line, name)]
        if len(readable) * 2 > len(lines):
            match = _best(readable, [name])
            if match is not None:
                found.append((match.chaos, -match.coherence, name))
    return min(found)[2] if found else "utf-8"


def _is_in(line: bytes, name: str) -> bool:
    try:
        line.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _wide_pieces(stream: BinaryIO, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)("replace")
    while chunk := stream.read(_CHUNK):
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _pieces(stream: BinaryIO, name: str) -> Iterator[bytes]:
    for line in iter(lambda: stream.readline(_CHUNK), b""):
        try:
            yield line.decode(name).encode()
        except UnicodeDecodeError:
            yield line
    stream.seek(0, io.SEEK_END)
