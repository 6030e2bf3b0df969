"""Writes drafts as files that `kb ingest` reads back: NDJSON, Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from kb.ingest import front_matter
from kb.ingest.dump import dump
from kb.models import Draft, GemDraft, TagDraft

Record = Draft | TagDraft | GemDraft


def write_ndjson(records: Iterable[Record], out: TextIO) -> int:
    """One object a line. Gives the number of records written."""
    written = 0
    for record in records:
        out.write(json.dumps(dump(record), ensure_ascii=False) + "\n")
        written += 1
    return written


def markdown(record: Record) -> str:
    """The record as a Markdown file: its keys as front matter, its body below."""
    keys = dump(record)
    body = keys.pop("body", "")
    return front_matter.join(keys, body)


def write_markdown(records: Iterable[Record], folder: Path) -> int:
    """One file a record in `folder`, named by its id or title. Gives the number of files written. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for record in records:
        name = _file_name(record)
        unique, again = name, 2
        while unique.casefold() in taken:
            unique, again = f"{name}-{again}", again + 1
        taken.add(unique.casefold())
        (folder / f"{unique}.md").write_text(markdown(record), "utf-8", newline="\n")
    return len(taken)


def _file_name(record: Record) -> str:
    if isinstance(record, Draft):
        base = record.external_id or record.title
    else:
        base = f"tag-{record.name}" if isinstance(record, TagDraft) else f"gem-{record.id or record.title}"
    return re.sub(r"[^\w.-]+", "-", base.removesuffix(".md")).strip("-.")[:100] or "record"
