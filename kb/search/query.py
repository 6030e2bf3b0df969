"""The query language: Whoosh's grammar, parsed by whoosh-compat into our own nodes (docs/query-language.md).

Nothing that a person types is an error. What could not be understood is said in a sentence and the rest is searched.
Differences to Whoosh's own parser, all on purpose: `-word` excludes; `word~` is fuzzy; a question mark that ends a word
is a question mark; a word with signs inside is searched as its parts in a row; function words find only in phrases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar, cast

import whoosh_compat as wc
from whoosh_compat import ast

from kb.languages import Said
from kb.models import Kind
from kb.search import days
from kb.search.analysis import GRAMS, tokens
from kb.search.base import FILTER_FIELDS
from kb.search.folding import fold, fold_value
from kb.search.languages import FUNCTION_WORDS, detect_language, function_words
from kb.search.nodes import (
    Boost,
    DateRange,
    Everything,
    Filter,
    FilterPattern,
    Fuzzy,
    Maybe,
    Node,
    Not,
    Pattern,
    Phrase,
    Word,
    both,
    either,
    leaves,
)
from kb.search.typed_signs import ALIASES, DATES, TEXT_SCOPES, is_exact, prepare
from kb.search.typed_words import OPERATORS, in_parts, is_function_word, one_word, with_grams
from kb.values.language_codes import code

_T = TypeVar("_T")
MAX_LEAVES = 64
MAX_DEPTH = 30
MAX_SHAPES = 5  # of the leaves, those that may stand for many words: patterns and words with slips
_FEW = 4  # words of a question in which those that are left out still rank
MAX_OPEN = 1  # of these, patterns for which every word of the library is looked at
# Fields of which it is known beforehand what they can hold: the shape of a value as it is folded, and how to write one.
_POSSIBLE = {
    "type": ("review|gem", "review, gem"),
    "kind": ("|".join(Kind), ", ".join(Kind)),
    "language": ("[a-z]{2,3}", "en, de, ja"),
    "year": (r"\d{4}", "2026"),
    "month": (r"\d{4} (0[1-9]|1[0-2])", "2026-03"),
}


def _spec(name: str, kind: wc.FieldKind) -> wc.FieldSpec:
    return wc.FieldSpec(name, kind, aliases=ALIASES.get(name, ()))


_REGISTRY = wc.FieldRegistry(
    [_spec(name, wc.FieldKind.TEXT) for name in ("any", *TEXT_SCOPES)]
    + [_spec(name, wc.FieldKind.KEYWORD) for name in (*FILTER_FIELDS, *DATES)]
)
_QUESTION_MARKS = "?՞؟፧"
_ENDS = "!.,;:…" + _QUESTION_MARKS
_FUZZY = re.compile(r"(.*\w)~([0-9]?)")
_COMPARED = re.compile(r"(>=|<=|>|<)(.*)")
_PLAIN = re.compile(r"[\w\s]*[.!?…]*\s*")
_SOME_LETTERS = re.compile(r"[^*?]{3}")
_PIECES = re.compile(r"(?:[^\W_]|[*?])+")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A question understood: the tree (None: everything), sentences on what was not, the words looked for, whether
    signs of the language (operators, quotation marks, brackets that group) say exactly what is wanted, and what was left
    out of a few words: function words, which may be none in the language that is meant (`Sin function`, `on call`)."""

    node: Node | None = None
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    exact: bool = False
    beside: tuple[Word, ...] = ()


def parse(text: str, *, today: date) -> Parsed:
    """Any text into a question. Never raises. `today` is what `today` and `30d` count from."""
    return _Reading(today).read(text)


