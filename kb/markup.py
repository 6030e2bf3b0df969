"""Markdown to HTML that is safe to show: whatever a review or an import holds, no script, style or form comes through."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

import nh3
from markdown import Markdown

from kb import dialects

_EXTENSIONS = ["fenced_code", "tables", "sane_lists", "nl2br"]
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "strong", "sub", "sup", "table", "tbody",
    "td", "th", "thead", "tr", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto"}
# To elsewhere, or to a page of kb or a place on it.
_LEADS = re.compile(
    r"(?:https?:|mailto:|//)|/(?:reviews|gems|tags|questions|trails|search|digest)\b|#(?:turn|passage|match|found|comments|evidence)\b",
    re.IGNORECASE,
)
_LED_NOWHERE = re.compile(r'<a(?: (?:rel|title)="[^"]*")*>(.*?)</a>', re.DOTALL)
_LONGEST = 200_000
_MOST_LINES = 5_000
_MOST_SIGNS = 10_000  # that may be Markdown or HTML: many in one paragraph cost the square of their number
_DEEPEST = 50
_SIGNS = re.compile(r"[\[\]()<&*_`\\!]")
# Quotes and lists that begin within each other on one line: each is gone through as often as it is deep.
_MOST_BEGINNINGS = 20
_BEGINS_MANY = re.compile(
    rf"^(?:[ \t]*(?:>|(?:[-*+]|\d{{1,9}}[.)])(?=[ \t]))){{{_MOST_BEGINNINGS + 1},}}.*", re.MULTILINE
)
_RULE = re.compile(r"[ \t]*([-*])(?:[ \t]*\1)*[ \t]*")


def to_html(text: str) -> str:
    """Sanitised HTML of a Markdown text.

    Headings are moved down one step, since the page has its own first heading. Images become links to them: a picture
    from elsewhere would tell its server who reads what. Notes (`> [!TIP]`) are quotes with their name above. A text of
    over 200,000 characters, 5,000 lines or 10,000 signs of Markdown is shown as plain text.
    """
    return _render(text) if len(text) < 20_000 else _render.__wrapped__(text)


@lru_cache(maxsize=512)
def _render(text: str) -> str:
    if len(text) > _LONGEST or text.count("\n") > _MOST_LINES or len(_SIGNS.findall(text)) > _MOST_SIGNS:
        return f"<pre>{nh3.clean_text(text)}</pre>"
    # A Markdown instance keeps state; a fresh one costs less than a lock among threads.
    try:
        html = Markdown(extensions=_EXTENSIONS, output_format="html").convert(_tamed(dialects.plainer(text)))
    except RecursionError:  # hundreds of nested quotes or lists
        return f"<pre>{nh3.clean_text(text)}</pre>"
    clean = nh3.clean(
        _lower_headings(_images_to_links(html)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_leading_somewhere,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "iframe", "object", "svg", "math", "template", "noscript"},
    )
    return dialects.with_notes_named(_LED_NOWHERE.sub(r"\1", clean))


def _leading_somewhere(tag: str, attribute: str, value: str) -> str | None:
    """Without the addresses of what lay beside a text where it came from: here they lead nowhere."""
    return value if (tag, attribute) != ("a", "href") or _LEADS.match(value) else None


def _tamed(text: str) -> str:
    """What opens over and over costs Markdown the square of its number; then it is only characters."""
    text = _BEGINS_MANY.sub(_without_beginnings, text)
    for opening, closing, harmless in (("[", "]", "\\["), ("<", ">", "&lt;"), ("(", ")", "\\(")):
        if text.count(opening) > _DEEPEST and _depth(text, opening, closing) > _DEEPEST:
            text = _harmless(text, opening, harmless)
    return text


def _without_beginnings(line: re.Match[str]) -> str:
    return line[0] if _RULE.fullmatch(line[0]) else re.sub(r"[->*+.)]", r"\\\g<0>", line[0], count=1)


def _harmless(text: str, opening: str, harmless: str) -> str:
    """What a backslash escapes is harmless already; another one before it would undo that."""
    return re.sub(rf"\\.|{re.escape(opening)}", lambda found: harmless if found[0] == opening else found[0], text)


def _depth(text: str, opening: str, closing: str) -> int:
    depth = deepest = 0
    for sign in text:
        if sign == opening:
            depth += 1
            deepest = max(deepest, depth)
        elif sign == closing and depth:
            depth -= 1
    return deepest


def _lower_headings(html: str) -> str:
    return re.sub(r"(</?h)([1-5])\b", lambda found: f"{found[1]}{int(found[2]) + 1}", html)


def _images_to_links(html: str) -> str:
    def link(found: re.Match[str]) -> str:
        source = re.search(r'\bsrc="([^"]*)"', found[0])
        words = re.search(r'\balt="([^"]*)"', found[0])
        label = (words[1] if words else "") or "picture"
        return f'<a href="{source[1]}">{label}</a>' if source else label

    return re.sub(r"<img\b[^>]*>", link, html)


def to_text(text: str) -> str:
    """The words of a Markdown text, its marks taken away: for snippets and plain copies."""
    text = re.sub(r"</?em>", "", dialects.plainer(text))
    text = re.sub(r"```[^\n]*\n?|~~~[^\n]*\n?", "", text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^)]{0,2000}\)", r"\1", text)
    text = re.sub(r"(?m)^\s{0,3}(#{1,6}|>|[-*+]|\d+[.)])\s+", "", text)
    text = re.sub(r"(?m)^\[!([a-z]+)\][ \t]*\n?", lambda note: f"{note[1].capitalize()}: ", text, flags=re.IGNORECASE)
    text = re.sub(r"(?m)^[ \t]*\|[ \t|:-]*\|[ \t]*(?:\n|\Z)", "", text)
    text = re.sub(r"(?m)^[ \t]*\|([^\n]*)$", _without_cells, text)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])", r"\1", text)
    # Only what ends with its semicolon, as in Markdown: an address has &copy= and &sect= in it.
    return re.sub(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});", lambda found: unescape(found[0]), text)


def _without_cells(row: re.Match[str]) -> str:
    return " · ".join(cell.strip() for cell in row[1].rstrip().removesuffix("|").strip().split("|"))
