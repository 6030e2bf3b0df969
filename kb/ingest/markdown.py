"""Markdown: the interchange's keys as YAML front matter, the body below it; one file is one record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from kb.errors import InvalidInput
from kb.ingest import front_matter
from kb.ingest.base import Item, Located, Options
from kb.ingest.dates import moment
from kb.ingest.keys import folded, key_of
from kb.ingest.lines import limit_of
from kb.ingest.mapping import Rows
from kb.ingest.parts import heading
from kb.ingest.safe_yaml import BadYaml
from kb.ingest.text import decoded
from kb.models import SkippedRow

_OF_NOTION = re.compile(r" [0-9a-f]{32}$")
_BELOW_HEADING = re.compile(r"\s*#[^\n]*\n\s*\n(?P<lines>(?:[^\W_][^\n:]{0,60}: [^\n]*(?:\n|\Z))+)(?=\s*(?:\n|\Z))")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*/)?([^\[\]|/]+)(?:\|[^\[\]]*)?\]\]")
_TOPIC = re.compile(r"(?:^|(?<=[\s(]))(?<!\]\()#([^\W\d_][\w/-]{1,60})(?![\w#!?])")
_CODE = re.compile(r"^[ \t>]*(```+|~~~+).*?(?:^[ \t>]*\1|\Z)|(`+)[^`\n]*\2", re.MULTILINE | re.DOTALL)
_HASH = re.compile(r"\A#(?=[^\W\d_])")
_COLOUR = re.compile(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3}){0,1}")
_MADE = ("created", "datecreated", "createdat", "creationdate", "ms.date", "published", "publishdate", "pubdate")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_LINKED = frozenset(("reviewer", "reviewee", "customer", "product", "team", "channel", "tags"))


class Markdown:
    """One file, one record. Without front matter the title is the first heading, or else the name of the file."""

    name = "markdown"
    suffixes: tuple[str, ...] = (".md", ".markdown")

    def sniff(self, head: bytes) -> bool:
        """Whether there is front matter: any other text may be Markdown, but is not surely so."""
        return head.removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r\n", b"+++\n", b"+++\r\n"))

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
    keys, body = front_matter.split(decoded(raw))
    rows = Rows(options)
    if not keys:
        name = PurePosixPath(source).stem
        if notion := _OF_NOTION.search(name):
            keys, body = _properties(body)
            name = name[: notion.start()]
        keys = {"title": heading(body) or name.strip("-"), **keys}
    keys = {key: _unlinked(value) if rows.key(str(key)) in _LINKED else value for key, value in keys.items()}
    if not any(rows.key(str(key)) in ("id", "type") for key in keys):  # a note, and no record of a tool
        keys = _with_topics(_called(_dated(keys, source, rows), body, source, rows), body, rows)
    if body.strip():
        if "body" in keys:
            keys["body (front matter)"] = keys.pop("body")
        keys["body"] = body
    return rows.read(keys)


def _called(keys: dict[str, Any], body: str, source: str, rows: Rows) -> dict[str, Any]:
    """A note's keys with the name of its file as title, where it has no other and the name has a blank, as one that somebody
    gave it."""
    name = PurePosixPath(source).stem.strip()
    if " " not in name or heading(body) or any(rows.key(str(key)) == "title" for key in keys):
        return keys
    return {"title": name, **keys}


def _dated(keys: dict[str, Any], source: str, rows: Rows) -> dict[str, Any]:
    """A note's keys with its day: when it was made, as notebooks and sites call that, else the day that its file's name
    begins with."""
    if any(rows.key(str(key)) == "date" for key in keys):
        return keys
    for word in _MADE:
        for key, value in keys.items():
            if rows.key(str(key)) == key and folded(str(key)) == word and _is_date(value):
                return {("date" if name == key else name): said for name, said in keys.items()}
    day = _DAY.match(PurePosixPath(source).stem)
    return {**keys, "date": day[0]} if day and _is_date(day[0]) else keys


def _is_date(value: object) -> bool:
    try:
        return moment(value, "date", UTC) is not None
    except InvalidInput:
        return False


def _with_topics(keys: dict[str, Any], body: str, rows: Rows) -> dict[str, Any]:
    """A note's keys with the topics that its text names as notebooks do: `#gdpr` is gdpr. Several in one text are parted by
    commas."""
    name = next((key for key in keys if rows.key(str(key)) == "tags"), "tags")
    said = keys.get(name)
    if isinstance(said, str) and ";" not in said and not (rows.columns and rows.columns.separators):
        said = re.split(r",\s*|\s+(?=#)", said)
    topics = [topic for topic in _TOPIC.findall(_CODE.sub(" ", body)) if not _COLOUR.fullmatch(topic)]
    if isinstance(said, list):
        said = [_HASH.sub("", one) if isinstance(one, str) else one for one in said]
    known = said if isinstance(said, list) else [said] if said else []
    return {**keys, name: [*known, *topics]} if known or topics else keys


def _properties(body: str) -> tuple[dict[str, Any], str]:
    """What Notion writes below the heading of a page, a line each (`Tags: export, gdpr`), and the text without these."""
    found = _BELOW_HEADING.match(body)
    if not found:
        return {}, body
    keys: dict[str, Any] = dict(line.split(": ", 1) for line in found["lines"].splitlines())
    for name, value in keys.items():
        if key_of(name) == "tags":
            keys[name] = [topic.strip() for topic in value.split(",")]
        elif key_of(name) == "date":
            keys[name] = value.split(" → ")[0]  # from a day to another
    return keys, body[: found.start("lines")] + body[found.end() :]


def _unlinked(value: Any) -> Any:
    """A name that a notebook keeps as a link to its page (`[[People/Ann Lee|Ann]]`), without the link."""
    if isinstance(value, list):
        return [_unlinked(item) for item in value]
    if isinstance(value, str) and (link := _WIKI_LINK.fullmatch(value.strip())):
        return link[1]
    return value
