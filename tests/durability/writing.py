"""People who write reviews and comments over HTTP until the server is killed, and what they were told was saved."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving import Server, Visitor
from kb.finding import finding
from kb.library import Library
from tests.durability.killing import word

_REVIEW = re.compile(r"/reviews/(\d+)")


@dataclass
class Acknowledged:
    """A save that was answered as done: its own word, and the number of the review that it is in."""

    mark: str
    review: int
    is_comment: bool


@dataclass
class Writer:
    """Posts reviews and comments in turn, as quickly as they are answered."""

    visitor: Visitor
    first: int
    saved: list[Acknowledged] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def write_until_the_server_is_gone(self) -> None:
        number, review = self.first, 0
        while True:
            mark = word(number)
            is_comment = bool(review) and number % 3 == 0
            try:
                if is_comment:
                    answer = self.visitor.post(f"/reviews/{review}/comments", {"body": f"I add {mark}."})
                else:
                    form = {"do": "save", "kind": "call", "title": f"Call {number}", "body": f"They asked for {mark}."}
                    answer = self.visitor.post("/reviews/new", form)
            except OSError:
                return  # not answered: nobody was told that it is saved
            found = _REVIEW.search(answer.url)
            if answer.status == 200 and found:
                review = int(found[1])
                self.saved.append(Acknowledged(mark, review, is_comment))
            else:
                self.refused.append(answer.status)
            number += 1


def written_until_killed(
    home: Path, visitors: list[Visitor], first: int, seconds: float, *, told_first: bool = False
) -> tuple[list[Acknowledged], list[int]]:
    """Serve the library, let everybody write, kill all of the server's processes after so long: `told_first`, so long after
    the first of them was told that something is saved.

    Gives what was acknowledged, and the status of every answer that was none.
    """
    server = Server(home, workers=2)
    writers = [Writer(visitor, first + 10_000 * place) for place, visitor in enumerate(visitors)]
    try:
        for visitor in visitors:
            visitor.go_to(server.address)
        threads = [threading.Thread(target=writer.write_until_the_server_is_gone) for writer in writers]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 120
        while told_first and not any(writer.saved for writer in writers) and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(seconds)
    finally:
        server.kill()
    for thread in threads:
        thread.join(30)
    return [one for writer in writers for one in writer.saved], [code for w in writers for code in w.refused]


def assert_all_there_and_found(library: Library, saved: list[Acknowledged]) -> None:
    """Every acknowledged save is in the library's rows, and a search for its word finds its review."""
    assert library.catch_up()
    bodies = dict(library.db.execute("SELECT id, body FROM reviews"))
    for one in saved:
        if one.is_comment:
            said = library.db.execute("SELECT body FROM comments WHERE review_id = ?", [one.review])
            assert any(one.mark in row[0] for row in said), one
        else:
            assert one.mark in bodies[one.review], one
        hits = finding.search(library, one.mark, unmasked=True).hits
        assert [hit.id for hit in hits] == [one.review], (one, [hit.snippet for hit in hits])
