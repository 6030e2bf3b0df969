"""Transcripts of calls and chats: WebVTT and SRT as meeting tools write them, and plain text with names and times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from kb.errors import InvalidInput
from kb.ingest import dates, spoken
from kb.ingest.base import Item, Located, Options
from kb.ingest.lines import limit_of
from kb.ingest.mapping import Rows
from kb.ingest.text import decoded
from kb.ingest.turn_names import ROLES
from kb.models import SkippedRow, Turn

_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"(?<![ \t])[ \t]*({_CLOCK})[ \t]+-->[ \t]+{_CLOCK}")
_FIRST = re.compile(rf"\s*(?:WEBVTT\b|\d+[ \t]*\r?\n{_TIMING.pattern})")
_BESIDE = ("WEBVTT", "NOTE", "STYLE", "REGION")  # blocks of WebVTT in which nothing is said
_LANGUAGE = re.compile(r"\blanguage:\s*([a-z]{2,3}(?:-[a-z]{2,4})?)\b", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>\n]{1,100})>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:[a-z][^<>\n]{0,200}|[\d:.]{5,20})>", re.IGNORECASE)
_NAMED = re.compile(r"([^\W\d_][^\n:：<>]{0,58}?)[:：][ \t]+(?=\S)")
_DAY = re.compile(r"(?<!\d)(20\d\d)(-?)(\d\d)\2(\d\d)(?!\d)")
_PARAGRAPH = 500  # characters after which one who goes on speaking gets a new paragraph, at the end of a sentence
_TITLE = 120


@dataclass(frozen=True, slots=True)
class _Cue:
    at: str
    speaker: str
    text: str


class Transcript:
    """One file, one call: consecutive cues of one speaker are one turn."""

    name = "transcript"
    suffixes: tuple[str, ...] = (".vtt", ".srt")

    def sniff(self, head: bytes) -> bool:
        text = head.decode("utf-8", "replace").removeprefix("\ufeff")
        return bool(_FIRST.match(text)) or spoken.is_transcript(text) or bool(spoken.called_turns(text, ROLES))

    def parse(self, stream: BinaryIO, source: str, options: Options) -> Iterator[Located]:
        limit = limit_of(options.max_field)
        raw = stream.read(limit + 1)
        item: Item
        try:
            if len(raw) > limit:
                raw = raw[:limit]
                raise InvalidInput(f"The file is longer than {limit:,} bytes; only its beginning is kept here.")
            item = _read(raw, source, options)
        except InvalidInput as error:
            item = SkippedRow(source, "", str(error), raw, self.name)
        yield Located(item, "", len(raw), raw)


def pasted(text: str) -> tuple[Turn, ...]:
    """The turns of a text that is a transcript as meeting tools write it, from its beginning; () for any other."""
    if _FIRST.match(text):
        cues = _cues(text)
    elif spoken.is_transcript(text):
        cues = [_Cue(one.at, one.speaker, one.text) for one in spoken.parted(text.split("\n")) if one.text]
    else:
        return ()
    return tuple(Turn(cue.text, cue.speaker, "", cue.at) for cue in _joined(cues))


def _read(raw: bytes, source: str, options: Options) -> Item:
    text = decoded(raw)
    keys: dict[str, Any] = {"kind": "call"}
    if _TIMING.search(text):
        cues = _cues(text)
        if found := _LANGUAGE.search(text.partition("-->")[0]):
            keys["language"] = found[1]
    else:
        cues = _spoken(text, keys, options)
    turns = [{"speaker": cue.speaker, "at": cue.at, "text": cue.text} for cue in _joined(cues)]
    if not turns:
        raise InvalidInput("Nothing is said in it: a transcript has times, and words below them.")
    name = PurePosixPath(source).stem
    if " " in name.strip():  # somebody gave it; tools write GMT20260303-140000_Recording
        keys.setdefault("title", name.strip())
    if "date" not in keys and (day := _DAY.search(name) or _DAY.search(keys.get("title", ""))):
        keys["date"] = _day(day)
    return Rows(replace(options, seen=None)).read({**keys, "turns": turns})


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def _cues(text: str) -> list[_Cue]:
    """What is said, cue by cue. Words that stand apart from their time belong to the time before."""
    found: list[tuple[str, list[str]]] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        place = next((place for place, line in enumerate(lines[:2]) if _TIMING.match(line)), None)
        if place is not None:
            timing = _TIMING.match(lines[place])
            assert timing is not None
            found.append((_clock(timing[1]), lines[place + 1 :]))
        elif found and not lines[0].startswith(_BESIDE):
            found[-1][1].extend(lines)
    cues = [cue for at, lines in found for cue in _voices(at, "\n".join(lines))]
    return cues if any(cue.speaker for cue in cues) else _named(cues)


def _clock(text: str) -> str:
    """`00:02:24.720` as `0:02:24`, `02:24.720` as `2:24`."""
    whole = re.split(r"[.,]", text)[0]
    return whole[1:] if whole.startswith("0") else whole


def _voices(at: str, text: str) -> Iterator[_Cue]:
    """A cue by who speaks in it (`<v Ann>`)."""
    before, *rest = _VOICE.split(text)
    for speaker, words in zip(["", *rest[::2]], [before, *rest[1::2]], strict=True):
        said = unescape(_TAG.sub("", words)).replace("\xa0", " ")
        if said := " ".join(said.split()):
            yield _Cue(at, unescape(speaker).strip(), said)


def _named(cues: list[_Cue]) -> list[_Cue]:
    """`Ann Lee: words`, where most cues begin so: one alone may be a sentence with a colon."""
    names = [_NAMED.match(cue.text) for cue in cues]
    if 2 * sum(map(bool, names)) <= len(cues):
        return cues
    return [
        replace(cue, speaker=name[1].strip(), text=cue.text[name.end() :]) if name else cue
        for cue, name in zip(cues, names, strict=True)
    ]


def _spoken(text: str, keys: dict[str, Any], options: Options) -> list[_Cue]:
    """A transcript in plain text; its first line is the title, a line that is a date the date, and the rest of what stands
    above the first name the text."""
    untimed = [] if spoken.is_transcript(text) else spoken.called_turns(text, ROLES)
    above, *said = untimed or spoken.parted(text.split("\n"))
    lines = [line.strip() for line in above.text.split("\n") if line.strip()]
    if lines and len(lines[0]) <= _TITLE:
        keys["title"] = lines.pop(0)
    for line in lines:
        try:
            keys.setdefault("date", dates.moment(line, "date", options.zone))
        except InvalidInput:
            continue
    if lines:
        keys["body"] = "\n".join(lines)
    cues = [_Cue(one.at, one.speaker, one.text) for one in said if one.text]
    if any(spoken.is_dated(cue.at) for cue in cues):
        cues = _dated(cues, options)
        keys.setdefault("date", next(cue.at for cue in cues if cue.at))
    if any(spoken.is_dated(cue.at) for cue in cues) or not any(cue.at for cue in cues):
        del keys["kind"]  # a chat
    return cues


def _dated(cues: list[_Cue], options: Options) -> list[_Cue]:
    """What was written in a chat, the days of which are read as the one of them says that can be read in one way only."""
    order = dates.order_of(cue.at for cue in cues)
    return [replace(cue, at=_iso(cue.at, options, order)) for cue in cues]


def _iso(at: str, options: Options, order: dates.Order | None) -> str:
    try:
        found = dates.moment(at, "turns.at", options.zone, order)
    except InvalidInput:
        return at
    return found.isoformat().replace("+00:00", "Z") if found else at


def _joined(cues: list[_Cue]) -> list[_Cue]:
    """Cues that one person says after each other, as one."""
    turns: list[_Cue] = []
    for cue in cues:
        if turns and turns[-1].speaker == cue.speaker:
            said = turns[-1].text
            paragraph = said.rpartition("\n\n")[2]
            ends = len(paragraph) > _PARAGRAPH and paragraph.endswith((".", "?", "!", "。", "？", "！"))
            between = "\n" if spoken.is_dated(cue.at) else " "  # a message of a chat is a line
            turns[-1] = replace(turns[-1], text=said + ("\n\n" if ends else between) + cue.text)
        else:
            turns.append(cue)
    return turns
