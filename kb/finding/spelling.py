"""A question with its slips put right: the words that the library does not have, read as likely ones that it has.

Which words are near is the index's knowledge (kb/search/spelling.py); which of them is meant is told by the others of the
question: the one that stands in texts with them, and in the question's language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from kb.finding import synonyms
from kb.library import Library
from kb.search.analysis import tokens, variants
from kb.search.base import Correction, Query
from kb.search.languages import detect_language
from kb.search.nodes import And, Boost, Some, Word

_FEW_WORDS = 4
_MOST = 12  # words of one question that are looked at
_COMPANY = 0.8  # what company may outweigh of a slip's cost
_LANGUAGE = 0.3  # and what the question's language may


def corrected(library: Library, question: str, words: Sequence[str]) -> str | None:
    """The question with the words that the library does not have brought to the likeliest, or, where it has them, with two
    neighbours run together (`data base`). None where nothing is likely. Raises SearchIndexError."""
    words = words[:_MOST]
    better = _run_together(library, question, words)
    known = synonyms.of(library)
    language = detect_language(question)
    for word in words:
        if known.knows(word):
            continue
        others = [other for other in words if other != word]
        if nearest := _likeliest(library, library.engine.corrections(word), others, language):
            better = nearest.join(re.split(rf"(?<!\w){re.escape(word)}(?!\w)", better))
    return better if better != question else None


def as_written(better: str, question: str, texts: Iterable[str]) -> str:
    """A corrected question with the words that were put right as these texts write them: the index knows words of running
    text only folded, so that größe would be offered as grosse, and of a word that stands in a code of a title (EXPORT_LIMIT)
    only its capitals."""
    asked = {each.term for each in tokens(question)}
    named = {
        each.term: better[each.start : each.end] for each in tokens(better) if not each.gram and each.term not in asked
    }
    plain = {term for term, shown in named.items() if term == shown}
    capitals = {term for term, shown in named.items() if shown.isupper() and len(shown) > 1}
    spellings: dict[str, Counter[str]] = {}
    for text in texts if plain or capitals else ():
        for term, start, end, _ in tokens(text):
            written = text[start:end]
            in_a_code = "_" in (text[start - 1 : start], text[end : end + 1])
            if (term in plain and written.lower() != term) or (term in capitals and not in_a_code):
                written = written if written.isupper() and term in capitals else written.lower()
                spellings.setdefault(term, Counter())[written] += 1
    shown, last = [], 0
    for term, start, end, _ in tokens(better):
        if found := spellings.get(term):
            shown += [better[last:start], found.most_common(1)[0][0]]
            last = end
    return "".join([*shown, better[last:]])


def _likeliest(library: Library, found: Sequence[Correction], others: Sequence[str], language: str) -> str | None:
    """The candidate with the least to be said against it: the cheaper, the better its company and the commoner in the
    question's language, the likelier. Words run together must stand in one text."""
    whole = [one for one in found if " " not in one.text]
    if len(whole) == 1 and not whole[0].needs:
        return whole[0].text
    company = {one.text: _company(library, one, others) for one in whole} if others else {}
    best = max(company.values(), default=0.0) or 1.0
    spoken = {one.text: _times(library, one.text, language) for one in whole} if language and len(whole) > 1 else {}
    most = max(spoken.values(), default=0) or 1

    def unlikely(one: Correction) -> tuple[float, int, str]:
        along = _COMPANY * company.get(one.text, 0.0) / best + _LANGUAGE * spoken.get(one.text, 0) / most
        return one.cost - along, -one.count, one.text

    believed = [one for one in whole if not one.needs or company.get(one.text)]
    if believed:
        return min(believed, key=unlikely).text
    together = [(_stand_together(library, one.text), one.count, one.text) for one in found if " " in one.text]
    return max(together)[2] if together and max(together)[0] else None


def _company(library: Library, one: Correction, others: Sequence[str]) -> float:
    """How well the best text that has the candidate answers the others of the question; 0 where too few of them stand
    with it."""
    node = And((Boost(Word(one.text), 0.01), Some(tuple(map(Word, others)), max(one.needs, 1))))
    return max((hit.score for hit in library.engine.search(Query(node=node, limit=1, facets=())).hits), default=0.0)


def _times(library: Library, word: str, language: str) -> int:
    asked = Query(node=Word(word), filters={"language": (language,)}, limit=0, facets=())
    return library.engine.search(asked).total


def _stand_together(library: Library, words: str) -> int:
    return library.engine.search(Query(node=And(tuple(map(Word, words.split()))), limit=0, facets=())).total


def _run_together(library: Library, question: str, words: Sequence[str]) -> str:
    """Only of a few words: in a whole sentence (measured) it does more harm than good."""
    if len(words) > _FEW_WORDS:
        return question
    for first, second in pairwise(words):
        both = re.compile(rf"(?<!\w){re.escape(first)}\s+{re.escape(second)}(?!\w)")
        one = Query(node=Word(first + second), limit=0, facets=())
        if not (first.isalnum() and second.isalnum()) or variants(first + second).keys() & variants(first).keys():
            continue  # `facturas iva` would be a form of factura
        if both.search(question) and library.engine.search(one).total:
            question = both.sub(lambda _: first + second, question)  # noqa: B023 - called at once
    return question
