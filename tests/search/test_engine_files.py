"""What happens to an index on disk: rebuilding, other libraries, damage, other processes, kills."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from documents import SmallLibrary, ask, fill, found, review

from kb.errors import IndexBusy, SearchIndexError
from kb.search.base import Batch, Document, Engine
from kb.search.engines import open_engine

HERE = Path(__file__).parent


def reopened(engine: Engine, folder: Path, library_id: str = "library") -> Engine:
    return open_engine(engine.name, folder, library_id)


def test_an_index_is_there_again_when_it_is_opened_again(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(1, "export"), watermark=4)
    stored.close()
    again = reopened(stored, tmp_path)
    assert again.watermark() == 4
    assert found(again, "export") == {"review:1"}


def test_a_reader_sees_what_another_one_wrote(stored: Engine, tmp_path: Path) -> None:
    other = reopened(stored, tmp_path)
    fill(stored, review(1, "export"))
    assert found(other, "export") == {"review:1"}
    fill(stored, review(2, "export"), watermark=2)
    assert found(other, "export") == {"review:1", "review:2"}
    assert other.watermark() == 2


def test_a_rebuild_holds_the_library_and_nothing_else(engine: Engine) -> None:
    fill(engine, review(9, "old export"), watermark=9)
    engine.rebuild(SmallLibrary(review(1, "export"), review(2, "import")))
    assert engine.keys() == {"review:1", "review:2"}
    assert engine.watermark() == 2


def test_a_rebuild_says_how_far_it_is(engine: Engine) -> None:
    steps: list[int] = []
    engine.rebuild(SmallLibrary(*(review(n, "export") for n in range(1, 2501))), steps.append)
    assert sum(steps) == 2500
    assert len(steps) > 1


def test_readers_move_to_the_rebuilt_index_and_the_old_files_go(stored: Engine, tmp_path: Path) -> None:
    other = reopened(stored, tmp_path)
    fill(stored, review(1, "export"))
    assert found(other, "export") == {"review:1"}
    stored.rebuild(SmallLibrary(review(2, "export")))
    assert found(other, "export") == {"review:2"}
    assert len(list((tmp_path / stored.name).glob("g[0-9]*"))) == 1


class Stopping(SmallLibrary):
    """A library that breaks off after its first documents."""

    def documents(self, batch_size: int) -> Iterable[Sequence[Document]]:
        yield next(iter(super().documents(min(batch_size, 2))))
        raise KeyboardInterrupt


def test_a_rebuild_that_is_stopped_leaves_the_old_index_answering(engine: Engine) -> None:
    fill(engine, review(9, "old export"), watermark=5)
    with pytest.raises(KeyboardInterrupt):
        engine.rebuild(Stopping(*(review(n, "export") for n in range(1, 9))))
    assert found(engine, "export") == {"review:9"}
    assert engine.watermark() == 5
    engine.rebuild(SmallLibrary(review(1, "export")))
    assert found(engine, "export") == {"review:1"}


class Asking(SmallLibrary):
    """A library that asks the index while it is being made anew."""

    def __init__(self, engine: Engine, *documents: Document) -> None:
        super().__init__(*documents)
        self.engine = engine
        self.answers: list[set[str]] = []

    def documents(self, batch_size: int) -> Iterable[Sequence[Document]]:
        for batch in super().documents(min(batch_size, 1)):
            self.answers.append(found(self.engine, "export"))
            yield batch


def test_the_old_index_answers_until_the_new_one_is_whole(engine: Engine) -> None:
    fill(engine, review(9, "old export"))
    library = Asking(engine, review(1, "export"), review(2, "export"))
    engine.rebuild(library)
    assert library.answers == [{"review:9"}, {"review:9"}]


def test_an_index_of_another_library_must_be_made_anew(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(1, "export"))
    other = reopened(stored, tmp_path, "another library")
    assert other.watermark() == -1
    assert other.verify()
    assert ask(other, "export").total == 0
    with pytest.raises(SearchIndexError, match="kb reindex"):
        fill(other, review(1, "export"))


def test_an_index_of_another_schema_must_be_made_anew(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(1, "export"))
    file = tmp_path / stored.name / "state.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "schema": "0"}))
    assert stored.watermark() == -1
    stored.rebuild(SmallLibrary(review(2, "export")))
    assert found(stored, "export") == {"review:2"}
    assert list(stored.verify()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\0\xff", b'{"schema": 1}'])
def test_a_state_that_cannot_be_read_means_making_it_anew(stored: Engine, tmp_path: Path, content: bytes) -> None:
    fill(stored, review(1, "export"))
    (tmp_path / stored.name / "state.json").write_bytes(content)
    assert stored.watermark() == -1
    assert "reindex" in stored.verify()[0]
    stored.rebuild(SmallLibrary(review(1, "export")))
    assert found(stored, "export") == {"review:1"}


# Whoosh leaves a table of contents that it cannot read open, for the garbage collector to close.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_damaged_files_are_a_sentence_and_a_rebuild_mends_them(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(1, "export"))
    stored.close()
    for file in (tmp_path / stored.name).glob("g*/*"):
        file.write_bytes(b"\0" * 10)
    damaged = reopened(stored, tmp_path)
    assert damaged.watermark() == -1
    with pytest.raises(SearchIndexError, match="library itself is unharmed"):
        ask(damaged, "export")
    assert len(damaged.verify()) == 1
    damaged.rebuild(SmallLibrary(review(1, "export")))
    assert found(damaged, "export") == {"review:1"}
    gc.collect()  # here, and not in some later test that does not expect it


@pytest.mark.parametrize("part", ["idx", "pos", "term", "store", "fast", "fieldnorm"])
def test_a_few_wrong_bytes_in_any_file_of_the_default_engine_are_noticed(tmp_path: Path, part: str) -> None:
    engine = open_engine("tantivy", tmp_path, "a library")
    fill(engine, *(review(number, f"export {number} by night") for number in range(20)))
    engine.apply(Batch((), ("review:3",), 2))
    assert list(engine.verify()) == []
    engine.close()
    file = max((tmp_path / "tantivy").glob(f"g*/*.{part}"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 8] ^= 1
    file.write_bytes(content)
    damaged = open_engine("tantivy", tmp_path, "a library")
    assert len(damaged.verify()) == 1
    damaged.rebuild(SmallLibrary(review(1, "export")))
    assert list(damaged.verify()) == []
    damaged.close()


def test_a_whole_index_has_nothing_wrong(engine: Engine) -> None:
    fill(engine, review(1, "export"))
    assert list(engine.verify()) == []


def test_a_second_writer_is_told_that_the_index_is_busy(
    stored: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.search.shelf.PATIENCE", 0.1)
    other = reopened(stored, tmp_path)
    with stored.writing(), pytest.raises(IndexBusy):
        fill(other, review(1, "export"))
    fill(other, review(1, "export"))
    assert found(stored, "export") == {"review:1"}


def test_one_writer_may_stay_open_over_several_batches(engine: Engine) -> None:
    with engine.writing():
        for number in range(1, 4):
            fill(engine, review(number, "export"), watermark=number)
            assert ask(engine, "export").total == number
    assert engine.watermark() == 3


def test_a_batch_that_breaks_off_leaves_the_ones_before(engine: Engine) -> None:
    fill(engine, review(1, "export"))
    with suppress(RuntimeError), engine.writing():
        fill(engine, review(2, "export"), watermark=2)
        raise RuntimeError
    assert found(engine, "export") == {"review:1", "review:2"}
    fill(engine, review(3, "export"), watermark=3)
    assert ask(engine, "export").total == 3


def test_many_small_changes_do_not_pile_up_files(stored: Engine, tmp_path: Path) -> None:
    for number in range(1, 31):
        fill(stored, review(number % 10, f"export {number}", title="again"), watermark=number)
    assert ask(stored, "export").total == 10
    assert len([file for file in (tmp_path / stored.name).rglob("*") if file.is_file()]) < 60


def test_many_threads_may_ask_while_one_writes(stored: Engine) -> None:
    fill(stored, review(0, "export"))
    wrong: list[object] = []

    def keep_asking() -> None:
        try:
            while not done.is_set():
                page = ask(stored, "export")
                if page.total != len(page.hits) and page.total <= 10:
                    wrong.append(page)
        except Exception as error:
            wrong.append(error)

    done = threading.Event()
    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 9):
        fill(stored, review(number, "export"), watermark=number)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert ask(stored, "export").total == 9


WRITER = textwrap.dedent("""
    import sys
    sys.path.insert(0, {here!r})
    from pathlib import Path
    from documents import SmallLibrary, fill, review
    from kb.search.engines import open_engine

    engine = open_engine({name!r}, Path({folder!r}), "library")
    if {rebuild}:
        library = SmallLibrary(*(review(n, "export new") for n in range(1, 3000)))
        print("ready", flush=True)
        while True:
            engine.rebuild(library)
    number = engine.watermark()
    print("ready", flush=True)
    while True:
        number += 1
        fill(engine, review(number, "export"), watermark=number)
        print(number, flush=True)
