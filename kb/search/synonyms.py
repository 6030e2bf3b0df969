"""Words that mean the same, put into a question before an engine sees it: both ways, at the time of the query.

A question for any of them finds all of them; what was typed ranks a little higher. Nothing of it is in an index, so a change
holds at once. Quoted phrases and what is excluded are taken at their word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.search import query
from kb.search.analysis import tokens, variants
from kb.search.languages import FUNCTION_WORDS
from kb.search.nodes import And, Boost, Maybe, Node, Or, Phrase, Some, Telling, Word, either

WEIGHT = 0.9  # of a word that means the same, beside the one that was typed
_SIGNS = re.compile(r"[^\w\s'’+#]")
_LANGUAGES = ("en", "de", "es", "fr")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Saying:
    """One of the words of a group: what it stands for in a question, and how a question is told to have it."""

    node: Node
    key: Key
    terms: Key


class Synonyms:
    """Knows groups of words; made once for each state of them, then read-only."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._by_key: dict[Key, list[_Saying]] = {}
        self._longest = 0
        for group in groups:
            sayings = [saying for words in group if (saying := _read(words)) is not None]
            for saying in sayings:
                others = [other for other in sayings if other is not saying]
                for key in {saying.key, saying.terms}:
                    self._by_key.setdefault(key, []).extend(others)
                self._longest = max(self._longest, len(saying.key))

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def knows(self, word: str) -> bool:
        """Whether a word stands in a group of its own."""
        return bool(self._by_key) and (_stem(word),) in self._by_key

    def expand(self, node: Node | None) -> Node | None:
        """The question with all that its words also mean."""
        return self._node(node) if node is not None and self._by_key else node

    def _node(self, node: Node) -> Node:
        match node:
            case Word(text, field, quoted=False):
                return self._with(node, (_stem(text),), field)
            case Phrase(terms, slop=0, quoted=False, field=field):
                return self._with(node, terms, field)
            case And(kids):
                return And(tuple(self._row(kids)))
            case Or(kids):
                return Or(tuple(map(self._node, kids)))
            case Some(kids, least):
                return Some(tuple(map(self._node, kids)), least)
            case Maybe(required, optional):
                return Maybe(self._node(required), optional)
            case Boost(child, factor):
                return Boost(self._node(child), factor)
            case Telling(kids, whole, compounds):
                more = [leaf for run in self._runs(kids) for leaf in self._leaves(run)]
                wider = self._node(whole) if whole is not None else None
                return Telling(tuple(dict.fromkeys([*kids, *more])), wider, compounds)
            case _:
                return node

    def _row(self, kids: Sequence[Node]) -> Iterator[Node]:
        """The parts of a question, of which several words in a row may be one saying."""
        at = 0
        while at < len(kids):
            lengths = range(min(self._longest, len(kids) - at), 1, -1)
            length = next((n for n in lengths if self._key(kids[at : at + n]) in self._by_key), 1)
            part = kids[at : at + length]
            if length > 1:
                yield self._with(And(tuple(part)), self._key(part), _field(part[0]))
            else:
                yield self._node(part[0])
            at += length

    def _key(self, kids: Sequence[Node]) -> Key:
        words = [kid for kid in kids if isinstance(kid, Word) and not kid.quoted and kid.field == _field(kids[0])]
        return tuple(_stem(word.text) for word in words) if len(words) == len(kids) else ()

    def _with(self, node: Node, key: Key, field: str) -> Node:
        others = [Boost(_in_field(saying.node, field), WEIGHT) for saying in self._by_key.get(key, ())]
        return either([node, *others]) or node

    def _runs(self, kids: Sequence[Node]) -> Iterator[Sequence[Node]]:
        """Every word, and every few in a row that may be one saying."""
        for length in range(1, self._longest + 1):
            yield from (kids[at : at + length] for at in range(len(kids) - length + 1))

    def _leaves(self, run: Sequence[Node]) -> Iterator[Node]:
        """For words of which some suffice: the single words and phrases that mean the same."""
        for saying in self._by_key.get(self._key(run), ()):
            leaf = Phrase(saying.terms) if len(saying.terms) > 1 else saying.node
            if isinstance(leaf, Word | Phrase):
                yield _in_field(leaf, _field(run[0]))


def _read(words: str) -> _Saying | None:
    node = query.parse(_SIGNS.sub(" ", words).lower(), today=date.min).node
    found = list(tokens(words))
    if node is None or not found:
        return None
    telling = [token for token in found if token.term not in FUNCTION_WORDS] or found
    terms = tuple(token.term for token in found)
    if len(found) > 1 and isinstance(node, And):
        # All of the words, in any form; in a row they rank higher.
        node = Maybe(node, Phrase(terms))
    key = tuple(_stem(words[token.start : token.end]) if not token.gram else token.term for token in telling)
    return _Saying(node, key, terms)


def _stem(word: str) -> str:
    """One form for all that a word is bent to."""
    return min(variants(word, _LANGUAGES), key=lambda form: (len(form), form))


def _field(node: Node) -> str:
    return str(getattr(node, "field", ""))


def _in_field(node: Node, field: str) -> Node:
    """The same, looked for where the question does."""
    if not field:
        return node
    match node:
        case Word() | Phrase():
            return replace(node, field=field)
        case And(kids):
            return And(tuple(_in_field(kid, field) for kid in kids))
        case Maybe(required, optional):
            return Maybe(_in_field(required, field), _in_field(optional, field))
        case _:
            return node
