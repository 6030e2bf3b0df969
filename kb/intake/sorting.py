"""A batch of what comes in, sorted out: what is new, what changes which review, what is the same, what is set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb import reviews as review_cases
from kb.errors import InvalidInput
from kb.ingest import pipeline
from kb.ingest.base import Located
from kb.intake import identity, titles
from kb.intake.identity import Row
from kb.models import Draft, GemDraft, Review, SkippedRow, TagDraft
from kb.store import reviews
from kb.store.database import Database

DEFAULT_SOURCE = "files"


@dataclass(frozen=True, slots=True)
class IntakeOptions:
    """How to bring something in. `source` names where it comes from: ids are told apart by it. `tags` go on every row.

    `may_publish` says whether gems that come with the reviews are published or only nominated. With `replace` a row takes
    the place of the review that has its id even if that says something wholly different; without, it is set aside.
    """

    source: str = DEFAULT_SOURCE
    format: str = ""
    mapping: Mapping[str, object] | None = None
    tags: tuple[str, ...] = ()
    may_publish: bool = True
    replace: bool = False


@dataclass(slots=True)
class Plan:
    """A batch sorted out: what is new, what changes which review, what is the same, what is set aside."""

    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Review, Row]] = field(default_factory=list)
    same: list[Row] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    tags: list[TagDraft] = field(default_factory=list)
    gems: list[GemDraft] = field(default_factory=list)  # without a review: nothing cites them
    others: int = 0  # rows whose id or file's name a review of another text has


def sort_out(db: Database, batch: Sequence[Located], options: IntakeOptions) -> Plan:
    plan = Plan()
    rows: list[Row] = []
    for located in batch:
        item = located.item
        if isinstance(item, SkippedRow):
            plan.skipped.append(item)
        elif isinstance(item, TagDraft):
            plan.tags.append(item)
        elif isinstance(item, GemDraft):
            plan.gems.append(item)
        else:
            try:
                draft, source = _prepared(item, options)
            except InvalidInput as error:
                aside = SkippedRow(located.source, located.location, str(error), located.raw, located.format)
                plan.skipped.append(aside)
                continue
            by_name = draft.external_id == located.source
            rows.append(Row(located, draft, pipeline.content_hash(titles.as_hashed(draft)), source, by_name))
    known = _known(db, rows)
    # A Markdown file without an id goes by its name: when the file was moved, its content finds it.
    nameless = {row.content_hash for row in rows if row.by_name and (row.source, row.draft.external_id) not in known}
    moved = reviews.known_hashes(db, sorted(nameless)) if nameless else {}
    fresh: set[tuple[str, str]] = set()
    changed: list[tuple[int, Row]] = []
    for row in rows:
        identity_ = (row.source, row.draft.external_id)
        there = known.get(identity_)
        if (there is None and row.by_name and row.content_hash in moved) or identity_ in fresh:
            plan.same.append(row)
        elif there is None:
            plan.new.append(row)
            fresh.add(identity_)
        # An earlier version took the hash with the title as it stands, also where that is one that kb would make.
        elif there[1] == row.content_hash or there[1] == pipeline.content_hash(row.draft):
            plan.same.append(row)
        else:
            changed.append((there[0], row))
    if changed:
        _changed(db, plan, changed, options)
    if plan.others:
        places = {(one.source, one.location): place for place, one in enumerate(batch)}
        plan.skipped.sort(key=lambda row: places.get((row.source, row.location), -1))
    return plan


def _changed(db: Database, plan: Plan, changed: Sequence[tuple[int, Row]], options: IntakeOptions) -> None:
    """What has a known id and another content: an edit mostly, but ids collide."""
    there = reviews.get_many(db, {id for id, _ in changed}, {})
    done: set[tuple[str, str]] = set()
    for (_, row), verdict in zip(changed, identity.verdicts(db, changed, there, replace=options.replace), strict=True):
        if verdict.taken_by is not None:
            plan.skipped.append(identity.set_aside(row, verdict.taken_by))
            plan.others += 1
            continue
        row = replace(row, draft=replace(row.draft, external_id=verdict.external_id), beside=verdict.beside)
        identity_ = (row.source, verdict.external_id)
        if verdict.same or identity_ in done:
            plan.same.append(row)
        elif verdict.before is not None:
            plan.changed.append((verdict.before, row))
        else:
            plan.new.append(row)
            plan.others += 1
        done.add(identity_)


def _prepared(draft: Draft, options: IntakeOptions) -> tuple[Draft, str]:
    """The draft with the tags for every row, a title and a language; and its source.

    A row that names its own source (as kb's export does) keeps it, unless the person named one.
    """
    source = options.source
    extra = draft.extra
    if isinstance(extra.get("source"), str) and options.source == DEFAULT_SOURCE:
        source = str(extra["source"])
        extra = {name: value for name, value in extra.items() if name != "source"}
    if draft.case_url and not draft.case_url.startswith(("https://", "http://")):
        extra = {**extra, "case_url": draft.case_url}  # no link that a page could offer
        draft = replace(draft, case_url="")
    if options.tags or extra is not draft.extra:
        draft = replace(draft, tags=tuple(dict.fromkeys((*draft.tags, *options.tags))), extra=extra)
    return review_cases.complete(draft), source


def _known(db: Database, rows: Sequence[Row]) -> dict[tuple[str, str], tuple[int, str, str | None]]:
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.draft.external_id)
    return {
        (source, external_id): found
        for source, ids in by_source.items()
        for external_id, found in reviews.known(db, source, ids).items()
    }
