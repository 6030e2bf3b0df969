"""Questions: the lists, one question with all that its page shows, its topics, throwing rubbish away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kb import privacy
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.gems import gems as gem_cases
from kb.library import Library
from kb.models import Gem, GemStatus, Member, Review, Role
from kb.questions import naming, wording
from kb.search.echo import terms_of
from kb.store import asks, gems, history, questions, reviews, tags
from kb.values.log import Change
from kb.values.questions import Own, Question, QuestionState, Wording
from kb.words import name_key

_LOOKED_AT = 300  # open questions that one is compared with
_PROPOSED = 6
_ASKED = ("question", "words", "from", "into")  # what a history tells of what somebody typed


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question with its answer, what may answer it, and what belongs to it, as one member may see it."""

    question: Question
    own: Own
    names: list[str]
    gem: Gem | None
    review: Review | None
    gems: list[Gem]
    reviews: list[Review]
    wordings: list[Wording]
    joined: list[Question]
    alike: list[Question]


def listed(
    library: Library,
    *,
    state: QuestionState | None = None,
    tag_id: int | None = None,
    asked_by: int | None = None,
    limit: int = 25,
    offset: int = 0,
    unmasked: bool = False,
) -> tuple[list[Question], int]:
    """A page of questions, and how many there are: open ones by how many asked, others the last changed first.
    `asked_by` is only ever the member who looks."""
    found, total = questions.listed(
        library.db, state=state, tag_id=tag_id, asked_by=asked_by, limit=limit, offset=offset
    )
    return _shown(library, found, unmasked), total


def _shown(library: Library, found: Sequence[Question], unmasked: bool) -> list[Question]:
    return list(found) if unmasked else naming.for_reader(library, found)


def counts(library: Library) -> dict[QuestionState, int]:
    found = questions.counts(library.db)
    return {state: found.get(state.value, 0) for state in QuestionState}


def open_for_topic(library: Library, tag_id: int, limit: int = 5, *, unmasked: bool = False) -> list[Question]:
    """The open questions of a topic, those that most people asked first."""
    return listed(library, state=QuestionState.OPEN, tag_id=tag_id, limit=limit, unmasked=unmasked)[0]


def for_member(library: Library, member: Member, limit: int = 5, *, unmasked: bool = False) -> list[Question]:
    """Open questions that a member could answer: those of others, first those of topics that they follow, keep or have
    gems in. None for readers, who do not answer."""
    if member.role < Role.REVIEWER:
        return []
    found = questions.in_order(library.db, questions.for_member(library.db, member.id, limit))
    return _shown(library, found, unmasked)


def for_review(
    library: Library, review: Review, limit: int = 5, *, unmasked: bool = False
) -> tuple[list[Question], list[Question]]:
    """The open questions beside a review that somebody is tagging: those that it seems to answer, then others."""
    text = "\n".join([review.title, review.body, *(turn.text for turn in review.turns)])[:30_000]
    terms = terms_of(text, review.language) | {term for tag in review.tags for term in terms_of(tag.name, "")}
    ranked = []
    for place, (id, words, language) in enumerate(questions.open_texts(library.db, _LOOKED_AT)):
        asked = wording.concepts(words, language)
        worth = wording.held(asked, terms)
        ranked.append((worth >= wording.MATCHES and len(asked) > 1, worth, -place, id))
    matching = [id for matches, _, _, id in sorted(ranked, reverse=True) if matches][:limit]
    others = [id for matches, _, _, id in ranked if not matches][: max(limit - len(matching), 0)]
    shown = _shown(library, list(questions.get_many(library.db, [*matching, *others]).values()), unmasked)
    found = {one.id: one for one in shown}
    return [found[id] for id in matching], [found[id] for id in others]


def get(library: Library, id: int, *, member: Member) -> Question:
    """One question; a joined one's number finds the one that it went into. Raises NotFound, for who is no curator also
    when it was thrown away."""
    question = questions.get(library.db, id)
    seen = {id}
    while question.state is QuestionState.JOINED and question.joined_into not in {None, *seen}:
        seen.add(question.id)
        question = questions.get(library.db, question.joined_into or 0)
    if question.state is QuestionState.RUBBISH and member.role < Role.CURATOR:
        raise NotFound("There is no question %(id)s.", id=id)
    return question


