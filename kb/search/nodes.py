"""A parsed question as a small tree, independent of engines. `kb/search/query.py` makes it, engines translate it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from kb.search.analysis import GRAMS

SINGLE = 0.3  # a single character of a script without spaces, beside its pairs
KANA = 0.5  # a pair of hiragana, which are mostly endings
OTHERWISE = 0.29  # a word in one or in parts where the question writes it the other way; known by this factor
_KANA = re.compile("[\u3041-\u309f]+")
_SIGNS = re.compile("[*?]")
_ENOUGH = 3  # letters at the end of a pattern, for words to be found by them


@dataclass(frozen=True, slots=True)
class Word:
    """One word as typed; engines look for its `variants`. `field` is "" (everywhere), title, body or gem. `quoted`: the
    person asked for this word and no other that means the same."""

    text: str
    field: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand one after the other, with at most `slop` words between. `quoted`: the person asked for it so;
    otherwise it is one word of several parts (`IMP-204`) or of characters."""

    terms: tuple[str, ...]
    slop: int = 0
    quoted: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words of a shape: folded, `*` for any characters and `?` for one."""

    pattern: str
    field: str = ""

    @property
    def prefix(self) -> str:
        """The literal beginning when the pattern is only that and a `*`, else ""."""
        head = self.pattern[:-1]
        return head if self.pattern.endswith("*") and "*" not in head and "?" not in head else ""

    @property
    def ends(self) -> tuple[str, str]:
        """The letters before its first sign and those after its last."""
        first, *_, last = _SIGNS.split(self.pattern) if _SIGNS.search(self.pattern) else (self.pattern, "")
        return first, last

    @property
    def is_open(self) -> bool:
        """Whether nothing leads to the words that it means but looking at all: `*mid*`, `*e`, `*end` in one section."""
        return not self.ends[0] and not self.backwards

    @property
    def backwards(self) -> str:
        """What begins with a sign, written backwards, where enough letters at its end lead to the words; else ""."""
        first, last = self.ends
        return self.pattern[::-1] if not first and len(last) >= _ENOUGH and not self.field else ""


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words within `distance` slips (a letter more, less, other, or two swapped) of a folded word."""

    text: str
    distance: int = 1
    field: str = ""


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least `least` of the children."""

    children: tuple[Node, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Telling:
    """Any of the children that tell documents apart: words as rare as that. The others only rank. What hardly any
    document has is looked for by its runs of characters, too (`analysis.grams_of`). What `whole` finds stands first.
    `compounds` has, for some of the words, what else each is looked for by (kb/search/compounds.py)."""

    children: tuple[Node, ...]
    whole: Node | None = None
    compounds: tuple[tuple[Word, tuple[Leaf, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Maybe:
    """`required` decides what is found; `optional` only ranks it higher."""

    required: Node
    optional: Node


@dataclass(frozen=True, slots=True)
class Not:
    child: Node


@dataclass(frozen=True, slots=True)
class Boost:
    child: Node
    factor: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Any of these values of a filter field, compared folded (`fold_value`)."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilterPattern:
    """A value of this shape: folded, with `*` and `?`. The pattern `*` means any value at all."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Keys:
    """Any of these documents, by key."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    pass


Node: TypeAlias = (
    Word
    | Phrase
    | Pattern
    | Fuzzy
    | And
    | Or
    | Some
    | Telling
    | Maybe
    | Not
    | Boost
    | Filter
    | FilterPattern
    | DateRange
    | Keys
    | Everything
)
Leaf: TypeAlias = Word | Phrase | Pattern | Fuzzy


def both(nodes: list[Node]) -> Node | None:
    """All of the nodes as one, flat; None when there are none."""
    return _joined(And, nodes)


def either(nodes: list[Node]) -> Node | None:
    """Any of the nodes as one, flat; None when there are none."""
    return _joined(Or, nodes)


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node | None:
    flat: dict[Node, None] = {}
    for node in nodes:
        flat.update(dict.fromkeys(node.children if isinstance(node, kind) else (node,)))
    if len(flat) < 2:
        return next(iter(flat), None)
    return kind(tuple(flat))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below, negated ones included."""
    match node:
        case And(kids) | Or(kids) | Some(kids, _):
            return kids
        case Telling(kids, _, compounds):
            more: dict[Node, tuple[Leaf, ...]] = dict(compounds)
            return tuple(each for kid in kids for each in (kid, *otherwise(more.get(kid, ()))))
        case Maybe(required, optional):
            return (required, optional)
        case Not(child) | Boost(child, _):
            return (child,)
        case _:
            return ()


