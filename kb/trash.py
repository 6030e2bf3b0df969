"""Erasing one review at once, before its time in the trash is over: somebody asked to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb import privacy, reviews
from kb.errors import Conflict
from kb.finding import finding
from kb.library import Library
from kb.models import Review
from kb.store import bulk, comments, history, upkeep
from kb.store import reviews as stored
from kb.store.database import Database
from kb.values.log import Change

_HISTORY = "trash"  # of all erasures, under one number: a review's own history goes with it


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes with a review that lies in the trash, and what stays: `gems` that cite it, and how many finds there are
    for the name of each of its people."""

    review: Review
    comments: int
    gems: int
    named: Sequence[tuple[str, int]]


def loss(library: Library, id: int) -> Loss:
    """Raises NotFound, Conflict when it is not in the trash."""
    review = _in_trash(library.db, id)
    said = comments.texts(library.db, [id]).get(id, ())
    names = privacy.hidden_names(review)
    found = [(name, finding.search(library, _quoted(name), unmasked=True, exact=True, limit=1).total) for name in names]
    return Loss(review, len(said), len(bulk.citing_gems(library.db, [id])), found)


def _in_trash(db: Database, id: int) -> Review:
    review = stored.get(db, id)
    if review.trashed_at is None:
        raise Conflict("Review %(id)s is not in the trash. Throw it away first; then it can be erased.", id=id)
    return review


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', " "))


def erase(library: Library, id: int, who: str) -> None:
    """Take a review out of the trash for good. It cannot be undone. Raises as `loss` does."""
    with library.transaction() as db:
        _in_trash(db, id)
        reviews.erase_for_good(library, db, [id])
        history.add(db, _HISTORY, 0, "erased", who, library.now(), {"review": (id, 0)})
    upkeep.overwrite_log(library.db)


def erasures(library: Library, limit: int = 10) -> list[Change]:
    """Who erased which review by hand, the last first; `fields["review"]` has its number."""
    return history.of(library.db, _HISTORY, 0, limit)
