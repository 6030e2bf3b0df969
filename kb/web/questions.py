"""Questions: the lists, asking with one click, one question with its answer. What reviewers do to it: question_desk.py."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput
from kb.models import Role
from kb.questions import answering, asking, joining, questions, rewording
from kb.tags import tags
from kb.values.questions import Question, QuestionState
from kb.web import differences, paging
from kb.web.context import can, flash_undo, library, member, unmasked
from kb.web.languages import gettext, ngettext, of_error
from kb.web.numbers import whole

pages = Blueprint("questions", __name__)
_SIZE = 25


@pages.get("/questions")
def index() -> str:
    asked = paging.asked(_SIZE)
    mine = request.args.get("mine") == "yes"
    state = _state(request.args.get("state", ""), None if mine else QuestionState.OPEN)
    tag_id = request.args.get("topic", type=whole)
    found, total = questions.listed(
        library(),
        state=state,
        tag_id=tag_id,
        asked_by=member().id if mine else None,
        limit=asked.size,
        offset=asked.offset,
        unmasked=unmasked(),
    )
    return render_template(
        "questions/index.html",
        questions=found,
        total=total,
        state=state,
        mine=mine,
        topic=tags.get(library(), tag_id) if tag_id else None,
        counts=questions.counts(library()),
        for_me=questions.for_member(library(), member(), unmasked=unmasked()) if _first_page(asked.number) else [],
        paging=asked,
        page_url=paging.page_url(),
    )


def _first_page(number: int) -> bool:
    return number == 1 and not request.args.keys() - {"page"}


def _state(word: str, otherwise: QuestionState | None) -> QuestionState | None:
    shown = [QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.CLOSED]
    if member().role >= Role.CURATOR:
        shown.append(QuestionState.RUBBISH)
    return next((state for state in shown if state == word), otherwise)


@pages.route("/questions/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form; and where a search's one click goes to."""
    text = request.values.get("text", request.args.get("q", ""))[:2000].strip()
    if request.method == "GET":
        return render_template("questions/new.html", text=text, topics=request.args.getlist("topic"), error="")
    topics = request.form.getlist("topic")[:20]
    try:
        asked = asking.ask(library(), text, member(), named=_named(), topics=topics)
    except InvalidInput as error:
        page = render_template("questions/new.html", text=text, topics=topics, error=of_error(error))
        return page, 400
    _say(asked)
    return redirect(url_for("questions.show", id=asked.question.id), 303)


def _named() -> bool:
    return request.form.get("anonymous") != "yes"


def _say(asked: asking.Asked) -> None:
    id, others = asked.question.id, asked.question.asked - 1
    undo = url_for("questions.withdraw", id=id)
    if asked.how == "new":
        flash_undo(gettext("Asked. You are told when somebody answers it."), undo, gettext("Take it back"))
    elif asked.how == "joined":
        said = ngettext(
            "Somebody asked this before you: you are counted, and told with them.",
            "%(num)d others asked this before you: you are counted, and told with them.",
            others,
        )
        flash_undo(said, undo, gettext("Take it back"))
    elif asked.how == "known":
        flash(gettext("You have asked this already. You are told when somebody answers it."), "done")
    else:
        flash(gettext("This was asked before. If what was said to it is not what you need, ask it again."), "done")


@pages.get("/questions/<int:id>")
def show(id: int) -> ResponseReturnValue:
    question = questions.get(library(), id, member=member())
    if question.id != id:  # it was joined to another: the old address leads on
        return redirect(url_for("questions.show", id=question.id, was=id), 302)
    return show_page(question)


def show_page(
    question: Question, errors: dict[str, str] | None = None, values: dict[str, str] | None = None, preview: str = ""
) -> str:
    """The page of a question, as the signed-in member may see it; `errors` by the form's field."""
    found = questions.page(library(), question, member(), unmasked=unmasked())
    changes = questions.past(library(), question.id, unmasked=unmasked()) if can("answer_questions") else []
    return render_template(
        "questions/show.html",
        it=found,
        question=found.question,
        changes=[(change, differences.of(change.fields)) for change in changes],
        may_reword=rewording.may_reword(question, found.own, member()),
        errors=errors or {},
        values=values or {},
        preview=preview,
    )