def otherwise(leaves: Iterable[Leaf]) -> tuple[Boost, ...]:
    """Other ways to write the word that stands before them."""
    return tuple(Boost(leaf, OTHERWISE) for leaf in leaves)


def walk(node: Node | None, *, negated: bool = True) -> Iterator[Node]:
    """The node and all below it; with `negated=False` nothing that is excluded."""
    if node is None or (isinstance(node, Not) and not negated):
        return
    yield node
    for child in children(node):
        yield from walk(child, negated=negated)


def leaves(node: Node | None) -> list[Leaf]:
    """What a question looks for in running text, without what it excludes, in order."""
    return [n for n in walk(node, negated=False) if isinstance(n, Word | Phrase | Pattern | Fuzzy)]


def written_otherwise(node: Node | None) -> set[Leaf]:
    """Those leaves that are only another way to write the one before them."""
    other = (each for each in walk(node, negated=False) if isinstance(each, Boost) and each.factor == OTHERWISE)
    return {leaf for each in other for leaf in leaves(each.child)}


def nearest_of(node: Node, compounds: Mapping[Word, Sequence[Leaf]] | None = None) -> Node:
    """The question content with any of its telling words, those with all of it first (`Telling`), or with what else
    some of them are looked for by. Filters, dates and exclusions hold as before; a question without words comes back as
    it is.
    """
    kids = node.children if isinstance(node, And) else (node,)
    asked: list[Node] = [kid for kid in kids if _holds_words(kid)]
    words = tuple(dict.fromkeys(word for kid in asked for word in _words_of(kid)))
    if not words:
        return node
    wide: list[Node] = [kid for kid in kids if not _holds_words(kid)]
    more = tuple((word, tuple(others)) for word, others in (compounds or {}).items() if others and word in words)
    return both([*wide, Telling(words, both(asked), more)]) or node


def without_wholes(node: Node) -> Node:
    """A question widened by `nearest_of` of which nothing has all the words."""
    match node:
        case Telling():
            return replace(node, whole=None)
        case And(kids):
            return And(tuple(map(without_wholes, kids)))
        case _:
            return node


def _words_of(node: Node) -> Iterator[Node]:
    """What a part of a question looks for, word by word. A phrase is worth more than its words; but of scripts without
    spaces a phrase is only characters, and those that every sentence has count less."""
    match node:
        case Phrase(terms, field=field) if len(terms) > 1:
            if not GRAMS.match(terms[0]):
                yield node
            for term in terms:
                yield from _words_of(Word(term, field))
        case Word(text) if GRAMS.match(text):
            yield Boost(node, SINGLE) if len(text) == 1 else Boost(node, KANA) if _KANA.fullmatch(text) else node
        case Word() | Phrase() | Pattern() | Fuzzy():
            yield node
        case Boost(_, factor) if factor == OTHERWISE:
            return  # it says nothing that its word does not, and is often so rare that it would count for the most telling
        case Boost(child, factor):
            for word in _words_of(child):
                yield Boost(word, factor)
        case Not():
            return
        case _:
            for child in children(node):
                yield from _words_of(child)


def _holds_words(node: Node) -> bool:
    return bool(leaves(node)) and not isinstance(node, Not)


def at_least(nodes: list[Node], share: float) -> Node | None:
    """At least this share of the nodes, rounded up."""
    unique = list(dict.fromkeys(nodes))
    least = math.ceil(len(unique) * share)
    if least >= len(unique):
        return both(unique)
    return Some(tuple(unique), least) if least > 1 else either(unique)
