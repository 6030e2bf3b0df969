"""Answering: a gem, a review or somebody's words close a question, and those who asked are told; and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.gems import health
from kb.languages import Count
from kb.library import Library
from kb.models import GemStatus, Member, Role
from kb.store import asks, gems, history, notices, questions, reviews
from kb.store.database import Database
from kb.values.questions import Question, QuestionState

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers a question: words in Markdown, a published gem, a review, or several of them."""

    text: str = ""
    gem_id: int | None = None
    review_id: int | None = None


def answer(library: Library, id: int, answer: Answer, member: Member, *, version: int | None = None) -> Question:
    """Close a question with an answer, or change the answer that it has. Those who asked are told.

    `version` is the one that the answer was begun from. Raises NotFound, NotAllowed for readers (but for taking what is
    proposed under a question of one's own), InvalidInput, Conflict when somebody changed it meanwhile.
    """
    with library.transaction() as db:
        question = questions.get(db, id)
        _check(db, question, answer, member)
        if version is not None and version != question.version:
            raise Conflict("Somebody changed this question while you were writing. Look at it, then save again.")
        _close(library, db, question, answer, member)
    return questions.get(library.db, id)


def accept(library: Library, id: int, type: str, object_id: int, member: Member) -> Question:
    """Take what is proposed as the answer: for reviewers, and for who asked. Raises as `answer` does."""
    with library.transaction() as db:
        if not asks.judge(db, id, type, object_id, "taken"):
            raise NotFound("That is not proposed as an answer here.")
        chosen = Answer(gem_id=object_id) if type == "gem" else Answer(review_id=object_id)
        return answer(library, id, chosen, member)


def refuse(library: Library, id: int, type: str, object_id: int, member: Member, *, back: bool = False) -> None:
    """Say that it does not answer the question: it is not proposed again; `back` undoes that. For reviewers, and for who
    asked. Raises NotFound, NotAllowed."""
    with library.transaction() as db:
        question = questions.get(db, id)
        _check_may(db, question, member)
        if not asks.judge(db, id, type, object_id, "proposed" if back else "refused"):
            raise NotFound("That is not proposed as an answer here.")


def _check_may(db: Database, question: Question, member: Member) -> None:
    if member.role < Role.REVIEWER and not asks.own(db, question.id, member.id).asked:
        raise NotAllowed("Reviewers, and who asked a question, say what answers it.")


def _check(db: Database, question: Question, answer: Answer, member: Member) -> None:
    if answer.text and member.role < Role.REVIEWER:
        raise NotAllowed("Reviewers write answers. If you know it, say it to one of them.")
    _check_may(db, question, member)
    if question.state in (QuestionState.JOINED, QuestionState.RUBBISH):
        raise Conflict("This question is not there any more: it was joined to another one, or thrown away.")
    if not (answer.text.strip() or answer.gem_id or answer.review_id):
        raise InvalidInput("Write the answer, or name the gem that has it.", "answer")
    if len(answer.text) > LONGEST:
        raise InvalidInput(
            "The answer has %(count)s characters; at most %(longest)s can be kept.",
            "answer",
            count=Count(len(answer.text)),
            longest=Count(LONGEST),
        )
    if answer.gem_id is not None:
        gem = gems.get(db, answer.gem_id)
        if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
            raise InvalidInput("Only a published gem answers: readers do not see others. Publish it first.", "gem")
    if answer.review_id is not None and reviews.get(db, answer.review_id).trashed_at is not None:
        raise InvalidInput("That review was thrown away.", "review")


