"""What was searched and how often, so that curators see what is missing: counted in memory, kept a few seconds later.

Nobody is in it: a row is the words, their language, a day, how often they were searched, what they found, and how often a
find was opened. E-mail addresses, long numbers and the names of those whose work is reviewed are taken out before anything
is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import dropwhile, takewhile

from kb import privacy, sheets
from kb.errors import SearchIndexError
from kb.library import Library
from kb.search import query
from kb.search.base import Query
from kb.search.folding import clean, fold
from kb.search.languages import detect_language
from kb.search.nodes import Word
from kb.store import searches, tags
from kb.values.search import Missing

WHICH = ("both", "nothing", "unopened", "all")
_LONGEST = 200
_WORDS = 12
_MOST_WAITING = 5000


@dataclass(slots=True)
class _Count:
    text: str
    asked: int = 0
    clicked: int = 0
    found: int | None = None


class Counter:
    """Counts for one process; safe to share among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}

    def searched(self, question: str, found: int) -> None:
        """Somebody searched; `found` is how many have all of the words."""
        self._count(question, asked=1, found=found)

    def opened(self, question: str) -> None:
        """Somebody opened a find of that search."""
        self._count(question, clicked=1)

    def _count(self, question: str, *, asked: int = 0, clicked: int = 0, found: int | None = None) -> None:
        text = said(question)
        key = _key(text)
        if not key:
            return
        with self._lock:
            if key not in self._counts and len(self._counts) >= _MOST_WAITING:
                return
            count = self._counts.setdefault(key, _Count(text))
            count.asked += asked
            count.clicked += clicked
            count.found = count.found if found is None else found

    def save(self, library: Library) -> None:
        """Add what was counted to the library, if it keeps it. Raises LibraryError; the counts are lost then, which is no
        harm."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts or not library.settings.search_days:
            return
        names = tags.people_named(library.db) if privacy.is_blameless(library.settings) else ()
        rows = []
        for one in counts.values():
            text = privacy.mask_in_full(one.text, names)
            rows.append((_key(text), text, detect_language(text), one.asked, one.clicked, one.found))
        with library.transaction() as db:
            searches.add(db, library.today(), rows)


def _key(text: str) -> str:
    """By which the same search is known, however it was written."""
    return " ".join(fold(text).split())


def said(question: str) -> str:
    """The words of a search as they are kept: on one line, not longer than a title, without what names a person."""
    return privacy.mask_personal(" ".join(clean(question).split()))[:_LONGEST].strip()


def missing(library: Library, which: str = "both", *, limit: int = 50, offset: int = 0) -> tuple[list[Missing], int]:
    """What was searched and not found, or not opened, the most often first, and how much there is of it."""
    days: int = library.settings.search_days
    since = library.today() - timedelta(days=days)
    return searches.listed(library.db, which if which in WHICH else "both", since, limit, offset)


def take_off(library: Library, text: str) -> Missing | None:
    """Forget how often this was searched so far, since somebody has dealt with it: what was counted, for `put_back`; None
    where nothing was. A new search for it is counted anew."""
    with library.transaction() as db:
        return searches.take_out(db, _key(said(text)))


def put_back(library: Library, taken: Missing) -> None:
    """Undo `take_off`."""
    text = said(taken.text)
    if not (key := _key(text)) or not library.settings.search_days:
        return
    row = (key, text, taken.language, taken.asked, taken.clicked, taken.found)
    with library.transaction() as db:
        searches.add(db, taken.last, [row])


def missing_words(library: Library, question: str) -> str:
    """Of a search that found nothing the first words in a row that the library does not have: what a row of words that
    mean the same is for. The whole of it where it has each of them, or cannot tell."""
    text = said(question)
    words = query.parse(text, today=library.today()).words[:_WORDS]
    from_first = dropwhile(lambda word: _is_there(library, word), words)
    return " ".join(takewhile(lambda word: not _is_there(library, word), from_first)) or text


def _is_there(library: Library, word: str) -> bool:
    try:
        return library.engine.search(Query(node=Word(word), limit=0, facets=())).total > 0
    except SearchIndexError:
        return True


def forget_old(library: Library) -> None:
    """Drop what is older than the setting `search_days` allows."""
    before = library.today() - timedelta(days=library.settings.search_days)
    if not library.settings.search_days:
        before += timedelta(days=1)
    if searches.any_before(library.db, before):
        with library.transaction() as db:
            searches.forget(db, before)


def as_csv(found: Sequence[Missing]) -> str:
    """A line a search, for a spreadsheet."""
    return sheets.table(
        ["search", "language", "asked", "opened", "found", "last_day"],
        ([one.text, one.language, one.asked, one.clicked, one.found, one.last.isoformat()] for one in found),
    )
