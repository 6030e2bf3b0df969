"""Trails: made, from a topic or as a copy, changed, published, kept as a template, thrown away and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kb.errors import Conflict, InvalidInput, NotFound
from kb.gems import worth
from kb.languages import Count
from kb.library import Library
from kb.models import Member, Role
from kb.search.languages import detect_language
from kb.store import history, tags, trails
from kb.store.database import Database
from kb.topics import family
from kb.values.log import Change
from kb.values.trails import Step, StepKind, Trail, TrailState

LONGEST_TITLE = 200
LONGEST_INTRO = 20_000
FIRST_GEMS = 10


def get(library: Library, id: int, member: Member) -> Trail:
    """One trail; drafts, templates and what was thrown away are the curators'. Raises NotFound."""
    trail = trails.get(library.db, id)
    if member.role < Role.CURATOR and (trail.state is not TrailState.PUBLISHED or trail.trashed_at is not None):
        raise NotFound("There is no trail %(id)s.", id=id)
    return trail


def listed(
    library: Library, state: TrailState | None = TrailState.PUBLISHED, *, limit: int = 25, offset: int = 0
) -> tuple[list[Trail], int]:
    """A page of the trails of a state (None: those thrown away), the last changed first, and how many there are."""
    return trails.listed(library.db, state, limit, offset)


def counts(library: Library) -> dict[str, int]:
    """How many there are by state; `trash` for those thrown away."""
    found = trails.counts(library.db)
    return {name: found.get(name, 0) for name in (*(state.value for state in TrailState), "trash")}


def steps(library: Library, id: int) -> list[Step]:
    """The steps of a trail in order, gaps among them."""
    return trails.steps(library.db, [id]).get(id, [])


def past(library: Library, id: int) -> list[Change]:
    """Who changed what, newest first."""
    return history.of(library.db, "trail", id)


def make(
    library: Library,
    title: str,
    intro: str,
    member: Member | None,
    *,
    new: Sequence[tuple[StepKind, int | None, str]] = (),
    state: TrailState = TrailState.DRAFT,
    who: str = "",
) -> Trail:
    """Make a trail, a draft unless said otherwise, with its first steps. Raises InvalidInput."""
    title, intro = _checked(title, intro)
    now = library.now()
    with library.transaction() as db:
        language = detect_language(f"{title}\n{intro}")
        id = trails.insert(db, title, intro, language, state, member.id if member else None, now)
        trails.insert_steps(db, id, new, 0)
        history.add(db, "trail", id, "made", who or (member.called if member else ""), now)
        return trails.get(db, id)


def _checked(title: str, intro: str) -> tuple[str, str]:
    title, intro = " ".join(title.split()), intro.replace("\r\n", "\n").strip()
    if not title:
        raise InvalidInput("A trail needs a title: say whom it is for, or what they know after it.", "title")
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(
            "The title has %(count)s characters; at most %(longest_title)s make one line.",
            "title",
            count=len(title),
            longest_title=LONGEST_TITLE,
        )
    if len(intro) > LONGEST_INTRO:
        raise InvalidInput(
            "The introduction has %(count)s characters; at most %(longest_intro)s.",
            "intro",
            count=Count(len(intro)),
            longest_intro=Count(LONGEST_INTRO),
        )
    return title, intro


def from_topic(library: Library, tag_id: int, member: Member, title: str) -> Trail:
    """A draft that begins with the topic and goes on with its first gems, and those of the topics under it, in the order in
    which the topic's page shows them. `%s` in the title is the topic.

    Raises NotFound.
    """
    tag = tags.get(library.db, tag_id)
    those = [one.id for one in family.of(tag.id, tags.all_tags(library.db))]
    best = worth.order(library, those)[:FIRST_GEMS]
    new = [(StepKind.TOPIC, tag.id, ""), *((StepKind.GEM, id, "") for id in best)]
    return make(library, title.replace("%s", tag.name), "", member, new=new)


def copy(library: Library, id: int, member: Member, title: str, state: TrailState = TrailState.DRAFT) -> Trail:
    """A new trail with the same steps: a draft to go on with, or a template to begin others from. Raises NotFound."""
    one = trails.get(library.db, id)
    new = [(step.kind, step.object_id, step.words) for step in steps(library, id)]
    return make(library, title, one.intro, member, new=new, state=state)


def edit(library: Library, id: int, title: str, intro: str, *, version: int, member: Member) -> Trail:
    """Change title and introduction. Raises NotFound, InvalidInput, Conflict when somebody else changed it meanwhile."""
    title, intro = _checked(title, intro)
    now = library.now()
    with library.transaction() as db:
        before = trails.get(db, id)
        changed = {
            field: (old, new)
            for field, old, new in (("title", before.title, title), ("intro", before.intro, intro))
            if old != new
        }
        if changed and before.version != version:
            raise Conflict("Somebody else changed this trail meanwhile. Look at it, then save yours again.")
        if changed:
            language = detect_language(f"{title}\n{intro}")
            trails.update(db, id, now, title=title, intro=intro, language=language)
            history.add(db, "trail", id, "edited", member.called, now, changed)
    return trails.get(library.db, id)


def set_state(library: Library, id: int, state: TrailState, member: Member) -> Trail:
    """Publish a trail, or take it back into the drafts or templates. Raises NotFound; InvalidInput when there is nothing to
    read in it yet."""
    now = library.now()
    with library.transaction() as db:
        before = _there(db, id)
        if state is TrailState.PUBLISHED and not trails.steps(db, [id]):
            raise InvalidInput("There is no step in this trail yet. Add the first, then publish it.", "state")
        if before.state is not state:
            owner = {"owner_id": member.id} if before.owner_id is None else {}
            trails.update(db, id, now, state=state.value, **owner)
            history.add(db, "trail", id, state.value, member.called, now, {"state": (before.state.value, state.value)})
        return trails.get(db, id)


def _there(db: Database, id: int) -> Trail:
    trail = trails.get(db, id)
    if trail.trashed_at is not None:
        raise NotFound("Trail %(id)s was thrown away. Bring it back first.", id=id)
    return trail


def trash(library: Library, id: int, member: Member) -> None:
    """Throw a trail away; its readers do not see it any more, and how far they are is kept. Raises NotFound."""
    _set_trashed(library, id, member, away=True)


def restore(library: Library, id: int, member: Member) -> None:
    """Undo `trash`. Raises NotFound."""
    _set_trashed(library, id, member, away=False)


def _set_trashed(library: Library, id: int, member: Member, *, away: bool) -> None:
    now = library.now()
    with library.transaction() as db:
        if (trails.get(db, id).trashed_at is None) == away:
            trails.set_trashed(db, id, now if away else None)
            history.add(db, "trail", id, "thrown away" if away else "brought back", member.called, now)


def empty_trash(library: Library) -> int:
    """Take out for good what was thrown away longer ago than the setting `trash_days`. Says how many."""
    limit = library.now() - timedelta(days=library.settings.trash_days)
    with library.transaction() as db:
        ids = trails.thrown_before(db, limit)
        trails.erase(db, ids)
    return len(ids)
