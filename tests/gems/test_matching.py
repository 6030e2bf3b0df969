"""New reviews are tried with the published gems: what shows again is proposed, near misses are not, nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lifting import People, add_gem, add_review

from kb import reviews
from kb.gems import confirming, matching
from kb.gems import life as gem_life
from kb.intake import intake
from kb.library import Library
from kb.models import Draft, Gem
from kb.search.echo import Listener, Saying
from kb.store import sightings

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"


@pytest.fixture
def gem(library: Library, people: People) -> Gem:
    gem = add_gem(
        library, people.curator, title="Export stops at 50,000 rows: schedule the report by night",
        body="Use Reports, Schedule.", quote="the export stops at 50,000 rows",
    )  # fmt: skip
    matching.catch_up(library)
    return gem


SAME = "Greeting was fine. Their export stopped at 50,000 rows again, so we scheduled the report for the night. Bye."


def proposed(library: Library, gem: Gem) -> list[tuple[int, str]]:
    return [(one.turn, one.quote) for one in confirming.proposed(library, gem.id, unmasked=True)[0]]


def test_a_review_that_shows_a_gem_again_is_proposed_with_its_passage(library: Library, gem: Gem) -> None:
    add_review(library, "", "Hello.", SAME)
    assert matching.catch_up(library) == 1
    assert proposed(library, gem) == [
        (1, "Their export stopped at 50,000 rows again, so we scheduled the report for the night.")
    ]


@pytest.mark.parametrize(
    "text", ["The export button is hidden for editors.", "She asked for a report on Mondays.", "Hello."]
)
def test_what_only_shares_a_word_is_not(library: Library, gem: Gem, text: str) -> None:
    add_review(library, text)
    assert matching.catch_up(library) == 0


def test_nothing_is_proposed_twice_nor_after_it_was_refused(library: Library, gem: Gem, people: People) -> None:
    review = add_review(library, SAME)
    matching.catch_up(library)
    assert matching.catch_up(library) == 0
    confirming.refuse(library, gem.id, review.id, people.reviewer)
    with library.transaction() as db:
        sightings.set_watermark(db, 0)
    assert matching.catch_up(library) == 0


def test_the_review_that_a_gem_was_lifted_from_is_not_seen_again(library: Library, gem: Gem) -> None:
    with library.transaction() as db:
        sightings.set_watermark(db, 0)
    assert matching.catch_up(library) == 0


def test_a_review_that_no_longer_says_so_is_taken_back(library: Library, gem: Gem) -> None:
    review = add_review(library, SAME)
    matching.catch_up(library)
    draft = Draft(title=review.title, language="en", reviewer=review.reviewer, date=review.date, body="Nothing of it.")
    reviews.edit(library, review.id, draft, version=review.version, who="ada")
    matching.catch_up(library)
    assert proposed(library, gem) == []


def test_a_trashed_review_is_not_proposed(library: Library, gem: Gem) -> None:
    review = add_review(library, SAME)
    matching.catch_up(library)
    reviews.trash(library, [review.id], "ada")
    assert proposed(library, gem) == []


def test_a_retired_gem_is_not_listened_for(library: Library, gem: Gem, people: People) -> None:
    gem_life.retire(library, gem.id, "wrong", people.curator)
    add_review(library, SAME)
    assert matching.catch_up(library) == 0


def test_a_gem_that_is_published_later_finds_older_reviews(library: Library, people: People) -> None:
    older = add_review(library, SAME)
    matching.catch_up(library)
    title = "Export stops at 50,000 rows: schedule the report by night"
    gem = add_gem(library, people.curator, title=title, quote="the export stops")
    library.catch_up()
    matching.catch_up(library)
    assert [one.review_id for one in confirming.proposed(library, gem.id, unmasked=True)[0]] == [older.id]


def test_an_ingest_is_matched_at_its_end(library: Library, gem: Gem, tmp_path: Path) -> None:
    file = tmp_path / "r.ndjson"
    file.write_text(json.dumps({"id": "r1", "title": "T", "language": "en", "body": SAME}) + "\n", encoding="utf-8")
    intake.ingest(library, [str(file)], intake.IntakeOptions(), who="ada")
    assert len(proposed(library, gem)) == 1


def test_what_is_proposed_stands_word_for_word_in_the_review(library: Library, gem: Gem) -> None:
    review = add_review(library, f"Intro. {SAME}\n\nAnd more.")
    matching.catch_up(library)
    assert proposed(library, gem)[0][1] in review.body


# The thresholds were chosen by looking at the first file; the second was written when they stood.
@pytest.mark.parametrize(("file", "least"), [("sightings", 0.7), ("sightings-held-out", 0.6)])
@pytest.mark.parametrize("language", ["en", "de", "es", "ja"])
def test_labelled_passages_are_told_from_near_misses(language: str, file: str, least: float) -> None:
    lines = (DATA / f"{file}.ndjson").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["language"] == language]
    listener = Listener(
        (Saying(n, language, row["title"], (row["quote"],), row["body"]) for n, row in enumerate(rows)), {}, 300
    )

    def heard(n: int, text: str) -> bool:
        return any(echo.gem_id == n for echo in listener.hear([text], language))

    hits = [heard(n, text) for n, row in enumerate(rows) for text in row["same"]]
    slips = [heard(n, text) for n, row in enumerate(rows) for text in row["other"]]
    assert sum(hits) / len(hits) > least
    assert sum(slips) / len(slips) < 0.15
