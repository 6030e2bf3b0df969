"""How a word that somebody typed is looked for: as one, as its parts in a row, by its characters, or not at all."""

from __future__ import annotations

from collections.abc import Set
from itertools import pairwise

from kb.search.analysis import GRAMS, Token
from kb.search.grams import gram_node
from kb.search.languages import FUNCTION_WORDS, comparable
from kb.search.nodes import OTHERWISE, And, Boost, Maybe, Node, Or, Phrase, Word, both
from kb.search.ways_of_writing import joined, turns

OPERATORS = frozenset({"AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE"})


def is_function_word(node: Node, known: Set[str] = FUNCTION_WORDS) -> bool:
    """`it` is one, `IT` may be a department."""
    if not isinstance(node, Word):
        return False
    if node.text in OPERATORS:
        return True  # one with nothing to join, such as `export OR`
    return comparable(node.text) in known and not (len(node.text) > 1 and node.text.isupper())


def in_parts(piece: str, found: list[Token], scope: str) -> Node:
    """`sign-in`, `IMP-204`, `jane@example.com`: the parts in a row. When hyphens or slashes join whole words, their
    stems will do as well (`data-strategies` finds a data strategy), but the exact run ranks higher."""
    run: Node = Phrase(tuple(token.term for token in found), field=scope)
    between = {piece[a.end : b.start] for a, b in pairwise(found)}
    if between <= {"-", "/", "‐", "–", "—", ",", ";"} and all(t.term.isalpha() and len(t.term) > 2 for t in found):
        run = Maybe(And(tuple(dict.fromkeys(Word(piece[t.start : t.end], scope) for t in found))), run)
    if one := joined(piece[found[0].start : found[-1].end]):  # many write it in one: signin, err42
        return Or((run, Boost(Word(one, scope), OTHERWISE)))
    return run


def one_word(written: str, term: str, scope: str) -> Node:
    """`OAuth2` may be written in two words, `err42` as ERR_42."""
    word = Word(written, scope)
    parts = turns(term)
    return Or((word, Boost(Phrase(parts, field=scope), OTHERWISE))) if parts else word


def with_grams(piece: str, found: list[Token], scope: str) -> Node | None:
    """A word that holds characters of a script without spaces, part by part."""
    nodes: list[Node] = []
    for run in GRAMS.finditer(piece):
        if (node := gram_node(run.group(), scope)) is not None:
            nodes.append(node)
    nodes.extend(Word(piece[t.start : t.end], scope) for t in found if not t.gram)
    return both(nodes)
