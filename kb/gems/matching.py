"""As reviews come in, those in which a published gem seems to show again are proposed under it.

It follows the list of changes with a watermark of its own, in batches, after the index, from whatever process comes to
it first; the batch's proposals and its watermark are one transaction, so that a crash repeats a batch and loses none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Sequence, Set
from weakref import WeakKeyDictionary

from kb.anchor import BODY
from kb.errors import SearchIndexError
from kb.finding import indexing
from kb.library import Library
from kb.models import GemStatus
from kb.search.echo import Listener, Saying, frequencies
from kb.store import changes, gems, sightings
from kb.store.database import Database

_BATCH = 500
_SAMPLE = 1500  # reviews that say which words are common here
_PER_REVIEW = 3  # gems that one review is proposed under, at most
_ENOUGH = 12  # open proposals: who has these to look at needs no more
_OLDER = 20  # reviews that a newly published gem is tried with
_made: WeakKeyDictionary[Library, tuple[tuple[int, ...], Listener]] = WeakKeyDictionary()
_making = threading.Lock()


def catch_up(library: Library, *, limit_seconds: float | None = None) -> int:
    """Look through the reviews that changed since last time; gives how many passages are newly proposed.

    While another process is at it, nothing is done. With `limit_seconds` no further batch is begun after so long. Raises
    LibraryError.
    """
    if sightings.watermark(library.db) >= changes.latest(library.db):
        return 0
    with library.alone("matching") as alone:
        return _catch_up(library, limit_seconds) if alone else 0


def _catch_up(library: Library, limit_seconds: float | None) -> int:
    began = time.monotonic()
    proposed = 0
    # Made once a run: gems that come in with the reviews are listened for from the next run on.
    listener = _listener(library)
    while limit_seconds is None or time.monotonic() - began <= limit_seconds:
        here = sightings.watermark(library.db)
        if here >= changes.latest(library.db):
            break
        if not len(listener):
            with library.transaction() as db:
                sightings.set_watermark(db, changes.latest(db))
            break
        changed, last = changes.after(library.db, here, _BATCH)
        enough = sightings.crowded(library.db, _ENOUGH)
        review_ids = sorted(changed["review"])
        found = list(_heard(library.db, listener, review_ids, enough))
        found += _in_older_reviews(library, listener, changed["gem"])
        with library.transaction() as db:
            sightings.forget(db, review_ids)
            proposed += sightings.propose(db, found, library.now())
            sightings.set_watermark(db, last)
    return proposed


def _listener(library: Library) -> Listener:
    """What all published gems say, remembered until one of them changes."""
    state = gems.state_of_published(library.db)
    with _making:
        known = _made.get(library)
        if known is None or known[0] != state:
            sample = sightings.latest_texts(library.db, _SAMPLE)
            common, texts = frequencies(("\n".join(places), language) for _, language, places in sample)
            known = _made[library] = (state, Listener(_sayings(library.db), common, texts))
        return known[1]


def _sayings(db: Database) -> Iterable[Saying]:
    last = 0
    while ids := gems.ids_after(db, last, 1000):
        last = ids[-1]
        for gem in gems.get_many(db, ids).values():
            if gem.status is GemStatus.PUBLISHED:
                quotes = tuple(passage.quote for passage in gem.evidence if passage.stance == "supports")
                yield Saying(gem.id, gem.language, gem.title, quotes, gem.body)


def _heard(
    db: Database, listener: Listener, review_ids: Sequence[int], without: Set[int]
) -> Iterable[tuple[int, int, float, int, str]]:
    for review_id, language, places in sightings.texts(db, review_ids):
        for echo in listener.hear(places, language, without)[:_PER_REVIEW]:
            yield echo.gem_id, review_id, echo.score, echo.place + BODY, echo.quote


def _in_older_reviews(
    library: Library, listener: Listener, gem_ids: Collection[int]
) -> Iterable[tuple[int, int, float, int, str]]:
    """A gem that was published or changed is tried with the reviews that the index finds most like it. Not so those that
    come in by the hundred: it would take long, and they bring their reviews along."""
    wanted = sorted(gem_ids)
    for gem_id in wanted if len(wanted) <= _OLDER else ():
        try:
            like = indexing.similar(library, "gem", gem_id, _OLDER)
        except SearchIndexError:
            return
        ids = [hit.id for hit in like if hit.type == "review"]
        yield from (found for found in _heard(library.db, listener, ids, frozenset()) if found[0] == gem_id)
