"""Reviews: the list, reading one, writing and editing, its tags, its thread, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb import copies, reviews, threads
from kb.errors import Conflict, InvalidInput
from kb.finding import finding
from kb.finding.places import Sought, places
from kb.mine import bookmarks
from kb.models import Draft, Evidence, Kind, Review
from kb.questions import questions
from kb.search.nodes import Node
from kb.tags import suggesting, tags
from kb.trails import replays
from kb.values.trails import StepKind
from kb.web import differences, origin, paging, passages, review_form, shown, to_trail, topic_names, transcript
from kb.web.answers import plain
from kb.web.context import can, flash_undo, library, member, public_url, served, unmasked, who
from kb.web.languages import gettext as _
from kb.web.languages import of_error
from kb.web.numbers import whole
from kb.web.review_form import ReviewForm

pages = Blueprint("reviews", __name__)
_SIZE = 25
BODY = -1  # the place of a passage that stands in no turn
_CHOICES = ("reviewer", "reviewee", "customer", "channel", "product", "team", "language")


@dataclass(frozen=True, slots=True)
class Note:
    """A gem as the margin of its review shows it."""

    passage: Evidence
    title: str
    status: str


@pages.get("/reviews")
def index() -> str:
    asked = paging.asked(_SIZE)
    rows, total = reviews.listed(library(), limit=asked.size, offset=asked.offset, unmasked=unmasked())
    return render_template("reviews/index.html", rows=rows, total=total, paging=asked, page_url=paging.page_url())


@pages.get("/reviews/<int:id>")
def show(id: int) -> str:
    found = reviews.page(library(), id, unmasked=unmasked())
    review = found.review
    notes = {passage.id: Note(passage, title, status) for passage, title, status in found.passages}
    way = origin.of_page("review", id, review.tags)
    said = _said(found, way.node)
    anchored = {id for block in (*said.body, *said.turns) for id in block.begins}
    may_answer = can("answer_questions") and not review.trashed_at
    matching, others = questions.for_review(library(), review, unmasked=unmasked()) if may_answer else ([], [])
    served().keeper.read(member().id, "review", id, library().now())
    return render_template(
        "reviews/show.html",
        review=review,
        comments=list(zip(found.comments, said.comments, strict=True)),
        body=said.body,
        turns=list(zip(review.turns, said.turns, strict=True)),
        feedback=said.feedback,
        sought=said.sought,
        notes=notes,
        loose=[note for id, note in notes.items() if id not in anchored],
        suggested=suggesting.for_review(library(), review) if can("tag_reviews") and not review.trashed_at else [],
        can_be_tried=replays.can_be_tried(review),
        similar=finding.similar(library(), "review", id, unmasked=unmasked(), limit=5, but=_gems(notes)),
        matching_questions=matching,
        other_questions=others,
        way=way,
        kept=bookmarks.of(library(), member(), "review", id),
        trail_offers=to_trail.offers(StepKind.REVIEW, id) if not review.trashed_at else None,
    )


def _gems(notes: Mapping[int, Note]) -> set[tuple[str, int]]:
    return {("gem", note.passage.gem_id) for note in notes.values()}


@pages.get("/reviews/<int:id>.md")
def as_markdown(id: int) -> Response:
    review = reviews.get(library(), id, unmasked=unmasked())
    return plain(copies.review_markdown(review, public_url("reviews.show", id=id)), "markdown")


@pages.get("/reviews/<int:id>.txt")
def as_text(id: int) -> Response:
    return plain(copies.review_text(reviews.get(library(), id, unmasked=unmasked())))


@dataclass(frozen=True, slots=True)
class Said:
    """The texts of a review as its page shows them: the body in blocks, the turns, comments and the customer's words, with
    the passages that became gems and, for who comes from a search, what was looked for."""

    body: list[passages.Block]
    turns: list[passages.Block]
    comments: list[list[passages.Block]]
    feedback: passages.Block
    sought: Sought


def _said(page: reviews.ReviewPage, node: Node | None) -> Said:
    review = page.review
    body = shown.prose(review.body)
    comments = [shown.prose(comment.body, 3) for comment in page.comments]
    texts = {BODY: passages.text_of(body), **{index: turn.text for index, turn in enumerate(review.turns)}}
    here = _places_of(texts, [passage for passage, _title, _status in page.passages])
    others = [*map(passages.text_of, comments), review.feedback.comment]
    sought = places(library(), node, [*texts.values(), *others], review.language)
    matches, best = iter(sought.matches), sought.best
    return Said(
        passages.in_html(body, here[BODY], next(matches), best),
        [passages.in_text(turn.text, here[index], next(matches), best) for index, turn in enumerate(review.turns)],
        [passages.in_html(comment, (), next(matches), best) for comment in comments],
        passages.in_text(review.feedback.comment, (), next(matches), best),
        sought,
    )


def _places_of(texts: Mapping[int, str], found: Sequence[Evidence]) -> Mapping[int, Sequence[Evidence]]:
    """Each passage in its own place, or else where its words are."""
    here: dict[int, list[Evidence]] = {place: [] for place in texts}
    for passage in found:
        own = BODY if passage.turn is None else passage.turn
        where = [place for place in dict.fromkeys([own, *texts]) if place in texts]
        # What is changed or gone is not looked for again: the same words elsewhere may say something else.
        if passage.state == "there":
            place = next((place for place in where if passages.find(texts[place], [passage])), None)
            if place is not None:
                here[place].append(passage)
    return here


@pages.route("/reviews/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        kind = next((kind for kind in Kind if kind == request.args.get("kind")), Kind.PEER)
        today = library().today()
        form = review_form.blank(kind, who(), today)
        return _form_page(form, None)
    form = review_form.from_typed(request.form)
    topics = topic_names.typed(library(), form.values["tags"])
    draft = replace(review_form.to_draft(form, library().zone), tags=topics)
    if request.form.get("do") == "save" and not form.errors:
        try:
            saved = reviews.add(library(), draft, who(), once=True)
        except InvalidInput as error:
            form.errors[error.field or "body"] = of_error(error)
        else:
            flash(_("Review saved."), "done")
            return redirect(url_for("reviews.show", id=saved.id), 303)
    return _form_page(form, None, draft), 400 if request.form.get("do") == "save" else 200


@pages.route("/reviews/<int:id>/edit", methods=["GET", "POST"])
def edit(id: int) -> ResponseReturnValue:
    review = reviews.get(library(), id, unmasked=True)
    if request.method == "GET":
        return _form_page(review_form.from_review(review, library().zone), review)
    form = review_form.from_typed(request.form)
    version = request.form.get("version", 0, type=whole)
    draft = review_form.to_draft(form, library().zone, review)
    if request.form.get("do") == "save" and not form.errors:
        try:
            reviews.edit(library(), id, draft, version=version, who=who())
        except InvalidInput as error:
            form.errors[error.field or "body"] = of_error(error)
        except Conflict as error:
            theirs = reviews.get(library(), id, unmasked=True)
            both = differences.of(reviews.difference(theirs, reviews.complete(draft)))
            return _form_page(form, theirs, draft, conflict=of_error(error), both=both), 409
        else:
            flash(_("Review saved."), "done")
            return redirect(url_for("reviews.show", id=id), 303)
    # The version that the edit began from, not the newest: or a save after a preview would run over somebody's words.
    return _form_page(form, replace(review, version=version), draft), 400 if form.errors else 200


def _form_page(
    form: ReviewForm,
    review: Review | None,
    preview: Draft | None = None,
    *,
    conflict: str = "",
    both: Sequence[differences.Difference] = (),
) -> str:
    used = {name: reviews.choices(library(), name, unmasked=unmasked()) for name in _CHOICES}
    return render_template(
        "reviews/form.html",
        form=form,
        review=review,
        preview=preview,
        conflict=conflict,
        both=both,
        used=used,
        kinds=[(kind.value, shown.kind_word(kind)) for kind in Kind],
        languages=review_form.choices(used, shown.language_names(), form.values["language"]),
        answer_values=[(value, _(words)) for value, words in review_form.VALUES],
        unmasked=unmasked(),
    )


@pages.post("/preview")
def preview() -> str:
    """The body and conversation of a form as its review would show them: a piece of a page."""
    return render_template(
        "reviews/_preview.html",
        body=request.form.get("body", ""),
        turns=transcript.read(request.form.get("turns", "")),
        language=request.form.get("language", ""),
    )


@pages.get("/reviews/<int:id>/history")
def history(id: int) -> str:
    changes = reviews.past(library(), id)
    return render_template(
        "reviews/history.html",
        review=reviews.get(library(), id, unmasked=True),
        changes=[(change, differences.of(change.fields)) for change in changes],
    )


@pages.post("/reviews/<int:id>/trash")
def trash(id: int) -> ResponseReturnValue:
    reviews.trash(library(), [id], who())
    flash_undo(_("Review thrown away."), url_for("reviews.restore", id=id))
    return redirect(url_for("reviews.index"), 303)


@pages.post("/reviews/<int:id>/restore")
def restore(id: int) -> ResponseReturnValue:
    reviews.restore(library(), [id], who())
    flash(_("Review brought back."), "done")
    return redirect(url_for("reviews.show", id=id), 303)


@pages.post("/reviews/<int:id>/tags")
def add_tag(id: int) -> ResponseReturnValue:
    names = topic_names.typed(library(), request.values.get("name", ""))
    suggested = bool(request.form.get("suggested"))
    try:
        tags.add_several_to_review(library(), id, names, who(), suggested=suggested)
    except InvalidInput as error:
        flash(of_error(error), "warning")
    if not names:
        flash(_("Write the name of a topic, then add it."), "warning")
    return _to_tags(id)


@pages.post("/reviews/<int:id>/tags/<int:tag>/remove")
def remove_tag(id: int, tag: int) -> ResponseReturnValue:
    name = tags.get(library(), tag).name
    tags.take_from_review(library(), id, tag, who())
    flash_undo(_("%(name)s taken off.", name=name), url_for("reviews.add_tag", id=id, name=name))
    return _to_tags(id)


@pages.post("/reviews/<int:id>/tags/<int:tag>/refuse")
def refuse_tag(id: int, tag: int) -> ResponseReturnValue:
    tags.refuse(library(), id, tag)
    return _to_tags(id)


def _to_tags(id: int) -> ResponseReturnValue:
    return redirect(url_for("reviews.show", id=id, _anchor="tags"), 303)


@pages.post("/reviews/<int:id>/comments")
def comment(id: int) -> ResponseReturnValue:
    body = request.form.get("body", "")
    try:
        said = threads.say(library(), id, body, member())
    except InvalidInput as error:
        return render_template("reviews/comment.html", id=id, body=body, error=of_error(error)), 400
    return redirect(url_for("reviews.show", id=id, _anchor=f"comment-{said.id}"), 303)


@pages.post("/comments/<int:id>/take-back")
def take_back_comment(id: int) -> ResponseReturnValue:
    review = threads.take_back(library(), id, member())
    flash_undo(_("Comment taken back."), url_for("reviews.bring_back_comment", id=id))
    return redirect(url_for("reviews.show", id=review, _anchor="comments"), 303)


@pages.post("/comments/<int:id>/bring-back")
def bring_back_comment(id: int) -> ResponseReturnValue:
    review = threads.bring_back(library(), id, member())
    return redirect(url_for("reviews.show", id=review, _anchor=f"comment-{id}"), 303)


@pages.app_template_filter("said_at")
def said_at(at: str) -> str:
    """When a turn was said: the time of day of a full date, anything else as the source had it."""
    try:
        return f"{datetime.fromisoformat(at):%H:%M}" if len(at) > 10 else at
    except ValueError:
        return at
