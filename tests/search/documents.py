"""Small documents and a small library for the tests of search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kb.search.base import Batch, Document, Engine, Page, Query
from kb.search.query import parse

TODAY = date(2026, 6, 15)


def review(id: int, body: str = "", *, language: str = "en", day: date | None = None, **given: object) -> Document:
    """A review. `title`, `turns` … go to its text; `tag`, `kind` … to its values (a str or a tuple of them)."""
    return document("review", id, body, language=language, day=day, **given)


def gem(id: int, title: str = "", *, status: str = "published", **given: object) -> Document:
    return document("gem", id, "", title=title, status=status, **given)  # type: ignore[arg-type]


def document(
    type: str, id: int, body: str, *, language: str = "en", day: date | None = None, **given: object
) -> Document:
    text = {name: str(value) for name, value in given.items() if name in TEXTS}
    values = {name: as_tuple(value) for name, value in given.items() if name not in TEXTS}
    return Document(
        type, id, language, day, {"body": body, **text}, {"type": (type,), "language": (language,), **values}
    )


TEXTS = frozenset({"title", "tags", "gem", "turns", "comments", "restricted"})


def as_tuple(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def fill(engine: Engine, *documents: Document, watermark: int = 1) -> None:
    engine.apply(Batch(documents, (), watermark))


def ask(engine: Engine, question: str, **options: object) -> Page:
    return engine.search(Query(parse(question, today=TODAY).node, **options))  # type: ignore[arg-type]


def found(engine: Engine, question: str, **options: object) -> set[str]:
    return {hit.key for hit in ask(engine, question, limit=1000, **options).hits}


class SmallLibrary:
    """A feed over documents in memory: each `put` and `drop` is a numbered change."""

    def __init__(self, *documents: Document, library_id: str = "library") -> None:
        self.library_id = library_id
        self.held: dict[str, Document] = {}
        self.log: list[str] = []
        self.awaiting: set[int] = set()  # places in the log, of what somebody waits to find
        self.put(*documents)

    def put(self, *documents: Document) -> None:
        for each in documents:
            self.held[each.key] = each
            self.log.append(each.key)

    def drop(self, key: str) -> None:
        del self.held[key]
        self.log.append(key)

    def latest(self) -> int:
        return len(self.log)

    def changes_after(self, watermark: int, limit: int) -> Batch:
        changed = dict.fromkeys(self.log[watermark : watermark + limit])
        upserts = [self.held[key] for key in changed if key in self.held]
        return Batch(upserts, [key for key in changed if key not in self.held], min(watermark + limit, len(self.log)))

    def awaited(self, watermark: int) -> Batch:
        changed = dict.fromkeys(self.log[at] for at in range(watermark, len(self.log)) if at in self.awaiting)
        upserts = [self.held[key] for key in changed if key in self.held]
        return Batch(upserts, [key for key in changed if key not in self.held], len(self.log))

    def documents(self, batch_size: int) -> Iterable[Sequence[Document]]:
        everything = list(self.held.values())
        for at in range(0, len(everything), batch_size):
            yield everything[at : at + batch_size]

    def count(self) -> int:
        return len(self.held)
