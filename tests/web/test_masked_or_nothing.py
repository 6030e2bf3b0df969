"""A page whose view forgot to mask what it shows is no page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, render_template_string
from flask_login import login_user

from kb import members, privacy
from kb.library import Library
from kb.models import Evidence, Gem, GemStatus, Kind, Review
from kb.values.gems import Sighting
from kb.web.auth import User
from kb.web.blameless import NamesSomebody

NOW = datetime(2026, 10, 5, tzinfo=UTC)
PASSAGE = Evidence(1, 1, 1, "Noor did it.", reviewee="Noor")
SIGHTING = Sighting(1, 1, 0.5, 0, "Noor did it.", "proposed", reviewee="Noor")
GEM = Gem(1, "As Noor does", "Noor did it.", GemStatus.PUBLISHED, NOW, NOW, evidence=(PASSAGE,), reviewees=("Noor",))
REVIEW = Review(1, Kind.PEER, "Noor's case", "Noor did it.", NOW, NOW, reviewee="Noor")
OWN = Review(1, Kind.SELF, "My case", "Noor did it.", NOW, NOW, reviewer="Noor")
MADE = [
    (GEM, privacy.gem_for_reader),
    (REVIEW, privacy.for_reader),
    (OWN, privacy.for_reader),
    (PASSAGE, privacy.evidence_for_reader),
    (SIGHTING, privacy.sighting_for_reader),
]
KINDS = ["gem", "review", "self review", "passage", "sighting"]


def told(app: Flask, library: Library, who: str, value: object) -> str:
    with app.test_request_context():
        login_user(User(members.by_email(library, f"{who}@kb.example")))
        return render_template_string("{{ value.body or value.quote }}", value=value)


@pytest.mark.parametrize(("value", "_"), MADE, ids=KINDS)
def test_a_template_reads_nothing_that_names_somebody_to_a_reader(app, library, value, _) -> None:
    with pytest.raises(NamesSomebody):
        told(app, library, "reader", value)


@pytest.mark.parametrize(("value", "mask"), MADE, ids=KINDS)
def test_it_reads_what_was_masked(app, library, value, mask) -> None:
    assert told(app, library, "reader", mask(value)) == "[name] did it."


@pytest.mark.parametrize(("value", "_"), MADE, ids=KINDS)
def test_it_reads_everything_to_who_may_see_names(app, library, value, _) -> None:
    assert told(app, library, "reviewer", value) == "Noor did it."
