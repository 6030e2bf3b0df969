"""Who speaks when, as transcripts in plain text write it: a name and a time above what was said, or before it.

Ann Lee   0:03          0:03 | Ann Lee          [Ann Lee] 10:02:11          Ann Lee (0:03):
Good morning.           Good morning.           Good morning.               Good morning.

[10:02] Ann Lee: Good morning.          10:02:11 From Ann Lee to Everyone: Good morning.
3/31/26, 2:05 PM - Ann Lee: Hello       [31.03.26, 14:05:11] Ann Lee: Hello
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

_DATED = r"(?:\d{4}-\d{2}-\d{2}[ T]|(?:\d{4}[./]\d{1,2}[./]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2}(?:\d{2})?),?[ ])"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?(?:[ \t]?[ap]m)?"
_AT = rf"(?P<at>{_DATED}?{_CLOCK})"
_UNKNOWN = r"~[ ][^\n:：|<>\[\]()]{1,58}|\+\d[\d ()-]{5,24}\d"  # who is in nobody's address book
_NAME = rf"(?P<name>[^\W\d_][^\n:：|<>\[\]()]{{0,58}}[^\s:：|<>\[\]()]|[^\W\d_]|{_UNKNOWN})"
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
# Somebody joined, changed the subject: a line of a chat with a day and a time, of nobody.
_NOBODY = re.compile(
    rf"(?:\[(?P<in>{_DATED}{_CLOCK})\]|(?P<at>[\d./]{{6,10}},[ ]{_CLOCK})[ ]-)[ ]+(?!{_NAME}[ \t]?[:：][ \t])(?P<text>\S.*)",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"{_NAME}[ \t]?[:：][ \t]+(?P<text>\S.*)")
_AROUND = ("[", "(", *"\u200e\u200f\u202a\u202b\u2066\u2067\u2068")
_BARE = re.compile(rf"[(\[]?(?P<at>{_CLOCK})[)\]]?", re.IGNORECASE)
_DAY = re.compile(_DATED)
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")) | {
    ord("\u202f"): " ",
    ord("\xa0"): " ",
}  # what chats put around names, so that they run the right way, and before am and pm
_LONGEST = 300  # characters in which a line says who speaks
_TURNS = 4  # lines of a conversation without times, at least


class Said(NamedTuple):
    """What one person said; `speaker` is "" for what stands above the first name."""

    speaker: str
    at: str
    text: str


def head(line: str) -> Said | None:
    """Who begins to speak in this line, and when; None for a line that does not say both."""
    line = line.strip()
    if line[:1].isdigit() or line[:1] in _AROUND:
        line = line.translate(_MARKS).strip()
    start = line[:_LONGEST]
    if found := _NOBODY.match(start):
        return Said("", found["in"] or found["at"], line[found.start("text") :])
    for pattern in _HEADS:
        if found := pattern.match(start):
            words = found.groupdict().get("text") or ""
            if words:
                return Said(found["name"].strip(), found["at"].strip(), line[found.start("text") :])
            if found.end() == len(line):
                return Said(found["name"].strip(), found["at"].strip(), "")
    return None


def is_dated(at: str) -> bool:
    """Whether a time is one of a day, as chats have them, and not of a recording."""
    return _DAY.match(at) is not None


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


def called_turns(text: str, roles: Container[str]) -> list[Said]:
    """A conversation in which lines say who speaks and not when, as what stood above it and its turns: `Ann Lee: Hello.`
    below a line with a clock alone here and there, or `Agent: …` and `Customer: …`. [] for any other text, such as fields
    of a note one below the other."""
    found: list[Said] = [Said("", "", "")]
    words: list[list[str]] = [[]]
    clock, clocks = "", 0
    for line in text.split("\n"):
        if bare := _BARE.fullmatch(line.strip()):
            clock, clocks = bare["at"], clocks + 1
        elif said := _PLAIN.match(line.strip()[:_LONGEST]):
            found.append(Said(said["name"].strip(), clock, ""))
            words.append([line.strip()[said.start("text") :]])
            clock = ""
        else:
            words[-1].append(line.rstrip())
    speakers = Counter(one.speaker for one in found[1:])
    again = [name for name, times in speakers.items() if times > 1]
    plainly = len(again) > 1 and len(found) > _TURNS and (clocks or all(name.lower() in roles for name in speakers))
    others = sum(bool(line) for lines in words[1:] for line in lines[1:])
    if not plainly or others > len(found):
        return []
    return [one._replace(text="\n".join(lines).strip()) for one, lines in zip(found, words, strict=True)]
