"""Trails as a YAML file: to carry one into another library, to keep one under version control, to begin with samples.

    trails:
      - title: Your first week
        intro: What everybody asks.
        state: published            # draft (default), published or template
        steps:
          - words: Begin **here**.
          - topic: GDPR             # its name or another name of it
          - gem: Export in slices   # its id of the interchange format, or its title
            before: Read this twice.
          - review: en-export-1     # its id of the interchange format, or its title
          - try: en-export-1        # the same as a case to be tried first

A file may also hold one trail without `trails`. What a library does not have is left out and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.errors import InvalidInput
from kb.ingest import safe_yaml
from kb.languages import Count
from kb.library import Library
from kb.models import Member
from kb.store import tags, trails
from kb.store.database import Database
from kb.trails import scenes, steps
from kb.trails import trails as cases
from kb.values.trails import StepKind, Trail, TrailState
from kb.words import name_key

_KEYS = {"gem": StepKind.GEM, "review": StepKind.REVIEW, "topic": StepKind.TOPIC, "try": StepKind.REPLAY,
         "words": StepKind.WORDS}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """A trail that was made of a file, with a sentence for each step that the library does not have."""

    trail: Trail
    missing: tuple[str, ...] = ()


def load(library: Library, text: str, *, who: str, owner: Member | None = None) -> list[Loaded]:
    """Make the trails of a file. Raises InvalidInput when it is no such file; then nothing is made."""
    try:
        value = safe_yaml.load(text)
    except safe_yaml.BadYaml as error:
        raise InvalidInput(
            "The file is not YAML that kb takes: line %(line)s, %(reason)s.", line=error.line, reason=error.reason
        ) from error
    several = value.get("trails", [value]) if isinstance(value, Mapping) else value
    if not isinstance(several, list) or not several:
        raise InvalidInput("The file holds no trail. Its shape is in docs/trails.md.")
    with library.transaction():
        return [_one(library, one, number, who, owner) for number, one in enumerate(several, 1)]


def _one(library: Library, value: Any, number: int, who: str, owner: Member | None) -> Loaded:
    if not isinstance(value, Mapping) or not isinstance(value.get("steps", []), list):
        raise InvalidInput(
            "Trail %(number)s is not what a trail looks like: a title and a list of steps.", number=number
        )
    found: list[tuple[StepKind, int | None, str]] = []
    missing = []
    for place, step in enumerate(value.get("steps", []), 1):
        made = _step(library, step, f"Trail {number}, step {place}")
        if isinstance(made, str):
            missing.append(made)
        else:
            found.append(made)
    state = _text(value.get("state")) or TrailState.DRAFT.value
    if state not in set(TrailState):
        raise InvalidInput(
            "Trail %(number)s: the state is draft, published or template, not %(state)s.",
            number=number,
            state=repr(state),
        )
    if len(found) > steps.MOST:
        raise InvalidInput(
            "Trail %(number)s has %(count)s steps; at most %(most)s make one.",
            number=number,
            count=len(found),
            most=steps.MOST,
        )
    # Nothing to read in it yet: it waits with the drafts.
    chosen = TrailState(state) if found or state != "published" else TrailState.DRAFT
    trail = cases.make(
        library, _text(value.get("title")), _text(value.get("intro")), owner, new=found, state=chosen, who=who
    )
    return Loaded(trail, tuple(missing))


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _step(library: Library, step: Any, where: str) -> tuple[StepKind, int | None, str] | str:
    """The step, or a sentence when the library does not have what it leads to. Raises InvalidInput."""
    kinds = [key for key in _KEYS if isinstance(step, Mapping) and key in step]
    if len(kinds) != 1:
        raise InvalidInput("%(where)s is none: write one of %(join)s.", where=where, join=", ".join(_KEYS))
    kind, name = _KEYS[kinds[0]], _text(step[kinds[0]])
    if not name or len(name) > steps.LONGEST_WORDS:
        raise InvalidInput(
            "%(where)s: nothing stands after %(kinds)s, or more than %(longest_words)s characters.",
            where=where,
            kinds=kinds[0],
            longest_words=Count(steps.LONGEST_WORDS),
        )
    if kind is StepKind.WORDS:
        return kind, None, name
    found = _find(library.db, kind, name)
    if found is None:
        return f"{where}: the library has no such {kinds[0] if kind is not StepKind.REPLAY else 'case to try'}: {name}"
    return kind, found, _text(step.get("before"))[: steps.LONGEST_WORDS]


def _find(db: Database, kind: StepKind, name: str) -> int | None:
    if kind is StepKind.GEM:
        return trails.gem_called(db, name)
    if kind is StepKind.TOPIC:
        return tags.find(db, [name]).get(name_key(name))
    review = trails.review_called(db, name)
    if review is None or (kind is StepKind.REPLAY and not scenes.points(review)):
        return None
    return review.id


def dump(library: Library, *ids: int) -> str:
    """Trails as `load` reads them. What is named by its title only is found again by that. Raises NotFound."""
    return safe_yaml.dump({"trails": [_written(library.db, id) for id in ids]})


def _written(db: Database, id: int) -> dict[str, object]:
    trail = trails.get(db, id)
    names = trails.names(db, id)
    words = {kind: key for key, kind in _KEYS.items()}
    written: list[dict[str, str]] = []
    for step in trails.steps(db, [id]).get(id, []):
        if step.kind is StepKind.WORDS:
            written.append({"words": step.words})
        elif step.id in names:
            written.append({words[step.kind]: names[step.id]} | ({"before": step.words} if step.words else {}))
    value = {"title": trail.title, "intro": trail.intro, "state": trail.state.value, "steps": written}
    return {key: one for key, one in value.items() if one}
