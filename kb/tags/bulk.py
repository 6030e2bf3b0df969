"""Bulk work on reviews: tag, untag, change product or team, throw away. Planned, shown, then done in one transaction.

A plan holds the reviews that were shown, so that what is done is what was looked at. Carrying it out is all or nothing:
a process that dies in the middle leaves the library as it was, and the plan to be carried out again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kb import privacy
from kb.errors import Conflict, InvalidInput
from kb.finding.finding import matching_reviews
from kb.languages import N_, Count
from kb.library import Library
from kb.models import Review, ReviewRow
from kb.store import bulk, changes, history, reviews, tags
from kb.store import deeds as store
from kb.store.database import Database
from kb.tags import deeds, personal
from kb.tags.tags import check_name
from kb.trails import gaps
from kb.values.log import Deed
from kb.words import name_key

KINDS = deeds.BULK_KINDS
MOST = 100_000
_LONGEST = 200
_CHUNK = 1000
_PLANS_KEPT = timedelta(days=7)

_HISTORY = {
    "tag": "tagged", "untag": "untagged", "product": "edited", "team": "edited", "trash": "thrown away",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Bulk work that waits to be confirmed: what it is, which reviews it changes, and how many were left out because it
    would change nothing on them."""

    deed: Deed
    review_ids: tuple[int, ...]
    left_out: int

    @property
    def value(self) -> str:
        return str(self.deed.about.get("value", ""))


def by_search(library: Library, question: str, filters: Mapping[str, tuple[str, ...]], *, unmasked: bool) -> list[int]:
    """The reviews that a search finds, for this reader. Raises InvalidInput when they are too many, SearchIndexError."""
    found, total = matching_reviews(library, question, filters=filters, unmasked=unmasked, most=MOST)
    if total > MOST:
        raise InvalidInput(
            "That finds %(total)s reviews; at most %(most)s are changed in one go. Narrow it down.",
            total=Count(total),
            most=Count(MOST),
        )
    return found


def plan(library: Library, kind: str, value: str, review_ids: Sequence[int], who: str) -> Plan:
    """Keep what is to be done until it is confirmed. `value` is the tag, product or team; a tag that is not there is made
    when the plan is carried out. Raises InvalidInput, with the field, when it cannot be done or changes nothing.
    """
    value = " ".join(value.split())
    _check(kind, value)
    if len(review_ids) > MOST:
        raise InvalidInput(
            "These are %(count)s reviews; at most %(most)s are changed in one go.",
            "ids",
            count=Count(len(review_ids)),
            most=Count(MOST),
        )
    now = library.now()
    with library.transaction() as db:
        store.forget_plans(db, now - _PLANS_KEPT)
        value = _as_it_is_called(db, kind, value)
        if kind == "tag":
            personal.check(library, db, [value], "value")
        ids = bulk.live(db, review_ids)
        if not ids:
            raise InvalidInput("None of these reviews is there any more. Choose some, then say what to do.", "ids")
        changing = _changing(db, kind, value, ids)
        if not changing:
            raise InvalidInput("That would change none of them: they are so already.", "value")
        about = {"value": value, "left_out": len(ids) - len(changing)}
        id = store.insert(db, kind, who, now, state="planned", total=len(changing), about=about)
        store.keep(db, id, "plan", changing)
    return planned(library, id)


def _check(kind: str, value: str) -> None:
    if kind not in KINDS:
        raise InvalidInput(
            "Bulk work is one of %(join)s; not %(kind)s.", "kind", join=", ".join(KINDS), kind=repr(kind)
        )
    if kind in ("tag", "untag"):
        check_name(value, "value")
    elif kind != "trash" and len(value) > _LONGEST:
        raise InvalidInput(
            "That has %(count)s characters; a %(kind)s has at most %(longest)s.",
            "value",
            count=len(value),
            kind=kind,
            longest=_LONGEST,
        )


def _as_it_is_called(db: Database, kind: str, value: str) -> str:
    if kind not in ("tag", "untag"):
        return value
    tag_id = tags.find(db, [value]).get(name_key(value))
    if tag_id is not None:
        return tags.get(db, tag_id).name
    if kind == "untag":
        raise InvalidInput("There is no topic %(value)s that could be taken off.", "value", value=repr(value))
    return value


def _changing(db: Database, kind: str, value: str, ids: Sequence[int]) -> list[int]:
    """Those of the reviews that this would change."""
    if kind == "trash":
        return list(ids)
    if kind in ("product", "team"):
        same = bulk.having(db, ids, kind, value)
        return [id for id in ids if id not in same]
    tag_id = tags.find(db, [value]).get(name_key(value))
    on = bulk.tagged(db, ids, tag_id) if tag_id is not None else set()
    return [id for id in ids if (id in on) == (kind == "untag")]


