"""Merging, splitting and deleting tags, and undoing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.tags import deeds, tags
from kb.tags import merging as tag_merging

Make = Callable[..., int]


def last(library: Library) -> int:
    return deeds.latest(library)[0].id


def on(library: Library, review: int) -> list[str]:
    rows = library.db.execute(
        "SELECT name FROM review_tags JOIN tags ON tags.id = tag_id WHERE review_id = ? ORDER BY name", [review]
    )
    return [name for (name,) in rows]


def test_undoing_a_merge_gives_both_tags_back_with_all_they_had(
    opened: Library, tag: Make, review: Make, gem: Make, picture: Callable[[], Any]
) -> None:
    tag("data protection", "privacy law", definition="Old words.")
    tag("GDPR", "DSGVO", parent="data protection")
    first, second = review("data protection"), review("data protection", "GDPR")
    gem(first, "data protection")
    tags.refuse(opened, review(), tags.named(opened, "data protection").id)
    before = picture()
    merged = tag_merging.merge(opened, tags.named(opened, "data protection").id, tags.named(opened, "GDPR").id, "ada")
    assert (merged.reviews, merged.gems, on(opened, first), on(opened, second)) == (2, 1, ["GDPR"], ["GDPR"])
    deeds.undo(opened, last(opened), "ada")
    assert picture() == before


def test_what_somebody_changed_since_stays_when_a_merge_is_undone(opened: Library, tag: Make, review: Make) -> None:
    taken_off, put_on = review("privacy"), review()
    gone, kept = tags.named(opened, "privacy").id, tag("GDPR")
    tag_merging.merge(opened, gone, kept, "ada")
    tags.take_from_review(opened, taken_off, kept, "bob")
    tags.add_to_review(opened, put_on, "privacy", "bob")
    deeds.undo(opened, last(opened), "ada")
    assert (on(opened, taken_off), on(opened, put_on)) == ([], ["GDPR"])


def test_a_merge_cannot_be_undone_under_a_later_one(opened: Library, tag: Make) -> None:
    a, b, c = tag("a"), tag("b"), tag("c")
    tag_merging.merge(opened, a, b, "ada")
    first = last(opened)
    tag_merging.merge(opened, b, c, "bob")
    with pytest.raises(Conflict, match="bob merged b into c"):
        deeds.undo(opened, first, "ada")


def test_merges_are_undone_one_after_the_other(opened: Library, tag: Make, picture: Callable[[], Any]) -> None:
    a, b, c = tag("a"), tag("b"), tag("c", parent="a")
    before = picture()
    for gone, into in ((a, b), (b, c)):
        tag_merging.merge(opened, gone, into, "ada")
    for _ in range(2):
        deeds.undo(opened, next(d.id for d in deeds.latest(opened) if d.state == "done"), "ada")
    assert picture() == before


def test_an_undo_cannot_be_undone_twice(opened: Library, tag: Make) -> None:
    tag_merging.merge(opened, tag("a"), tag("b"), "ada")
    deeds.undo(opened, last(opened), "ada")
    with pytest.raises(Conflict, match="undone before"):
        deeds.undo(opened, last(opened), "ada")


def test_a_merge_is_not_undone_when_the_name_is_taken_since(opened: Library, tag: Make) -> None:
    tag_merging.merge(opened, tag("a"), tag("b"), "ada")
    merge = last(opened)
    tags.edit(opened, tags.named(opened, "b").id, aliases=[], who="bob")
    tag("a")
    with pytest.raises(Conflict, match="another topic 'a'"):
        deeds.undo(opened, merge, "ada")


def test_a_merge_leaves_the_kept_tag_where_it_stands(opened: Library, tag: Make) -> None:
    gone, kept = tag("gone", parent="here"), tag("kept", parent="there")
    assert tag_merging.merge(opened, gone, kept, "ada").parent_name == "there"


def test_a_tag_is_not_merged_with_itself(opened: Library, tag: Make) -> None:
    id = tag("GDPR")
    with pytest.raises(InvalidInput, match="merged with itself"):
        tag_merging.merge(opened, id, id, "ada")
    assert tags.named(opened, "GDPR").id == id


def test_merging_into_a_tag_below_makes_no_ring(opened: Library, tag: Make) -> None:
    top, below = tag("top"), tag("middle", parent="top") and tag("below", parent="middle")
    tag_merging.merge(opened, top, below, "ada")
    assert (tags.get(opened, below).parent_name, tags.named(opened, "middle").parent_name) == ("", "below")


def test_a_split_moves_the_named_reviews_and_gems_only(opened: Library, review: Make, gem: Make) -> None:
    moved, stays, other = review("export"), review("export"), review("billing")
    lifted = gem(moved, "export")
    new = tag_merging.split(opened, tags.named(opened, "export").id, "export limits", [moved, other], "ada", [lifted])
    assert [on(opened, id) for id in (moved, stays, other)] == [["export limits"], ["export"], ["billing"]]
    assert (new.reviews, new.gems) == (1, 1)


def test_what_is_split_off_stands_under_the_same_tag(opened: Library, tag: Make, review: Make) -> None:
    id = tag("export", parent="data")
    assert tag_merging.split(opened, id, "export limits", [review("export")], "ada").parent_name == "data"


@pytest.mark.parametrize("name", ["", "x" * 200])
def test_what_no_tag_can_be_called_is_not_split_off(opened: Library, tag: Make, review: Make, name: str) -> None:
    id = tag("export")
    with pytest.raises(InvalidInput):
        tag_merging.split(opened, id, name, [review("export")], "ada")


def test_the_history_of_a_tag_tells_what_was_merged_into_it_and_split_off(
    opened: Library, tag: Make, review: Make
) -> None:
    kept = tag("export")
    tag_merging.merge(opened, tag("csv"), kept, "ada")
    new = tag_merging.split(opened, kept, "export limits", [review("export")], "bob")

    def told(id: int) -> list[tuple[str, str, object]]:
        return [(change.action, change.who, change.fields["tag"]) for change in tags.past(opened, id)[:2]]

    assert told(kept) == [("split", "bob", ("export", "export, export limits")), ("merged", "ada", ("csv", "export"))]
    assert told(new.id)[0] == ("split off", "bob", ("export", "export limits"))


def test_a_split_of_nothing_makes_no_tag(opened: Library, tag: Make, review: Make) -> None:
    with pytest.raises(InvalidInput, match="nothing to split off"):
        tag_merging.split(opened, tag("export"), "export limits", [review()], "ada")
    with pytest.raises(NotFound):
        tags.named(opened, "export limits")


def test_a_split_is_not_undone_once_the_new_tag_is_used_elsewhere(opened: Library, review: Make) -> None:
    tag_merging.split(opened, tags.get(opened, 1).id if review("a") else 0, "b", [1], "ada")
    review("b")
    with pytest.raises(Conflict, match="used since"):
        deeds.undo(opened, last(opened), "ada")


def test_deleting_says_first_what_happens(opened: Library, tag: Make, review: Make) -> None:
    tag("below", parent="GDPR")
    review("GDPR")
    review("GDPR", "export")
    look = tag_merging.outlook(opened, tags.named(opened, "GDPR").id)
    assert (look.tag.reviews, look.left_untagged, look.below) == (2, 1, ("below",))


def test_deleting_keeps_the_reviews_and_moves_the_tags_below_up(
    opened: Library, tag: Make, review: Make, picture: Callable[[], Any]
) -> None:
    tag("GDPR", "DSGVO", parent="law")
    tag("below", parent="GDPR")
    kept = review("GDPR", "export")
    before = picture()
    deed = tag_merging.delete(opened, tags.named(opened, "GDPR").id, "ada")
    assert (on(opened, kept), tags.named(opened, "below").parent_name) == (["export"], "law")
    with pytest.raises(NotFound):
        tags.named(opened, "GDPR")
    deeds.undo(opened, deed, "ada")
    assert picture() == before


def test_undoing_leaves_out_a_review_that_was_erased_since(opened: Library, tag: Make, review: Make) -> None:
    erased, kept = review("GDPR"), review("GDPR")
    deed = tag_merging.delete(opened, tags.named(opened, "GDPR").id, "ada")
    from kb.store import reviews as rows

    with opened.transaction() as db:
        rows.erase(db, [erased])
    assert deeds.undo(opened, deed, "ada")[1] == 2
    assert (on(opened, kept), tags.named(opened, "GDPR").reviews) == (["GDPR"], 1)


def test_a_rename_is_undone_unless_it_was_renamed_again(opened: Library, tag: Make) -> None:
    id = tag("Exports")
    tags.rename(opened, id, "export", "ada")
    first = last(opened)
    tags.rename(opened, id, "exporting", "bob")
    with pytest.raises(Conflict, match="changed since"):
        deeds.undo(opened, first, "ada")
    deeds.undo(opened, last(opened), "ada")
    deeds.undo(opened, first, "ada")
    assert (tags.get(opened, id).name, tags.get(opened, id).aliases) == ("Exports", ())


def test_what_is_searched_by_a_name_is_noted_as_changed(opened: Library, tag: Make, review: Make) -> None:
    tagged = review("privacy")
    opened.db.execute("DELETE FROM changes")
    tags.rename(opened, tags.named(opened, "privacy").id, "data protection", "ada")
    assert opened.db.execute("SELECT type, object_id FROM changes").fetchall() == [("review", tagged)]
