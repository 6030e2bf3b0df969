"""What is said in a turn that another tool wrote as HTML or in a chat's marks: a conversation is shown as plain text."""

from __future__ import annotations

import re
from html import unescape

from kb.dialects import LABELLED, TAGS

_BLOCKS = (
    "address|article|blockquote|body|br|dd|div|dl|dt|figure|footer|h[1-6]|head|header|hr|html|li|ol|p|pre|section|table"
    "|tr|ul"
)
_BLOCK = re.compile(rf"<(/?)({_BLOCKS})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(style|script|title)\b[^<>]*>(?:(?!<\1\b).){0,50000}?</\1\s*>|<!--(?:(?!<!--).){0,50000}?-->|<!doctype[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(
    r"<a\s[^<>]{0,2000}?href=[\"']([^\"'<>]{1,2000})[\"'][^<>]{0,2000}>((?:(?!</?a\b).){0,2000}?)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)
_PICTURE = re.compile(r"<img\b[^<>]{0,2000}?\balt=[\"']([^\"'<>]{1,500})[\"'][^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{'|'.join(TAGS.split())})(?:\s[^<>]{{0,4000}})?/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"<((?:https?|mailto):[^\s<>|]{1,2000})>")
_LABELLED = re.compile(LABELLED)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")


def untagged(text: str) -> str:
    """The text without tags and entities, a line for each block of it, the addresses of its links behind their words.

    >>> untagged("<p>See <a href='https://kb.example/1'>the page</a> &amp; wait</p><ul><li>One</li></ul>")
    'See the page (https://kb.example/1) & wait\\n- One'
    """
    if "<" in text:
        text = _ADDRESS.sub(r"\1", _LABELLED.sub(_linked, text))
        if _BLOCK.search(text):
            text = " ".join(_HIDDEN.sub(" ", text).split())
        text = _PICTURE.sub(r"\1", _LINK.sub(_linked, text))
        text = _TAG.sub("", _BLOCK.sub(_line, text))
        text = "\n".join(line.strip() for line in text.split("\n"))
    if "&" in text:
        text = _ENTITY.sub(lambda found: unescape(found[0]), text).replace("\xa0", " ")
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def _linked(found: re.Match[str]) -> str:
    address, words = found[1].removeprefix("mailto:"), found[2]
    return words if address in words or address.startswith(("#", "javascript:")) else f"{words} ({address})"


def _line(found: re.Match[str]) -> str:
    ends, name = found[1], found[2].lower()
    if name == "li":
        return "" if ends else "\n- "
    return "\n\n" if name == "p" and ends else "\n"
