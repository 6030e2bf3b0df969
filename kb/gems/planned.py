"""Gems lifted from an upload before it is brought in: kept with the planned run, made once their row is stored.

They are kept apart from the rows, so that a row's content stays what it was and the same file again changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from kb import anchor
from kb.anchor import Whole
from kb.errors import Conflict, InvalidInput, NotFound
from kb.gems import gems
from kb.intake.intake import PreviewRow
from kb.library import Library
from kb.models import GemDraft, Member, Role
from kb.store import members, planned_gems, reviews, runs
from kb.store.database import Database
from kb.values.gems import PlannedGem


def plan(
    library: Library,
    run_id: int,
    row: PreviewRow,
    draft: GemDraft,
    *,
    member: Member,
    place: int | None = None,
    nth: int | None = None,
) -> PlannedGem:
    """Keep a gem until the run brings its row in. `place` and `nth` say which of the same words is meant.

    Raises InvalidInput when title or workaround is missing, or the quote does not stand in the row; Conflict when the
    run was started or dropped meanwhile.
    """
    gems.check(draft)
    text = Whole(row.draft.body, [turn.text for turn in row.draft.turns])
    if draft.quote.strip() and anchor.cite(text, draft.quote, place, nth) is None:
        raise InvalidInput("The quoted words are not in this row. Copy them as they stand there.", "quote")
    kept = PlannedGem(
        0, run_id, row.source, row.draft.external_id, row.content_hash, row.draft.title, draft, place, nth, member.id
    )
    with library.transaction() as db:
        if runs.get(db, run_id).state != "planned":
            raise Conflict("This upload was started or dropped meanwhile: make the gem on the review's page.")
        return replace(kept, id=planned_gems.insert(db, kept, library.now()))


def of_run(library: Library, run_id: int) -> list[PlannedGem]:
    """The gems of a run: those that wait, and those that were made."""
    return planned_gems.of_run(library.db, run_id)


def drop(library: Library, id: int, run_id: int) -> None:
    """Take one back that waits. Raises NotFound."""
    with library.transaction() as db:
        found = planned_gems.get(db, id)
        if found.made or found.run_id != run_id:
            raise NotFound("This gem does not wait any more: it was made or dropped.")
        planned_gems.drop(db, id)


def make(library: Library, run_id: int) -> int:
    """Make the gems of a run whose rows are in the library now; gives how many. The others go on waiting, with why.

    Doing it again makes nothing twice.
    """
    number = 0
    for waiting in planned_gems.of_run(library.db, run_id):
        if not waiting.made:
            number += _make(library, waiting)
    return number


def _make(library: Library, waiting: PlannedGem) -> bool:
    now = library.now()
    review_id = _review_of(library.db, waiting)
    member = members.by_id(library.db, waiting.member_id) if waiting.member_id else None
    word = ""  # its row is not there
    if review_id is not None:
        publish = member is not None and member.active and member.role >= Role.CURATOR
        try:
            with library.transaction() as db:
                if planned_gems.get(db, waiting.id).made:
                    return False
                gem = gems.lift(
                    library, review_id, waiting.draft, who=member.called if member else "",
                    publish=publish, member=member, place=waiting.place, nth=waiting.nth,
                )  # fmt: skip
                planned_gems.made(db, waiting.id, gem.id, now)
            return True
        except (InvalidInput, NotFound) as error:
            word = str(error)
    with library.transaction() as db:
        planned_gems.note_word(db, waiting.id, word)
    return False


def _review_of(db: Database, waiting: PlannedGem) -> int | None:
    """The review that the row became: by its source and id, else by its content (its file was moved)."""
    known = reviews.known(db, waiting.source, [waiting.external_id]).get(waiting.external_id)
    if known is not None:
        return known[0]
    return reviews.known_hashes(db, [waiting.content_hash]).get(waiting.content_hash)