def page(library: Library, question: Question, member: Member, *, unmasked: bool) -> QuestionPage:
    """All that the page of a question shows this member."""
    db = library.db
    may_answer = member.role >= Role.REVIEWER
    own = asks.own(db, question.id, member.id)
    is_open = question.state is QuestionState.OPEN
    proposed = asks.proposed(db, question.id, _PROPOSED) if is_open and (may_answer or own.asked) else []
    seen_gems = _gems(library, [id for type, id in proposed if type == "gem"], unmasked)
    seen_reviews = _reviews(library, [id for type, id in proposed if type == "review"], unmasked)
    wordings = asks.wordings(db, question.id, question.text, member.id)
    if not unmasked:
        wordings = [replace(one, text=naming.words_for_reader(library, one.text)) for one in wordings]
    return QuestionPage(
        question=_for_reader(library, question, unmasked),
        own=own,
        names=asks.names(db, question.id),
        gem=_answering_gem(library, question, unmasked),
        review=next(iter(_reviews(library, [question.review_id], unmasked)), None) if question.review_id else None,
        gems=seen_gems,
        reviews=seen_reviews,
        wordings=wordings,
        joined=_shown(library, questions.joined_to(db, question.id), unmasked),
        alike=_shown(library, alike(library, question), unmasked) if is_open and (may_answer or own.asked) else [],
    )


def _for_reader(library: Library, question: Question, unmasked: bool) -> Question:
    """A written answer beside a review or gem is without the names of those whose reviews these are; the question without
    the full name of anybody whose work is reviewed."""
    if unmasked:
        return question
    [question] = naming.for_reader(library, [question])
    if not (question.review_id or question.gem_id):
        return question
    names = _people(library, {question.review_id}, {question.gem_id})
    return replace(
        question,
        answer=privacy.mask(question.answer, names),
        answered_by=privacy.mask(question.answered_by, names),
    )


def _people(library: Library, review_ids: Iterable[int | None], gem_ids: Iterable[int | None]) -> list[str]:
    """Whom these reviews, and those of these gems, are about."""
    pointed = [id for id in gem_ids if id]
    all_ids = {*pointed, *(gems.resolve(library.db, id) for id in pointed)}
    found = [
        privacy.hidden_names(one) for one in reviews.get_many(library.db, [id for id in review_ids if id], {}).values()
    ]
    found += [gem.reviewees for gem in gems.get_many(library.db, all_ids).values()]
    return [name for names in found for name in names]


def _answering_gem(library: Library, question: Question, unmasked: bool) -> Gem | None:
    """The gem that answers it, or the one that it was merged into."""
    if question.gem_id is None:
        return None
    return next(iter(_gems(library, [gems.resolve(library.db, question.gem_id)], unmasked)), None)


def _gems(library: Library, ids: Sequence[int], unmasked: bool) -> list[Gem]:
    found = gems.get_many(library.db, ids)
    there = [
        found[id]
        for id in ids
        if id in found and found[id].trashed_at is None and found[id].status is not GemStatus.NOMINATED
    ]
    return there if unmasked else [privacy.gem_for_reader(gem) for gem in there]


def _reviews(library: Library, ids: Sequence[int], unmasked: bool) -> list[Review]:
    found = reviews.get_many(library.db, ids, tags.of_reviews(library.db, ids))
    there = [found[id] for id in ids if id in found and found[id].trashed_at is None]
    return there if unmasked else [privacy.for_reader(review) for review in there]


def answered_for(library: Library, member_id: int, since: datetime, until: datetime) -> list[tuple[Question, str]]:
    """The member's own questions that were answered in the span, the last first, each with the title of its gem, if it
    has one; as a reader may see them."""
    found = questions.in_order(library.db, asks.answered_for(library.db, member_id, since, until))
    titles = {gem.id: gem.title for gem in _gems(library, [one.gem_id for one in found if one.gem_id], False)}
    return [(_for_reader(library, one, False), titles.get(one.gem_id or 0, "")) for one in found]


