"""Tags learned from what the team tagged before: one linear classifier a tag, over the words of the search.

Learning needs scikit-learn (`pip install 'kb[learn]'`) and is done by `kb tag learn`, in a process of its own, never in
the way of a save. What it gives is one file, `learned.npz` in the library's folder: disposable, made anew by learning
again. Suggesting needs nothing but numpy: a sum over the words of one review.

A review is its words and stems (kb/search/analysis.py) with its product, team, channel and kind and the tags that its text
names, weighted by tf-idf. Each tag has a linear support vector machine (one against the rest,
https://scikit-learn.org/stable/modules/svm.html). What a refusal says against a tag weighs more than a review that
merely lacks it. Where the line is drawn is found out on reviews that were kept back: a tag that is more often wrong than
right there is not suggested at all. Nor is a tag whose name stands in many texts that people did not tag with it.
"""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from kb.errors import Conflict, LibraryError
from kb.library import Library
from kb.models import Review
from kb.search.analysis import stream
from kb.store import learning as store
from kb.store import reviews, tags
from kb.tags.mentions import mentions
from kb.tags.rules import Readable

# Below these there is not enough to learn from, and nothing is suggested.
REVIEWS_AT_LEAST = 50
A_TAG_AT_LEAST = 12
MOST_REVIEWS = 20_000
_MOST_WORDS = 20_000
_REFUSED = 4.0
_FOLDS = 3
_RIGHT_AT_LEAST = 0.5
_NAMED_AT_LEAST = 8
_FOUND_AT_LEAST = 0.25
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning came to: from how many reviews, which tags can be suggested, and which have too little to go by."""

    reviews: int
    tags: tuple[str, ...]
    unsure: tuple[str, ...]
    too_few: tuple[str, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One review to learn from: its features, the tags on it, those that its text names, and those that were refused."""

    features: tuple[str, ...]
    tags: frozenset[int]
    named: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()


class Model:
    """What was learned, ready to suggest. Safe to share among threads."""

    def __init__(self, arrays: Any) -> None:
        words = bytes(arrays["words"]).decode("utf-8").split("\n")
        self.places = {word: place for place, word in enumerate(words)}
        self.idf, self.weights, self.bias, self.lines = (arrays[n] for n in ("idf", "weights", "bias", "lines"))
        self.tag_ids = [int(id) for id in arrays["tag_ids"]]
        # Tags whose name stands in many texts that are not about them.
        self.misnamed = frozenset(int(id) for id in arrays["misnamed"])
        self.about: dict[str, Any] = json.loads(bytes(arrays["about"]))

    def scores(self, features: Sequence[str]) -> Any:
        """How far on the right side of each tag's line a review is; below zero is the wrong side."""
        import numpy as np

        counts: dict[int, int] = {}
        for feature in features:
            place = self.places.get(feature)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        if not counts:
            return np.full(len(self.tag_ids), -1.0)
        at = np.fromiter(counts, dtype=np.int64)
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float64))) * self.idf[at]
        values /= np.linalg.norm(values)
        return values @ self.weights[at] + self.bias - self.lines

    def suggest(self, review: Review, named: Iterable[int] = ()) -> list[tuple[int, float]]:
        """The tags that this review, whose text names these tags, might want: the surest first, each with how sure
        (above zero)."""
        scores = self.scores(features(review, named))
        found = [(id, float(score)) for id, score in zip(self.tag_ids, scores, strict=True) if score > 0]
        return sorted(found, key=lambda pair: -pair[1])


def features(review: Review, named: Iterable[int] = ()) -> tuple[str, ...]:
    """What a review is learned by: its words and stems, those of the title once more, its header, the tags it names."""
    text = "\n\n".join([review.title, review.body, *(turn.text for turn in review.turns)])
    found, title = stream(text, review.language), stream(review.title, review.language)
    header = [f"{name}={getattr(review, name)}" for name in ("product", "team", "channel") if getattr(review, name)]
    words = [*found.words, *" ".join(found.stems).split(), *(f"title={word}" for word in title.words)]
    return (*words, *header, f"kind={review.kind.value}", *(f"names={id}" for id in sorted(named)))


