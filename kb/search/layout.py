"""What stood on lines of its own in a text, as it reads in one line: headings, rows of tables, items of lists.

`Cause: The disk is full. 0x11 · The key is used up; 0x12 · The key is blocked.` Text in, text out. Until the signs of
Markdown and HTML are gone the ends of such lines are kept as characters that no text has a use for.
"""

from __future__ import annotations

import re

_HEADING, _ITEM, _LAST = "\x02", "\x01", "\x03"  # the end of a heading, of a row or item, and of the last one of them
CELL = " · "

_RULE = re.compile(r"^[ \t>]*\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t|:-]*$", re.MULTILINE)
_ROW_RULE = re.compile(r"[ \t>]*[|:-][ \t|:-]*")
_CELLS = re.compile(r"(?<!\\)\|")
_BLANK = re.compile(r"(?:&nbsp;|[\s:-])*")
_HASHED = re.compile(r"^([ \t>]*)#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_BOLD = re.compile(r"^([ \t>]*)(\*\*|__)(?=\S)([^*_\n]{1,200}?)\2:?[ \t]*$", re.MULTILINE)
_UNDERLINED = re.compile(r"^([^\n]*\S)[ \t]*\n[ \t]*(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
_LINE_OF_SIGNS = re.compile(r"^[ \t]*(?:={3,}|-{3,}|\*{3,}|_{3,})[ \t]*$", re.MULTILINE)
# An item with the lines that it goes on in.
_LISTED = re.compile(
    r"^[ \t>]*[-*+][ \t]+[^\n]*(?:\n(?![ \t>]*(?:[-*+][ \t]|\d{1,3}[.)][ \t]|[#|`~:<]))[ \t>]*[^\s>][^\n]*)*",
    re.MULTILINE,
)
_LISTED_NEXT = re.compile(r"\s*?\n[ \t>]*[-*+][ \t]")
_OF_HTML = {"td": CELL, "th": CELL, "tr": _ITEM, "li": _ITEM, "table": _LAST, "ul": _LAST, "ol": _LAST}
_CLOSED = re.compile(r"</([a-z]+)", re.IGNORECASE)

_ENDS = re.compile(rf"[\s·]*[{_ITEM}{_HEADING}{_LAST}][\s{_ITEM}{_HEADING}{_LAST}]*(·\s*)?")
_DOTS = re.compile(r"\s*·(?:\s*·)+\s*|\A[\s·]*·\s+|\s+·[\s·]*\Z")
_SHOWN = {_HEADING: (": ", "："), _ITEM: ("; ", "；"), _LAST: (". ", "。")}  # where two meet the last one counts
_PUNCTUATION = frozenset(".!?:;,…。！？：；、，")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")

# What stands at the end of a passage and says nothing by itself: a heading, the name of a note.
_LEFT_OVER = re.compile(
    r"\n[ \t>]*(?:#{1,6}[ \t][^\n]*|(\*\*|__)[^*_\n]{1,200}\1:?[ \t]*|\[![A-Za-z]+\][ \t]*)[\s>]*\Z"
)
_FAR_ROW = 300  # characters of a row before what was found in it


def parted(passage: str, text: str, low: int, high: int) -> str:
    """`text[low:high]` with the ends of headings, rows and items kept, before its signs are taken away."""
    if "|" in passage:
        passage = _without_cells(text, low, high)
    passage = _HASHED.sub(rf"\1\2{_HEADING}", passage)
    passage = _BOLD.sub(rf"\1\3{_HEADING}", passage)
    if "---" in passage or "===" in passage or "***" in passage or "___" in passage:
        passage = _LINE_OF_SIGNS.sub("", _UNDERLINED.sub(rf"\1{_HEADING}", passage))
    return _LISTED.sub(_with_end, passage)


def of_tag(tag: str) -> str:
    """What stands for a tag of HTML that parts what is before it from what follows."""
    closed = _CLOSED.match(tag)
    return _OF_HTML.get(closed[1].lower(), _heading_or_blank(closed[1])) if closed else " "


def in_one_line(passage: str) -> str:
    """The ends of lines as signs that a reader knows; what ends with a sign of its own has none added."""
    if not any(end in passage for end in (_ITEM, _HEADING, _LAST)):
        return passage
    passage = _ended(passage)
    return _DOTS.sub(lambda dots: CELL if dots.start() and dots.end() < len(passage) else "", passage)


def row_begin(text: str, at: int) -> int | None:
    """Where the row of a table begins in which `at` stands, if it is not far; None outside of tables."""
    line = text.rfind("\n", 0, at) + 1
    if at - line <= _FAR_ROW and text[line:at].lstrip(" \t>").startswith("|"):
        return line
    row = text.rfind("<tr", max(0, at - _FAR_ROW), at)
    return row if row >= 0 and "</tr" not in text[row:at] else None


def without_left_over(text: str, end: int, high: int) -> int:
    """Where a passage that shows all up to `end` had better end, `high` at most: not with a heading of what follows."""
    found = _LEFT_OVER.search(text, end, high)
    return found.start() if found else high


def _heading_or_blank(name: str) -> str:
    return _HEADING if len(name) == 2 and name[0] in "hH" and name[1].isdigit() else " "


def _with_end(item: re.Match[str]) -> str:
    return item[0] + (_ITEM if _LISTED_NEXT.match(item.string, item.end()) else _LAST)


def _ended(passage: str) -> str:
    def shown(end: re.Match[str]) -> str:
        if end.end() == len(passage) or not end.start():
            return ""
        last = passage[end.start() - 1]
        if end[1]:
            return CELL
        if last in _PUNCTUATION:
            return " "
        narrow, wide = _SHOWN[end[0].rstrip()[-1]]
        return wide if _WIDE.match(last) else narrow

    return _ENDS.sub(shown, passage)


def _without_cells(text: str, low: int, high: int) -> str:
    """The rows of tables with a point between their cells; `a | b` in running text and in code stays."""
    begin = text.rfind("\n", 0, low) + 1
    block = text[max(text.rfind("\n\n", 0, low), low - 4000, 0) : high]
    is_table = _RULE.search(block) is not None
    after = text[high : high + 1000].split("\n", 2)  # the line that the passage ends in, and the one below it
    lines = text[begin:high].split("\n")
    below = [*lines[1:], after[1] if len(after) > 1 else ""]
    shown_lines: list[str] = []
    for line, next_line in zip(lines, below, strict=True):
        shown = line[low - begin :] if not shown_lines else line
        bare = line.strip(" \t>")
        if not bare.strip("|:- \t"):
            shown_lines.append("")
        elif "|" in shown and (is_table or bare.startswith("|") or bare.endswith("|")):
            cells = [cell.strip() for cell in _CELLS.split(shown)]
            row = CELL.join(cell for cell in cells if not _BLANK.fullmatch(cell)).replace(f":{CELL}", ": ")
            shown_lines.append(row + _end_of_row(next_line) if row else "")
        else:
            shown_lines.append(shown)
    return "\n".join(shown_lines)


def _end_of_row(next_line: str) -> str:
    if "|" not in next_line:
        return _LAST
    return _HEADING if _ROW_RULE.fullmatch(next_line) else _ITEM
