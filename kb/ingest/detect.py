"""Which parser reads a file: by `--format`, by what its first bytes are, by its name, by what they look like."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from kb.errors import InvalidInput, UsageError
from kb.ingest.base import Parser
from kb.ingest.csv_ import Csv
from kb.ingest.json_ import Json
from kb.ingest.markdown import Markdown
from kb.ingest.ndjson import Ndjson
from kb.ingest.transcript import Transcript

PARSERS: tuple[Parser, ...] = (Ndjson(), Json(), Markdown(), Csv(), Transcript())
FORMATS = tuple(parser.name for parser in PARSERS)
SUFFIXES = frozenset(suffix for parser in PARSERS for suffix in parser.suffixes)
WHOLE_FILES = ("markdown", "transcript")
"""The formats in which a file is one review, and known by its name."""
HEAD = 1 << 16
_OTHER_NAMES = {"md": "markdown", "jsonl": "ndjson", "tsv": "csv"}
_TEXT_SUFFIXES = frozenset(("", ".txt", ".text"))

# What a file that is no text is, by its first bytes (each format's own specification).
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"Rar!", "a rar archive; unpack it first"),
    (b"%PDF", "a PDF document; save its text as Markdown"),
    (b"{\\rtf", "an RTF document; save its text as Markdown"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save a sheet as CSV, a text as Markdown"),
    (b"SQLite format 3\0", "an SQLite database; export its rows as CSV"),
    (b"PAR1", "a Parquet file; export it as CSV"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a sound, video or WebP file"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_OFFICE = (
    (b"xl/", "an Excel workbook; save the sheet as CSV"),
    (b"word/", "a Word document; save its text as Markdown, a transcript as plain text or .vtt"),
)
# Control characters that text does not have; ESC is left out, terminals' logs have it.
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def named(name: str) -> Parser:
    """The parser of `--format NAME`. Raises UsageError with the names that there are."""
    word = name.strip().lower()
    for parser in PARSERS:
        if parser.name == _OTHER_NAMES.get(word, word):
            return parser
    raise UsageError(f"There is no format {name}; there are {', '.join(FORMATS)}.")


def refuse_what_is_no_text(head: bytes) -> None:
    """Raises InvalidInput with what the file is, from its first bytes as they are on the disk."""
    if not head:
        raise InvalidInput("The file is empty.")
    for magic, words in _MAGIC:
        if head.startswith(magic):
            for part, office in _OFFICE:
                if magic == b"PK\x03\x04" and part in head:
                    words = office
            raise InvalidInput(f"The file is {words}, whatever its name says.")
    if head[4:8] == b"ftyp":
        raise InvalidInput("The file is a video or sound recording, whatever its name says.")
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _looks_binary(head):
        raise InvalidInput("The file is binary, not text: kb reads text (Markdown, NDJSON, JSON, CSV, transcripts).")


def parser_for(name: str, head: bytes, format_: str | None = None) -> Parser:
    """The parser of the file `name` that begins with `head` (UTF-8). Raises InvalidInput where none is the
    right one."""
    if format_:
        return named(format_)
    if not head.strip():
        raise InvalidInput("The file is empty but for white space.")
    suffix = PurePosixPath(name).suffix.lower()
    for parser in PARSERS:
        if suffix in parser.suffixes:
            if parser.name == "json" and not parser.sniff(head) and not head.lstrip().startswith((b"{", b"[", b'"')):
                raise InvalidInput("The file is named as JSON but begins neither with { nor with [.")
            return parser
    for parser in PARSERS:
        if parser.sniff(head):
            return parser
    if suffix in _TEXT_SUFFIXES:
        return named("markdown")
    raise InvalidInput(
        f"kb does not know files that end in {suffix}. Save a table as CSV, a text as Markdown or .txt. "
        f"If it is one of {', '.join(FORMATS)} by another name, rename it, or say which with --format."
    )


def _looks_binary(head: bytes) -> bool:
    sample = head[:8192]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 20 < max(even, odd) and max(even, odd) > len(sample) // 5:
        return False  # UTF-16 without a mark: every other byte of Latin text is NUL
    # A few such bytes are a damaged row; random bytes have a NUL in 256 and a control character in ten.
    return even + odd > len(sample) // 100 + 16 or len(_CONTROL.findall(sample)) > len(sample) // 20 + 16
