"""A review in the trash, or several, is erased at once: by hand, for good, and said first what goes with it."""

from __future__ import annotations

import pytest

from kb import reviews, trash
from kb.errors import Conflict, NotFound
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft

NAME = "Noor Haddani"


@pytest.fixture
def review(opened: Library) -> int:
    """In the trash, with a comment, a gem and another review that names the same person."""
    draft = Draft(title="By night", body=f"{NAME} schedules it by night.", reviewee=NAME, language="en")
    id = reviews.add(opened, draft, "ada").id
    gems.lift(opened, id, GemDraft("By night", f"Ask {NAME}.", "schedules it by night"), who="ada", publish=True)
    reviews.add(opened, Draft(title="Other", body=f"{NAME} was asked, too.", language="en"), "ada")
    reviews.trash(opened, [id], "ada")
    opened.catch_up()
    return id


def kept(library: Library) -> bytes:
    """All that the library's files hold."""
    return b"".join(file.read_bytes() for file in library.settings.home.glob("library.db*"))


def test_what_goes_and_what_stays_is_told_first(opened: Library, review: int) -> None:
    loss = trash.loss(opened, [review])
    assert ([one.id for one in loss.reviews], loss.comments, loss.gems) == ([review], 0, 1)
    assert list(loss.named) == [(NAME, 1)]  # the other review; of the gem nobody finds the name
    trash.erase(opened, [review], "ada")
    opened.catch_up()
    assert gems.get(opened, 1, unmasked=True).body == "Ask [name]."


def test_it_is_gone_at_once_and_overwritten(opened: Library) -> None:
    id = reviews.add(opened, Draft(title="T", body="Secret-of-Ann stays here.", language="en"), "ada").id
    reviews.trash(opened, [id], "ada")
    assert b"Secret-of-Ann" in kept(opened)
    trash.erase(opened, [id], "ada")
    with pytest.raises(NotFound):
        reviews.page(opened, id, unmasked=True)
    assert b"Secret-of-Ann" not in kept(opened)


def test_who_erased_which_is_kept_when_its_own_history_is_gone(opened: Library) -> None:
    id = reviews.add(opened, Draft(title="T", body="Once.", language="en"), "ada").id
    reviews.trash(opened, [id], "ada")
    trash.erase(opened, [id], "grace")
    assert [(change.who, change.fields["review"][0]) for change in trash.erasures(opened)] == [("grace", id)]
    assert reviews.past(opened, id) == []


def test_what_is_not_in_the_trash_is_not_erased(opened: Library) -> None:
    id = reviews.add(opened, Draft(title="T", body="Still here.", language="en"), "ada").id
    other = reviews.add(opened, Draft(title="T", body="In the trash.", language="en"), "ada").id
    reviews.trash(opened, [other], "ada")
    for refused in (trash.loss, lambda *given: trash.erase(*given, "ada")):
        with pytest.raises(Conflict, match="Throw it away first"):
            refused(opened, [other, id])
        with pytest.raises(NotFound):
            refused(opened, [other, 9999])
    assert reviews.page(opened, id, unmasked=True).review.body == "Still here."
    assert reviews.trashed(opened)[1] == 1


def test_several_of_one_person_go_together_and_each_is_noted(opened: Library) -> None:
    ids = [reviews.add(opened, Draft(title=t, body=t, reviewee=NAME, language="en"), "ada").id for t in ("One", "Two")]
    reviews.trash(opened, ids, "ada")
    assert list(trash.loss(opened, ids).named) == [(NAME, 0)]
    assert trash.erase(opened, [*ids, ids[0]], "ada") == 2
    assert sorted(change.fields["review"][0] for change in trash.erasures(opened)) == ids
