"""What the words, patterns and values of a question become, and how many of them it may have.

What is not understood is noted in a sentence, and the rest is searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeVar, cast

from kb.languages import Said
from kb.models import Kind
from kb.search import days
from kb.search.analysis import GRAMS, tokens
from kb.search.folding import fold, fold_value
from kb.search.languages import FUNCTION_WORDS
from kb.search.nodes import Everything, Filter, FilterPattern, Fuzzy, Node, Pattern, Word, both, leaves
from kb.search.typed_words import OPERATORS, in_parts, is_function_word, one_word, with_grams
from kb.values.language_codes import code

_T = TypeVar("_T")
MAX_LEAVES = 64
MAX_DEPTH = 30
MAX_SHAPES = 5  # of the leaves, those that may stand for many words: patterns and words with slips
MAX_OPEN = 1  # of these, patterns for which every word of the library is looked at
# Fields that hold one value, of which it is known what it can be: its shape as it is folded, and how to write one.
_POSSIBLE = {
    "type": ("review|gem", "review, gem"),
    "kind": ("|".join(Kind), ", ".join(Kind)),
    "language": ("[a-z]{2,3}", "en, de, ja"),
    "year": (r"\d{4}", "2026"),
    "month": (r"\d{4} (0[1-9]|1[0-2])", "2026-03"),
}
_QUESTION_MARKS = "?՞؟፧"
_ENDS = "!.,;:…" + _QUESTION_MARKS
_SOME_LETTERS = re.compile(r"[^*?]{3}")
_PIECES = re.compile(r"(?:[^\W_]|[*?])+")


class TooDeepError(Exception):
    """The question is nested deeper than MAX_DEPTH, or than its parser goes."""


class Reading:
    """One question while it is read: collects the notes and counts its words."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.notes: dict[str, None] = {}
        self.function_words = FUNCTION_WORDS
        self.left_out: dict[Word, None] = {}
        self._count = 0
        self._shapes: dict[Node, bool] = {}  # whether each of them is open

    def begin_again(self) -> None:
        """Forget what was counted; what was said stays."""
        self._count = 0
        self._shapes.clear()

    def takes_another(self) -> bool:
        """Whether one more word, pattern or value will be searched."""
        self._count += 1
        if self._count > MAX_LEAVES:
            self._note_many()
        return self._count <= MAX_LEAVES

    def _note_many(self) -> None:
        self.note(Said("The question has very many words; only the first %(most)s were searched.", most=MAX_LEAVES))

    def note(self, sentence: str) -> None:
        """Something to say of the question; once, however often it is noted."""
        self.notes[sentence] = None

    def all(self, nodes: list[Node | None]) -> Node | None:
        """All of them, but function words only when there is nothing else."""
        present = [node for node in nodes if node is not None]
        self._note_clashes(present)
        telling = [node for node in present if not is_function_word(node, self.function_words)]
        if any(leaves(node) for node in telling):
            left = (node for node in present if isinstance(node, Word) and node not in telling)
            self.left_out.update(dict.fromkeys(word for word in left if word.text not in OPERATORS))
            present = telling
        meant: list[Node] = [node for node in present if not isinstance(node, Everything)]
        return both(meant or present)

    def _note_clashes(self, nodes: list[Node]) -> None:
        """Say it where two values are asked for together of which nothing has both."""
        asked: dict[str, tuple[str, ...]] = {}
        for node in nodes:
            if not isinstance(node, Filter) or node.field not in _POSSIBLE:
                continue
            values = tuple(value.replace(" ", "-") for value in node.values)  # 2026-03 was folded as any name is
            before = asked.setdefault(node.field, values)
            if not set(before) & set(values):
                self.note(
                    Said(
                        "Nothing is both %(field)s:%(one)s and %(field)s:%(other)s; for either write %(field)s:%(both)s.",
                        field=node.field,
                        one=before[0],
                        other=values[0],
                        both=",".join((*before, *values)),
                    )
                )

    def words(self, text: str, scope: str) -> Node | None:
        """Text without a space in it, mostly: a word, or one of several parts, which must then stand in a row."""
        nodes: list[Node | None] = []
        for piece in text.split():
            found = list(tokens(piece))[: MAX_LEAVES * 4]
            if len(found) == 1:
                nodes.append(one_word(piece[found[0].start : found[0].end], found[0].term, scope))
            elif any(token.gram for token in found):
                nodes.append(with_grams(piece, found, scope))
            elif found:
                nodes.append(in_parts(piece, list(self.first(found)), scope))
        return self.all(list(self.first(nodes)))

    def first(self, words: Sequence[_T]) -> Sequence[_T]:
        """As many of them as are searched."""
        if len(words) > MAX_LEAVES:
            self._note_many()
        return words[:MAX_LEAVES]

    def pattern(self, pattern: str, scope: str) -> Node | None:
        """`*` and `?` are signs only inside or at the end of a word, so that a question may end as questions do."""
        pattern = pattern.strip(_ENDS) if not pattern.endswith("*") else pattern.lstrip(_ENDS)
        for mark in _QUESTION_MARKS[1:]:
            pattern = pattern.replace(mark, "?")
        pattern = re.sub(r"\*[*?]*", "*", pattern)
        if "://" in pattern or not re.search(r"[*?]", pattern) or len(re.findall(r"[*?]", pattern)) > 10:
            return self.words(re.sub(r"[*?]", " ", pattern), scope)
        nodes: list[Node | None] = []
        for piece in _PIECES.findall(pattern):
            if not {"*", "?"} & set(piece) or GRAMS.search(piece):
                nodes.append(self.words(re.sub(r"[*?]", " ", piece), scope))
            elif piece.strip("*?"):
                nodes.append(self.shape(Pattern(fold(piece)[:80], scope), piece))
        return self.all(nodes)

    def fuzzy(self, text: str, distance: int, scope: str) -> Node | None:
        """A word with up to so many slips; fewer where it is short."""
        found = list(tokens(text))
        if len(found) != 1 or found[0].gram or distance == 0:
            return self.words(text, scope)
        term = found[0].term
        allowed = min(distance, 2, (len(term) - 1) // 2)  # one slip in a word of two letters would find any
        return self.shape(Fuzzy(term, allowed, scope)) if allowed else Word(text, scope)

    def shape(self, node: Pattern | Fuzzy | FilterPattern, typed: str = "") -> Node | None:
        """What may stand for many words, unless there were enough of these: each word that there is is compared with it.
        `typed` is how it was written, for what is said of it."""
        is_open = isinstance(node, Pattern) and node.is_open
        if isinstance(node, Pattern) and is_open and not _SOME_LETTERS.search(node.pattern):
            self.note(
                Said("“%(text)s” says too little: a star before a word needs three letters in a row.", text=typed)
            )
            return None
        self._shapes.setdefault(node, is_open)
        place = list(self._shapes).index(node)
        if place >= MAX_SHAPES:
            self.note(
                Said(
                    "The question has many words with *, ? or ~; only the first %(most)s were searched.",
                    most=MAX_SHAPES,
                )
            )
        elif self._shapes[node] and sum(list(self._shapes.values())[:place]) >= MAX_OPEN:
            self.note(
                Said(
                    "The question has several words like *…*, which are slow to look for; only the first is looked for"
                    " within words, the others by their beginning."
                )
            )
            return self._by_beginning(cast("Pattern", node))
        else:
            return node
        return None

    def _by_beginning(self, node: Pattern) -> Node | None:
        rest = node.pattern.lstrip("*?")
        return Pattern(rest, node.field) if {"*", "?"} & set(rest) else self.words(rest, node.field)

    def known(self, field: str, texts: list[str]) -> tuple[str, ...]:
        """The values that the field can have at all; of the others it is said that they are left out."""
        shape, known = _POSSIBLE.get(field, (".*", ""))
        values = []
        for text in texts:
            value = fold_value((code(text) if field == "language" else None) or text)
            if re.fullmatch(shape, value, re.DOTALL):
                values.append(value)
            elif value:
                self.note(
                    Said(
                        "“%(text)s” is nothing that %(field)s: can be, so it was left out; write %(known)s.",
                        text=text.strip()[:30],
                        field=field,
                        known=known,
                    )
                )
        return tuple(value for value in values if value)

    def span(self, text: str) -> tuple[date, date] | None:
        """The first and last of the days that are meant; None, and a note, where that is none."""
        span = days.span(text, self.today)
        if span is None:
            shown = text if len(text) <= 30 else text[:29] + "…"
            self.note(
                Said(
                    "“%(text)s” is not a date that kb knows, so it was left out;"
                    " write 2026-03-01, 2026-03, 2026-Q1, 30d or last month.",
                    text=shown,
                )
            )
        return span
