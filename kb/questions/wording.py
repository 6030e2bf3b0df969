"""When two questions are the same, and when they are alike: by their words after analysis, function words aside.

The same: the same words in the same order, in whatever form ("exports failing", "Export fails?"); such questions are one
without asking anybody. Alike: most words of the shorter one are in the other, too; that is only proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kb.search.analysis import STEMMED, tokens, variants
from kb.search.folding import clean, fold_value
from kb.search.languages import FUNCTION_WORDS, detect_language

ALIKE = 0.6  # share of the shorter question's words
MATCHES = 0.7  # share of a question's words that a review has
_WORDS = 64
# What turns a question around is no particle: "it works with Okta" is not "it does not work with Okta".
_NEGATIONS = frozenset(
    ("no", "not", "non", "ne", "nicht", "kein", "keine", "ohne", "sin", "without", "pas", "sans", "nao", "sem", "niet",
     "geen", "inte", "ei", "не", "нет")
)  # fmt: skip

Concepts = tuple[frozenset[str], ...]


def language_of(text: str) -> str:
    """The language of a question, "" when it is too short to tell."""
    return detect_language(text)


@lru_cache(maxsize=4096)
def concepts(text: str, language: str) -> Concepts:
    """The words that say what is asked, in order, each as the forms that it may stand in."""
    text = clean(text)
    languages = (language if language in STEMMED else "en",)
    found: list[frozenset[str]] = []
    for token in tokens(text):
        if token.gram:
            found.append(frozenset((token.term,)))
        elif token.term not in FUNCTION_WORDS or token.term in _NEGATIONS:
            found.append(frozenset(variants(text[token.start : token.end], languages)))
        if len(found) == _WORDS:
            break
    return tuple(found)


def key_of(text: str, language: str) -> str:
    """Alike for two texts exactly when they ask the same."""
    key = " ".join(min(forms, key=lambda form: (len(form), form)) for forms in concepts(text, language))
    return key or fold_value(text) or "?"


def share(one: Concepts, other: Concepts) -> float:
    """How much of the shorter of two questions is in the other one, 0 to 1; a single word says little."""
    small, large = sorted((one, other), key=len)
    every = frozenset().union(*large) if large else frozenset()
    return sum(not forms.isdisjoint(every) for forms in small) / max(len(small), 2)


def held(asked: Concepts, terms: frozenset[str] | set[str]) -> float:
    """The share of a question's words that a text has, whose terms these are."""
    return sum(not forms.isdisjoint(terms) for forms in asked) / len(asked) if asked else 0.0


def alike(text: str, language: str, others: Sequence[tuple[int, str, str]]) -> list[int]:
    """Those of the questions (number, text, language) that are alike, the most alike first."""
    mine = concepts(text, language)
    ranked = [(share(mine, concepts(words, tongue)), id) for id, words, tongue in others]
    return [id for worth, id in sorted(ranked, key=lambda pair: -pair[0]) if worth >= ALIKE]
