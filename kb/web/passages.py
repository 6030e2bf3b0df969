"""Marking in a review's text the passages that became gems, also where they overlap.

A passage is found with blanks left out of account: what was selected on a page or copied from another tool has lost
the source's line ends. A Markdown quote is looked for as it was written and as it reads.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

from markupsafe import Markup, escape

from kb import markup
from kb.models import Evidence

_VOID = frozenset({"br", "hr", "img", "wbr"})
_BLOCK_END = re.compile(r"</(p|div|ul|ol|dl|table|pre|blockquote|h[2-6])>|<hr\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Span:
    """A passage found in a text: which evidence, and the characters that it covers."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a page's text, its passages marked, and the evidence whose passages begin in it."""

    html: Markup
    begins: tuple[int, ...] = ()


def find(text: str, passages: Iterable[Evidence]) -> list[Span]:
    """Where in the text these passages stand; those that are not there are left out.

    Of several places with the same words it is the one that the passage names (`nth`), or the first.
    """
    squeezed, places = _squeeze(text)
    found = []
    for passage in passages:
        for quote in dict.fromkeys((passage.quote, markup.to_text(passage.quote))):
            wanted, _ = _squeeze(quote)
            at = _nth(squeezed, wanted, passage.nth)
            if at >= 0:
                found.append(Span(passage.id, places[at], places[at + len(wanted) - 1] + 1))
                break
    return sorted(found, key=lambda span: (span.start, span.end))


def _nth(text: str, wanted: str, nth: int) -> int:
    """Where the words stand after `nth` times before, or first; -1 when they stand nowhere."""
    at = first = text.find(wanted) if wanted else -1
    for _ in range(nth):
        at = text.find(wanted, at + 1) if at >= 0 else -1
    return at if at >= 0 else first


def _squeeze(text: str) -> tuple[str, list[int]]:
    places = [index for index, letter in enumerate(text) if not letter.isspace()]
    return "".join(text[index] for index in places), places


def in_text(text: str, passages: Sequence[Evidence]) -> Block:
    """Plain text, escaped, with its passages marked."""
    spans = find(text, passages)
    return Block(_mark(text, 0, spans, set()), tuple(span.id for span in spans))


def in_html(source: str, passages: Sequence[Evidence]) -> list[Block]:
    """Sanitised HTML cut into its outermost elements, with the passages marked in their text.

    A mark never crosses an element: a passage over two paragraphs is marked in each.
    """
    reader = _Reader.of(source)
    spans = find("".join(reader.texts), passages)
    blocks: list[Block] = []
    pieces: list[Markup] = []
    at, block_start, begun = 0, 0, set[int]()

    def close() -> None:
        if pieces:
            begins = tuple(span.id for span in spans if block_start <= span.start < at)
            blocks.append(Block(Markup("").join(pieces), begins))
            pieces.clear()

    for is_text, content, depth in reader.pieces:
        if is_text:
            pieces.append(_mark(content, at, spans, begun))
            at += len(content)
        else:
            pieces.append(Markup(content))  # noqa: S704 - a tag of markup.to_html's own sanitised output
        if depth == 0 and _BLOCK_END.fullmatch(content):
            close()
            block_start = at
    close()
    return [block for block in blocks if block.html.strip()]


def text_of(source: str) -> str:
    """The text of sanitised HTML, as `in_html` looks for passages in it."""
    return "".join(_Reader.of(source).texts)


class _Reader(HTMLParser):
    """Takes HTML apart into tags as they stand and texts without their escapes, each with the depth after it."""

    @classmethod
    def of(cls, source: str) -> _Reader:
        reader = cls()
        reader.feed(source)
        reader.close()
        return reader

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[tuple[bool, str, int]] = []
        self.texts: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as HTMLParser calls it
        self._depth += tag not in _VOID
        self.pieces.append((False, self.get_starttag_text() or "", self._depth))

    def handle_startendtag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as HTMLParser calls it
        self.pieces.append((False, self.get_starttag_text() or "", self._depth))

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag not in _VOID
        self.pieces.append((False, f"</{tag}>", self._depth))

    def handle_data(self, data: str) -> None:
        self._text(data)

    def handle_entityref(self, name: str) -> None:
        self._text(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._text(html.unescape(f"&#{name};"))

    def _text(self, text: str) -> None:
        # An escape parts a text in three; put together again, so that a mark does not end at it.
        if self.pieces and self.pieces[-1][0]:
            text = self.pieces.pop()[1] + text
            self.texts.pop()
        self.pieces.append((True, text, self._depth))
        self.texts.append(text)


def _mark(text: str, offset: int, spans: Sequence[Span], begun: set[int]) -> Markup:
    """The text, which begins at `offset` of the whole, escaped and with what the spans cover of it in <mark>.

    The first piece of each passage carries its id, so that an address can lead there; where passages overlap, the piece
    that they share belongs to both. Blanks alone (between the cells of a table) are left as they are.
    """
    if not text.strip():
        return escape(text)
    end = offset + len(text)
    edges = {offset, end}
    for span in spans:
        edges |= {edge for edge in (span.start, span.end) if offset < edge < end}
    pieces = []
    cuts = sorted(edges)
    for left, right in pairwise(cuts):
        words = text[left - offset : right - offset]
        covering = [span.id for span in spans if span.start < right and span.end > left]
        if not covering or not words.strip():
            pieces.append(escape(words))
            continue
        fresh = [id for id in covering if id not in begun]
        begun.update(covering)
        id = Markup(' id="passage-{}"').format(fresh[0]) if fresh else Markup("")
        anchors = Markup("").join(Markup('<span id="passage-{}"></span>').format(other) for other in fresh[1:])
        shared = " passage-shared" if len(covering) > 1 else ""
        pieces.append(Markup('{}<mark class="passage{}"{}>{}</mark>').format(anchors, shared, id, words))
    return Markup("").join(pieces)
