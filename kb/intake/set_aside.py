"""Set-aside rows that nobody will mend, erased by hand: they hold customers' data as it came."""

from __future__ import annotations

from collections.abc import Collection

from kb.errors import InvalidInput
from kb.library import Library
from kb.store import history, runs, upkeep
from kb.values.log import Change


def erase(library: Library, run_id: int, numbers: Collection[int] | None = None, *, who: str) -> int:
    """Erase what a run set aside and nobody mended: the rows of these numbers, or all. Says how many.

    What earlier runs keep of the same rows goes, too, and the bytes are overwritten in the library's file and its log. It
    cannot be undone; the run's history says who did it. Raises NotFound; InvalidInput when none of them is set aside.
    """
    runs.get(library.db, run_id)
    with library.transaction() as db:
        gone = runs.erase(db, run_id, numbers)
        if not gone:
            raise InvalidInput("None of these rows is set aside any more.", "row")
        history.add(db, "run", run_id, "erased what was set aside", who, library.now(), {"rows": (gone, 0)})
    upkeep.overwrite_log(library.db)
    return gone


def erasures(library: Library, run_id: int) -> list[tuple[Change, int]]:
    """Who erased rows of a run, and how many, the last first."""
    return [(change, int(change.fields["rows"][0])) for change in history.of(library.db, "run", run_id)]
