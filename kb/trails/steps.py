"""The steps of a trail: added, moved, said something before, taken out and put back, a gap closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from kb.errors import Conflict, InvalidInput, NotFound
from kb.languages import Count
from kb.library import Library
from kb.models import GemStatus, Member
from kb.store import gems, history, reviews, tags, trails
from kb.store.database import Database, stamp
from kb.trails import scenes
from kb.values.trails import Step, StepKind, Trail

MOST = 200
LONGEST_WORDS = 20_000
_REFERENCE = re.compile(r"\s*(gem|review|topic|replay)[ :#]+(\d{1,12})\b", re.IGNORECASE)


def reference(text: str) -> tuple[StepKind, int] | None:
    """What a type-ahead wrote into its box: `gem 12: Export stops` is gem 12. None for any other text."""
    found = _REFERENCE.match(text)
    return (StepKind(found[1].lower()), int(found[2])) if found else None


@contextmanager
def _changing(library: Library, id: int, member: Member, action: str) -> Iterator[tuple[Database, Trail]]:
    """One change of a trail's steps: its version counts on, and its history says how the steps were and are."""
    now = library.now()
    with library.transaction() as db:
        trail = trails.get(db, id)
        if trail.trashed_at is not None:
            raise NotFound("Trail %(id)s was thrown away. Bring it back first.", id=id)
        before = _lines(db, id)
        yield db, trail
        after = _lines(db, id)
        if before != after:
            trails.update(db, id, now)
            history.add(db, "trail", id, action, member.called, now, {"steps": ("\n".join(before), "\n".join(after))})


def _lines(db: Database, id: int) -> list[str]:
    """The steps as the history keeps them, a line each: without titles, which have a history of their own."""
    found = trails.steps(db, [id]).get(id, [])
    return [
        " ".join(
            word for word in (step.kind.value, str(step.object_id or ""), " ".join(step.words.split())[:200]) if word
        )
        for step in found
    ]


def add(
    library: Library, id: int, kind: StepKind, member: Member, *, object_id: int | None = None, words: str = ""
) -> Step:
    """Put a step in behind the others. Raises NotFound, InvalidInput when it cannot be a step, Conflict when it is in the
    trail already."""
    words = _checked_words(words, required=kind is StepKind.WORDS)
    with _changing(library, id, member, "step added") as (db, _):
        there = trails.steps(db, [id]).get(id, [])
        if len(there) >= MOST:
            raise InvalidInput("A trail has at most %(most)s steps. Begin another one for the rest.", "q", most=MOST)
        object_id = None if kind is StepKind.WORDS else checked_object(db, kind, object_id)
        if object_id and object_id in _led_to(db, kind, there):
            raise Conflict("This is a step of the trail already.")
        (new,) = trails.insert_steps(db, id, [(kind, object_id, words)], len(there))
        step = trails.step(db, new)
    assert step is not None
    return step


def _led_to(db: Database, kind: StepKind, there: Sequence[Step]) -> set[int]:
    """The numbers of what steps of a kind lead to, also where it went into another since."""
    ids = [step.object_id for step in there if step.kind is kind and step.object_id]
    follow = {StepKind.GEM: trails.merged, StepKind.TOPIC: trails.redirected}.get(kind)
    moved = follow(db, ids) if follow else {}
    return {moved.get(id, id) for id in ids}


def _checked_words(text: str, *, required: bool) -> str:
    text = text.replace("\r\n", "\n").strip()
    if required and not text:
        raise InvalidInput("Write a few words, then add them.", "words")
    if len(text) > LONGEST_WORDS:
        raise InvalidInput(
            "These are %(count)s characters; at most %(longest_words)s make a step.",
            "words",
            count=Count(len(text)),
            longest_words=Count(LONGEST_WORDS),
        )
    return text


def checked_object(db: Database, kind: StepKind, id: int | None) -> int:
    """The number of what a step leads to, if it can be one. Raises InvalidInput, NotFound."""
    if id is None:
        raise InvalidInput("Say which gem, review or topic.", "q")
    if kind is StepKind.GEM:
        gem = gems.get(db, id)
        if gem.status is not GemStatus.PUBLISHED or gem.trashed_at is not None:
            raise InvalidInput("Only a published gem can be a step: readers do not see this one.", "q")
        return gem.id
    if kind is StepKind.TOPIC:
        return tags.get(db, id).id
    review = reviews.get(db, id)
    if review.trashed_at is not None:
        raise InvalidInput("This review was thrown away. Bring it back first, or take another.", "q")
    if kind is StepKind.REPLAY and not scenes.points(review):
        raise InvalidInput("This review has no conversation in which a customer is answered: it cannot be tried.", "q")
    return review.id


