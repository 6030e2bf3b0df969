from __future__ import annotations

from collections.abc import Callable

import pytest
from documents import SmallLibrary, found, review

from kb.library import Library
from kb.search.base import Batch, Document, Engine
from kb.search.indexer import SLICE, Indexer
from kb.store import changes


def test_an_index_that_was_never_made_is_made(engine: Engine) -> None:
    library = SmallLibrary(review(1, "export"), review(2, "import"))
    assert Indexer(engine, library).catch_up() == 2
    assert engine.keys() == {"review:1", "review:2"}


def test_changes_are_brought_in_and_counted(engine: Engine) -> None:
    library = SmallLibrary(review(1, "export"))
    indexer = Indexer(engine, library)
    indexer.catch_up()
    library.put(review(2, "export"), review(1, "import"))
    library.drop("review:2")
    assert indexer.lag() == 3
    assert indexer.catch_up() == 3
    assert indexer.lag() == 0
    assert found(engine, "import") == {"review:1"}
    assert engine.keys() == {"review:1"}


def test_nothing_to_do_is_nothing_done(engine: Engine) -> None:
    indexer = Indexer(engine, SmallLibrary(review(1, "export")))
    indexer.catch_up()
    assert indexer.catch_up() == 0


def test_an_index_ahead_of_its_library_is_made_anew(engine: Engine) -> None:
    newer = SmallLibrary(review(1, "export"), review(2, "export"))
    Indexer(engine, newer).catch_up()
    Indexer(engine, SmallLibrary(review(3, "export"))).catch_up()  # the library was put back from a backup
    assert engine.keys() == {"review:3"}


@pytest.fixture
def behind(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Indexer:
    """An indexer with 501 reviews to bring in: more than two batches of four slices each."""
    monkeypatch.setattr("kb.search.indexer.BATCH", 4 * SLICE)
    library = SmallLibrary(review(1, "export"))
    indexer = Indexer(engine, library)
    indexer.catch_up()
    library.put(*(review(n, "x") for n in range(2, 503)))
    return indexer


def test_a_limit_of_time_leaves_the_rest_for_later(behind: Indexer) -> None:
    done = behind.catch_up(limit_seconds=0)
    assert 0 < done < 501
    assert done + behind.catch_up() == 501


def test_progress_adds_up_to_what_was_done(behind: Indexer) -> None:
    steps: list[int] = []
    assert behind.catch_up(steps.append) == sum(steps) == 501


class WatchedLibrary(SmallLibrary):
    """Between two looks of the indexer something happens here."""

    def __init__(self, *documents: Document) -> None:
        super().__init__(*documents)
        self.looks = 0
        self.between: Callable[[int], None] | None = None

    def awaited(self, watermark: int) -> Batch:
        self.looks += 1
        if self.between is not None:
            self.between(self.looks)
        return super().awaited(watermark)

    def put_soon(self, document: Document) -> None:
        self.put(document)
        self.awaiting.add(len(self.log) - 1)


def far_behind(engine: Engine) -> tuple[Indexer, WatchedLibrary]:
    """An indexer with 498 reviews to bring in, which are read slice by slice, and committed at the end."""
    library = WatchedLibrary(review(1, "export"))
    indexer = Indexer(engine, library)
    indexer.catch_up()
    library.put(*(review(n, "before") for n in range(2, 500)))
    return indexer, library


def test_what_somebody_waits_for_is_found_before_its_turn(engine: Engine) -> None:
    indexer, library = far_behind(engine)
    found_at: list[int] = []

    def save_and_look(look: int) -> None:
        if look == 1:
            library.put_soon(review(9000, "awaited"))
        elif not found_at and found(engine, "awaited"):
            found_at.append(engine.watermark())

    library.between = save_and_look
    indexer.catch_up()
    assert found_at[0] < 400
    assert found(engine, "awaited") == {"review:9000"}
    assert len(engine.keys()) == 500


def test_what_was_read_earlier_does_not_take_the_place_of_what_somebody_waited_for(engine: Engine) -> None:
    indexer, library = far_behind(engine)
    seen: list[bool] = []

    def edit_and_look(look: int) -> None:
        if look == 2:
            library.put_soon(review(400, "afterwards"))
        elif look > 2:
            seen.append(found(engine, "afterwards") == {"review:400"})

    library.between = edit_and_look
    while indexer.lag():
        indexer.catch_up()
    assert all(seen)
    assert seen
    assert "review:400" not in found(engine, "before")


def test_of_a_crowd_nobody_is_brought_in_before_their_turn(opened: Library) -> None:
    with opened.transaction() as db:
        changes.note(db, "review", range(1, 61))
        changes.note(db, "review", range(61, 121))
    assert changes.awaited(opened.db, 0) == ({"review": set(), "gem": set()}, 120)
    assert changes.awaited(opened.db, 60) == ({"review": set(range(61, 121)), "gem": set()}, 120)


def test_what_comes_by_the_hundred_is_not_waited_for(opened: Library) -> None:
    with opened.transaction() as db:
        changes.note(db, "review", range(1, 501))
        changes.note(db, "gem", [7])
        changes.let_wait(db, 0)
        changes.note(db, "gem", [8])
    assert changes.awaited(opened.db, 0) == ({"review": set(), "gem": {8}}, 502)


def test_what_was_put_is_kept_when_somebody_stops_it(engine: Engine) -> None:
    library = SmallLibrary(review(1, "export"))
    indexer = Indexer(engine, library)
    indexer.catch_up()
    library.put(*(review(n, "x") for n in range(2, 500)))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexer.catch_up(stop)
    assert engine.keys() == {f"review:{n}" for n in range(1, engine.watermark() + 1)}
    indexer.catch_up()
    assert len(engine.keys()) == 499
