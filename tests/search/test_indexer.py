from __future__ import annotations

from documents import SmallLibrary, found, review

from kb.search.base import Engine
from kb.search.indexer import Indexer, compare


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


def test_a_limit_of_time_leaves_the_rest_for_later(engine: Engine) -> None:
    library = SmallLibrary(review(1, "export"))
    indexer = Indexer(engine, library)
    indexer.catch_up()
    library.put(*(review(n, "x") for n in range(2, 2503)))
    done = indexer.catch_up(limit_seconds=0)
    assert 0 < done < 2501
    assert done + indexer.catch_up() == 2501


def test_progress_adds_up_to_what_was_done(engine: Engine) -> None:
    library = SmallLibrary(review(1, "export"))
    indexer = Indexer(engine, library)
    indexer.catch_up()
    library.put(*(review(n, "x") for n in range(2, 2503)))
    steps: list[int] = []
    assert indexer.catch_up(steps.append) == sum(steps) == 2501


def test_a_comparison_names_what_is_missing_and_what_is_too_much(engine: Engine) -> None:
    library = SmallLibrary(review(1, "export"), review(2, "export"))
    Indexer(engine, library).catch_up()
    del library.held["review:1"]
    library.held["review:3"] = review(3, "export")
    difference = compare(engine, library)
    assert difference.missing == {"review:3"}
    assert difference.surplus == {"review:1"}
    assert difference
