"""New reviews and gems that may answer an open question are proposed under it.

It follows the list of changes with a watermark of its own, after the index and only when the library has come to rest, so
that an ingest is looked through once and not slowed. Each open question is searched as a person would, by the index: what
it takes depends on the number of open questions, not on how much came in.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Set

from kb.errors import SearchIndexError
from kb.finding import asking, finding
from kb.library import Library
from kb.questions import answering, wording
from kb.search.nodes import Node, Word, at_least, leaves
from kb.store import asks, changes, question_watch, questions

_QUESTIONS = 300  # open questions that are searched for, the most asked first
_DEEP = 50  # finds of each that are looked at
_OF_ALL = 6  # of all that is there, for a question that was put into other words
_NAMED = "kb"  # who a notice is from that nobody wrote


def catch_up(library: Library, *, limit_seconds: float | None = None) -> int:
    """Look for answers in what changed since last time; gives how many questions have something proposed that had
    nothing. With `limit_seconds` the rest waits for the next time. Raises LibraryError."""
    if question_watch.watermark(library.db) >= changes.latest(library.db):
        return 0
    with library.alone("questions") as alone:
        try:
            return _catch_up(library, limit_seconds) if alone else 0
        except SearchIndexError:
            return 0  # the next time does it


def _catch_up(library: Library, limit_seconds: float | None) -> int:
    began = time.monotonic()
    db = library.db
    here, first, broken_off_at = question_watch.place(db)
    # A look that was broken off goes on with the same changes: what came meanwhile is for all questions, the next time.
    there = broken_off_at if first else min(changes.latest(db), library.engine.watermark())
    if there <= here:
        return 0
    changed = changes.between(db, here, there)
    found: list[tuple[int, str, int, float]] = []
    rows = sorted(questions.open_texts(db, _QUESTIONS)) if any(changed.values()) else []
    later = 0
    for id, text, language in rows:
        if id < first:
            continue
        if limit_seconds is not None and time.monotonic() - began > limit_seconds:
            later = id
            break
        found += _answers(library, id, text, language, changed)
    with library.transaction() as db:
        kept = question_watch.able_to_answer(db, found)
        fresh = asks.propose(db, kept, library.now())
        for id in sorted(fresh):
            answering.tell(db, id, "question may be answered", _NAMED, library.now())
        question_watch.set_place(db, here if later else there, later, there if later else 0)
    return len(fresh)


def _answers(
    library: Library, id: int, text: str, language: str, changed: Mapping[str, Set[int]]
) -> list[tuple[int, str, int, float]]:
    node = _node(library, text, language)
    if node is None:
        return []
    hits = finding.by_node(library, node, limit=_DEEP)
    return [(id, hit.type, hit.id, hit.score) for hit in hits if hit.id in changed[hit.type]]


def finds(library: Library, id: int, text: str, language: str) -> list[tuple[int, str, int, float]]:
    """What may answer a question in these words, of all that the library has: (question, type, number, score) each.
    Nothing while the index cannot be read."""
    try:
        node = _node(library, text, language)
        hits = finding.by_node(library, node, limit=_OF_ALL) if node is not None else []
    except SearchIndexError:
        return []
    found = [(id, hit.type, hit.id, hit.score) for hit in hits]
    gems = question_watch.able_to_answer(library.db, [row for row in found if row[1] == "gem"])
    return gems + [row for row in found if row[1] == "review"]


def _node(library: Library, text: str, language: str) -> Node | None:
    """Most words of the question, function words aside; synonyms count."""
    concepts = wording.concepts(text, language)
    read = asking.read(library, text)
    words = [leaf for leaf in leaves(read) if isinstance(leaf, Word)]
    if read is None or len(words) <= 3 or len(concepts) <= 3:
        return read
    return at_least(list(words), wording.MATCHES)
