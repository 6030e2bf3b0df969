"""A topic that is asked for and is not there is said, with the nearest that there is."""

from __future__ import annotations

import pytest

from kb import reviews
from kb.finding import finding
from kb.library import Library
from kb.models import Draft, TagDraft
from kb.tags import tags


@pytest.fixture
def topics(opened: Library) -> Library:
    reviews.add(opened, Draft(title="Deletion", body="Ask legal.", tags=("GDPR", "data strategy")), "Rosa")
    tags.bring_in(opened, [TagDraft("GDPR", aliases=("DSGVO",))], "Chris")
    opened.catch_up()
    return opened


@pytest.mark.parametrize(
    ("question", "better"),
    [
        ("tag:gdrp", "tag:GDPR"),
        ("tag:dsvgo legal", "tag:GDPR legal"),
        ('legal TAG:"data stratgy"', 'legal tag:"data strategy"'),
        ("-tag:gdrp legal", "-tag:GDPR legal"),
        ("topic:data-stratgy", 'tag:"data strategy"'),
        ("tags:gdpr,dsvgo", "tag:gdpr,GDPR"),
    ],
)
def test_a_slip_in_a_topic_leads_to_the_nearest(topics: Library, question: str, better: str) -> None:
    found = finding.search(topics, question, unmasked=False)
    assert found.did_you_mean == better
    assert found.notes[0].startswith("There is no topic “")
    assert finding.search(topics, better, unmasked=False).notes == ()


def test_a_topic_like_none_is_only_said(topics: Library) -> None:
    found = finding.search(topics, "legal tag:invoices", unmasked=False)
    assert (found.did_you_mean, found.notes) == (None, ("There is no topic “invoices”.",))


@pytest.mark.parametrize("question", ["tag:gdpr", "tag:DSGVO", "tag:gd*", "legal"])
def test_topics_that_are_there_are_not_spoken_of(topics: Library, question: str) -> None:
    assert finding.search(topics, question, unmasked=False).notes == ()
