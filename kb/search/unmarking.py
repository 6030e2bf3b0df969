"""A passage of a text as a person reads it: without the signs of Markdown and HTML. Text in, text out, never HTML."""

from __future__ import annotations

import html
import re

from kb.dialects import LABELLED, WIKI, page_named
from kb.search import layout

# Links and images, comments, tags, extensions of Markdown (`:::image … :::`): what a cut must not go through.
_TARGET = r"\(\s{0,2}(?:[^()\s]|\([^()\s]{0,200}\)){0,500}(?:\s{1,3}[\"'][^\"'\n]{0,200}[\"'])?\s{0,2}\)"
_WITHIN = r"[^\[\]]{0,250}(?:!?\[[^\[\]]{0,100}\](?:\([^()\s]{0,500}\))?[^\[\]]{0,250}){0,2}"  # it may hold an image
_LINK = re.compile(rf"!?\[({_WITHIN})\]{_TARGET}")
_COMMENT = re.compile(r"<!--.{0,1000}?-->", re.DOTALL)
# Only tags that HTML has: `<your_domain>` is text. `\<` is a written sign.
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike|strong"
    "|sub|sup|tt|u|var|wbr"
)
_BLOCK = (
    "address|article|aside|blockquote|br|caption|center|col|colgroup|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]"
    "|header|hr|iframe|img|li|main|nav|ol|p|picture|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
_TAG = re.compile(
    rf"(?<!\\)</?(?:(?:{_INLINE})|({_BLOCK}))(?:\s(?:[^<>\"']|\"[^\"]{{0,600}}\"|'[^']{{0,600}}'){{0,300}})?/?>",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r":::[ \t]*[a-z][\w-]*(?:[ \t][^\n]{0,600}?)?:::", re.IGNORECASE)
_SAID = re.compile(r"\b(?:alt-text|text)=\"([^\"]*)\"")
_WIKI = re.compile(WIKI)  # `[[page|text]]`, and `<https://kb.example|text>`
_LABELLED = re.compile(LABELLED)
_WHOLE = (
    ("[", _LINK),
    ("[", _WIKI),
    ("<", _LABELLED),
    ("<!--", _COMMENT),
    ("<", _TAG),
    (":::", _EXTENSION),
)  # how each begins
_AROUND = 800  # characters before a cut in which what it goes through begins
_NESTED = 3

_FENCE = re.compile(r"^[ \t>]*(?:```+|~~~+|:::+)[^\n`]*$", re.MULTILINE)
_ALERT = re.compile(r"\[!(note|tip|important|caution|warning)\]", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\[![a-z]+\b[^\[\]\n]{0,300}\]", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<!\\)<((?:https?://|mailto:)[^\s<>]{1,500})>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
# A path's backslash (`C:\temp\*.log`) escapes nothing.
_ESCAPED = re.compile(r"(?<![\w\\%)])\\([<>\[\]|`])|(?<![\w:\\%.)])\\([*#])|\\([>\]])")
# Heading, quote and list marks, emphasis.
_LINE_MARKS = re.compile(r"^\s*(?:>\s?|#{1,6}\s+|[-*+]\s+)+", re.MULTILINE)
_HASHES = re.compile(r"(?<!\S)#{2,6}\s+")  # where the lines of a text were put in one
_EMPHASIS = re.compile(r"(\*\*|__|`+)(?=\S)(.{1,300}?)(?<=\S)\1")
# A single mark is emphasis only around whole words: `2 * 3 * 4` and `report_final_v2` stay.
_LIGHT = re.compile(r"(?<![\w*_\\])([*_])(?=[^\s*_])([^*_\n]{1,300}?)(?<=[^\s*_\\])\1(?![\w*_])")
_HALF = re.compile(r"(?<!\S)(?:\*\*|__|[*_`])(?=\w)|(?<=[\w.!?:)])(?:\*\*|__|`+)(?=\s|\Z)")  # its partner was cut off

_SIGNS = re.compile(r"[*_`~#<>|\[\]&\\]|:::|^\s*(?:[-+]\s|---|===)", re.MULTILINE)  # most passages have none


_CUT_TARGET = re.compile(r"[^\s()]{1,600}\)")


def has_signs(text: str, low: int, high: int) -> bool:
    return _SIGNS.search(text, low, high) is not None or _CUT_TARGET.match(text, low, high) is not None


def unmarked(text: str, low: int, high: int) -> str:
    """`text[low:high]` without signs. What a cut would go through (a link, a tag) is taken whole.

    >>> unmarked("## Limits\nUse **Schedule** in [Reports](https://kb.example)<br>&amp; wait", 0, 70)
    'Limits: Use Schedule in Reports & wait'
    """
    low, high = _around(text, low, high)
    passage = text[low:high]
    passage = layout.parted(passage, text, low, high)
    if "<" in passage:
        passage = _LABELLED.sub(r"\2", passage)
        passage = _ADDRESS.sub(r"\1", _TAG.sub(_blank, _COMMENT.sub(" ", passage)))
    if ":::" in passage:
        passage = _EXTENSION.sub(_alternative, passage)
    passage = _FENCE.sub("", passage)
    if "[[" in passage:
        passage = _WIKI.sub(lambda found: page_named(found[0], found[1], found[2]), passage)
    if "[" in passage:
        passage = _LINK.sub(r"\1", _LINK.sub(r"\1", passage))  # a link may hold an image
        passage = _DIRECTIVE.sub("", _ALERT.sub(lambda found: f"{found[1].capitalize()}:", passage))
    if "##" in passage:
        passage = _HASHES.sub("", passage)
    passage = _EMPHASIS.sub(r"\2", _LINE_MARKS.sub("", passage))
    passage = _HALF.sub("", _LIGHT.sub(r"\2", passage))
    if "\\" in passage:
        passage = _ESCAPED.sub(lambda found: found[0][1:], passage)
    if "&" in passage:
        passage = _ENTITY.sub(lambda found: html.unescape(found[0]), passage)
    return layout.in_one_line(passage)


def _around(text: str, low: int, high: int) -> tuple[int, int]:
    """The passage with all of what its ends go through."""
    begins = [found.start() for opening, whole in _WHOLE if (found := _cut(text, low, opening, whole))]
    ends = [found.end() for opening, whole in _WHOLE if (found := _cut(text, high, opening, whole))]
    return min(begins, default=low), max(ends, default=high)


def _cut(text: str, at: int, opening: str, whole: re.Pattern[str]) -> re.Match[str] | None:
    far, begin, outermost = max(0, at - _AROUND), at, None
    for _ in range(_NESTED):
        begin = text.rfind(opening, far, begin)
        if begin < 0:
            break
        found = whole.match(text, begin)
        if found and found.end() > at:
            outermost = found
    return outermost


def _blank(tag: re.Match[str]) -> str:
    return layout.of_tag(tag[0]) if tag[1] else ""


def _alternative(extension: re.Match[str]) -> str:
    said = _SAID.search(extension[0])
    return said[1] if said else ""
