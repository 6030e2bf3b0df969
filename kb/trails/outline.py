"""The steps of trails as somebody may see them: titles, how long each takes, what it was when it was read, and gaps.

A step whose gem was retired, whose review was thrown away or whose topic was deleted is a **gap**: it drops out of the
readers' walk by itself, and is back when the thing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb import markup, privacy
from kb.library import Library
from kb.models import Gem, GemStatus, Review, Tag
from kb.store import gems, reviews, tags, trails
from kb.trails import reading_time, scenes
from kb.values.trails import Step, StepKind, fingerprint


@dataclass(frozen=True, slots=True)
class Row:
    """A step with what it leads to. `object_id` follows merges; `print` names what it says now; `gap` is "", "retired",
    "waiting" (a gem that is not published any more), "thrown away" or "gone"; `instead` is the gem that replaces it.
    `review` is what a replay or a review is of, `can_be_tried` whether it has a conversation."""

    step: Step
    title: str = ""
    language: str = ""
    object_id: int | None = None
    seconds: float = 0
    print: str = ""
    gap: str = ""
    instead: tuple[int, str, str] | None = None
    review: Review | None = None
    can_be_tried: bool = False

    @property
    def id(self) -> int:
        return self.step.id

    @property
    def kind(self) -> StepKind:
        return self.step.kind


def rows(library: Library, steps: Sequence[Step], *, unmasked: bool) -> list[Row]:
    """These steps with what they lead to; a few statements, however many there are."""
    db = library.db
    wanted = {kind: {step.object_id for step in steps if step.kind is kind and step.object_id} for kind in StepKind}
    gem_ids, tag_ids = list(wanted[StepKind.GEM]), list(wanted[StepKind.TOPIC])
    merged, redirected = trails.merged(db, gem_ids), trails.redirected(db, tag_ids)
    found = gems.get_many(db, {merged.get(id, id) for id in gem_ids})
    others = gems.get_many(db, {gem.replaced_by for gem in found.values() if gem.replaced_by} - found.keys())
    made = _Made(
        {id: found[merged.get(id, id)] for id in gem_ids if merged.get(id, id) in found},
        {**others, **found},
        reviews.get_many(db, wanted[StepKind.REVIEW] | wanted[StepKind.REPLAY], {}),
        {id: redirected.get(id, id) for id in tag_ids},
        {tag.id: tag for tag in tags.all_tags(db)} if tag_ids else {},
        unmasked,
    )
    return [made.row(step) for step in steps]


@dataclass(frozen=True, slots=True)
class _Made:
    gems: dict[int, Gem]
    replacements: dict[int, Gem]
    reviews: dict[int, Review]
    topics: dict[int, int]
    tags: dict[int, Tag]
    unmasked: bool

    def row(self, step: Step) -> Row:
        match step.kind:
            case StepKind.GEM:
                return self._gem(step, self.gems.get(step.object_id or 0))
            case StepKind.REVIEW | StepKind.REPLAY:
                return self._review(step, self.reviews.get(step.object_id or 0))
            case StepKind.TOPIC:
                return self._topic(step, self.tags.get(self.topics.get(step.object_id or 0, 0)))
            case StepKind.WORDS:
                return Row(step, _first_line(step.words), seconds=_seconds(step.words), print=fingerprint(step.words))

    def _gem(self, step: Step, gem: Gem | None) -> Row:
        if gem is None:
            return Row(step, gap="gone")
        gap = "" if gem.status is GemStatus.PUBLISHED else "retired" if gem.status is GemStatus.RETIRED else "waiting"
        title = gem.title if self.unmasked else privacy.mask(gem.title, gem.reviewees)
        other = self.replacements.get(gem.replaced_by or 0)
        holds = other is not None and other.status is GemStatus.PUBLISHED and other.trashed_at is None
        return Row(
            step, title, gem.language, gem.id, _seconds(f"{step.words}\n{gem.title}\n{gem.body}", gem.language),
            fingerprint(gem.title, gem.body), "thrown away" if gem.trashed_at else gap,
            (other.id, other.title, other.language) if other and holds else None,
        )  # fmt: skip

    def _review(self, step: Step, review: Review | None) -> Row:
        if review is None:
            return Row(step, gap="gone")
        title = review.title if self.unmasked else privacy.mask(review.title, privacy.hidden_names(review))
        text = "\n".join([step.words, review.title, review.body, *(turn.text for turn in review.turns)])
        tried = bool(scenes.points(review))
        mark = scenes.mark(review)
        if step.kind is StepKind.REVIEW:
            mark = fingerprint(review.title, review.body, mark)
        gap = "thrown away" if review.trashed_at else "" if tried or step.kind is StepKind.REVIEW else "gone"
        return Row(
            step, title, review.language, review.id, _seconds(text, review.language), mark, gap, None, review, tried
        )  # fmt: skip

    def _topic(self, step: Step, tag: Tag | None) -> Row:
        if tag is None:
            return Row(step, gap="gone")
        text = f"{step.words}\n{tag.name}\n{tag.definition}"
        return Row(step, tag.name, "", tag.id, _seconds(text), fingerprint(tag.name, tag.definition))


_MOST_KNOWN = 50_000
_known: dict[tuple[str, str], float] = {}


def _seconds(text: str, language: str = "") -> float:
    """How long it takes to read, worked out once for each text: a list of trails asks for hundreds."""
    key = (fingerprint(text), language)
    found = _known.get(key)
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[key] = reading_time.seconds(markup.to_text(text), language)
    return found


def _first_line(text: str, longest: int = 80) -> str:
    line = next((line for line in markup.to_text(text).splitlines() if line.strip()), "").strip()
    return line if len(line) <= longest else line[:longest].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def walkable(found: Iterable[Row]) -> list[Row]:
    """What readers are led along: without the gaps."""
    return [row for row in found if not row.gap]
