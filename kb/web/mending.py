"""Rows that were set aside, shown to be mended, and taken from the form again."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.models import SkippedRow

# A longer piece is mended in an editor, from the download.
_LONGEST = 20_000
_FIRST_WORDS = 160
# Control characters, and a lone CR, which a text box would make a line end.
_HARMED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the report shows it. `text` is None when a text box is no place to mend it: binary, or very long."""

    id: int
    where: str
    reason: str
    beginning: str
    size: int
    text: str | None
    settled_by: int | None
    taken_by: int = 0  # the review of another text that has its id

    @property
    def again(self) -> bool:
        """Whether a later run set it aside again: then that one keeps it."""
        return self.settled_by is not None and not self.size

    @property
    def field(self) -> str:
        return f"row-{self.id}"


def shown(id: int, row: SkippedRow, settled_by: int | None) -> Shown:
    text = _text(row.content)
    return Shown(
        id=id,
        where=", ".join(part for part in (row.source, row.location) if part),
        reason=row.reason,
        beginning=_beginning(row.content),
        size=len(row.content),
        text=text if row.content and text is not None and len(text) <= _LONGEST else None,
        settled_by=settled_by,
        taken_by=row.taken_by,
    )


def _text(content: bytes) -> str | None:
    """The content as text that a text box gives back unharmed, else None."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if _HARMED.search(text) else text


def _beginning(content: bytes) -> str:
    words = " ".join(content[: _FIRST_WORDS * 4].decode("utf-8", "replace").split())
    words = "".join(letter if letter.isprintable() else "·" for letter in words)
    return words if len(words) <= _FIRST_WORDS else words[:_FIRST_WORDS] + " …"


def changed(rows: Sequence[tuple[int, SkippedRow, int | None]], form: Mapping[str, str]) -> dict[int, bytes]:
    """The mended texts by the row's number: those that differ from what they were.

    A browser sends every line end of a text box as CR LF (html.spec.whatwg.org, "newline normalization"): that is no
    change, and is taken back where the row had LF.
    """
    mended: dict[int, bytes] = {}
    for id, row, settled_by in rows:
        typed = form.get(f"row-{id}")
        text = _text(row.content)
        if typed is None or settled_by is not None or text is None:
            continue
        typed = typed.replace("\r\n", "\n")
        if typed.rstrip("\n") != text.replace("\r\n", "\n").rstrip("\n"):
            mended[id] = (typed.replace("\n", "\r\n") if "\r\n" in text else typed).encode()
    return mended


def of_anothers(rows: Sequence[tuple[int, SkippedRow, int | None]]) -> dict[int, bytes]:
    """The open rows, as they are, whose ids reviews of other texts have."""
    return {id: row.content for id, row, settled_by in rows if settled_by is None and row.taken_by}


def as_record(row: SkippedRow) -> dict[str, str]:
    """For the download: the content as text, or in Base64 where it is none."""
    record = {"source": row.source, "location": row.location, "reason": row.reason, "format": row.format}
    text = _text(row.content)
    if text is None:
        return {**record, "content_base64": base64.b64encode(row.content).decode("ascii")}
    return {**record, "content": text}
