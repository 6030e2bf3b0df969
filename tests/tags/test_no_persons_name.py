"""Topics are seen by everybody, so none is made that is called like somebody whose work is reviewed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import keeping, reviews
from kb import library as libraries
from kb import settings as all_settings
from kb.errors import InvalidInput
from kb.gems import gems
from kb.intake import intake, runs
from kb.library import Library
from kb.models import Draft, GemDraft, Kind
from kb.store import tags as store
from kb.tags import bulk, personal, tags
from kb.tags import merging as tag_merging

NAME = "Maren Vogt"


@pytest.fixture
def review(opened: Library) -> int:
    draft = Draft(title="Export", body="It stops.", reviewer="Rosa", reviewee=NAME, language="en", tags=("export",))
    return reviews.add(opened, draft, "rosa").id


@pytest.fixture
def bring(opened: Library, tmp_path: Path) -> Callable[..., intake.Report]:
    def bring(*rows: dict[str, object]) -> intake.Report:
        file = tmp_path / "rows.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return intake.ingest(opened, [str(file)], intake.IntakeOptions(), who="ada")

    return bring


def names(library: Library) -> list[str]:
    return [tag.name for tag in tags.listed(library)]


WAYS: dict[str, Callable[[Library, int], object]] = {
    "on a review": lambda library, review: tags.add_to_review(library, review, "maren  VOGT", "ada"),
    "by a rename": lambda library, _: tags.rename(library, tags.named(library, "export").id, NAME, "ada"),
    "as an alias": lambda library, _: tags.edit(
        library, tags.named(library, "export").id, who="ada", aliases=[NAME]
    ),
    "by a split": lambda library, review: tag_merging.split(
        library, tags.named(library, "export").id, NAME, [review], "ada"
    ),
    "by bulk work": lambda library, review: bulk.plan(library, "tag", NAME, [review], "ada"),
    "on a gem": lambda library, review: gems.lift(
        library, review, GemDraft("T", "B", tags=(NAME,)), who="ada", publish=True
    ),
    "with a new review": lambda library, _: reviews.add(
        library, Draft(kind=Kind.SELF, body="I did.", reviewer="Otto Holm", tags=("Otto Holm",)), "otto"
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_it_is_refused_with_a_sentence(opened: Library, review: int, way: str) -> None:
    with pytest.raises(InvalidInput, match="is the name of somebody whose work is reviewed here"):
        WAYS[way](opened, review)
    assert names(opened) == ["export"]


def test_a_part_of_a_name_is_free(opened: Library, review: int) -> None:
    assert tags.add_to_review(opened, review, "Maren", "ada").name == "Maren"


def test_brought_in_it_is_left_out_and_the_report_says_so(opened: Library, bring: Callable[..., intake.Report]) -> None:
    gem = {"title": "Two halves", "body": "Do it so.", "tags": [NAME, "export"]}
    row = {"id": "1", "body": "It stops.", "reviewee": NAME, "tags": [NAME, "export"], "gems": [gem]}
    report = bring(row, {"type": "tag", "name": "limits", "aliases": ["maren vogt", "caps"]})
    assert (report.added, report.skipped_count, list(report.left_out.values())) == (1, 0, [NAME])
    assert names(opened) == ["export", "limits"]
    assert tags.named(opened, "limits").aliases == ("caps",)
    assert report.run_id is not None
    assert NAME in runs.get(opened, report.run_id).message


def test_the_same_file_again_changes_nothing(bring: Callable[..., intake.Report]) -> None:
    row = {"id": "1", "body": "It stops.", "reviewee": NAME, "tags": [NAME, "export"]}
    bring(row)
    assert bring(row).unchanged == 1


def test_one_that_was_there_before_is_told_of(opened: Library, bring: Callable[..., intake.Report]) -> None:
    bring({"id": "1", "body": "It stops.", "tags": [NAME]})
    report = bring({"id": "2", "body": "It stops again.", "reviewee": NAME, "tags": [NAME]})
    assert report.run_id is not None
    assert "Rename or delete them" in runs.get(opened, report.run_id).message
    assert [tag.name for tag in personal.there(opened)] == [NAME]
    assert any(found.wrong and NAME in found.sentence for found in keeping.examine(opened))


def test_where_names_are_no_secret_they_may_be_topics(home: Path) -> None:
    settings = all_settings.load(home, environ={}, scores_visible_to="reader")
    libraries.make(settings)
    library = Library(settings)
    reviews.add(library, Draft(body="It stops.", reviewee=NAME, tags=(NAME,)), "rosa")
    assert names(library) == [NAME]
    assert personal.there(library) == []
    library.close()


def test_all_people_are_known(opened: Library) -> None:
    for reviewee in ("Ann", "Bob", "Ann", "", "Cleo"):
        reviews.add(opened, Draft(body="So.", reviewee=reviewee, reviewer="Rosa"), "rosa")
    reviews.add(opened, Draft(kind=Kind.SELF, body="So.", reviewer="Dora"), "rosa")
    assert store.people(opened.db) == {"ann", "bob", "cleo", "dora"}


def test_nobody_is_left_out_where_reviews_have_no_owner_and_topics_no_parent(
    bring: Callable[..., intake.Report],
) -> None:
    report = bring({"type": "tag", "name": "export"}, {"body": "It stops.", "tags": ["export"]})
    assert report.left_out == {}
