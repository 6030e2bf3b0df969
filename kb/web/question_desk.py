"""What reviewers and curators do to a question: answer it, close it, put it under topics, throw rubbish away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.errors import Conflict, InvalidInput
from kb.questions import answering, questions
from kb.questions.answering import Answer
from kb.web import topic_names
from kb.web.context import flash_undo, library, member
from kb.web.languages import gettext, of_error
from kb.web.questions import here, show_page

pages = Blueprint("question_desk", __name__)


@pages.post("/questions/<int:id>/answer")
def answer(id: int) -> ResponseReturnValue:
    question = questions.get(library(), id, member=member())
    values = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in ("answer", "gem", "version")}
    if request.form.get("do") == "preview":
        return show_page(question, values=values, preview=values["answer"])
    try:
        gem_id = questions.gem_named(library(), values["gem"]) if values["gem"] else None
        given = Answer(values["answer"], gem_id, question.review_id)
        version = int(values["version"]) if values["version"].isdecimal() and len(values["version"]) < 10 else None
        answering.answer(library(), id, given, member(), version=version)
    except InvalidInput as error:
        return show_page(question, {error.field or "answer": of_error(error)}, values), 400
    except Conflict as error:
        return show_page(question, {"answer": of_error(error)}, {**values, "version": ""}), 409
    flash_undo(gettext("Answered; those who asked are told."), url_for("questions.reopen", id=id, undo="yes"))
    return here(id)


@pages.post("/questions/<int:id>/close")
def close(id: int) -> ResponseReturnValue:
    try:
        answering.close(library(), id, request.form.get("word", ""), member())
    except InvalidInput as error:
        return show_page(questions.get(library(), id, member=member()), {"word": of_error(error)}), 400
    undo = url_for("questions.reopen", id=id)
    flash_undo(gettext("Closed; those who asked are told why."), undo, gettext("Open it again"))
    return here(id)


@pages.post("/questions/<int:id>/topics")
def topics(id: int) -> ResponseReturnValue:
    question = questions.get(library(), id, member=member())
    typed = request.form.get("topics", "")
    try:
        questions.set_topics(library(), question.id, topic_names.typed(library(), typed), member())
    except InvalidInput as error:
        return show_page(question, {"topics": of_error(error)}, {"topics": typed}), 400
    flash(gettext("Topics saved."), "done")
    return here(id)


@pages.post("/questions/<int:id>/trash")
def trash(id: int) -> ResponseReturnValue:
    questions.throw_away(library(), id, member())
    undo = url_for("question_desk.bring_back", id=id)
    flash_undo(gettext("Thrown away."), undo, gettext("Bring it back"))
    return redirect(url_for("questions.index"), 303)


@pages.post("/questions/<int:id>/bring-back")
def bring_back(id: int) -> ResponseReturnValue:
    questions.bring_back(library(), id, member())
    flash(gettext("The question is back."), "done")
    return here(id)
