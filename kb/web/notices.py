"""What a member is told: who wrote their name, what became of their gem or question, what is due, which trail is theirs."""

from __future__ import annotations

from flask import Blueprint, render_template

from kb import notices
from kb.languages import N_
from kb.web.context import library, member

pages = Blueprint("notices", __name__)

WORDS = {
    "mentioned": N_("%(who)s wrote your name under %(gem)s"),
    "commented": N_("%(who)s wrote under your gem %(gem)s"),
    "published": N_("%(who)s published the gem that you nominated: %(gem)s"),
    "sent back": N_("%(who)s sent your gem back: %(gem)s"),
    "declined": N_("%(who)s declined your gem %(gem)s"),
    "merged": N_("%(who)s merged your gem into %(gem)s"),
    "retired": N_("%(who)s retired your gem %(gem)s"),
    "doubted": N_("%(who)s doubts your gem %(gem)s"),
    "contradicted": N_("%(who)s found a review that contradicts your gem %(gem)s"),
    "worked": N_("%(who)s says that it worked: %(gem)s"),
    "did not work": N_("%(who)s says that it did not work: %(gem)s"),
    "due": N_("%(who)s asks you to look at %(gem)s"),
    "question answered": N_("%(who)s answered your question %(gem)s"),
    "question may be answered": N_("%(who)s found what may answer your question %(gem)s"),
    "question closed": N_("%(who)s closed your question %(gem)s"),
    "question stale": N_("%(who)s closed your question, since nobody has asked or answered it for long: %(gem)s"),
    "assigned": N_("%(who)s put a trail among yours: %(gem)s"),
    "reminded": N_("%(who)s reminds you of your trail %(gem)s"),
    "gap": N_("%(who)s took something away that was a step of your trail %(gem)s"),
    "new in search": N_("%(who)s found something new in your search %(gem)s"),
}

# Where a notice about such a thing leads, and what it is called when it has no name.
PLACES = {
    "gem": ("gems.show", N_("a gem")),
    "question": ("questions.show", N_("a question")),
    "trail": ("trails.show", N_("a trail")),
    "saved": ("saved.look", N_("a saved search")),
}


@pages.get("/notices")
def index() -> str:
    """Opening the page reads them; those that were fresh are marked so once."""
    found = notices.listed(library(), member())
    page = render_template("notices/index.html", notices=found, words=WORDS, places=PLACES)
    notices.mark_read(library(), member(), found)
    return page
