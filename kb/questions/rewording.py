"""An open question in better words: for curators, and for who asked it while nobody else asks the same."""

from __future__ import annotations

from kb.errors import Conflict, NotAllowed
from kb.library import Library
from kb.models import Member, Role
from kb.questions import asking, matching, wording
from kb.store import asks, history, questions
from kb.store.database import Database
from kb.values.questions import Own, Question, QuestionState

_DEED = "reworded"


def may_reword(question: Question, own: Own, member: Member) -> bool:
    """What others ask, too, is for curators to change."""
    mine = own.asked and question.asked == 1
    return question.state is QuestionState.OPEN and (mine or member.role >= Role.CURATOR)


def reword(library: Library, id: int, text: str, member: Member, *, version: int | None = None) -> Question:
    """Put an open question into other words. What was proposed for the old ones and not judged gives way to what the new
    ones find; questions that are alike are those of the new ones.

    `version` is the question's, from which the edit began. Raises InvalidInput, NotFound, NotAllowed; Conflict when it is
    not open, when somebody changed it meanwhile, or when another open question asks just that.
    """
    return _put(library, id, asking.checked(text), member, version=version)


def undo(library: Library, id: int, member: Member) -> Question:
    """The words that it had before the last time. Raises Conflict when it has others by now, or never had; else as
    `reword` does."""
    last = next((change for change in history.of(library.db, "question", id) if change.action == _DEED), None)
    before, after = last.fields["question"] if last is not None else ("", None)
    if questions.get(library.db, id).text != after:
        raise Conflict("The question has other words by now. Its history says which ones it had.")
    return _put(library, id, before, member, back=True)


def _put(
    library: Library, id: int, text: str, member: Member, *, version: int | None = None, back: bool = False
) -> Question:
    language = wording.language_of(text)
    key, now = wording.key_of(text, language), library.now()
    found = matching.finds(library, id, text, language)
    with library.transaction() as db:
        question = questions.get(db, id)
        who = _name(db, question, member)
        if version is not None and version != question.version:
            raise Conflict("Somebody changed this question meanwhile. Compare it with your words, and save again.")
        if text == question.text:
            return question
        other = questions.of_key(db, key)
        if other is not None and other[0] != id and other[1] is QuestionState.OPEN:
            if not back:
                raise Conflict("Question %(id)s asks just that. Join the two instead.", id=other[0])
            key = f"{key} #{id}"
        questions.change(db, id, now, text=text, language=language, key=key)
        asks.reword(db, id, question.text, text)
        asks.drop_proposed(db, id)
        asks.propose(db, found, now)
        history.add(db, "question", id, _DEED, who, now, {"question": (question.text, text)})
    return questions.get(library.db, id)


def _name(db: Database, question: Question, member: Member) -> str:
    """How the history names who does it: not at all who asked without their name. Raises NotAllowed, Conflict."""
    own = asks.own(db, question.id, member.id)
    if question.state is not QuestionState.OPEN:
        raise Conflict("Only an open question is put into other words.")
    if not may_reword(question, own, member):
        raise NotAllowed("A question is put into other words by curators, and by who alone asked it.")
    return member.called if member.role >= Role.CURATOR or own.named else ""