def path(library: Library) -> Path:
    return library.settings.home / "learned.npz"


def learn(library: Library, progress: Callable[[int, int], None] | None = None) -> Learned:
    """Learn from the newest tagged reviews and keep it beside the index. `progress` is called with (tags done, of all).

    Raises LibraryError when scikit-learn is not installed, Conflict when another process is learning.
    """
    need_sklearn()
    with library.alone("learned") as alone:
        if not alone:
            raise Conflict("Another process is learning just now. It will be done in a few minutes.")
        examples = list(_examples(library))
        names = {tag.id: tag.name for tag in tags.all_tags(library.db)}
        made, unsure, too_few = train(examples, names, progress)
        at = library.now()
        _keep(path(library), made, {"reviews": len(examples), "at": at.isoformat(), "library": library.id})
    known = tuple(names[id] for id in made["tag_ids"].tolist())
    return Learned(len(examples), known, tuple(names[i] for i in unsure), tuple(names[i] for i in too_few), at)


def need_sklearn() -> None:
    """Raises LibraryError, with what to do, when scikit-learn is not installed."""
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise LibraryError("Learning needs scikit-learn. Install it with: pip install 'kb[learn]'") from error


def need_enough(library: Library) -> None:
    """Raises LibraryError when there is not enough to learn from yet."""
    there = len(store.to_learn_from(library.db, REVIEWS_AT_LEAST))
    if there < REVIEWS_AT_LEAST:
        raise LibraryError(
            "There are %(there)s tagged reviews. It takes %(reviews_at_least)s to learn from.",
            there=there,
            reviews_at_least=REVIEWS_AT_LEAST,
        )


def _examples(library: Library, size: int = 500) -> Iterator[Example]:
    db = library.db
    ids = store.to_learn_from(db, MOST_REVIEWS)
    everything = tags.all_tags(db)
    for at in range(0, len(ids), size):
        some = ids[at : at + size]
        on, refused = store.tags_of(db, some), store.refused_on(db, some)
        for id, review in reviews.get_many(db, some, {}).items():
            named = frozenset(mentions(Readable.of(review), everything))
            yield Example(features(review, named), on.get(id, frozenset()), named, refused.get(id, frozenset()))


