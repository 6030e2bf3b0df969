"""Erasing reviews at once, before their time in the trash is over: somebody asked to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb import privacy, reviews
from kb.errors import Conflict, InvalidInput
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
    """What goes with reviews that lie in the trash, and what stays: `gems` that cite them, and how many finds there are
    for the name of each of their people."""

    reviews: Sequence[Review]
    comments: int
    gems: int
    named: Sequence[tuple[str, int]]


def loss(library: Library, ids: Sequence[int]) -> Loss:
    """Raises NotFound, Conflict when one of them is not in the trash, InvalidInput without any."""
    going = _in_trash(library.db, ids)
    said = comments.texts(library.db, ids)
    names = dict.fromkeys(name for review in going for name in privacy.hidden_names(review))
    found = [(name, finding.search(library, _quoted(name), unmasked=True, exact=True, limit=1).total) for name in names]
    return Loss(going, sum(map(len, said.values())), len(bulk.citing_gems(library.db, ids)), found)


def _in_trash(db: Database, ids: Sequence[int]) -> list[Review]:
    if not ids:
        raise InvalidInput("Tick the reviews that are to be erased first.", "review")
    going = [stored.get(db, id) for id in dict.fromkeys(ids)]
    for review in going:
        if review.trashed_at is None:
            raise Conflict(
                "Review %(id)s is not in the trash. Throw it away first; then it can be erased.", id=review.id
            )
    return going


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', " "))


def erase(library: Library, ids: Sequence[int], who: str) -> int:
    """Take reviews out of the trash for good, all or none; says how many. It cannot be undone. Raises as `loss` does."""
    with library.transaction() as db:
        going = [review.id for review in _in_trash(db, ids)]
        reviews.erase_for_good(library, db, going)
        for id in going:
            history.add(db, _HISTORY, 0, "erased", who, library.now(), {"review": (id, 0)})
    upkeep.overwrite_log(library.db)
    return len(going)


def erasures(library: Library, limit: int = 10) -> list[Change]:
    """Who erased which review by hand, the last first; `fields["review"]` has its number."""
    return history.of(library.db, _HISTORY, 0, limit)
