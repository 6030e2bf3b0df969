"""Seeded damage to good files, for the fuzz tests."""

from __future__ import annotations

import json
import random

PIECES = (
    b"\0", b'"', b"'", b"\n", b"\r", b"\r\n", b",", b";", b"\t",
    b"{", b"}", b"[", b"]", b":", b"---\n", b"- ", b"&a ", b"*a", b"\\",
    b"\\ud83d", b"\\u0000", b"\xff", b"\xfe", b"\xef\xbb\xbf",
    b"\xc3", b"\x81", b"\xe3\x81", b"!!", b"<<: ", b"31.02.2024", b"null",
    b"NaN", b"1e999", b"9" * 400, b"[" * 400,
    b"PK\x03\x04", b"\x1b[0m", b"\x85", b"\xe2\x80\xa8", b"sep=;", b"date: ", b'"turns":',
)  # fmt: skip
REVIEW = {
    "kind": "call", "title": "Clock drift", "body": "Set the clock; then sign in.", "date": "2026-03-03T10:00:00Z",
    "tags": ["sso", "time"], "score": 4.5, "turns": [{"speaker": "Ann", "role": "customer", "text": "Nobody gets in"}],
    "scorecard": [{"criterion": "Tone", "value": "yes"}], "feedback": {"csat": 4}, "language": "en",
}  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    """`content` with one to four pieces put in, taken out, doubled, flipped or cut off."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.randint(1, 12))
        kind = chance.randrange(6)
        if kind == 0:
            content = content[:at] + chance.choice(PIECES) + content[at:]
        elif kind == 1:
            content = content[:at] + content[end:]
        elif kind == 2:
            content = content[:end] + content[at:]
        elif kind == 3:
            content = content[:at] + bytes(chance.randrange(256) for _ in range(end - at)) + content[end:]
        elif kind == 4:
            content = content[:at] + chance.choice(PIECES) * chance.randint(1, 5) + content[end:]
        elif chance.random() < 0.2:
            content = content[:at]
    return content


def ndjson_line(number: int) -> bytes:
    return json.dumps({"id": f"good-{number}", **REVIEW}).encode() + b"\n"


def csv_line(number: int) -> bytes:
    return f"good-{number},call,Clock drift,Set the clock,2026-03-03,sso;time,4.5,Ann: Hi\n".encode()


CSV_HEADER = b"id,kind,title,body,date,tags,score,turns\n"
MARKDOWN = b"""---
id: good
kind: call
title: "Clock: drift"
date: 2026-03-03
tags: [sso, time]
turns:
  - speaker: Ann
    text: |-
      Nobody
      gets in
---

# Clock

Set the clock.
"""