def move(library: Library, id: int, step_id: int, by: int, member: Member) -> None:
    """Move a step up (-1) or down (1); at an end nothing happens. Raises NotFound."""
    with _changing(library, id, member, "steps moved") as (db, _):
        ids = [step.id for step in trails.steps(db, [id]).get(id, [])]
        if step_id not in ids:
            raise NotFound("This step is not in the trail any more.")
        at = ids.index(step_id)
        ids.insert(min(max(at + by, 0), len(ids)), ids.pop(at))
        trails.place(db, ids)


def order(library: Library, id: int, wanted: Sequence[int], member: Member) -> None:
    """Put the steps in this order; what is not named stays behind what is. Raises NotFound."""
    with _changing(library, id, member, "steps moved") as (db, _):
        ids = [step.id for step in trails.steps(db, [id]).get(id, [])]
        named = [step for step in dict.fromkeys(wanted) if step in ids]
        trails.place(db, [*named, *(step for step in ids if step not in named)])


def say(library: Library, id: int, words: Mapping[int, str], member: Member, *, version: int) -> None:
    """Change what is said before steps, or is one. Raises NotFound, InvalidInput, Conflict when somebody else changed the
    trail meanwhile."""
    with _changing(library, id, member, "edited") as (db, trail):
        there = {step.id: step for step in trails.steps(db, [id]).get(id, [])}
        changed = {
            step: text
            for step, typed in words.items()
            if step in there
            and (text := _checked_words(typed, required=there[step].kind is StepKind.WORDS)) != there[step].words
        }
        if changed and trail.version != version:
            raise Conflict("Somebody else changed this trail meanwhile. Look at it, then save your words again.")
        for step, text in changed.items():
            trails.set_step(db, step, words=text)


def take_out(library: Library, id: int, step_id: int, member: Member) -> None:
    """Take a step out; who was done with it is kept, for `put_back`. Raises NotFound."""
    with _changing(library, id, member, "step taken out") as (db, _):
        _step_of(db, id, step_id)
        trails.set_step(db, step_id, removed_at=stamp(library.now()))


def put_back(library: Library, id: int, step_id: int, member: Member) -> None:
    """Undo `take_out`: where it was. Raises NotFound."""
    with _changing(library, id, member, "step put back") as (db, _):
        step = _step_of(db, id, step_id)
        if step.removed_at is not None:
            trails.set_step(db, step_id, removed_at=None)
            ids = [each.id for each in trails.steps(db, [id])[id] if each.id != step_id]
            ids.insert(min(step.position, len(ids)), step_id)
            trails.place(db, ids)


def become(library: Library, id: int, step_id: int, kind: StepKind, member: Member) -> None:
    """Let a review be read, or tried first. Raises NotFound, InvalidInput."""
    with _changing(library, id, member, "edited") as (db, _):
        step = _step_of(db, id, step_id)
        if {step.kind, kind} != {StepKind.REVIEW, StepKind.REPLAY}:
            raise InvalidInput("Only a review can be read or tried.", "kind")
        trails.set_step(db, step_id, kind=kind.value, object_id=checked_object(db, kind, step.object_id))


def replace(library: Library, id: int, step_id: int, gem_id: int, member: Member) -> None:
    """Close a gap: another gem in the place of one that was retired. Raises NotFound, InvalidInput."""
    with _changing(library, id, member, "gap closed") as (db, _):
        step = _step_of(db, id, step_id)
        if step.kind is not StepKind.GEM:
            raise InvalidInput("Only the place of a gem is taken by another gem.", "gem")
        trails.set_step(db, step_id, object_id=checked_object(db, StepKind.GEM, gem_id))


def _step_of(db: Database, trail_id: int, step_id: int) -> Step:
    step = trails.step(db, step_id)
    if step is None or step.trail_id != trail_id:
        raise NotFound("This step is not in the trail any more.")
    return step
