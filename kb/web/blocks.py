"""Slack's blocks as a page can show them, near enough to how Slack does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from markupsafe import Markup

_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")


def shown_blocks(blocks: list[dict[str, Any]]) -> list[tuple[str, Markup]]:
    """The kind of each block with its text as HTML."""
    return [(block["type"], _text(block)) for block in blocks]


def _text(block: dict[str, Any]) -> Markup:
    texts = [block["text"]] if "text" in block else block.get("elements", [])
    return Markup(" ").join(
        Markup("{}").format(text["text"]) if text["type"] == "plain_text" else mrkdwn(text["text"]) for text in texts
    )


def mrkdwn(text: str) -> Markup:
    """Links and bold of Slack's own markup; whatever else is in it stays text."""
    bold = text.startswith("*") and text.endswith("*") and len(text) > 2
    lines = (text[1:-1] if bold else text).split("\n")
    inner = Markup("<br>").join(_line(line) for line in lines)
    return Markup("<strong>{}</strong>").format(inner) if bold else inner


def _line(line: str) -> Markup:
    if line.startswith("*") and line.endswith("*") and len(line) > 2:
        return Markup("<strong>{}</strong>").format(_line(line[1:-1]))
    pieces, at = [], 0
    for found in _LINK.finditer(line):
        pieces.append(Markup("{}").format(unescape(line[at : found.start()])))
        pieces.append(Markup('<a href="{}">{}</a>').format(found[1], unescape(found[2])))
        at = found.end()
    pieces.append(Markup("{}").format(unescape(line[at:])))
    return Markup("").join(pieces)