""")


def start_writer(name: str, folder: Path, *, rebuild: bool = False) -> subprocess.Popen[str]:
    code = WRITER.format(here=str(HERE), name=name, folder=str(folder), rebuild=rebuild)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


@pytest.mark.slow
def test_a_kill_while_applying_loses_nothing_that_was_applied(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(0, "export"), watermark=0)
    last = 0
    for pause in (0.05, 0.2, 0.33):
        process = start_writer(stored.name, tmp_path)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        applied = [int(line) for line in process.communicate()[0].split()]
        last = max([last, *applied])
        assert list(stored.verify()) == []
        assert last <= stored.watermark() <= last + 1
        last = stored.watermark()
        assert {f"review:{n}" for n in range(last + 1)} <= stored.keys()
    fill(stored, review(last + 1, "export"), watermark=last + 1)
    assert ask(stored, "export").total == last + 2


@pytest.mark.slow
def test_a_kill_while_rebuilding_leaves_an_index_that_answers(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(1, "export old"), watermark=3)
    for pause in (0.1, 0.5):
        process = start_writer(stored.name, tmp_path, rebuild=True)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert list(stored.verify()) == []
        assert found(stored, "export old") or ask(stored, "export new").total == 2999
    stored.rebuild(SmallLibrary(review(5, "export")))
    assert found(stored, "export") == {"review:5"}


@pytest.mark.slow
def test_two_processes_writing_take_turns(stored: Engine, tmp_path: Path) -> None:
    fill(stored, review(0, "export"), watermark=0)
    process = start_writer(stored.name, tmp_path)
    mine = 0
    for number in range(1000, 1005):
        try:
            stored.apply(Batch((review(number, "mine"),), (), stored.watermark()))
            mine += 1
        except IndexBusy:
            continue
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert ask(stored, "mine").total == mine
    assert list(stored.verify()) == []


def test_what_is_not_committed_yet_is_not_found_and_can_be_replaced(engine: Engine) -> None:
    fill(engine, review(9, "there"))
    with engine.writing():
        engine.apply(Batch([review(1, "before")], (), 2), commit=False)
        assert engine.watermark() == 1
        engine.apply(Batch([review(1, "afterwards"), review(2, "dropped")], (), 3), commit=False)
        engine.apply(Batch((), ["review:2"], 4))
    assert engine.watermark() == 4
    assert engine.keys() == {"review:1", "review:9"}
    assert found(engine, "afterwards") == {"review:1"}
    assert engine.verify() == ()
