"""What was thrown away, and the way back."""

from __future__ import annotations

from browsing import page, signed_in

from kb import reviews
from kb.models import Draft


def test_a_thrown_away_review_is_listed_and_comes_back(client_as, library):
    review = reviews.add(library, Draft(title="An export <too> slow", body="Wait."), "Rosa Reviewer")
    reviews.trash(library, [review.id], "Rosa Reviewer")
    curator = client_as("curator")
    assert "An export &lt;too&gt; slow" in page(curator.get("/trash"))
    curator.post(f"/trash/reviews/{review.id}/restore")
    assert "Nothing was thrown away" in page(curator.get("/trash"))
    assert reviews.get(library, review.id, unmasked=True).trashed_at is None
    assert reviews.past(library, review.id)[0].who == "Chris Curator"


def test_it_says_when_it_is_emptied(make_app, library):
    text = page(signed_in(make_app(trash_days=17).test_client(), library, "curator").get("/trash"))
    assert "over 17 days" in text


def test_a_long_trash_has_pages(client_as, library):
    ids = [reviews.add(library, Draft(title=f"Number {i}", body="x"), "x").id for i in range(51)]
    reviews.trash(library, ids, "x")
    curator = client_as("curator")
    first, second = page(curator.get("/trash")), page(curator.get("/trash?page=2"))
    assert (first.count("Bring back:"), second.count("Bring back:")) == (50, 1)