def _close(library: Library, db: Database, question: Question, answer: Answer, member: Member) -> None:
    now, name = library.now(), _name(db, question, member)
    text = answer.text.replace("\r\n", "\n").strip()
    questions.change(
        db, question.id, now, state=QuestionState.ANSWERED.value, closed_at=now, closed_for="", answer=text,
        answered_by=name, answered_by_id=member.id if name else None, gem_id=answer.gem_id, review_id=answer.review_id,
    )  # fmt: skip
    was = {"answer": question.answer, "gem": question.gem_id, "review": question.review_id}
    new = {"answer": text, "gem": answer.gem_id, "review": answer.review_id}
    fields = {key: (was[key], new[key]) for key in new if was[key] != new[key]}
    history.add(db, "question", question.id, "answered", name, now, fields)
    tell(db, question.id, "question answered", name, now, without=member)


def tell(
    db: Database, id: int, kind: str, who: str, now: datetime, *, words: str = "", without: Member | None = None
) -> None:
    """Leave a notice for everybody who asked, but for who caused it. What they were told before and have not read is
    overtaken by it."""
    asks.forget_unread(db, id)
    told = [member_id for member_id in asks.members_of(db, id) if without is None or member_id != without.id]
    notices.add(db, told, kind, "question", id, who, words, now)


def _name(db: Database, question: Question, member: Member) -> str:
    """How pages name who did it: not at all a reader who asked without their name, since nobody else among the readers
    may do it."""
    hidden = member.role < Role.REVIEWER and not asks.own(db, question.id, member.id).named
    return "" if hidden else member.called


def reopen(library: Library, id: int, member: Member, *, undo: bool = False) -> Question:
    """Open a question again that was answered or closed. Its answer stays beside it, as an earlier one; with `undo`, for
    whoever gave it, it goes (the history keeps it). For reviewers, and for who asked.

    Raises NotFound, NotAllowed, Conflict when it is open, joined or thrown away.
    """
    with library.transaction() as db:
        question = questions.get(db, id)
        _check_may(db, question, member)
        open_again(library, db, question, _name(db, question, member), undo=undo and _is_own(question, member))
    return questions.get(library.db, id)


def _is_own(question: Question, member: Member) -> bool:
    return question.answered_by_id in (None, member.id)


def open_again(library: Library, db: Database, question: Question, who: str, *, undo: bool = False) -> None:
    """Part of the transaction of who opens it. Raises Conflict."""
    if question.state not in (QuestionState.ANSWERED, QuestionState.CLOSED):
        raise Conflict("Only a question that was answered or closed is opened again.")
    now = library.now()
    questions.change(
        db,
        question.id,
        now,
        state=QuestionState.OPEN.value,
        closed_at=None,
        closed_for="",
        asked_at=now,
        forgotten_at=None,
    )
    if undo:
        questions.change(
            db, question.id, now, answer="", answered_by="", answered_by_id=None, gem_id=None, review_id=None
        )
    for type, object_id in (("gem", question.gem_id), ("review", question.review_id)):
        if object_id is not None:
            asks.judge(db, question.id, type, object_id, "proposed" if undo else "refused")
    fields = {"answer": (question.answer, "")} if undo and question.answer else None
    history.add(db, "question", question.id, "opened again", who, now, fields)
    asks.forget_unread(db, question.id)


def close(library: Library, id: int, word: str, member: Member) -> Question:
    """Close a question that needs no answer any more, with a word why. For reviewers. Raises NotFound, NotAllowed,
    InvalidInput when the word is missing, Conflict when it is not open."""
    word = health.checked_word(word, "Say in a word why it needs no answer: those who asked read it.")
    now = library.now()
    with library.transaction() as db:
        question = questions.get(db, id)
        if member.role < Role.REVIEWER:
            raise NotAllowed("Reviewers close questions. If it is yours, take it back.")
        if question.state is not QuestionState.OPEN:
            raise Conflict("This question is not open any more.")
        questions.change(db, id, now, state=QuestionState.CLOSED.value, closed_at=now, closed_for=word)
        history.add(db, "question", id, "closed", member.called, now, {"reason": ("", word)})
        tell(db, id, "question closed", member.called, now, words=word, without=member)
    return questions.get(library.db, id)
