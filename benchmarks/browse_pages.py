"""How long the pages take that one walks through: server time, statements and bytes, with 100,000 reviews, 5,000 gems, 300
topics (thirty of them with nine under them), and 500 members who read, bookmarked and followed. Then when they are first
painted, in a cold browser on a slow 4G line (1.6 Mbit/s, 150 ms).

python -m benchmarks.browse_pages [--reviews 100000] [--gems 5000] [--tags 300] [--members 500] [--times 40] [--no-paint]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.serving import make_server

from benchmarks import gem_pages
from kb import library as libraries
from kb import members as member_cases
from kb import settings as all_settings
from kb.library import Library
from kb.models import Role
from kb.store import members, mine, tags
from kb.trails import trails, walking
from kb.values.trails import TrailState
from kb.web import create_app

PAGES = {
    "front page, curator": ("curator", "/"), "front page, reader": ("reader", "/"), "topic": ("reader", "/tags/200"),
    "topic with nine under it": ("reader", "/tags/1"), "topics": ("reader", "/tags"),
    "topics as a tree": ("reader", "/tags?view=tree"), "gem of a topic": ("reader", "/gems/{gem}?from=tag:1"),
    "review of a topic": ("reader", "/reviews/{review}?from=tag:1"),
    "review of a search": ("reader", "/reviews/{review}?from=search:3:q%3Dword7"), "trail": ("reader", "/trails/1"),
    "mine": ("reader", "/mine"),
}  # fmt: skip
PAINTED = ("front page, curator", "topic", "trail", "mine")
PASSWORD = "a password for the bench"  # noqa: S105
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}


def fill(library: Library, options: argparse.Namespace) -> None:
    gem_pages.fill(library, options.reviews, options.gems, options.tags)
    chance = random.Random(5)
    now = library.now()
    for role in (Role.READER, Role.CURATOR):
        member_cases.add(library, f"{role.word}@kb.example", role=role, password=PASSWORD, name=role.word)
    curator, reader = (member_cases.by_email(library, f"{who}@kb.example") for who in ("curator", "reader"))
    with library.transaction() as db:
        for child in range(30, options.tags):
            tags.define(db, child + 1, "What belongs here.", child % 30 + 1)
        everybody = [
            members.insert(db, f"m{number}@kb.example", f"Member {number}", Role.REVIEWER, "", now)
            for number in range(options.members)
        ]
        db.conn.execute(
            "UPDATE gems SET owner_id = (SELECT id FROM members WHERE id = 1 + gems.id % ?)", [options.members]
        )
        for member in (*everybody, curator, reader):
            for tag in chance.sample(range(1, options.tags + 1), 6):
                mine.set_follow(db, member.id, tag, on=True)
            for id in chance.sample(range(1, options.gems), 20):
                mine.put_bookmark(db, member.id, "gem", id, "a note", now)
            read = [(member.id, "review", id, now) for id in chance.sample(range(1, options.reviews), 150)]
            mine.add_history(db, read, 500)
        mine.note_visits(db, [(each.id, now - timedelta(days=2)) for each in (curator, reader)], 1)
        db.conn.execute("INSERT INTO member_settings (member_id, known, changed_at) SELECT id, id % 2, '' FROM members")
    for number in range(5):
        made = trails.from_topic(library, number + 1, curator, f"Trail {number}")
        trails.set_state(library, made.id, TrailState.PUBLISHED, curator)
        walk = walking.walk(library, made.id, reader, unmasked=False)
        walking.come_to(library, walk, walk.rows[0].id, reader)
    gem_pages.settle(library)


def signed_in(client: FlaskClient, who: str) -> FlaskClient:
    form = {"email": f"{who}@kb.example", "password": PASSWORD, "csrf_token": gem_pages._token(client)}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code in (302, 303), answer.status_code
    return client


def statements(library: Library, client: FlaskClient, path: str) -> int:
    said: list[str] = []
    library.db.conn.set_trace_callback(said.append)
    client.get(path)
    library.db.conn.set_trace_callback(None)
    return len(said)


def paint(url: str) -> None:
    """First paint and how much moved, each page in a cold browser."""
    from playwright.sync_api import sync_playwright

    print("\n| page, cold, slow 4G | first paint | moved |\n|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name in PAINTED:
            who, path = PAGES[name]
            context = browser.new_context(base_url=url)
            page = context.new_page()
            page.goto("/sign-in")
            page.locator("[name=email]").fill(f"{who}@kb.example")
            page.locator("[name=password]").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button").first.click()
            page.wait_for_url("**/")
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            network.send("Network.setCacheDisabled", {"cacheDisabled": True})
            network.send("Network.emulateNetworkConditions", SLOW_4G)
            page.goto(path)
            page.wait_for_load_state("load")
            page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
            first = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
            moved = page.evaluate(
                "() => new Promise(told => { let sum = 0; new PerformanceObserver(l => {"
                " for (const e of l.getEntries()) sum += e.value; }).observe({type: 'layout-shift', buffered: true});"
                " setTimeout(() => told(sum), 500); })"
            )
            print(f"| {name} | {first:.0f} ms | {moved:.3f} |")
            context.close()
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=100_000)
    parser.add_argument("--gems", type=int, default=5000)
    parser.add_argument("--tags", type=int, default=300)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--no-paint", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = all_settings.load(Path(folder) / "home", environ={})
        libraries.make(settings)
        library = Library(settings)
        fill(library, options)
        app = create_app(settings, local_http=True)
        clients = {who: signed_in(app.test_client(), who) for who in ("curator", "reader")}
        app.config["WTF_CSRF_ENABLED"] = False
        print(f"{options.reviews:,} reviews, {options.gems:,} gems, {options.tags} topics, {options.members} members\n")
        print("| page | median | p95 | p95 of the processor | statements | KB |\n|---|---|---|---|---|---|")
        for name, (who, address) in PAGES.items():
            path = address.format(gem=options.gems // 2, review=options.reviews // 2)
            size = len(clients[who].get(path).data)
            clock, worked = gem_pages.took(clients[who], path, options.times)
            last = int(options.times * 0.95) - 1
            count = statements(app.extensions["kb"].library, clients[who], path)
            print(
                f"| {name} | {statistics.median(clock):.0f} ms | {clock[last]:.0f} ms | {worked[last]:.0f} ms"
                f" | {count} | {size / 1000:.0f} |",
                flush=True,
            )
        if not options.no_paint:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            paint(f"http://127.0.0.1:{server.server_port}")
            server.shutdown()
        app.extensions["kb"].close()
        library.close()


if __name__ == "__main__":
    main()