def here(id: int) -> ResponseReturnValue:
    return redirect(url_for("questions.show", id=id), 303)


@pages.post("/questions/<int:id>/ask")
def me_too(id: int) -> ResponseReturnValue:
    asking.me_too(library(), id, member(), named=_named())
    undo = url_for("questions.withdraw", id=id)
    flash_undo(gettext("You are told when somebody answers it."), undo, gettext("Take it back"))
    return here(id)


@pages.post("/questions/<int:id>/withdraw")
def withdraw(id: int) -> ResponseReturnValue:
    question = asking.withdraw(library(), id, member())
    if question.state is QuestionState.OPEN:
        flash(gettext("You do not ask this any more."), "done")
    else:
        flash(gettext("Nobody asks this any more, so it is closed."), "done")
    return here(id)


@pages.post("/questions/<int:id>/asks/<int:ask>/part")
def split(id: int, ask: int) -> ResponseReturnValue:
    """Words that were taken for the same question become one of their own."""
    own = asking.split(library(), id, ask, member())
    undo = url_for("questions.join", id=own.id, into=id)
    flash_undo(gettext("That is a question of its own now."), undo, gettext("Join them again"))
    return here(own.id)


@pages.post("/questions/<int:id>/words")
def reword(id: int) -> ResponseReturnValue:
    typed = request.form.get("text", "")
    try:
        rewording.reword(library(), id, typed, member(), version=request.form.get("version", 0, type=whole))
    except (InvalidInput, Conflict) as error:
        question = questions.get(library(), id, member=member())
        return show_page(question, {"text": of_error(error)}, {"text": typed}), error.status
    flash_undo(gettext("Saved in other words."), url_for("questions.undo_reword", id=id))
    return here(id)


@pages.post("/questions/<int:id>/words/back")
def undo_reword(id: int) -> ResponseReturnValue:
    rewording.undo(library(), id, member())
    flash(gettext("The question has the words that it had."), "done")
    return here(id)


@pages.post("/questions/<int:id>/open")
def reopen(id: int) -> ResponseReturnValue:
    answering.reopen(library(), id, member(), undo=request.args.get("undo") == "yes")
    flash(gettext("The question is open again."), "done")
    return here(id)


@pages.post("/questions/<int:id>/proposals/<type>/<int:object>")
def judge(id: int, type: str, object: int) -> ResponseReturnValue:  # noqa: A002 - what the address calls it
    """What is proposed answers it, or does not."""
    word = request.values.get("word", "")
    if word == "answers":
        answering.accept(library(), id, type, object, member())
        flash_undo(gettext("Answered; those who asked are told."), url_for("questions.reopen", id=id, undo="yes"))
    else:
        answering.refuse(library(), id, type, object, member(), back=word == "back")
        if word != "back":
            undo = url_for("questions.judge", id=id, type=type, object=object, word="back")
            flash_undo(gettext("It is not proposed here any more."), undo)
    return here(id)


@pages.post("/questions/<int:id>/join")
def join(id: int) -> ResponseReturnValue:
    into = request.values.get("into", 0, type=whole)
    if request.values.get("word") == "apart":
        joining.keep_apart(library(), id, into, member())
        flash_undo(gettext("They stay two."), url_for("questions.join", id=id, into=into, word="again"))
        return here(id)
    if request.values.get("word") == "again":
        joining.keep_apart(library(), id, into, member(), back=True)
        return here(id)
    kept = joining.join(library(), id, into, member())
    said = ngettext("Joined. %(num)d asks it now.", "Joined. %(num)d ask it now.", kept.asked)
    flash_undo(said, url_for("questions.part", id=id), gettext("Part them again"))
    return here(kept.id)


@pages.post("/questions/<int:id>/part")
def part(id: int) -> ResponseReturnValue:
    """Undo a join; `id` is the question that went."""
    joining.part(library(), id, member())
    flash(gettext("The two questions stand on their own again."), "done")
    return here(id)
