"""Tags that may be one topic: spelled nearly alike, one the plural of the other, called alike in another language by an
alias, or on the same reviews."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from kb.languages import Said
from kb.library import Library
from kb.models import Tag
from kb.search.analysis import COMMON, stems_of, stream
from kb.search.folding import fold
from kb.store import tag_rules as store
from kb.store import tags

# One letter more, less or other makes another word of a short one.
_LETTERS_AT_LEAST = 5
_LONGEST = 40
_TOGETHER_AT_LEAST = 5
_SAME_SHARE = 0.8
_NEWEST = 5000
_KEPT = 300.0


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Two tags that may be one: `tag` is the one on fewer reviews, to be merged into `into`; `why` is spelling, form,
    alias or reviews, `words` say it."""

    tag: Tag
    into: Tag
    why: str
    words: str


def found(library: Library) -> list[LookAlike]:
    """Pairs that look alike, without those that a curator keeps apart; the surest reasons first."""
    db = library.db
    everything = {tag.id: tag for tag in tags.all_tags(db)}
    apart = store.kept_apart(db)
    seen: dict[tuple[int, int], LookAlike] = {}
    for first, second, why, words in _candidates(library, everything):
        if first not in everything or second not in everything:
            continue
        pair = (min(first, second), max(first, second))
        if pair in apart or pair in seen or first == second:
            continue
        less, more = sorted((everything[first], everything[second]), key=lambda tag: (tag.reviews + tag.gems, -tag.id))
        if not _one_above_the_other(less, more):
            seen[pair] = LookAlike(less, more, why, words)
    return list(seen.values())


def _one_above_the_other(first: Tag, second: Tag) -> bool:
    """Somebody has said how they stand to each other: they are two topics."""
    return first.parent_id == second.id or second.parent_id == first.id


# A pair that may be one: the numbers of two tags, why, and in words.
Candidate = tuple[int, int, str, str]
_lock = threading.Lock()
_by_names: dict[str, tuple[object, list[Candidate]]] = {}
_by_reviews: dict[str, tuple[float, list[Candidate]]] = {}


def _candidates(library: Library, everything: dict[int, Tag]) -> list[Candidate]:
    """Kept while names stay as they are, and for some minutes what is on the same reviews, which takes longer to see."""
    names = frozenset((tag.id, name) for tag in everything.values() for name in (tag.name, *tag.aliases))
    now = time.monotonic()
    with _lock:
        if _by_names.get(library.id, (None, []))[0] != names:
            _by_names[library.id] = (names, list(_named_alike(everything)))
            _by_reviews.pop(library.id, None)
        if library.id not in _by_reviews or now - _by_reviews[library.id][0] > _KEPT:
            _by_reviews[library.id] = (now, list(_on_the_same(library)))
        return _by_names[library.id][1] + _by_reviews[library.id][1]


def _on_the_same(library: Library) -> Iterator[Candidate]:
    for first, second, together in tags.together(library.db, _NEWEST, _TOGETHER_AT_LEAST, _SAME_SHARE):
        yield first, second, "reviews", Said("on the same reviews: %(together)s of the newest", together=together)


def _named_alike(everything: dict[int, Tag]) -> Iterator[Candidate]:
    names = [(tag.id, name) for tag in everything.values() for name in (tag.name, *tag.aliases)]
    own = {(tag.id, tag.name) for tag in everything.values()}

    def pairs(keys: Iterable[tuple[str, tuple[int, str]]], why: str, words: str) -> Iterator[tuple[int, int, str, str]]:
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for key, one in keys:
            groups[key].append(one)
        for group in groups.values():
            for (first, a), (second, b) in combinations(dict.fromkeys(group), 2):
                if first != second and _digits(a) == _digits(b):
                    by_alias = (first, a) not in own or (second, b) not in own
                    yield (
                        first,
                        second,
                        "alias" if by_alias else why,
                        Said("%(words)s: “%(a)s” and “%(b)s”", words=words, a=a, b=b),
                    )

    yield from pairs(((_squeezed(name), (id, name)) for id, name in names), "spelling", Said("written nearly alike"))
    yield from pairs(
        ((key, (id, name)) for id, name in names for key in _forms(name)), "form", Said("forms of one word")
    )
    yield from pairs(
        ((key, (id, name)) for id, name in names for key in _one_less(_squeezed(name))), "spelling", "one letter apart"
    )


def _squeezed(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())


def _forms(name: str) -> set[str]:
    """The name with each word brought to its stem, in every language that has stems."""
    words = stream(name).words
    found = set()
    for language in COMMON:
        found.add(f"{language} {' '.join(_shortest(word, language) for word in words)}")
    return found if words else set()


def _shortest(word: str, language: str) -> str:
    return min((word, *stems_of(word, language).split()), key=lambda form: (len(form), form))


def _one_less(name: str) -> set[str]:
    """The name, and every way to leave one letter out: two names one letter apart have one of these in common."""
    if not _LETTERS_AT_LEAST <= len(name) <= _LONGEST:
        return set()
    return {name} | {name[:at] + name[at + 1 :] for at in range(len(name))}


def keep_apart(library: Library, first: int, second: int) -> None:
    """Do not propose these two again. Raises NotFound."""
    with library.transaction() as db:
        store.keep_apart(db, tags.get(db, first).id, tags.get(db, second).id)
