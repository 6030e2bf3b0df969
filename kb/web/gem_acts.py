"""What people do with a gem on its page: verify and doubt it, say whether it worked, talk, weigh new evidence."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import InvalidInput, NotFound
from kb.gems import confirming, health
from kb.gems import talk as gem_talk
from kb.models import Gem
from kb.web import wording
from kb.web.context import as_seen, flash_undo, library, member
from kb.web.gems import show_page, visible
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole

pages = Blueprint("gem_acts", __name__)


def _here(id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("gems.show", id=id, _anchor=anchor), 303)


def _or_say(
    id: int, act: Callable[[], object], field: str, done: str, anchor: str | None = None
) -> ResponseReturnValue:
    """Do it and go back to the gem; what was wrong is said at its field on the gem's page."""
    try:
        act()
    except InvalidInput as error:
        return show_page(visible(id), {field: of_error(error)}), 400
    if done:
        flash(done, "done")
    return _here(id, anchor)


@pages.post("/gems/<int:id>/verify")
def verify(id: int) -> ResponseReturnValue:
    gem = health.verify(library(), id, member())
    flash(_("Verified: true until %(day)s.", day=wording.day(gem.true_until)), "done")
    return redirect(request.form["back"], 303) if request.form.get("back") == url_for("desk.due") else _here(gem.id)


@pages.post("/gems/<int:id>/doubt")
def doubt(id: int) -> ResponseReturnValue:
    visible(id)
    word = request.form.get("word", "")
    return _or_say(id, lambda: health.doubt(library(), id, word, member()), "doubt", _("Thank you. Its owner is told."))


@pages.post("/gems/<int:id>/vote")
def vote(id: int) -> ResponseReturnValue:
    visible(id)
    said = request.form.get("worked", "")
    if said == "undo":
        gem_talk.unvote(library(), id, member())
        return _here(id, "worked")
    word = request.form.get("word", "")
    act: Callable[[], Gem] = lambda: gem_talk.vote(library(), id, member(), worked=said == "yes", word=word)  # noqa: E731
    return _or_say(id, act, "vote", "", "worked")


@pages.post("/gems/<int:id>/comments")
def comment(id: int) -> ResponseReturnValue:
    visible(id)
    body = request.form.get("body", "")
    return _or_say(id, lambda: gem_talk.say(library(), id, body, member()), "body", "", "talk")


@pages.post("/gem-comments/<int:id>/take-back")
def take_back_comment(id: int) -> ResponseReturnValue:
    gem_id = gem_talk.take_back(library(), id, member())
    flash_undo(_("Comment taken back."), url_for("gem_acts.bring_back_comment", id=id))
    return _here(gem_id, "talk")


@pages.post("/gem-comments/<int:id>/bring-back")
def bring_back_comment(id: int) -> ResponseReturnValue:
    return _here(gem_talk.bring_back(library(), id, member()), "talk")


@pages.post("/gems/<int:id>/sightings/<int:review>")
def weigh(id: int, review: int) -> ResponseReturnValue:
    """`word` is confirm, contradict or refuse."""
    word = request.form.get("word", "")
    acts = {"confirm": confirming.confirm, "contradict": confirming.contradict, "refuse": confirming.refuse}
    if word not in acts:
        raise InvalidInput("A passage is confirmed, contradicted or refused.", "word")
    acts[word](library(), id, review, member())
    said = {
        "confirm": _("Confirmed: the gem holds for a fresh term."),
        "contradict": _("Kept as evidence against it. The gem is due."),
    }
    if word in said:
        flash(said[word], "done")
    return _here(id, "sightings")


@pages.post("/gems/<int:id>/evidence")
def add_evidence(id: int) -> ResponseReturnValue:
    """A passage selected in a review, for a gem that says the same."""
    form = request.form
    review = form.get("review", 0, type=whole)
    quote = form.get("quote", "").replace("\r\n", "\n").strip()
    place, nth = (form.get(name, type=whole) for name in ("place", "nth"))
    if not review:
        raise NotFound("That review is not here any more.")
    visible(id)
    gem = confirming.further_evidence(library(), id, review, quote, member(), place=place, nth=nth)
    flash(_("Added to “%(title)s” as further evidence.", title=as_seen(gem).title), "done")
    passage = next((p for p in gem.evidence if p.review_id == review and p.quote == quote), None)
    return redirect(url_for("reviews.show", id=review, _anchor=f"passage-{passage.id}" if passage else None), 303)
