"""The query language: any text into our own nodes (docs/query-language.md).

Nothing that a person types is an error. What could not be understood is said in a sentence and the rest is searched.
Its grammar is Whoosh's (kb/search/grammar.py). Differences to Whoosh's own parser, all on purpose: `-word` excludes; `word~`
is fuzzy; a question mark that ends a word is a question mark; a word with signs inside is searched as its parts in a row;
function words find only in phrases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from kb.languages import Said
from kb.search.analysis import GRAMS
from kb.search.languages import detect_language, function_words
from kb.search.nodes import Everything, Node, Word, leaves
from kb.search.reading import Reading, TooDeepError
from kb.search.typed_signs import is_exact, prepare
from kb.search.typed_words import OPERATORS

_FEW = 4  # words of a question in which those that are left out still rank
_PLAIN = re.compile(r"[\w\s]*[.!?…]*\s*")


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
    reading = Reading(today)
    language = detect_language(text)
    prepared = prepare(text, today, reading.note, language)
    reading.function_words = function_words(language)
    node = _node_of(prepared, reading)
    if node is None and prepared.strip() and not reading.notes:
        reading.note(Said("There is no letter or digit in that to search for."))
    node = None if isinstance(node, Everything) else node
    words = tuple(dict.fromkeys(leaf.text for leaf in leaves(node) if isinstance(leaf, Word)))
    few = words and len(words) + len(reading.left_out) <= _FEW
    return Parsed(
        node,
        tuple(reading.notes),
        tuple(word for word in words if not GRAMS.search(word)),
        is_exact(prepared),
        tuple(reading.left_out) if few else (),
    )


def _node_of(prepared: str, reading: Reading) -> Node | None:
    if _PLAIN.fullmatch(prepared) and not OPERATORS & set(prepared.split()):
        return reading.words(prepared, "")  # what the parser gives for words, without its half a millisecond
    from kb.search import grammar  # takes its time to be read, for which a server that starts has not to wait

    try:
        return grammar.node_of(prepared, reading)
    except TooDeepError:
        reading.note(Said("The question is nested too deeply, so its words were searched without the brackets."))
        reading.begin_again()
        return reading.words(re.sub(r"[()]|\b(?:AND|OR|NOT)\b", " ", prepared), "")