def train(
    examples: Sequence[Example], tag_ids: Iterable[int], progress: Callable[[int, int], None] | None = None
) -> tuple[dict[str, Any], list[int], list[int]]:
    """Learn: the model's arrays, the tags that came out more often wrong than right, and those with too few reviews."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    counts = {id: sum(id in example.tags for example in examples) for id in tag_ids}
    enough = len(examples) >= REVIEWS_AT_LEAST
    learnt = [id for id, n in counts.items() if enough and A_TAG_AT_LEAST <= n <= len(examples) - A_TAG_AT_LEAST]
    too_few = [id for id in counts if id not in set(learnt)]
    if not learnt:
        return _arrays([], np.zeros(0), [], [], [], [], misnamed(examples, counts)), [], too_few
    vectorizer = TfidfVectorizer(
        analyzer=_as_it_is, min_df=2, max_df=0.6, max_features=_MOST_WORDS, sublinear_tf=True, dtype=np.float32
    )
    rows = vectorizer.fit_transform([example.features for example in examples])
    folds = np.random.default_rng(0).integers(0, _FOLDS, len(examples))
    weights, bias, lines, kept, unsure = [], [], [], [], []
    for done, id in enumerate(learnt):
        wanted = np.array([id in example.tags for example in examples])
        strength = np.array([_REFUSED if id in example.refused else 1.0 for example in examples])
        line = _line(rows, wanted, strength, folds)
        if line is None:
            unsure.append(id)
        else:
            machine = _machine().fit(rows, wanted, sample_weight=strength)
            weights.append(machine.coef_[0].astype(np.float32))
            bias.append(float(machine.intercept_[0]))
            lines.append(line)
            kept.append(id)
        if progress:
            progress(done + 1, len(learnt))
    words, wrong = list(vectorizer.get_feature_names_out()), misnamed(examples, counts)
    return _arrays(words, vectorizer.idf_, weights, bias, lines, kept, wrong), unsure, too_few


def misnamed(examples: Sequence[Example], tag_ids: Iterable[int]) -> set[int]:
    """Of these the tags whose name stands in enough texts, most of which do not carry them."""
    found = set()
    for id in tag_ids:
        named = [example for example in examples if id in example.named]
        right = sum(id in example.tags for example in named)
        if len(named) >= _NAMED_AT_LEAST and right < _RIGHT_AT_LEAST * len(named):
            found.add(id)
    return found


def _as_it_is(features: tuple[str, ...]) -> tuple[str, ...]:
    return features


def _machine() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=1.0, class_weight="balanced", tol=1e-3, max_iter=2000, random_state=0)


def _line(rows: Any, wanted: Any, strength: Any, folds: Any) -> float | None:
    """Above which score the tag is suggested: where suggestions on reviews kept back were most often right without
    losing too many (the best F0.5, https://en.wikipedia.org/wiki/F-score). None when they never were."""
    import numpy as np

    scores = np.zeros(len(wanted))
    for fold in range(_FOLDS):
        back = folds == fold
        if wanted[~back].all() or not wanted[~back].any():
            return None
        machine = _machine().fit(rows[~back], wanted[~back], sample_weight=strength[~back])
        scores[back] = machine.decision_function(rows[back])
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(wanted[order])
    # One right of one is no proof: as if one more had been right and two wrong.
    precision, recall = (right + 1) / (np.arange(1, len(order) + 1) + 3), right / wanted.sum()
    worth = 1.25 * precision * recall / np.maximum(0.25 * precision + recall, 1e-9)
    # Nor is a line under which hardly anything lies: the best of many short beginnings is luck.
    worth[right < _FOUND_AT_LEAST * wanted.sum()] = 0.0
    best = int(np.argmax(worth))
    if precision[best] < _RIGHT_AT_LEAST:
        return None
    after = scores[order[best + 1]] if best + 1 < len(order) else scores[order[best]] - 1.0
    return float((scores[order[best]] + after) / 2)


def _arrays(
    words: list[str],
    idf: Any,
    weights: list[Any],
    bias: list[float],
    lines: list[float],
    tag_ids: list[int],
    misnamed: Iterable[int],
) -> dict[str, Any]:
    import numpy as np

    return {
        "words": np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8),
        "idf": np.asarray(idf, dtype=np.float32),
        # By word, so that a review's words are rows that lie together.
        "weights": np.ascontiguousarray(np.array(weights, dtype=np.float32).T)
        if weights
        else np.zeros((0, 0), np.float32),
        "bias": np.array(bias),
        "lines": np.array(lines),
        "tag_ids": np.array(tag_ids, dtype=np.int64),
        "misnamed": np.array(sorted(misnamed), dtype=np.int64),
    }


def _keep(target: Path, arrays: dict[str, Any], about: dict[str, Any]) -> None:
    """Whole or not at all: a reader sees the old file or the new one."""
    import numpy as np

    about = {**about, "version": _VERSION}
    buffer = io.BytesIO()
    np.savez(buffer, about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8), **arrays)
    aside = target.with_name(f"{target.name}.{os.getpid()}")
    aside.write_bytes(buffer.getvalue())
    aside.replace(target)


_loaded: dict[Path, tuple[tuple[int, int], Model | None]] = {}
_lock = threading.Lock()


def model(library: Library) -> Model | None:
    """What was learned last; None when nothing was, or it cannot be read (numpy is gone, the file is another library's)."""
    where = path(library)
    try:
        stat = where.stat()
    except OSError:
        return None
    known = (stat.st_mtime_ns, stat.st_size)
    with _lock:
        if where not in _loaded or _loaded[where][0] != known:
            _loaded[where] = (known, _load(where, library.id))
        return _loaded[where][1]


def _load(where: Path, library_id: str) -> Model | None:
    try:
        import numpy as np

        with where.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = Model({name: arrays[name] for name in arrays.files})
    except (ImportError, OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    usable = found.about.get("version") == _VERSION and found.about.get("library") == library_id
    return found if usable else None
