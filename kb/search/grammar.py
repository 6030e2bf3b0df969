"""Whoosh's grammar: what whoosh-compat makes of a question with signs of the language in it, as our own nodes.

A module of its own, since that library takes a tenth of a second to be read, and most questions are only words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import whoosh_compat as wc
from whoosh_compat import ast

from kb.languages import Said
from kb.search.analysis import tokens
from kb.search.base import FILTER_FIELDS
from kb.search.folding import fold_value
from kb.search.nodes import Boost, DateRange, Everything, Filter, FilterPattern, Maybe, Node, Not, Phrase, Word, either
from kb.search.reading import MAX_DEPTH, Reading, TooDeepError
from kb.search.typed_signs import ALIASES, DATES, TEXT_SCOPES

_FUZZY = re.compile(r"(.*\w)~([0-9]?)")
_COMPARED = re.compile(r"(>=|<=|>|<)(.*)")


def _spec(name: str, kind: wc.FieldKind) -> wc.FieldSpec:
    return wc.FieldSpec(name, kind, aliases=ALIASES.get(name, ()))


_REGISTRY = wc.FieldRegistry(
    [_spec(name, wc.FieldKind.TEXT) for name in ("any", *TEXT_SCOPES)]
    + [_spec(name, wc.FieldKind.KEYWORD) for name in (*FILTER_FIELDS, *DATES)]
)


def node_of(text: str, reading: Reading) -> Node | None:
    """A question whose signs were put in order (kb/search/typed_signs.py), as a tree. Raises TooDeepError."""
    try:
        tree = wc.parse(text, registry=_REGISTRY, default_fields=["any"]).ast
    except wc.QueryParserError as error:
        raise TooDeepError from error
    return _Grammar(reading).node(tree, 0)


class _Grammar:
    """Turns the parser's tree into ours; what stands at its leaves `reading` makes nodes of."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def node(self, tree: ast.Node, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            raise TooDeepError
        match tree:
            case ast.And(children):
                return self._reading.all([self.node(child, depth + 1) for child in children])
            case ast.Or(children):
                return either([node for child in children if (node := self.node(child, depth + 1)) is not None])
            case ast.Not(child):
                node = self.node(child, depth + 1)
                return Not(node) if node is not None else None
            case ast.AndNot(positive, negative):
                excluded = self.node(negative, depth + 1)
                return self._reading.all(
                    [self.node(positive, depth + 1), Not(excluded) if excluded is not None else None]
                )
            case ast.AndMaybe(required, optional):
                first, second = self.node(required, depth + 1), self.node(optional, depth + 1)
                return Maybe(first, second) if first is not None and second is not None else first or second
            case ast.Require(scored, filter_only):
                return self._reading.all([self.node(scored, depth + 1), self.node(filter_only, depth + 1)])
            case ast.Boosted(child, boost):
                node = self.node(child, depth + 1)
                return Boost(node, min(max(boost, 0.01), 100.0)) if node is not None else None
            case _:
                return self._leaf(tree)

    def _leaf(self, tree: ast.Node) -> Node | None:
        if isinstance(tree, ast.ErrorLeaf):
            if tree.diagnostic.kind is wc.DiagnosticKind.TOO_DEEP:
                raise TooDeepError
            return self._reading.words(tree.diagnostic.raw_value or "", "")
        if isinstance(tree, ast.Nothing):
            return None
        if not self._reading.takes_another():
            return None
        field = str(getattr(tree, "field", None) or "any")
        if field in DATES:
            return self._dates(tree, field)
        if field in FILTER_FIELDS:
            return self._filter(tree, field)
        return self._text(tree, TEXT_SCOPES.get(field, ""))

    def _text(self, tree: ast.Node, scope: str) -> Node | None:
        match tree:
            case ast.Every():
                return Everything()
            case ast.Phrase(_, text, slop):
                terms = tuple(token.term for token in tokens(text))
                if slop > 1:  # engines differ in whether a word may stand for two of them; one is what is meant
                    terms = tuple(dict.fromkeys(terms))
                if len(terms) == 1:
                    word = self._reading.words(text, scope)
                    return replace(word, quoted=True) if isinstance(word, Word) else word
                return Phrase(tuple(self._reading.first(terms)), min(slop - 1, 50), True, scope) if terms else None
            case ast.Prefix(_, text):
                return self._reading.pattern(text + "*", scope)
            case ast.Wildcard(_, pattern):
                return self._reading.pattern(pattern, scope)
            case ast.TermRange(_, low, high):
                self._reading.note(Said("From … to works for date: and year: only; its words were searched instead."))
                return self._reading.words(f"{low or ''} {high or ''}", scope)
            case ast.Term(_, text):
                if fuzzy := _FUZZY.fullmatch(str(text)):
                    return self._reading.fuzzy(fuzzy[1], int(fuzzy[2] or 1), scope)
                return self._reading.words(str(text), scope)
            case _:
                return None

    def _filter(self, tree: ast.Node, field: str) -> Node | None:
        match tree:
            case ast.Every():
                return self._reading.shape(FilterPattern(field, "*"))
            case ast.Prefix(_, text) if field != "year":
                return self._reading.shape(FilterPattern(field, fold_value(text)[:80] + "*"))
            case ast.Wildcard(_, pattern) if len(re.findall(r"[*?]", pattern)) <= 10:
                return self._reading.shape(FilterPattern(field, re.sub(r"\*[*?]*", "*", fold_value(pattern)[:80])))
            case ast.TermRange(_, low, high) if field == "year":
                return self._range(tree, low, high)
            case ast.Phrase(_, text):
                values = self._reading.known(field, [text])
                return Filter(field, values) if values else None
            case ast.Term(_, text):
                values = self._reading.known(field, str(text).split(","))
                return Filter(field, values) if values else None
            case _:
                self._reading.note(Said("kb cannot search %(field)s: that way, so it was left out.", field=field))
                return None

    def _dates(self, tree: ast.Node, field: str) -> Node | None:
        if isinstance(tree, ast.TermRange):
            return self._range(tree, tree.lo, tree.hi)
        if isinstance(tree, ast.Every):
            return DateRange(None, None)
        text = str(getattr(tree, "text", getattr(tree, "pattern", "")))
        compared = _COMPARED.fullmatch(text)
        sign, text = (compared[1], compared[2]) if compared else ("", text)
        span = self._reading.span(text)
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
        start, end = (self._reading.span(low) if low else None), (self._reading.span(high) if high else None)
        first = (start[0] if tree.incl_lo else _later(start[1])) if start else None
        last = (end[1] if tree.incl_hi else _earlier(end[0])) if end else None
        return DateRange(first, last) if first or last else None


def _earlier(day: date) -> date:
    return day - timedelta(1) if day > date.min else day


def _later(day: date) -> date:
    return day + timedelta(1) if day < date.max else day
