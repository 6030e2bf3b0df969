"""Markdown: the interchange's keys as YAML front matter, the body below it; one file is one record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from kb.errors import InvalidInput
from kb.ingest import front_matter
from kb.ingest.base import Item, Located, Options
from kb.ingest.lines import limit_of
from kb.ingest.mapping import Rows
from kb.ingest.parts import heading
from kb.ingest.safe_yaml import BadYaml
from kb.models import SkippedRow


class Markdown:
    """One file, one record. Without front matter the title is the first heading, or else the name of the file."""

    name = "markdown"
    suffixes: tuple[str, ...] = (".md", ".markdown")

    def sniff(self, head: bytes) -> bool:
        """Whether there is front matter: any other text may be Markdown, but is not surely so."""
        return head.removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r\n"))

    def parse(self, stream: BinaryIO, source: str, options: Options) -> Iterator[Located]:
        limit = limit_of(options.max_field)
        raw = stream.read(limit + 1)
        location = ""
        item: Item
        try:
            if len(raw) > limit:
                raw = raw[:limit]
                raise InvalidInput(f"The file is longer than {limit:,} bytes; only its beginning is kept here.")
            item = _read(raw, source, options)
        except BadYaml as error:
            location = f"front matter, line {error.line}"
            reason = f"The front matter cannot be read, line {error.line}: {error.reason}."
            item = SkippedRow(source, location, reason, raw, self.name)
        except InvalidInput as error:
            item = SkippedRow(source, location, str(error), raw, self.name)
        yield Located(item, location, len(raw), raw)


def _read(raw: bytes, source: str, options: Options) -> Item:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"The file is not UTF-8: line {line} has the byte {raw[error.start]:#04x}, which is none. Save it so."
        ) from error
    keys, body = front_matter.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not keys:
        keys = {"title": heading(body) or PurePosixPath(source).stem.strip("-")}
    if body.strip():
        if "body" in keys:
            keys["body (front matter)"] = keys.pop("body")
        keys["body"] = body
    return Rows(options).read(keys)
