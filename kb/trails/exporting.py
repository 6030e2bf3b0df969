"""A trail as one Markdown file: its words, and in full what its steps lead to, as this reader may see it."""

from __future__ import annotations

from dataclasses import dataclass

from kb import privacy
from kb.library import Library
from kb.models import Gem, Review, Tag, Turn
from kb.store import gems, reviews, tags
from kb.trails import scenes
from kb.trails.outline import Row
from kb.trails.walking import Walk
from kb.values.trails import StepKind

_ROLES = {"customer": "Customer", "agent": "Agent", "bot": "Bot", "note": "Internal note"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A step with all that it leads to. Of a replay `turns` are those before the first answer and `review` has nothing that
    tells it; of a review they are all."""

    row: Row
    gem: Gem | None = None
    review: Review | None = None
    turns: tuple[Turn, ...] = ()
    topic: Tag | None = None


def wholes(library: Library, rows: tuple[Row, ...], *, unmasked: bool) -> list[Whole]:
    """The steps in full; a few statements, however many there are."""
    db = library.db

    def numbers(*kinds: StepKind) -> set[int]:
        return {row.object_id for row in rows if row.kind in kinds and row.object_id is not None}

    found = gems.get_many(db, numbers(StepKind.GEM))
    read = reviews.get_many(db, numbers(StepKind.REVIEW, StepKind.REPLAY), {})
    topics = {tag.id: tag for tag in tags.all_tags(db)} if numbers(StepKind.TOPIC) else {}
    whole = []
    for row in rows:
        gem, review, id = None, None, row.object_id or 0
        if row.kind is StepKind.GEM and id in found:
            gem = found[id] if unmasked else privacy.gem_for_reader(found[id])
        if row.kind in (StepKind.REVIEW, StepKind.REPLAY) and id in read:
            review = read[id] if unmasked else privacy.for_reader(read[id])
        turns = review.turns if review else ()
        if review is not None and row.kind is StepKind.REPLAY:
            shown = scenes.before(read[id], scenes.points(read[id])[0])
            turns = tuple(turns[place] for place, _ in shown)
            review = scenes.untold(review)
        whole.append(Whole(row, gem, review, turns, topics.get(id) if row.kind is StepKind.TOPIC else None))
    return whole


def markdown(library: Library, walk: Walk, *, unmasked: bool, address: str = "") -> str:
    """The trail as one Markdown text; links begin with `address` (https://kb.example). It has no answer of a
    replay in it."""
    parts = [f"# {_line(walk.trail.title)}", walk.trail.intro]
    for number, whole in enumerate(wholes(library, walk.rows, unmasked=unmasked), 1):
        parts += [
            f"## {number}. {_heading(whole)}",
            whole.row.step.words if whole.row.kind is not StepKind.WORDS else "",
        ]
        parts += _said(whole)
        if link := _link(whole.row):
            parts.append(f"<{address}{link}>")
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _heading(whole: Whole) -> str:
    if whole.row.kind is StepKind.REPLAY:
        return "Try it first"
    return _line(whole.row.title) or "A few words"


def _link(row: Row) -> str:
    places = {StepKind.GEM: "/gems/{}", StepKind.REVIEW: "/reviews/{}", StepKind.REPLAY: "/reviews/{}/replay",
              StepKind.TOPIC: "/tags/{}"}  # fmt: skip
    return places[row.kind].format(row.object_id) if row.kind in places else ""


def _said(whole: Whole) -> list[str]:
    if whole.row.kind is StepKind.WORDS:
        return [whole.row.step.words]
    if whole.gem is not None:
        return [whole.gem.body]
    if whole.topic is not None:
        return [whole.topic.definition]
    body = [whole.review.body] if whole.review is not None else []
    return [*body, *(_turn(turn) for turn in whole.turns)]


def _turn(turn: Turn) -> str:
    who = turn.speaker or _ROLES.get(turn.role, turn.role.capitalize()) or "Somebody"
    return f"**{_line(who)}:** {turn.text}"
