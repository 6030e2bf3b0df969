"""Writing, editing and throwing away reviews."""

from __future__ import annotations

import pytest

from kb import reviews
from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Answer, Draft, Kind, Turn
from kb.tags import tags


def draft(**fields: object) -> Draft:
    return Draft(**{"title": "Export stops", "body": "Export stops at 50,000 rows.", "language": "en", **fields})


def test_a_review_comes_back_as_it_was_written(opened: Library) -> None:
    written = draft(
        kind=Kind.MANAGER,
        reviewee="Noor Haddani",
        turns=(Turn("It fails.", "Kim", "customer", "10:02"),),
        scorecard=(Answer("Solved", "yes", "in one go"),),
        score=80.0,
    )
    kept = reviews.add(opened, written, "ada")
    assert (kept.kind, kept.reviewee, kept.turns, kept.scorecard, kept.score) == (
        Kind.MANAGER,
        "Noor Haddani",
        written.turns,
        written.scorecard,
        80.0,
    )


def test_a_review_without_a_title_is_called_by_its_first_words(opened: Library) -> None:
    assert (
        reviews.add(opened, draft(title="", body="\n## Export stops early\n\nmore"), "ada").title
        == "Export stops early"
    )


def test_the_language_is_found_out_of_the_text(opened: Library) -> None:
    body = "Der Export bricht nach fünfzigtausend Zeilen ab, deshalb planen wir ihn jetzt in der Nacht."
    assert reviews.add(opened, draft(title="", language="", body=body), "ada").language == "de"


def test_a_review_with_nothing_to_read_is_refused(opened: Library) -> None:
    with pytest.raises(InvalidInput, match="needs a text or a conversation"):
        reviews.add(opened, draft(body=" \n", turns=(Turn(" "),)), "ada")


def test_the_history_says_who_changed_what(opened: Library) -> None:
    kept = reviews.add(opened, draft(), "ada")
    reviews.edit(opened, kept.id, draft(title="Export stops at night"), version=kept.version, who="ben")
    edited, added = reviews.past(opened, kept.id)
    assert (edited.who, edited.action, edited.fields) == (
        "ben",
        "edited",
        {"title": ("Export stops", "Export stops at night")},
    )
    assert (added.who, added.action) == ("ada", "added")


def test_saving_over_somebody_elses_edit_is_a_conflict_and_changes_nothing(opened: Library) -> None:
    kept = reviews.add(opened, draft(), "ada")
    reviews.edit(opened, kept.id, draft(title="Theirs"), version=kept.version, who="ben")
    with pytest.raises(Conflict, match="Somebody else saved"):
        reviews.edit(opened, kept.id, draft(title="Mine"), version=kept.version, who="ada")
    assert reviews.get(opened, kept.id, unmasked=True).title == "Theirs"


def test_saving_without_a_change_leaves_no_trace(opened: Library) -> None:
    kept = reviews.add(opened, draft(), "ada")
    assert reviews.edit(opened, kept.id, draft(), version=kept.version, who="ada").version == kept.version
    assert len(reviews.past(opened, kept.id)) == 1


def test_a_review_in_the_trash_is_gone_for_readers_and_comes_back_whole(opened: Library) -> None:
    kept = reviews.add(opened, draft(tags=("GDPR",)), "ada")
    reviews.trash(opened, [kept.id], "ada")
    with pytest.raises(NotFound):
        reviews.get(opened, kept.id, unmasked=False)
    assert [row.id for row in reviews.trashed(opened)[0]] == [kept.id]
    reviews.restore(opened, [kept.id], "ada")
    assert [tag.name for tag in reviews.get(opened, kept.id, unmasked=False).tags] == ["GDPR"]


def test_the_list_holds_the_newest_first_and_says_how_many(opened: Library) -> None:
    from datetime import UTC, datetime

    for year in (2024, 2026, 2025):
        reviews.add(opened, draft(title=str(year), date=datetime(year, 1, 1, tzinfo=UTC)), "ada")
    rows, total = reviews.listed(opened, limit=2)
    assert ([row.title for row in rows], total) == (["2026", "2025"], 3)


def test_a_list_takes_the_same_number_of_statements_however_long_it_is(opened: Library) -> None:
    for number in range(30):
        reviews.add(opened, draft(title=f"Review {number}", tags=(f"tag {number}",)), "ada")

    def statements(limit: int) -> int:
        seen: list[str] = []
        opened.db.conn.set_trace_callback(seen.append)
        reviews.listed(opened, limit=limit)
        opened.db.conn.set_trace_callback(None)
        return len(seen)

    assert statements(30) == statements(2)


def test_tagging_is_part_of_the_history(opened: Library) -> None:
    kept = reviews.add(opened, draft(), "ada")
    tag = tags.add_to_review(opened, kept.id, "GDPR", "ben")
    tags.take_from_review(opened, kept.id, tag.id, "ben")
    assert [change.action for change in reviews.past(opened, kept.id)] == ["untagged", "tagged", "added"]
