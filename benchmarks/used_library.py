"""A library to measure use on: grown text brought in, or one that is there; with topics, members, and an index in step."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks import serving
from benchmarks.grow import grow
from benchmarks.peers import FACETS, Text
from benchmarks.questions import Asker
from kb import library as libraries
from kb import members, settings
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.models import Role
from kb.store import changes, tags

READER, CURATOR = "in-use-reader@kb.example", "in-use-curator@kb.example"
TOPICS = 300
WORD = re.compile(r"[^\W\d_]+")
_WITH_TOPIC = 20  # reviews each
_SAMPLED = 4000


@dataclass(slots=True)
class Bench:
    """A library to measure on, how large it was at the beginning, and what was asked for."""

    home: Path
    size: int
    options: argparse.Namespace

    def open(self) -> Library:
        return Library(settings.load(self.home, environ={}, meaning="off"))

    @staticmethod
    def visitor(server: serving.Server, email: str = READER) -> serving.Visitor:
        visitor = serving.Visitor(server.address)
        visitor.sign_in(email)
        return visitor


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def prepared(home: Path, options: argparse.Namespace) -> Bench:
    """A library of so many reviews, or the one that is there, with members, topics, and an index in step."""
    chosen = settings.load(home, environ={}, meaning="off")
    libraries.make(chosen)
    library = Library(chosen)
    try:
        if not library.db.execute("SELECT 1 FROM reviews").fetchone():
            _fill(library, options.size)
        _add_topics(library)
        for email, role in ((READER, Role.READER), (CURATOR, Role.CURATOR)):
            if not library.db.execute("SELECT 1 FROM members WHERE email = ?", [email]).fetchone():
                members.add(library, email, role=role, password=serving.PASSWORD)
        say("bringing the index in step")
        library.catch_up()
        size = library.db.execute("SELECT count(*) FROM reviews").fetchone()[0]
    finally:
        library.close()
    return Bench(home, size, options)


def _fill(library: Library, size: int) -> None:
    source = library.settings.home / "grown.ndjson"
    say(f"growing {size:,} reviews and bringing them in")
    grow(size, source)
    intake.ingest(library, [str(source)], IntakeOptions(), who="benchmark", match=False)
    source.unlink()


def _add_topics(library: Library) -> None:
    """Hundreds of topics, named by two words of a title, where the library has but few."""
    random = Random(1)
    words = [WORD.findall(title) for title, _ in titles(library)]
    with library.transaction() as db:
        if db.execute("SELECT count(*) FROM tags").fetchone()[0] >= TOPICS:
            return
        names = {" ".join(random.sample(each, 2)) for each in words if len(each) > 2}
        ids = [row[0] for row in db.execute("SELECT id FROM reviews")]
        topics = tags.ensure(db, sorted(names)[:TOPICS], library.now())
        for topic in topics.values():
            seen_in = random.choices(ids, k=_WITH_TOPIC)
            tags.put_on_reviews(db, [(id, topic, "ingest") for id in set(seen_in)])
            changes.note(db, "review", set(seen_in))


def titles(library: Library) -> list[tuple[str, str]]:
    """Title and language of some reviews, the same ones of the same library."""
    ids = [row[0] for row in library.db.execute("SELECT id FROM reviews WHERE trashed_at IS NULL")]
    chosen = ",".join(map(str, Random(1).sample(ids, min(_SAMPLED, len(ids)))))
    return library.db.execute(f"SELECT title, language FROM reviews WHERE id IN ({chosen})").fetchall()


def questions(library: Library, count: int) -> list[str]:
    """Two words each that stand together in a review, neither rare nor in every second one."""
    ids = [row[0] for row in library.db.execute("SELECT id FROM reviews WHERE trashed_at IS NULL")]
    chosen = ",".join(map(str, Random(2).sample(ids, min(_SAMPLED, len(ids)))))
    rows = library.db.execute(f"SELECT id, title, body, {', '.join(FACETS)} FROM reviews WHERE id IN ({chosen})")
    asker = Asker(Text(id, title, body, tuple(values)) for id, title, body, *values in rows)
    return [" ".join(words) for words in asker.questions("common", 2, count)]
