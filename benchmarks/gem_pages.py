"""How long the pages of gems take, with 5,000 gems, 300 topics and 100,000 reviews: server time, 95 of 100 below.

python -m benchmarks.gem_pages [--reviews 100000] [--gems 5000] [--tags 300] [--times 40]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from kb import library as libraries
from kb import members
from kb import settings as all_settings
from kb.finding import saved
from kb.gems import health, matching
from kb.library import Library
from kb.models import Draft, GemStatus, Role
from kb.questions import matching as question_matching
from kb.store import changes, evidence, gem_life, gems, reviews, sightings, tags
from kb.web import create_app

PAGES = {
    "gem": "/gems/{gem}", "gems": "/gems", "queue": "/queue", "due": "/gems/due", "health of the library": "/library-health",
    "notices": "/notices", "topic": "/tags/1",
}  # fmt: skip


def fill(library: Library, review_count: int, gem_count: int, tag_count: int) -> None:
    """Short texts: these pages read titles, counts and passages, not reviews."""
    chance = random.Random(3)
    now = library.now()
    words = [f"word{number}" for number in range(4000)]

    def say(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    with library.transaction() as db:
        topics = list(tags.ensure(db, [f"topic {number}" for number in range(tag_count)], now).values())
        rows = [
            (number, Draft(title=say(6), body=say(30), reviewer=f"Reviewer {number % 80}", language="en",
                           date=now - timedelta(days=number % 700)), "")
            for number in range(1, review_count + 1)
        ]  # fmt: skip
        reviews.insert_many(db, rows, "", None, now)
        tags.put_on_reviews(
            db, [(number, topic, "ingest") for number, _, _ in rows for topic in chance.sample(topics, 3)]
        )
        changes.note(db, "review", range(1, review_count + 1))
        for number in range(gem_count):
            status = GemStatus.NOMINATED if number % 40 == 0 else GemStatus.PUBLISHED
            until = library.today() + timedelta(days=chance.randint(-90, 180))
            id = gems.insert(db, title=say(8), body=say(40), status=status, language="en", now=now, true_until=until)
            tags.set_on_gem(db, id, chance.sample(topics, 2))
            for review in chance.sample(range(1, review_count + 1), 4):
                evidence.add(db, id, review, say(8), None, now=now, seen_on=now)
            sightings.propose(db, [(id, chance.randint(1, review_count), 0.4, -1, say(8))], now)
            changes.note(db, "gem", [id])
        for week in range(13):
            counts = {chance.randint(1, gem_count): chance.randint(1, 9) for _ in range(gem_count // 4)}
            gem_life.add_reads(db, counts, health.since_week(library) + timedelta(days=7 * week))
    settle(library)


def settle(library: Library) -> None:
    """Bring to its end what a server does between requests, so that no page is measured beside it."""
    library.catch_up()
    for work in (matching, question_matching, saved):
        work.catch_up(library)


def took(client: FlaskClient, path: str, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock, and of the processor: on a busy machine only the second says something."""
    clock, worked = [], []
    for _ in range(times):
        began, begun = time.perf_counter(), time.thread_time()
        answer = client.get(path)
        clock.append((time.perf_counter() - began) * 1000)
        worked.append((time.thread_time() - begun) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return sorted(clock), sorted(worked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=100_000)
    parser.add_argument("--gems", type=int, default=5000)
    parser.add_argument("--tags", type=int, default=300)
    parser.add_argument("--times", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = all_settings.load(Path(folder) / "home", environ={})
        libraries.make(settings)
        library = Library(settings)
        fill(library, options.reviews, options.gems, options.tags)
        password = "a password for the bench"  # noqa: S105
        members.add(library, "bench@kb.example", role=Role.CURATOR, password=password)
        app = create_app(settings, local_http=True)
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        client.get("/sign-in")
        form = {"email": "bench@kb.example", "password": password, "csrf_token": _token(client)}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code in (302, 303), answer.status_code
        print(f"{options.reviews:,} reviews, {options.gems:,} gems, {options.tags} topics\n")
        print("| page | median | p95 | p95 of the processor |\n|---|---|---|---|")
        for name, path in PAGES.items():
            clock, worked = took(client, path.format(gem=options.gems // 2), options.times)
            last = int(options.times * 0.95) - 1
            print(f"| {name} | {statistics.median(clock):.0f} ms | {clock[last]:.0f} ms | {worked[last]:.0f} ms |")
        app.extensions["kb"].close()
        library.close()


def _token(client: FlaskClient) -> str:
    text = client.get("/sign-in").get_data(as_text=True)
    return text.partition('name="csrf_token" value="')[2].partition('"')[0]


if __name__ == "__main__":
    main()
