"""Marking in a review's text the passages that became gems, and the words that somebody searched for, also where they
overlap.

A passage is found with blanks and what parts the cells of a table left out of account: what was selected on a page or
copied from another tool has lost the source's line ends. A Markdown quote is looked for as it was written and as it reads.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

from markupsafe import Markup, escape

from kb import anchor, markup
from kb.finding.places import Match
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
            if spans := list(_occurrences(squeezed, wanted)) or list(anchor.around_names(squeezed, wanted)):
                start, stop = spans[passage.nth] if passage.nth < len(spans) else spans[0]
                found.append(Span(passage.id, places[start], places[stop - 1] + 1))
                break
    return sorted(found, key=lambda span: (span.start, span.end))


def _occurrences(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Everywhere that the words stand, overlapping ones too."""
    at = -1
    while wanted and (at := text.find(wanted, at + 1)) >= 0:
        yield at, at + len(wanted)


def _squeeze(text: str) -> tuple[str, list[int]]:
    places = [index for index, letter in enumerate(text) if not letter.isspace() and letter not in "|·"]
    return "".join(text[index] for index in places), places


def in_text(text: str, passages: Sequence[Evidence], matches: Sequence[Match] = (), best: int = 0) -> Block:
    """Plain text, escaped, with its passages marked; the words looked for (`best`: which place answers best), too."""
    spans = find(text, passages)
    return Block(_Pen(spans, matches, best).mark(text, 0), tuple(span.id for span in spans))


def in_html(source: str, passages: Sequence[Evidence], matches: Sequence[Match] = (), best: int = 0) -> list[Block]:
    """Sanitised HTML cut into its outermost elements, with the passages and the words looked for marked in their text.

    A mark never crosses an element: a passage over two paragraphs is marked in each.
    """
    reader = _Reader.of(source)
    spans = find("".join(reader.texts), passages)
    pen = _Pen(spans, matches, best)
    blocks: list[Block] = []
    pieces: list[Markup] = []
    at, block_start = 0, 0

    def close() -> None:
        if pieces:
            begins = tuple(span.id for span in spans if block_start <= span.start < at)
            blocks.append(Block(Markup("").join(pieces), begins))
            pieces.clear()

    for is_text, content, depth in reader.pieces:
        if is_text:
            pieces.append(pen.mark(content, at))
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


class _Pen:
    """Marks one text, piece by piece, with what covers it.

    The first piece of each passage carries its id, so that an address can lead there; where passages overlap, the piece
    that they share belongs to both. So does the first piece of each place with words looked for: `match-3`, or `found` for
    the one that answers best, which results lead to. Blanks alone (between the cells of a table) are left as they are.
    """

    def __init__(self, spans: Sequence[Span], matches: Sequence[Match], best: int) -> None:
        self.spans, self.matches, self.best = spans, matches, best
        self.begun: set[int] = set()
        self.reached: set[int] = set()

    def mark(self, text: str, offset: int) -> Markup:
        """The text, which begins at `offset` of the whole, escaped and with what is covered of it in <mark>."""
        if not text.strip():
            return escape(text)
        end = offset + len(text)
        matches = [match for match in self.matches if match.start < end and match.end > offset]
        edges = {offset, end}
        for start, stop in [(each.start, each.end) for each in self.spans] + [
            (each.start, each.end) for each in matches
        ]:
            edges |= {edge for edge in (start, stop) if offset < edge < end}
        return Markup("").join(
            self._piece(text[left - offset : right - offset], left, right, matches)
            for left, right in pairwise(sorted(edges))
        )

    def _piece(self, words: str, left: int, right: int, matches: Sequence[Match]) -> Markup:
        match = next((match for match in matches if match.start < right and match.end > left), None)
        inner = self._match(words, match) if match is not None and words.strip() else escape(words)
        covering = [span.id for span in self.spans if span.start < right and span.end > left]
        if not covering or not words.strip():
            return inner
        fresh = [id for id in covering if id not in self.begun]
        self.begun.update(covering)
        id = Markup(' id="passage-{}"').format(fresh[0]) if fresh else Markup("")
        anchors = Markup("").join(Markup('<span id="passage-{}"></span>').format(other) for other in fresh[1:])
        shared = " passage-shared" if len(covering) > 1 else ""
        return Markup('{}<mark class="passage{}"{}>{}</mark>').format(anchors, shared, id, inner)

    def _match(self, words: str, match: Match) -> Markup:
        id = Markup("")
        if match.stop and match.stop not in self.reached:
            self.reached.add(match.stop)
            id = Markup(' id="{}" data-stop').format("found" if match.stop == self.best else f"match-{match.stop}")
        return Markup('<mark class="sought"{}>{}</mark>').format(id, words)
