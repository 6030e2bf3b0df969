"""What a member is told: who wrote their name, what became of their gem or question, what is due, which trail is theirs."""

from __future__ import annotations

from flask import Blueprint, render_template

from kb import notices
from kb.languages import N_
from kb.web.context import library, member

pages = Blueprint("notices", __name__)

WORDS = {
    "mentioned": "wrote your name under",
    "commented": "wrote under your gem",
    "published": "published the gem that you nominated:",
    "sent back": "sent your gem back:",
    "declined": "declined your gem",
    "merged": "merged your gem into",
    "retired": "retired your gem",
    "doubted": "doubts your gem",
    "contradicted": "found a review that contradicts your gem",
    "worked": "says that it worked:",
    "did not work": "says that it did not work:",
    "due": "asks you to look at",
    "question answered": N_("answered your question"),
    "question may be answered": N_("found what may answer your question"),
    "question closed": N_("closed your question"),
    "question stale": N_("closed your question, since nobody has asked or answered it for long:"),
    "assigned": N_("put a trail among yours:"),
    "reminded": N_("reminds you of your trail"),
    "gap": N_("took something away that was a step of your trail"),
}

# Where a notice about such a thing leads, and what it is called when it has no name.
PLACES = {
    "gem": ("gems.show", N_("a gem")),
    "question": ("questions.show", N_("a question")),
    "trail": ("trails.show", N_("a trail")),
}


@pages.get("/notices")
def index() -> str:
    """Opening the page reads them; those that were fresh are marked so once."""
    found = notices.listed(library(), member())
    page = render_template("notices/index.html", notices=found, words=WORDS, places=PLACES)
    notices.mark_read(library(), member(), found)
    return page
