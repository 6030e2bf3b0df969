"""The library's texts as vectors, kept beside the index: made in the background, looked up by a question's meaning.

python -m kb.finding.meaning HOME [at-once]      makes what is missing, at low priority unless somebody waits for it, and
                                                 ends; also when its standard input does

Following goes by the list of changes, with a watermark of its own, so that neither ingest nor saving nor the words'
index ever wait for it. Only what every reader may see is embedded, names of reviewees masked (kb/privacy.py).
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb import privacy
from kb import settings as all_settings
from kb.errors import IndexBusy, KbError, SearchIndexError
from kb.finding import hits
from kb.library import Library
from kb.models import GemStatus
from kb.search import meaning as models
from kb.search.entries import to_key, to_number
from kb.search.meaning import Encoder
from kb.store import changes, comments, gems, reviews

if TYPE_CHECKING:
    from kb.search.vectors import Made, Near, State, Vectors

_BATCH = 50  # documents; about a second and a half
NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Lag:
    """How many vectors' documents there are, and how many changes are not in yet; `filling`: the first time is not over."""

    documents: int
    behind: int
    filling: bool


def is_on(library: Library) -> bool:
    """Whether this library is also searched by meaning: the model is installed and the setting does not forbid it."""
    return library.settings.meaning != "off" and models.installed()


def lag(library: Library) -> Lag:
    """Where the vectors are; cheap but for counting them."""
    opened = _opened(library)
    state = opened.state()
    behind = changes.latest(library.db) - (state.watermark if state is not None else 0)
    filling = state is None or bool(state.filling)
    return Lag(len(opened.numbers()), max(behind, 0), filling)


def is_behind(library: Library) -> int:
    """How much there is to do: changes, or everything when nothing was made yet."""
    state = _opened(library).state()
    latest = changes.latest(library.db)
    if state is None or state.filling or state.watermark > latest:
        return reviews.count(library.db) + gems.count(library.db)
    return latest - state.watermark


def share_made(library: Library) -> float:
    """How much of the library is found by its meaning, 0 to 1: exactly where that is not NEARLY_ALL of it, which is
    counted, so not for every search."""
    behind = is_behind(library)
    if not behind:
        return 1.0
    whole = reviews.count(library.db) + gems.count(library.db)
    if behind <= (1 - NEARLY_ALL) * whole or not whole:
        return 1 - behind / whole if whole else 1.0
    opened = _opened(library)
    return min(len(opened.numbers()) / whole, 1.0) if opened.state() is not None else 0.0


def is_being_made(library: Library) -> bool:
    """Whether a process is at it just now."""
    try:
        with _opened(library).writing():
            return False
    except IndexBusy:
        return True


def is_starting(library: Library) -> bool:
    """Whether a server that has begun is just loading the model, which takes a second or some: no search waits for that."""
    model = models.encoder() if is_on(library) else None
    return model is not None and model.is_loading and _opened(library).state() is not None


def nearest(library: Library, text: str, limit: int) -> list[Near]:
    """The documents that mean most nearly what a question says, unfiltered; none when this is off, not made yet, or the
    model is just being loaded by a server that has begun: no search waits for that."""
    model = models.encoder() if is_on(library) else None
    if model is None or model.is_loading or (opened := _opened(library)).state() is None:
        return []
    return opened.nearest(model.encode([text])[0], limit)


def alike(library: Library, type: str, id: int, limit: int) -> list[Near]:
    """The documents that mean most nearly what this one says, itself left out, unfiltered; none when this is off or its
    vector is not made yet."""
    if not is_on(library) or (opened := _opened(library)).state() is None:
        return []
    number = to_number(type, id)
    vector = opened.of(number)
    return (
        [] if vector is None else [near for near in opened.nearest(vector, limit + 1) if near.number != number][:limit]
    )


def warm_up(library: Library) -> None:
    """Load the model, which takes a second, before somebody waits for it."""
    if is_on(library) and (model := models.encoder()) is not None:
        model.encode(["."])


def catch_up(
    library: Library, *, limit_seconds: float | None = None, progress: Callable[[int], None] | None = None
) -> bool:
    """Make the vectors that are missing; whether all are there now. With `limit_seconds` no further batch is begun after
    so long. While another process is at it, nothing is done. Raises SearchIndexError."""
    model = models.encoder() if is_on(library) else None
    if model is None:
        return True
    began = time.monotonic()
    opened = _opened(library)
    try:
        with opened.writing():
            state = opened.state()
            if state is None or state.watermark > changes.latest(library.db):
                state = opened.begin(changes.latest(library.db), "review:0")
            while _is_unfinished(library, state):
                if limit_seconds is not None and time.monotonic() - began > limit_seconds:
                    return False
                state = _step(library, opened, model, state, progress)
    except IndexBusy:
        return False
    return True


