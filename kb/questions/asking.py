"""Asking: what was searched and not found becomes an open question, or one more who asks the same.

Who asks without their name stands in no history, notice or page but their own (docs/questions.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.errors import InvalidInput, NotAllowed, NotFound
from kb.library import Library
from kb.models import Member, Role
from kb.questions import answering, wording
from kb.search.analysis import stream
from kb.search.folding import clean
from kb.store import asks, history, questions, tags
from kb.store.database import Database
from kb.tags.mentions import mentions
from kb.tags.rules import Readable
from kb.values.questions import Question, QuestionState
from kb.words import name_key

LONGEST = 500
_MOST_TOPICS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of an ask: the question that it went to, and how: new, joined, known (the member asked it already) or
    answered (it was answered before, or closed with a word, and nothing was asked)."""

    question: Question
    how: str


def ask(library: Library, text: str, member: Member, *, named: bool, topics: Iterable[str] = ()) -> Asked:
    """Ask a question. `topics` are names of topics to put it under.

    The same words that somebody asked before make it one with theirs, which is opened again if nobody had needed it for
    long; was it answered, or closed with a word, that is shown and nothing is asked (`me_too` does).
    Raises InvalidInput when there is nothing to read in it.
    """
    text = checked(text)
    language = wording.language_of(text)
    key = wording.key_of(text, language)
    now = library.now()
    with library.transaction() as db:
        known = questions.of_key(db, key)
        if known is not None and known[1] is not QuestionState.OPEN:
            before = questions.get(db, known[0])
            if before.closed_for not in ("stale", "withdrawn"):
                return Asked(before, "answered")
            answering.open_again(library, db, before, _who(member, named))
        if known is not None:
            how = "joined" if _add(library, db, known[0], text, member, named=named) else "known"
            return Asked(questions.get(db, known[0]), how)
        id = questions.insert(db, text, language, key, now)
        questions.set_tags(db, id, _topics(db, text, language, topics))
        history.add(db, "question", id, "asked", _who(member, named), now)
        asks.add(db, id, member.id, text, named=named, now=now)
        asks.recount(db, id, now)
    return Asked(questions.get(library.db, id), "new")


def checked(text: str) -> str:
    """The question on one line. Raises InvalidInput."""
    text = " ".join(clean(text).split())
    if not any(letter.isalnum() for letter in text):
        raise InvalidInput("Write the question in a few words.", "text")
    if len(text) > LONGEST:
        raise InvalidInput(
            "The question has %(count)s characters; at most %(longest)s make a question.",
            "text",
            count=len(text),
            longest=LONGEST,
        )
    return text


def _who(member: Member, named: bool) -> str:
    return member.called if named else ""


def _topics(db: Database, text: str, language: str, names: Iterable[str]) -> list[int]:
    """The topics that were chosen in the search, and those that the question names."""
    wanted = [name for name in names if name_key(name)]
    chosen = list(tags.find(db, wanted).values()) if wanted else []
    found = stream(text, language)
    forms = frozenset([*found.words, *" ".join(found.stems).split()])
    said = mentions(Readable(f" {' '.join(found.words)} ", forms, text, language, "", ""), tags.all_tags(db))
    return list(dict.fromkeys([*chosen, *sorted(said, key=lambda id: -said[id])]))[:_MOST_TOPICS]


def _add(library: Library, db: Database, id: int, text: str, member: Member, *, named: bool) -> bool:
    now = library.now()
    if not asks.add(db, id, member.id, text, named=named, now=now):
        return False
    asks.recount(db, id, now)
    history.add(db, "question", id, "asked too", _who(member, named), now)
    return True


def me_too(library: Library, id: int, member: Member, *, named: bool) -> Question:
    """Ask what is asked there, too; for who asked already, only whether with their name changes. What was answered or
    closed is opened again by it: the answer was not what is needed.

    Raises NotFound, Conflict when it was joined to another one or thrown away.
    """
    with library.transaction() as db:
        question = questions.get(db, id)
        if question.state is not QuestionState.OPEN:
            answering.open_again(library, db, question, _who(member, named))
        _add(library, db, id, question.text, member, named=named)
    return questions.get(library.db, id)


def withdraw(library: Library, id: int, member: Member) -> Question:
    """Ask it no more. A question that nobody asks is closed. Raises NotFound, also for who did not ask it."""
    now = library.now()
    with library.transaction() as db:
        question = questions.get(db, id)
        named = asks.own(db, id, member.id).named
        if not asks.remove(db, id, member.id):
            raise NotFound("You have not asked this question.")
        left = asks.recount(db, id)
        history.add(db, "question", id, "asked no more", _who(member, named), now)
        if not left and question.state is QuestionState.OPEN:
            questions.change(db, id, now, state=QuestionState.CLOSED.value, closed_at=now, closed_for="withdrawn")
            history.add(db, "question", id, "closed", "", now, {"reason": ("", "withdrawn")})
    return questions.get(library.db, id)


def split(library: Library, id: int, ask_id: int, member: Member) -> Question:
    """Let words that were taken for the same question stand on their own: for who asked so, and for curators.

    Raises NotFound, NotAllowed.
    """
    now = library.now()
    with library.transaction() as db:
        question = questions.get(db, id)
        found = asks.get(db, ask_id, id)
        if found is None:
            raise NotFound("These words are not part of the question any more.")
        text, asker = found
        if asker != member.id and member.role < Role.CURATOR:
            raise NotAllowed("Only who asked so, or a curator, can part it from the question.")
        # Its own key, so that the next who asks in these words does not bring the two together again.
        own = questions.insert(db, text, question.language, f"{question.key} #{ask_id}", now)
        questions.set_tags(db, own, [tag.id for tag in question.tags])
        asks.make_own(db, ask_id, own)
        asks.recount(db, own, now)
        asks.recount(db, id)
        questions.keep_apart(db, id, own)
        # Without a name, whoever did it: if it is the asker's doing, theirs would tell who asked.
        history.add(db, "question", id, "parted", "", now, {"words": (text, None)})
        history.add(db, "question", own, "parted", "", now, {"from": (question.text, None)})
    return questions.get(library.db, own)
