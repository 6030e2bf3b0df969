"""Questions in scripts without spaces: which characters of a run must stand together.

Japanese is parted where its scripts change (データ|戦略), Chinese and Thai not at all, Korean by its spaces. Short
parts must stand as typed; of long ones most pairs of characters will do, since such a run is a whole sentence.
"""

from __future__ import annotations

import re

from kb.search.analysis import tokens
from kb.search.nodes import Maybe, Node, Phrase, Word, at_least, both, either, leaves

_HIRAGANA = "\u3041-\u309f"
_PARTS = re.compile(
    f"(?P<hiragana>[{_HIRAGANA}]+)|(?P<katakana>[\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f]+)"
    "|(?P<hangul>[\u1100-\u11ff\u3131-\u318e\uac00-\ud7ff]+)"
    f"|(?P<han>[^{_HIRAGANA}\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f\u1100-\u11ff\u3131-\u318e\uac00-\ud7ff]+)"
)
# What clings to the end of a Korean word, one to three of them: particles, and the endings of the verbs that a noun is made
# of (선택하려면); the noun alone will do.
_ENDINGS = re.compile(
    "(?<=..)(?:합니다|하는|하여|하고|하면|하거나|하려면|하도록|하지|하기|했습니다|한|할|함|해|"
    "됩니다|되는|되어|되고|되면|되지|된|될|됨|입니다|습니다|니다|"
    "으로|에서|에게|까지|부터|마다|처럼|보다|은|는|이|가|을|를|의|에|와|과|도|로|만|들){1,3}$"
)
_LONGEST = {"hiragana": 5, "katakana": 20, "hangul": 6, "han": 4}
SHARE = 0.6
_SENTENCE = 6  # a longer run is rather a sentence than a name
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def gram_node(run: str, scope: str = "") -> Node | None:
    """A run of such characters as a node; None when it holds none that can be searched."""
    parts = [(match.lastgroup or "", match.group()) for match in _PARTS.finditer(run)]
    content = [part for part in parts if part[0] != "hiragana"]
    if not content or sum(len(text) for _, text in content) < 2:
        content = parts  # nothing but particles and endings, or one character: then they are what was asked for
    wanted = both([node for kind, text in content if (node := _part(kind, text, scope)) is not None])
    if wanted is None or isinstance(wanted, Word | Phrase):
        return wanted
    better = _better(run, scope, wanted)
    return Maybe(wanted, better) if better is not None else wanted


def _better(run: str, scope: str, wanted: Node) -> Node | None:
    """What ranks a text higher: a short run as typed; of a long one the pairs of characters that are not wanted anyway,
    and its single ideographs."""
    terms = _terms(run)
    if len(run) <= _SENTENCE and len(terms) > 1:
        return Phrase(terms, field=scope)
    singles = (character for character in run if _IDEOGRAPH.match(character))
    known = set().union(*(leaf.terms for leaf in leaves(wanted) if isinstance(leaf, Phrase)))
    known.update(leaf.text for leaf in leaves(wanted) if isinstance(leaf, Word))
    return either([Word(term, scope) for term in (*terms, *singles) if term not in known])


def _part(kind: str, text: str, scope: str) -> Node | None:
    if kind == "hangul":
        text = _ENDINGS.sub("", text)
    terms = _terms(text)
    if len(terms) < 2:
        return Word(terms[0], scope) if terms else None
    if len(text) <= _LONGEST[kind]:
        return Phrase(terms, field=scope)
    return at_least([Word(term, scope) for term in terms], SHARE)


def _terms(text: str) -> tuple[str, ...]:
    return tuple(token.term for token in tokens(text))
