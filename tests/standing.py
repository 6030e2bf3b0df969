"""A gem's status set as no page does it: at once, whatever it was, for tests that are about what comes of it."""

from __future__ import annotations

from kb.finding.indexing import touch_reviews_of_gem
from kb.gems import gems as gem_cases
from kb.gems import health
from kb.library import Library
from kb.models import Gem, GemStatus
from kb.store import changes, gems, history
from kb.trails import gaps


def set_status(library: Library, id: int, status: GemStatus, who: str) -> Gem:
    now = library.now()
    with library.transaction() as db:
        gem = gems.get(db, id)
        gems.update(db, id, title=gem.title, body=gem.body, status=status, now=now)
        if status is GemStatus.PUBLISHED:
            gems.note(db, id, true_until=health.renew(library, db, gem), verified_at=now, verified_by=who)
        gems.note(db, id, retired_at=now if status is GemStatus.RETIRED else None)
        history.add(db, "gem", id, status.value, who, now, {"status": (gem.status.value, status.value)})
        changes.note(db, "gem", [id])
        touch_reviews_of_gem(db, gem)
        if gem.status is GemStatus.PUBLISHED:
            gaps.tell(db, "gem", [id], who, now, gem.title)
    return gem_cases.get(library, id, unmasked=True)