def planned(library: Library, id: int) -> Plan:
    """A plan by its number. Raises NotFound; Conflict when it is none (any more)."""
    deed = store.get(library.db, id)
    if deed.kind not in KINDS:
        raise Conflict("That is no bulk work.")
    ids = store.part(library.db, id, "plan") or ()
    return Plan(deed, tuple(ids), int(deed.about.get("left_out", 0)))


def carry_out(library: Library, id: int, who: str, progress: Callable[[int], None] | None = None) -> Deed:
    """Do what was planned, all of it or nothing. `progress` is called with how many reviews are done so far.

    Reviews that went, or are so already by now, are left out. Raises Conflict when it was done before, NotFound.
    """
    now = library.now()
    with library.transaction() as db:
        plan = planned(library, id)
        if plan.deed.state != "planned":
            done, undone = N_("That was done already."), N_("That was done, and undone.")
            raise Conflict(done if plan.deed.state == "done" else undone)
        kind, value = plan.deed.kind, plan.value
        tag_id = next(iter(tags.ensure(db, [value], now).values())) if kind in ("tag", "untag") else 0
        ids = _changing(db, kind, value, bulk.live(db, plan.review_ids))
        for part, at in enumerate(range(0, len(ids), _CHUNK)):
            some = ids[at : at + _CHUNK]
            store.keep(db, id, f"changes {part}", _change(library, db, kind, value, tag_id, some))
            _tell(library, db, kind, value, some, who)
            if progress:
                progress(at + len(some))
        store.keep(db, id, "plan", [])
        store.done(db, id, len(ids), now)
    return deeds.get(library, id)


def _change(library: Library, db: Database, kind: str, value: str, tag_id: int, ids: Sequence[int]) -> store.Difference:
    scopes = bulk.scopes(ids, kind, tag_id)
    before = store.picture(db, scopes)
    now = library.now()
    match kind:
        case "tag":
            bulk.tag(db, ids, tag_id)
        case "untag":
            bulk.untag(db, ids, tag_id)
        case "trash":
            bulk.trash(db, ids, now)
        case _:
            bulk.set_field(db, ids, kind, value, now)
    return store.difference(scopes, before, store.picture(db, scopes))


def _tell(library: Library, db: Database, kind: str, value: str, ids: Sequence[int], who: str) -> None:
    """The history of each review, and what the search has to look at again."""
    fields: dict[str, tuple[str | None, str | None]] = {}
    if kind != "trash":
        name = "tag" if kind == "untag" else kind
        fields[name] = (value, None) if kind == "untag" else (None, value)
    history.add_many(db, "review", ids, _HISTORY[kind], who, library.now(), fields)
    changes.note(db, "review", ids)
    if kind not in ("tag", "untag"):
        changes.note(db, "gem", bulk.citing_gems(db, ids))
    if kind == "trash":
        gaps.tell(db, "review", ids, who, library.now())


def latest(library: Library, limit: int = 20) -> list[Deed]:
    """The last bulk work that was done, the newest first."""
    return deeds.latest(library, KINDS, limit)


def first_rows(library: Library, ids: Sequence[int], *, unmasked: bool) -> list[ReviewRow]:
    """These reviews as a list shows them to this reader, in the order given, trashed ones included."""
    db = library.db
    found = reviews.get_many(db, ids, tags.of_reviews(db, ids))
    return [_row(found[id], unmasked) for id in ids if id in found]


def _row(review: Review, unmasked: bool) -> ReviewRow:
    title = review.title if unmasked else privacy.mask(review.title, privacy.hidden_names(review))
    return ReviewRow(
        review.id, review.kind, title, review.language, review.date, review.product, review.team, review.tags,
        review.trashed_at,
    )  # fmt: skip


def untagged(library: Library, *, limit: int, offset: int, unmasked: bool) -> tuple[list[ReviewRow], int]:
    """A page of the reviews without a tag, the newest first, and how many there are."""
    ids, total = bulk.untagged(library.db, limit, offset)
    return first_rows(library, ids, unmasked=unmasked), total


def carrying(
    library: Library, tag_id: int, among: Sequence[int] | None, *, limit: int, unmasked: bool
) -> tuple[list[ReviewRow], int]:
    """The newest reviews that carry a tag, or those `among` these that do; and how many there are."""
    if among is None:
        rows, total = reviews.rows(library.db, limit=limit, tag_ids=[tag_id])
        ids = [row.id for row in rows]
    else:
        on = bulk.tagged(library.db, among, tag_id)
        kept = [id for id in among if id in on]
        ids, total = kept[:limit], len(kept)
    return first_rows(library, ids, unmasked=unmasked), total
