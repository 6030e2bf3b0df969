"""Run by test_killed.py: does a piece of work on a library and dies, as kill -9 would have it, at its n-th statement."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kb import settings
from kb.library import Library
from kb.tags import bulk, deeds
from kb.tags import merging as tag_merging


def main(home: str, work: str, number: str, dies_at: str) -> None:
    library = Library(settings.load(Path(home), environ={}))
    left = int(dies_at)

    def count(statement: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    library.db.conn.set_trace_callback(count)
    match work:
        case "merge":
            tag_merging.merge(library, 1, 2, "ada")
        case "undo":
            deeds.undo(library, int(number), "ada")
        case _:
            bulk.carry_out(library, int(number), "ada")


if __name__ == "__main__":
    main(*sys.argv[1:])
