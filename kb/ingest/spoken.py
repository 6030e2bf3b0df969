"""Who speaks when, as transcripts in plain text write it: a name and a time above what was said, or before it.

Ann Lee   0:03          0:03 | Ann Lee          [Ann Lee] 10:02:11          Ann Lee (0:03):
Good morning.           Good morning.           Good morning.               Good morning.

[10:02] Ann Lee: Good morning.          10:02:11 From Ann Lee to Everyone: Good morning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_AT = r"(?P<at>(?:\d{4}-\d{2}-\d{2}[ T])?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?:[ \t]?[ap]m)?)"
_NAME = r"(?P<name>[^\W\d_][^\n:：|<>\[\]()]{0,58}[^\s:：|<>\[\]()]|[^\W\d_])"
_HEADS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NAME}(?:[ ]{{2,20}}|[ ]?\t[ ]?){_AT}",
        rf"{_NAME}[ \t]?[(\[]{_AT}[)\]][ \t]?[:：]?(?:[ \t]+(?P<text>\S.*))?",
        rf"{_AT}[ \t]*[|–—-][ \t]*{_NAME}",
        rf"\[{_NAME}\][ \t]*{_AT}",
        rf"{_AT}[ \t]+From[ \t]+{_NAME}[ \t]*:?[ \t]+to[ \t][^:\n]{{1,80}}:[ \t]*(?P<text>.*)",
        rf"[(\[]?{_AT}[)\]]?[ \t]*(?:[|–—-][ \t]*)?{_NAME}[ \t]?[:：][ \t]+(?P<text>\S.*)",
    )
)
_LONGEST = 300  # characters in which a line says who speaks


class Said(NamedTuple):
    """What one person said; `speaker` is "" for what stands above the first name."""

    speaker: str
    at: str
    text: str


def head(line: str) -> Said | None:
    """Who begins to speak in this line, and when; None for a line that does not say both."""
    line = line.strip()
    start = line[:_LONGEST]
    for pattern in _HEADS:
        if found := pattern.match(start):
            words = found.groupdict().get("text") or ""
            if words:
                return Said(found["name"].strip(), found["at"].strip(), line[found.start("text") :])
            if found.end() == len(line):
                return Said(found["name"].strip(), found["at"].strip(), "")
    return None


def is_transcript(text: str) -> bool:
    """Whether somebody speaks in it more than once, each time with a time, and has words each time."""
    said = [one for one in parted(text.splitlines()) if one.speaker]
    speakers = Counter(one.speaker for one in said)
    return max(speakers.values(), default=0) > 1 and sum(bool(one.text) for one in said) > len(said) // 2


def parted(lines: Iterable[str]) -> Iterator[Said]:
    """What was said, one after the other, by lines that say who speaks and when."""
    current, words = Said("", "", ""), list[str]()
    for line in lines:
        if begun := head(line):
            yield current._replace(text="\n".join(words).strip())
            current, words = begun, [begun.text]
        else:
            words.append(line.rstrip())
    yield current._replace(text="\n".join(words).strip())
