"""The pages of gems ask the library as often for many rows as for few."""

from __future__ import annotations

import pytest
from browsing import Browser, page

from kb import members, reviews
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft
from kb.store import gems as store
from kb.store import sightings

PATHS = ["/gems", "/gems?sort=newest", "/gems/1", "/queue", "/gems/due", "/library-health", "/library-health.csv"]


def fill(library: Library, count: int) -> None:
    """Gems of every sort, each with its own review, topics and a proposed passage under the first."""
    curator = members.by_email(library, "curator@kb.example")
    for number in range(count):
        body = f"Case {number}: run the export by night, then it goes through. Nobody knows why number {number} fails."
        review = reviews.add(library, Draft(title=f"R{number}", body=body, language="en"), "Rosa")
        for publish in (True, False):
            draft = GemDraft(f"Gem {number}", "Do so.", "run the export by night", (f"t{number % 7}", "export"))
            gem = gems.lift(library, review.id, draft, who="Chris", publish=publish, member=curator)
            if publish:
                with library.transaction() as db:
                    store.note(db, gem.id, true_until=library.today())
                    sightings.propose(db, [(1, review.id, 0.4, -1, "run the export")], library.now())
    library.catch_up()


def statements(library: Library, browser: Browser, path: str) -> int:
    """How many statements a page takes, counted where the requests are served."""
    said: list[str] = []
    library.db.conn.set_trace_callback(said.append)
    page(browser.get(path))
    library.db.conn.set_trace_callback(None)
    return len(said)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_takes_as_many_statements_for_many_gems_as_for_few(app, library, client_as, path) -> None:
    served = app.extensions["kb"].library
    curator = client_as("curator")
    fill(library, 4)
    page(curator.get(path))
    few = statements(served, curator, path)
    fill(library, 12)
    many = statements(served, curator, path)
    assert few == many
    assert few > 0