def alike(library: Library, question: Question, limit: int = 4) -> list[Question]:
    """Other open questions that may ask the same, without those that somebody said are others."""
    apart = {question.id, *questions.kept_apart(library.db, question.id)}
    others = [row for row in questions.open_texts(library.db, _LOOKED_AT) if row[0] not in apart]
    return questions.in_order(library.db, wording.alike(question.text, question.language, others)[:limit])


def past(library: Library, id: int, *, unmasked: bool = False) -> list[Change]:
    """What was done to a question, newest first; who asked without a name is nobody in it. Without `unmasked` no answer
    names the people of what it pointed to, and no question anybody whose work is reviewed."""
    found = history.of(library.db, "question", id)
    if unmasked:
        return found
    pointed = {type: {id for change in found for id in change.fields.get(type, ())} for type in ("review", "gem")}
    names = _people(library, pointed["review"], pointed["gem"])
    everybody = tags.people_named(library.db)
    return [
        replace(change, who=privacy.mask(change.who, names), fields=_masked(change.fields, names, everybody))
        for change in found
    ]


def _masked(
    fields: Mapping[str, tuple[Any, Any]], names: Sequence[str], everybody: Sequence[str]
) -> dict[str, tuple[Any, Any]]:
    def said(name: str, value: Any) -> Any:
        if name == "answer":
            return privacy.mask(str(value or ""), names)
        return privacy.mask_in_full(value, everybody) if name in _ASKED and isinstance(value, str) else value

    return {name: (said(name, was), said(name, now)) for name, (was, now) in fields.items()}


def set_topics(library: Library, id: int, names: Iterable[str], member: Member) -> Question:
    """Put a question under these topics, by name or alias. Raises NotFound, InvalidInput for a topic that is not there."""
    now = library.now()
    with library.transaction() as db:
        question = questions.get(db, id)
        wanted = [name for name in names if name_key(name)]
        found = tags.find(db, wanted)
        missing = next((name for name in wanted if name_key(name) not in found), None)
        if missing is not None:
            raise InvalidInput(
                "There is no topic %(missing)s. Take one from the list.", "topics", missing=repr(missing[:60])
            )
        questions.set_tags(db, id, [found[name_key(name)] for name in wanted])
        before = [tag.name for tag in question.tags]
        after = [tag.name for tag in questions.get(db, id).tags]
        if before != after:
            questions.change(db, id, now)
            history.add(db, "question", id, "topics", member.called, now, {"topics": (before, after)})
    return questions.get(library.db, id)


def throw_away(library: Library, id: int, member: Member) -> None:
    """Rubbish: out of every list but the curators'. Raises NotFound, Conflict when it is joined to another."""
    _move(library, id, member, away=True)


def bring_back(library: Library, id: int, member: Member) -> None:
    """Undo `throw_away`."""
    _move(library, id, member, away=False)


def _move(library: Library, id: int, member: Member, *, away: bool) -> None:
    if member.role < Role.CURATOR:
        raise NotAllowed("Curators throw questions away and bring them back.")
    now = library.now()
    with library.transaction() as db:
        question = questions.get(db, id)
        if question.state is QuestionState.JOINED:
            raise Conflict("This question is joined to another one. Part them first.")
        if (question.state is QuestionState.RUBBISH) == away:
            return
        state = QuestionState.RUBBISH if away else QuestionState(question.was or QuestionState.OPEN)
        closed_at = None if state is QuestionState.OPEN else question.closed_at or now
        was = question.state.value if away else ""
        questions.change(db, id, now, state=state.value, was=was, closed_at=closed_at)
        history.add(db, "question", id, "thrown away" if away else "brought back", member.called, now)


def gem_named(library: Library, text: str) -> int:
    """A published gem by its number or its address. Raises InvalidInput."""
    gem = gem_cases.named(library, text, "gem")
    if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
        raise InvalidInput("Only a published gem answers: readers do not see others. Publish it first.", "gem")
    return gem.id