class _Reading:
    """One parse: collects the notes and counts the words while the tree is turned into nodes."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.notes: dict[str, None] = {}
        self.function_words = FUNCTION_WORDS
        self.left_out: dict[Word, None] = {}
        self.count = 0
        self.shapes: dict[Node, bool] = {}  # whether each of them is open

    def note(self, sentence: str) -> None:
        self.notes[sentence] = None

    def read(self, text: str) -> Parsed:
        language = detect_language(text)
        prepared = prepare(text, self.today, self.note, language)
        self.function_words = function_words(language)
        node: Node | None
        try:
            if _PLAIN.fullmatch(prepared) and not OPERATORS & set(prepared.split()):
                node = self._words(prepared, "")  # what the parser gives for words, without its half a millisecond
            else:
                node = self._node(wc.parse(prepared, registry=_REGISTRY, default_fields=["any"]).ast, 0)
        except (wc.QueryParserError, _TooDeepError):
            self.note(Said("The question is nested too deeply, so its words were searched without the brackets."))
            self.count = 0
            self.shapes.clear()
            node = self._words(re.sub(r"[()]|\b(?:AND|OR|NOT)\b", " ", prepared), "")
        if node is None and prepared.strip() and not self.notes:
            self.note(Said("There is no letter or digit in that to search for."))
        node = None if isinstance(node, Everything) else node
        words = tuple(dict.fromkeys(leaf.text for leaf in leaves(node) if isinstance(leaf, Word)))
        few = words and len(words) + len(self.left_out) <= _FEW
        return Parsed(
            node,
            tuple(self.notes),
            tuple(word for word in words if not GRAMS.search(word)),
            is_exact(prepared),
            tuple(self.left_out) if few else (),
        )

    def _node(self, tree: ast.Node, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            raise _TooDeepError
        match tree:
            case ast.And(children):
                return self._all([self._node(child, depth + 1) for child in children])
            case ast.Or(children):
                return either([node for child in children if (node := self._node(child, depth + 1)) is not None])
            case ast.Not(child):
                node = self._node(child, depth + 1)
                return Not(node) if node is not None else None
            case ast.AndNot(positive, negative):
                excluded = self._node(negative, depth + 1)
                return self._all([self._node(positive, depth + 1), Not(excluded) if excluded is not None else None])
            case ast.AndMaybe(required, optional):
                first, second = self._node(required, depth + 1), self._node(optional, depth + 1)
                return Maybe(first, second) if first is not None and second is not None else first or second
            case ast.Require(scored, filter_only):
                return self._all([self._node(scored, depth + 1), self._node(filter_only, depth + 1)])
            case ast.Boosted(child, boost):
                node = self._node(child, depth + 1)
                return Boost(node, min(max(boost, 0.01), 100.0)) if node is not None else None
            case _:
                return self._leaf(tree)

    def _leaf(self, tree: ast.Node) -> Node | None:
        if isinstance(tree, ast.ErrorLeaf):
            if tree.diagnostic.kind is wc.DiagnosticKind.TOO_DEEP:
                raise _TooDeepError
            return self._words(tree.diagnostic.raw_value or "", "")
        if isinstance(tree, ast.Nothing):
            return None
        self.count += 1
        if self.count > MAX_LEAVES:
            self.note(Said("The question has very many words; only the first %(most)s were searched.", most=MAX_LEAVES))
            return None
        field = str(getattr(tree, "field", None) or "any")
        if field in DATES:
            return self._dates(tree, field)
        if field in FILTER_FIELDS:
            return self._filter(tree, field)
        return self._text(tree, TEXT_SCOPES.get(field, ""))

    def _all(self, nodes: list[Node | None]) -> Node | None:
        """All of them, but function words only when there is nothing else."""
        present = [node for node in nodes if node is not None]
        telling = [node for node in present if not is_function_word(node, self.function_words)]
        if any(leaves(node) for node in telling):
            left = (node for node in present if isinstance(node, Word) and node not in telling)
            self.left_out.update(dict.fromkeys(word for word in left if word.text not in OPERATORS))
            present = telling
        meant: list[Node] = [node for node in present if not isinstance(node, Everything)]
        return both(meant or present)

    # Running text

    def _text(self, tree: ast.Node, scope: str) -> Node | None:
        match tree:
            case ast.Every():
                return Everything()
            case ast.Phrase(_, text, slop):
                terms = tuple(token.term for token in tokens(text))
                if slop > 1:  # engines differ in whether a word may stand for two of them; one is what is meant
                    terms = tuple(dict.fromkeys(terms))
                if len(terms) == 1:
                    word = self._words(text, scope)
                    return replace(word, quoted=True) if isinstance(word, Word) else word
                return Phrase(tuple(self._first(terms)), min(slop - 1, 50), True, scope) if terms else None
            case ast.Prefix(_, text):
                return self._pattern(text + "*", scope)
            case ast.Wildcard(_, pattern):
                return self._pattern(pattern, scope)
            case ast.TermRange(_, low, high):
                self.note(Said("From … to works for date: and year: only; its words were searched instead."))
                return self._words(f"{low or ''} {high or ''}", scope)
            case ast.Term(_, text):
                if fuzzy := _FUZZY.fullmatch(str(text)):
                    return self._fuzzy(fuzzy[1], int(fuzzy[2] or 1), scope)
                return self._words(str(text), scope)
            case _:
                return None

    def _words(self, text: str, scope: str) -> Node | None:
        """Text without a space in it, mostly: a word, or one of several parts, which must then stand in a row."""
        nodes: list[Node | None] = []
        for piece in text.split():
            found = list(tokens(piece))[: MAX_LEAVES * 4]
            if len(found) == 1:
                nodes.append(one_word(piece[found[0].start : found[0].end], found[0].term, scope))
            elif any(token.gram for token in found):
                nodes.append(with_grams(piece, found, scope))
            elif found:
                nodes.append(in_parts(piece, list(self._first(found)), scope))
        return self._all(list(self._first(nodes)))

    def _first(self, words: Sequence[_T]) -> Sequence[_T]:
        """As many of them as are searched."""
        if len(words) > MAX_LEAVES:
            self.note(Said("The question has very many words; only the first %(most)s were searched.", most=MAX_LEAVES))
        return words[:MAX_LEAVES]

    def _pattern(self, pattern: str, scope: str) -> Node | None:
        """`*` and `?` are signs only inside or at the end of a word, so that a question may end as questions do."""
        pattern = pattern.strip(_ENDS) if not pattern.endswith("*") else pattern.lstrip(_ENDS)
        for mark in _QUESTION_MARKS[1:]:
            pattern = pattern.replace(mark, "?")
        pattern = re.sub(r"\*[*?]*", "*", pattern)
        if "://" in pattern or not re.search(r"[*?]", pattern) or len(re.findall(r"[*?]", pattern)) > 10:
            return self._words(re.sub(r"[*?]", " ", pattern), scope)
        nodes: list[Node | None] = []
        for piece in _PIECES.findall(pattern):
            if not {"*", "?"} & set(piece) or GRAMS.search(piece):
                nodes.append(self._words(re.sub(r"[*?]", " ", piece), scope))
            elif piece.strip("*?"):
                nodes.append(self._shape(Pattern(fold(piece)[:80], scope), piece))
        return self._all(nodes)

    def _fuzzy(self, text: str, distance: int, scope: str) -> Node | None:
        found = list(tokens(text))
        if len(found) != 1 or found[0].gram or distance == 0:
            return self._words(text, scope)
        term = found[0].term
        allowed = min(distance, 2, (len(term) - 1) // 2)  # one slip in a word of two letters would find any
        return self._shape(Fuzzy(term, allowed, scope)) if allowed else Word(text, scope)

    def _shape(self, node: Pattern | Fuzzy | FilterPattern, typed: str = "") -> Node | None:
        """What may stand for many words, unless there were enough of these: each word that there is is compared with it.
        `typed` is how it was written, for what is said of it."""
        is_open = isinstance(node, Pattern) and node.is_open
        if isinstance(node, Pattern) and is_open and not _SOME_LETTERS.search(node.pattern):
            self.note(
                Said("“%(text)s” says too little: a star before a word needs three letters in a row.", text=typed)
            )
            return None
        self.shapes.setdefault(node, is_open)
        place = list(self.shapes).index(node)
        if place >= MAX_SHAPES:
            self.note(
                Said(
                    "The question has many words with *, ? or ~; only the first %(most)s were searched.",
                    most=MAX_SHAPES,
                )
            )
        elif self.shapes[node] and sum(list(self.shapes.values())[:place]) >= MAX_OPEN:
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
        return Pattern(rest, node.field) if {"*", "?"} & set(rest) else self._words(rest, node.field)

    # Exact values and days

    def _filter(self, tree: ast.Node, field: str) -> Node | None:
        match tree:
            case ast.Every():
                return self._shape(FilterPattern(field, "*"))
            case ast.Prefix(_, text) if field != "year":
                return self._shape(FilterPattern(field, fold_value(text)[:80] + "*"))
            case ast.Wildcard(_, pattern) if len(re.findall(r"[*?]", pattern)) <= 10:
                return self._shape(FilterPattern(field, re.sub(r"\*[*?]*", "*", fold_value(pattern)[:80])))
            case ast.TermRange(_, low, high) if field == "year":
                return self._range(tree, low, high)
            case ast.Phrase(_, text):
                values = self._known(field, [text])
                return Filter(field, values) if values else None
            case ast.Term(_, text):
                values = self._known(field, str(text).split(","))
                return Filter(field, values) if values else None
            case _:
                self.note(Said("kb cannot search %(field)s: that way, so it was left out.", field=field))
                return None

    def _known(self, field: str, texts: list[str]) -> tuple[str, ...]:
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

    def _dates(self, tree: ast.Node, field: str) -> Node | None:
        if isinstance(tree, ast.TermRange):
            return self._range(tree, tree.lo, tree.hi)
        if isinstance(tree, ast.Every):
            return DateRange(None, None)
        text = str(getattr(tree, "text", getattr(tree, "pattern", "")))
        compared = _COMPARED.fullmatch(text)
        sign, text = (compared[1], compared[2]) if compared else ("", text)
        span = self._span(text)
        if span is None:
            return None
        first, last = span
        match field, sign:
            case ("after", _) | (_, ">="):
                return DateRange(first, None)
            case ("before", _) | (_, "<"):
                return DateRange(None, _earlier(first))
            case (_, ">"):
                return DateRange(_later(last), None)
            case (_, "<="):
                return DateRange(None, last)
            case _:
                return DateRange(first, last)

    def _range(self, tree: ast.TermRange, low: str | None, high: str | None) -> Node | None:
        start, end = (self._span(low) if low else None), (self._span(high) if high else None)
        first = (start[0] if tree.incl_lo else _later(start[1])) if start else None
        last = (end[1] if tree.incl_hi else _earlier(end[0])) if end else None
        return DateRange(first, last) if first or last else None

    def _span(self, text: str) -> tuple[date, date] | None:
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


class _TooDeepError(Exception):
    """The tree goes deeper than MAX_DEPTH."""


def _earlier(day: date) -> date:
    return day - timedelta(1) if day > date.min else day


def _later(day: date) -> date:
    return day + timedelta(1) if day < date.max else day