def make_anew(library: Library, progress: Callable[[int], None] | None = None) -> None:
    """Make all vectors anew. Raises IndexBusy, SearchIndexError."""
    if not is_on(library):
        return
    opened = _opened(library)
    with opened.writing():
        opened.begin(changes.latest(library.db), "review:0")
    catch_up(library, progress=progress)


def _opened(library: Library) -> Vectors:
    """The vectors of a library, opened once for each: what is mapped stays so."""
    found: Vectors | None = library.kept.get("vectors")
    if found is None:
        from kb.search.vectors import Vectors

        model = models.encoder()
        if model is None:
            raise SearchIndexError("The model for meaning is not installed: pip install 'kb[meaning]'.")
        found = Vectors(library.settings.index / "meaning", model.name, model.width, library.id)
        library.kept["vectors"] = found
    return found


def _is_unfinished(library: Library, state: State) -> bool:
    return bool(state.filling) or state.watermark < changes.latest(library.db)


def _step(
    library: Library, opened: Vectors, model: Encoder, state: State, progress: Callable[[int], None] | None
) -> State:
    """One batch: of all documents by number the first time, of the changes after that."""
    db = library.db
    watermark, filling = state.watermark, ""
    wanted: dict[str, Sequence[int]] = {}
    if state.filling:
        type, _, last = state.filling.partition(":")
        ids = (reviews if type == "review" else gems).ids_after(db, int(last), _BATCH)
        wanted[type] = ids
        following = "" if type == "gem" else "gem:0"
        filling = f"{type}:{ids[-1]}" if ids else following
    else:
        changed, watermark = changes.after(db, state.watermark, _BATCH)
        wanted = {type: sorted(ids) for type, ids in changed.items()}
    numbers = [to_number(type, id) for type, ids in wanted.items() for id in ids]
    texts = dict(_texts(library, wanted))
    held = opened.held(numbers)
    fresh = [text for text in texts.values() if held.get(text.number) != text.digest]
    made = _encoded(model, fresh)
    gone = [number for number in numbers if number not in texts]
    if progress is not None:
        progress(len(numbers))
    return opened.put(made, gone, watermark=watermark, filling=filling)


@dataclass(frozen=True, slots=True)
class _Text:
    number: int
    digest: int
    parts: tuple[str, ...]  # the whole, then its passages


def _texts(library: Library, wanted: dict[str, Sequence[int]]) -> Iterable[tuple[int, _Text]]:
    """What is embedded of those that are to be found: not of what lies in the trash or waits to be published."""
    db = library.db
    review_ids, gem_ids = wanted.get("review", ()), wanted.get("gem", ())
    threads = comments.texts(db, review_ids)
    for review in reviews.get_many(db, review_ids, {}).values():
        if review.trashed_at is None:
            title, pieces = hits.readable_review(review, threads.get(review.id, ()))
            yield to_number("review", review.id), _text(to_number("review", review.id), title, pieces)
    for gem in gems.get_many(db, gem_ids).values():
        if gem.trashed_at is None and gem.status is not GemStatus.NOMINATED:
            title, pieces = hits.readable_gem(privacy.gem_for_reader(gem))
            yield to_number("gem", gem.id), _text(to_number("gem", gem.id), title, pieces)


def _text(number: int, title: str, pieces: Sequence[tuple[str, str]]) -> _Text:
    whole = "\n".join([title, *(text for _, text in pieces)])
    digest = int.from_bytes(hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    passages = [passage.text for passage in models.passages(title, pieces)]
    return _Text(number, digest, (whole, *passages) if passages else ())


def _encoded(model: Encoder, texts: Sequence[_Text]) -> list[Made]:
    from kb.search.vectors import Made

    vectors: Any = model.encode([part for text in texts for part in text.parts]) if texts else ()
    made, at = [], 0
    for text in texts:
        made.append(Made(text.number, text.digest, vectors[at : at + len(text.parts)]))
        at += len(text.parts)
    return made


def key(near: Near) -> str:
    """The key of its document, as engines have it."""
    return to_key(near.number)


def main() -> None:
    threading.Thread(target=_end_with_input, daemon=True).start()
    if "at-once" not in sys.argv[2:]:
        os.nice(15)  # what people wait for goes first
    try:
        library = Library(all_settings.load(sys.argv[1]))
        catch_up(library)
        library.close()
    except KbError as error:
        sys.exit(str(error))


def _end_with_input() -> None:
    while os.read(0, 1024):  # not through Python's own reader, which another thread may not be in when it ends
        pass
    os._exit(0)  # every batch is whole, and the next one to come goes on from there


if __name__ == "__main__":
    main()
