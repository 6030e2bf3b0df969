"""What is done to questions with time: stale ones close, rubbish is erased, who asked without their name is forgotten."""

from __future__ import annotations

from datetime import timedelta

from kb.library import Library
from kb.questions import answering
from kb.store import asks, history, questions
from kb.values.questions import QuestionState

# Time enough to be told and to say "this is not it"; then nothing ties an anonymous question to anybody any more.
FORGOTTEN_AFTER = timedelta(days=30)
_BATCH = 200
_BY = "kb"


def run(library: Library) -> int:
    """Safe to repeat, from any process; gives how many questions were closed."""
    forget_anonymous(library)
    erase_rubbish(library)
    return close_stale(library)


def erase_rubbish(library: Library) -> int:
    """Erase what has been rubbish for longer than the setting `trash_days`, its history with it; gives how many."""
    before = library.now() - timedelta(days=library.settings.trash_days)
    if not questions.thrown_before(library.db, before):
        return 0
    with library.transaction() as db:
        ids = [id for root in questions.thrown_before(db, before) for id in questions.with_those_joined(db, root)]
        questions.erase(db, ids)
    return len(ids)


def close_stale(library: Library) -> int:
    """Close what nobody has asked for as long as the setting `question_days` says. Who asked is told, and can open it
    again."""
    now = library.now()
    before = now - timedelta(days=library.settings.question_days)
    closed = 0
    while questions.stale(library.db, before, 1):
        with library.transaction() as db:
            ids = questions.stale(db, before, _BATCH)
            for id in ids:
                questions.change(db, id, now, state=QuestionState.CLOSED.value, closed_at=now, closed_for="stale")
                answering.tell(db, id, "question stale", _BY, now)
            history.add_many(db, "question", ids, "closed", _BY, now, {"reason": ("", "stale")})
            closed += len(ids)
    return closed


def forget_anonymous(library: Library) -> int:
    """Forget who asked without their name what has been answered or closed for a month; gives of how many questions."""
    now = library.now()
    before = now - FORGOTTEN_AFTER
    if not asks.to_forget(library.db, before):
        return 0
    with library.transaction() as db:
        return asks.forget(db, before, now)
