"""Several questions that ask the same become one, with the number of all who asked; and are parted again."""

from __future__ import annotations

from kb.errors import Conflict, NotAllowed
from kb.library import Library
from kb.models import Member, Role
from kb.store import asks, history, questions
from kb.store.database import Database
from kb.values.questions import Question, QuestionState


def join(library: Library, id: int, into: int, member: Member) -> Question:
    """Let everybody who asked one question ask the other; its address leads there. For reviewers, and for who asked it.
    Gives the question that stays. Raises NotFound, NotAllowed, Conflict when one of them is not open."""
    now = library.now()
    with library.transaction() as db:
        gone, kept = questions.get(db, id), questions.get(db, into)
        who = _name(db, gone, member)
        if gone.id == kept.id:
            raise Conflict("A question cannot be joined to itself.")
        if gone.state is not QuestionState.OPEN or kept.state is not QuestionState.OPEN:
            raise Conflict("One of the two questions is not open any more.")
        asks.move(db, questions.with_those_joined(db, id), kept.id)
        questions.change(db, id, now, state=QuestionState.JOINED.value, joined_into=kept.id)
        _count(db, gone.id, kept.id)
        tags = {tag.id for tag in (*gone.tags, *kept.tags)}
        questions.set_tags(db, kept.id, tags)
        history.add(db, "question", id, "joined", who, now, {"into": (None, kept.text)})
        history.add(db, "question", kept.id, "took in", who, now, {"question": (None, gone.text)})
    return questions.get(library.db, kept.id)


def part(library: Library, id: int, member: Member) -> Question:
    """Undo `join`; `id` is the question that went. For reviewers, and for who asked it. Raises NotFound, NotAllowed,
    Conflict when it is not joined."""
    now = library.now()
    with library.transaction() as db:
        gone = questions.get(db, id)
        if gone.state is not QuestionState.JOINED or gone.joined_into is None:
            raise Conflict("This question stands on its own already.")
        kept = questions.get(db, gone.joined_into)
        who = _name(db, kept, member)
        asks.move(db, questions.with_those_joined(db, id), id)
        questions.change(db, id, now, state=QuestionState.OPEN.value, joined_into=None)
        _count(db, gone.id, kept.id)
        questions.keep_apart(db, gone.id, kept.id)
        history.add(db, "question", id, "parted", who, now, {"from": (kept.text, None)})
        history.add(db, "question", kept.id, "let go", who, now, {"question": (gone.text, None)})
    return questions.get(library.db, id)


def keep_apart(library: Library, id: int, other: int, member: Member, *, back: bool = False) -> None:
    """These two ask different things: joining them is not proposed again; `back` undoes that. Raises as `join` does."""
    with library.transaction() as db:
        question, another = questions.get(db, id), questions.get(db, other)
        _name(db, question, member)
        if back:
            questions.compare_again(db, question.id, another.id)
        else:
            questions.keep_apart(db, question.id, another.id)


def _count(db: Database, *ids: int) -> None:
    for id in ids:
        asks.recount(db, id)


def _name(db: Database, question: Question, member: Member) -> str:
    """How the history names who does it: not at all who asked without their name. Raises NotAllowed."""
    own = asks.own(db, question.id, member.id)
    if member.role < Role.REVIEWER and not own.asked:
        raise NotAllowed("Reviewers, and who asked a question, say which are the same.")
    return "" if member.role < Role.REVIEWER and not own.named else member.called
