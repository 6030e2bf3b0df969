"""The contract between kb and a search engine: value types in, value types out, nothing of the engine's own.

An engine is disposable. It is fed `Document`s made from the library and answers with ids, scores and counts; whatever
it loses can be made again from the library. `tests/search/test_engine_contract.py` runs over every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from kb.search.nodes import DateRange, Leaf, Node, Word

# The sections of running text, in the order of their worth, with the weight of a word that is found there.
TEXT_FIELDS: Mapping[str, float] = {
    "title": 1.2,  # besides, a word of a short text counts more: that is BM25's own
    "tags": 1.2,  # names and aliases of the tags
    "gem": 1.2,  # titles and quotes of the gems lifted from a review; a gem's own workaround
    "body": 1.0,
    "turns": 1.0,
    "comments": 1.0,
    "restricted": 0.5,  # scorecard comments and the reviewee's name: searched only for those who may see them
}

# Exact values that results can be narrowed to; each is a facet when asked for. `tag` and `reviewee` hold several values.
FILTER_FIELDS: tuple[str, ...] = (
    "type", "tag", "kind", "product", "team", "language", "year", "month", "channel",
    "reviewer", "customer", "case", "status", "source", "reviewee",
)  # fmt: skip
WITHOUT = "-"  # before the name of a field in a filter: its values are left out
RESTRICTED_FIELDS = frozenset({"restricted", "reviewee"})
_EVERY_MONTH = 5_000  # of four hundred years
DEFAULT_FACETS: tuple[str, ...] = ("tag", "kind", "product", "team", "language", "year")


@dataclass(frozen=True, slots=True)
class Document:
    """One review or gem as the engine is given it.

    `type` is review or gem, `id` its number in the library. `text` maps a name of TEXT_FIELDS to running text (several
    pieces parted by a blank line), `values` a name of FILTER_FIELDS to its exact values. `language` is an ISO 639-1
    code or "" when unknown, `day` the day that "newest" sorts by.
    """

    type: str
    id: int
    language: str = ""
    day: date | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes to bring into the index, in order: documents to put (replacing the same key) and keys to take out.

    `watermark` is the number of the last change that the batch covers. `prepared` is what an engine made of the
    documents ahead of its turn (`Engine.prepare`).
    """

    upserts: Sequence[Document]
    deletes: Sequence[str]
    watermark: int
    prepared: Sequence[Any] | None = None


class Feed(Protocol):
    """Where an indexer gets documents from: the library, seen as a numbered list of changes."""

    @property
    def library_id(self) -> str:
        """Names the library; an index made from another one is made anew."""

    def latest(self) -> int:
        """The number of the newest change."""

    def changes_after(self, watermark: int, limit: int) -> Batch:
        """At most `limit` changes after `watermark`; an empty batch when there are none."""

    def awaited(self, watermark: int) -> Batch:
        """Of the changes after `watermark` those that somebody waits to find. The batch's watermark is how far this has
        looked."""

    def documents(self, batch_size: int) -> Iterable[Sequence[Document]]:
        """Every document of the library, in batches, for a rebuild."""

    def count(self) -> int:
        """How many documents `documents` will give."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for. `node` is the parsed question (None: everything).

    `filters` narrows to any of the given values, field by field; under a name with WITHOUT before it stand values to be
    left out. `days` narrows to days. `unmasked` looks into RESTRICTED_FIELDS, too. Retired gems are left out unless the
    question or a filter names `status`. `beside` are words that find nothing and only rank. `sort` is relevance or newest.
    `reads` is the language of whoever asks ("" unknown), for a question of a few words that does not tell its own.
    """

    node: Node | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: DateRange | None = None
    unmasked: bool = False
    sort: str = "relevance"
    limit: int = 10
    offset: int = 0
    facets: tuple[str, ...] = DEFAULT_FACETS
    facet_size: int = 20
    beside: tuple[Word, ...] = ()
    reads: str = ""

    def size_of(self, facet: str) -> int:
        """How many values of a facet are wanted. Of months all: a chart of the commonest would have holes."""
        return _EVERY_MONTH if facet == "month" else self.facet_size


@dataclass(frozen=True, slots=True)
class Hit:
    type: str
    id: int
    score: float

    @property
    def key(self) -> str:
        """That of its document."""
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class Page:
    """The answer: the hits asked for, how many there are in all, how many for each value of each facet."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word of the library that begins as typed, and in how many documents it is."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the library (or two, parted) that a word which it does not have may be a slip for. `cost` is how unlikely
    the slip is (kb/search/spelling.py); `needs` how many other words of the question must stand in a text with it for it to
    be believed, 0 when it is likely enough by itself."""

    text: str
    count: int
    cost: float
    needs: int = 0


class Engine(Protocol):
    """A search index in a folder, or in memory when there is none.

    One writer at a time: `apply` and `rebuild` raise IndexBusy when another process is writing. Reading needs no lock
    and sees every batch as a whole. Raises SearchIndexError when the files cannot be used; the library is unharmed.
    """

    name: str

    def watermark(self) -> int:
        """The number of the last change that the index holds; -1 when it must be rebuilt (none yet, another
        schema version, another library, damaged)."""

    def apply(self, batch: Batch, *, commit: bool = True) -> None:
        """Bring a batch in, then note its watermark. Applying a batch twice is harmless. Without `commit`, which is for
        many batches within `writing`, it is found and noted with the next batch that commits."""

    def writing(self, *, large: bool = True) -> AbstractContextManager[None]:
        """Hold the lock and one writer over several `apply`, for a long ingest; what none of them committed is taken back.
        `large` says that many documents will come. Raises IndexBusy."""

    def search(self, query: Query) -> Page: ...

    def suggest(self, prefix: str, limit: int = 8) -> Sequence[Suggestion]:
        """Words of titles, tags and gems that begin so, the commonest first."""

    def corrections(self, word: str) -> Sequence[Correction]:
        """The library's own words that one which it does not have may be a slip for, the likeliest first; none when the
        word is there or nothing is near."""

    def correct(self, word: str) -> str | None:
        """The likeliest of them that is likely enough by itself."""

    def compounds(self, word: str) -> Sequence[Leaf]:
        """What else a word may be looked for by: the library's words that it begins or ends, the commonest first, and the
        two words that it is made of, near each other. None of it is from what only some may see."""

    def prepare(self, batch: Batch) -> Batch:
        """What can be done before the batch's turn to be applied, in another thread meanwhile."""

    def similar(self, document: Document, limit: int = 5) -> Sequence[Hit]:
        """Reviews and gems that share the telling words of this one, which need not be in the index itself."""

    def rebuild(self, feed: Feed, progress: Callable[[int], None] | None = None) -> None:
        """Make the index anew beside the old one, which answers until the new one is whole; then swap.

        `progress` is called with how many documents were added since it was last called. Stopping it (an exception,
        a kill) leaves the old index as it was.
        """

    def verify(self) -> Sequence[str]:
        """What is wrong with the files, a sentence each; empty when all is well."""

    def keys(self) -> set[str]:
        """The keys of all documents in the index, for `kb doctor`."""

    def close(self) -> None: ...
